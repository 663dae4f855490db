// What every start of the program costs, and the state that it begins in.
#include <gtest/gtest.h>

#include "plugin/base/child.h"
#include "plugin/base/system.h"

namespace end_to_end {
namespace {

const base::Path kProgram = base::Path(HARNESS_BINARY_DIR) / "bin/harness";

base::ChildOutcome outcome_of(const base::ChildCommand& command) {
  auto outcome = base::run_child(command, {});
  EXPECT_TRUE(outcome) << base::to_text(outcome.error());
  return outcome ? *outcome : base::ChildOutcome();
}

TEST(Start, LoadsNoLibraryThatOnlySomeCommandsNeed) {
  const base::ChildOutcome listed =
      outcome_of({.program = kProgram, .environment = {{"LD_TRACE_LOADED_OBJECTS", "1"}}});
  EXPECT_NE(listed.out.find("libc.so.6"), std::string::npos) << listed.out;
  for (const char* name : {"libPoco", "libssl", "libcrypto", "libpcre"})
    EXPECT_EQ(listed.out.find(name), std::string::npos) << listed.out;
}

TEST(Start, AReaderThatIsGoneDoesNotKillIt) {
  const base::ChildOutcome piped = outcome_of(
      {.program = "/bin/bash",
       .arguments = {"-c", "(sleep 0.2; \"$0\" --help; echo $? >&2) | true", kProgram.string()},
       .environment = {{"PATH", "/usr/bin:/bin"}}});
  EXPECT_EQ(piped.err, "0\n");
}

}  // namespace
}  // namespace end_to_end
