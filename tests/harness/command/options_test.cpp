#include "harness/command/options.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "harness/command/command.h"
#include "harness/command/help.h"
#include "harness/command/settings.h"
#include "plugin/base/file.h"

namespace harness {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kOptions[] = {"filter",   "jobs",    "runtime", "changed",
                                         "coverage", "verbose", "offline", "report"};

base::Result<Arguments> parsed(const Words& words, const base::Environment& environment = {}) {
  return parse_arguments("run", kOptions, words, environment);
}

std::string refused(const Words& words, const base::Environment& environment = {}) {
  const auto out = parsed(words, environment);
  return out ? "" : to_text(out.error());
}

TEST(Options, TakesEverySpelling) {
  for (const Words& words :
       {Words{"-j2"}, Words{"-j", "2"}, Words{"--jobs=2"}, Words{"--jobs", "2"}, Words{"-vj2"}}) {
    const auto out = parsed(words);
    ASSERT_TRUE(out) << to_text(out.error());
    EXPECT_EQ(out->value("jobs"), "2");
  }
  EXPECT_EQ(parsed({"-vv"})->count("verbose"), 2U);
  EXPECT_EQ(parsed({"--jobs", "2", "--jobs", "3"})->value("jobs"), "3");
}

TEST(Options, AListDoesNotSwallowTheManifest) {
  const auto out = parsed({"--filter", "a", "tests.yaml", "--filter", "b"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->values("filter"), (Words{"a", "b"}));
  EXPECT_EQ(out->words(), Words{"tests.yaml"});
}

TEST(Options, AnOptionalValueIsNeverTheManifest) {
  EXPECT_EQ(parsed({"--changed", "main", "x.yaml"})->value("changed"), "main");
  const auto bare = parsed({"--changed", "tests.yaml"});
  EXPECT_TRUE(bare->has("changed"));
  EXPECT_EQ(bare->value("changed"), "");
  EXPECT_EQ(bare->words(), Words{"tests.yaml"});
  EXPECT_EQ(parsed({"--changed=v1"})->value("changed"), "v1");
  EXPECT_EQ(parsed({"--coverage=80"})->value("coverage"), "80");
  EXPECT_TRUE(parsed({"--coverage", "tests.yaml"})->has("coverage"));
}

TEST(Options, AFlagBeatsItsVariable) {
  const base::Environment environment{{"HARNESS_JOBS", "8"},
                                      {"HARNESS_OFFLINE", "1"},
                                      {"HARNESS_VERBOSE", "0"},
                                      {"HARNESS_FILTER", ""}};
  EXPECT_EQ(parsed({}, environment)->value("jobs"), "8");
  EXPECT_EQ(parsed({"-j1"}, environment)->value("jobs"), "1");
  EXPECT_TRUE(parsed({}, environment)->has("offline"));
  EXPECT_FALSE(parsed({}, environment)->has("verbose"));
  EXPECT_FALSE(parsed({}, environment)->has("filter"));
  EXPECT_EQ(parsed({}, environment)->origin("jobs"), "`HARNESS_JOBS`");
}

TEST(Options, ExplainsMistakes) {
  EXPECT_EQ(refused({"--ofline"}), "unknown option `--ofline`\n    did you mean `--offline`?\n");
  EXPECT_EQ(refused({"--trace"}),
            "`harness run` has no option `--trace`\n    see `harness run --help`\n");
  EXPECT_EQ(refused({"--runtime", "cly"}),
            "`--runtime` is `cly`, expected one of auto, cli, builtin, both\n"
            "    did you mean `cli`?\n");
  EXPECT_EQ(refused({}, {{"HARNESS_RUNTIME", "cly"}}),
            "`HARNESS_RUNTIME` is `cly`, expected one of auto, cli, builtin, both\n"
            "    did you mean `cli`?\n");
  EXPECT_EQ(refused({}, {{"HARNESS_OFFLINE", "maybe"}}),
            "`HARNESS_OFFLINE` is `maybe`, expected 1 or 0\n    see `harness run --help`\n");
}

TEST(Options, EveryCommandNamesOptionsThatExist) {
  for (const CommandRow& command : commands()) {
    EXPECT_FALSE(command.help.empty()) << command.name;
    for (const std::string_view option : command.options) {
      const OptionRow* row = find_option(option);
      ASSERT_NE(row, nullptr) << command.name << " " << option;
      EXPECT_FALSE(row->help.empty()) << option;
    }
    EXPECT_NE(help_text(command).find("Options"), std::string::npos);
  }
}

TEST(Options, EveryOptionHasAnExample) {
  for (const OptionRow& option : option_rows())
    EXPECT_FALSE(option.example.empty()) << option.name;
}

/// docs/reference/commands.md, as the tables have it.
std::string reference() {
  std::string out =
      "# Commands\n\n"
      "What `harness --help` and `harness COMMAND --help` say. Every option has a variable; a "
      "flag\n"
      "goes before its variable, and that before the default. The manifest sets none of them but\n"
      "`sentinel.runtime` and `sentinel.version`. Results go to standard output, everything else "
      "to\n"
      "standard error.\n\n```\n" +
      help_text() + "```\n";
  for (const CommandRow& command : commands())
    out += "\n## harness " + std::string(command.name) + "\n\n```\n" + help_text(command) + "```\n";
  return out;
}

TEST(Help, IsWhatTheReferenceSays) {
  const base::Path file = base::Path(HARNESS_SOURCE_DIR) / "docs/reference/commands.md";
  if (std::getenv("HARNESS_ACCEPT") != nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
    ASSERT_TRUE(base::write_file(file, reference()));
    return;
  }
  const auto text = base::read_file(file);
  ASSERT_TRUE(text) << to_text(text.error());
  EXPECT_EQ(*text, reference()) << "rewrite it with tests/run --accept";
}

TEST(Settings, ReadTimesAndSizes) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parse_time("90s"), milliseconds(90'000));
  EXPECT_EQ(parse_time("1m30s"), milliseconds(90'000));
  EXPECT_EQ(parse_time("500ms"), milliseconds(500));
  EXPECT_EQ(parse_time("1.5h"), milliseconds(5'400'000));
  EXPECT_EQ(parse_time("10"), milliseconds(10'000));
  for (const char* text : {"", "soon", "-1s", "0s", "1x", "1m30", "1e3s", "99999999999999h"})
    EXPECT_FALSE(parse_time(text)) << text;
  EXPECT_EQ(parse_size("2G"), std::uint64_t{2} << 30U);
  EXPECT_EQ(parse_size("1000"), 1'000U);
  for (const char* text : {"", "0", "2T", "-1", "99999999999999999999", "18446744073709551615G"})
    EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace harness
