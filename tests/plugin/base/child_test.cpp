#include "plugin/base/child.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::milliseconds;

ChildCommand shell(std::string script) {
  ChildCommand command;
  command.program = "/bin/sh";
  command.arguments = {"-c", std::move(script)};
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  command.timeout = milliseconds(60'000);
  return command;
}

TEST(RunChild, GivesBothStreamsAndTheExitCode) {
  const auto outcome = run_child(shell("echo out; echo err >&2; exit 3"), CancelToken());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->out, "out\n");
  EXPECT_EQ(outcome->err, "err\n");
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_EQ(outcome->signal, 0);
}

TEST(RunChild, PassesInputAndOnlyTheEnvironmentGiven) {
  ChildCommand command = shell("cat; env | grep -c HOME || true");
  command.input = std::string(300'000, 'x');
  const auto outcome = run_child(command, CancelToken());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->out, command.input + "0\n");
}

TEST(RunChild, KillsTheWholeGroupOnATimeOut) {
  ChildCommand command = shell("sleep 600 & sleep 600");
  command.timeout = milliseconds(50);
  const auto outcome = run_child(command, CancelToken());
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->timed_out);
  EXPECT_EQ(outcome->signal, SIGTERM);
}

TEST(RunChild, KillsAChildThatIgnoresBeingAsked) {
  ChildCommand command = shell("trap '' TERM; while :; do sleep 0.05; done");
  command.timeout = milliseconds(50);
  const auto outcome = run_child(command, CancelToken());
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->timed_out);
  EXPECT_EQ(outcome->signal, SIGKILL);
}

TEST(RunChild, StopsWhenCancelled) {
  const CancelToken cancel;
  std::jthread puller([cancel] { cancel.cancel(CancelReason::Interrupt); });
  const auto outcome = run_child(shell("sleep 600"), cancel);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->signal, SIGTERM);
}

TEST(RunChild, StopsAFlood) {
  ChildCommand command = shell("yes");
  command.most_output = 10'000;
  const auto outcome = run_child(command, CancelToken());
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->flooded);
  EXPECT_EQ(outcome->out.size(), 10'000U);
}

TEST(RunChild, SaysWhyAProgramCannotBeStarted) {
  ChildCommand command;
  command.program = "/nonexistent/program";
  const auto outcome = run_child(command, CancelToken());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(to_text(outcome.error()),
            "cannot start `/nonexistent/program`: No such file or directory\n");
}

TEST(FindProgram, PassesOverRelativeEntriesAndTheRepository) {
  std::string name = testing::TempDir() + "child_test_XXXXXX";
  const Path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "tool") << "#!/bin/sh\n";
  std::filesystem::permissions(folder / "tool", std::filesystem::perms::owner_all);
  const Environment environment{{"PATH", "relative:" + folder.string()}};
  EXPECT_EQ(find_program("tool", environment, {}), folder / "tool");
  EXPECT_EQ(find_program("tool", environment, folder), std::nullopt);
  EXPECT_EQ(find_program("other", environment, {}), std::nullopt);
  std::filesystem::remove_all(folder);
}

TEST(ChildEnvironment, HoldsNoTokenUnlessAsked) {
  const Environment ours{
      {"PATH", "/bin"}, {"TFE_TOKEN", "secret"}, {"HOME", "/home/u"}, {"X", "1"}};
  EXPECT_EQ(child_environment(ours, "/empty", {"X"}),
            (Environment{{"PATH", "/bin"}, {"HOME", "/empty"}, {"X", "1"}}));
}

}  // namespace
}  // namespace base
