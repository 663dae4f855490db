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
  EXPECT_EQ(refused({"--coverage=", "-v"}),
            "`--coverage=` has no value behind the `=`\n    for example `harness run "
            "--coverage=80`\n");
  EXPECT_EQ(refused({"--changed=", "-v"}),
            "`--changed=` has no value behind the `=`\n    for example `harness run --changed "
            "origin/main`\n");
  EXPECT_EQ(refused({"--filter=", "tests.yaml"}),
            "`--filter=` has no value behind the `=`\n    for example `harness run --filter "
            "'^policies/restrict-ssh/'`\n");
  EXPECT_EQ(refused({"--", "--filter="}), "");
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
    // Shown wherever it is asked for, without a look at the terminal.
    for (const char c : help_text(command))
      ASSERT_LT(static_cast<unsigned char>(c), 0x80) << help_text(command);
  }
}

TEST(Options, EveryOptionHasAnExample) {
  for (const OptionRow& option : option_rows())
    EXPECT_FALSE(option.example.empty()) << option.name;
}

/// One letter left out, where that is no option of its own.
std::string typo(std::string_view name) {
  std::string out(name);
  out.erase(out.size() / 2, 1);
  return out;
}

// Every option of every command: by its variable, and when it is mistyped.
TEST(Options, EveryOptionHasAVariableAndIsFoundWhenMistyped) {
  for (const CommandRow& command : commands()) {
    for (const std::string_view name : command.options) {
      SCOPED_TRACE(std::string(command.name) + " --" + std::string(name));
      const OptionRow& row = *find_option(name);
      const std::string variable = variable_of(row);
      EXPECT_TRUE(variable.starts_with("HARNESS_")) << variable;
      const std::string value = row.takes == Takes::Nothing ? "1"
                                : row.choices.empty()
                                    ? "7"
                                    : std::string(row.choices.substr(0, row.choices.find('|')));
      if (name != "help") {
        const auto given = parse_arguments(command.name, command.options, {}, {{variable, value}});
        ASSERT_TRUE(given) << to_text(given.error());
        EXPECT_TRUE(given->has(name));
        EXPECT_EQ(given->origin(name), "`" + variable + "`");
      }
      if (name.size() < 5) continue;
      const std::string wrong = typo(name);
      if (find_option(wrong) != nullptr) continue;
      const auto refused = parse_arguments(command.name, command.options, {"--" + wrong}, {});
      ASSERT_FALSE(refused);
      EXPECT_NE(to_text(refused.error()).find("did you mean `--"), std::string::npos)
          << to_text(refused.error());
      if (row.choices.empty()) continue;
      const std::string last(row.choices.substr(row.choices.rfind('|') + 1));
      const auto choice = parse_arguments(command.name, command.options,
                                          {"--" + std::string(name), last + "x"}, {});
      ASSERT_FALSE(choice);
      EXPECT_NE(to_text(choice.error()).find("did you mean `" + last + "`?"), std::string::npos)
          << to_text(choice.error());
    }
  }
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

std::string exit_codes_page() {
  std::string out =
      "# Exit codes\n\nNever renumbered. `harness sentinel` keeps HashiCorp's.\n\n| code | | "
      "|\n|---|---|---|\n";
  for (const ExitRow& row : exit_rows()) {
    out += "| " + std::string(row.code) + " | " + std::string(row.meaning) + " | " +
           std::string(row.details) + " |\n";
  }
  return out +
         "\nA case whose mock or runtime is missing is an *error* that counts for 3 or 4, not 1. "
         "Of "
         "several, the first\nof 1, 3, 4; the `json` report lists all reasons. `harness report` "
         "ends "
         "as the run would have that it shows.\n";
}

std::string environment_page() {
  std::string out =
      "# Environment\n\nA flag goes before its variable, and that before the default. An empty "
      "variable is none.\n\n## Options\n\nFor flags: `1` or `0`. Several values of one option are "
      "for the command line alone.\n\n| variable | option | |\n|---|---|---|\n";
  for (const OptionRow& row : option_rows()) {
    if (row.name == "help") continue;
    std::string head = head_of(row);
    for (std::size_t at = 0; (at = head.find('|', at)) != std::string::npos; at += 2)
      head.replace(at, 1, "\\|");
    out += "| `" + variable_of(row) + "` | `" + head + "` | " + std::string(row.help) + " |\n";
  }
  std::string_view group;
  for (const VariableRow& row : variable_rows()) {
    if (row.group != group) {
      group = row.group;
      out += "\n## " + std::string(group) + "\n\n| variable | |\n|---|---|\n";
    }
    out += "| `" + std::string(row.name) + "` | " + std::string(row.help) + " |\n";
  }
  return out;
}

/// The page is made of the tables; HARNESS_ACCEPT rewrites it.
void expect_page(std::string_view name, const std::string& wanted) {
  const base::Path file = base::Path(HARNESS_SOURCE_DIR) / "docs/reference" / name;
  if (std::getenv("HARNESS_ACCEPT") != nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
    ASSERT_TRUE(base::write_file(file, wanted));
    return;
  }
  const auto text = base::read_file(file);
  ASSERT_TRUE(text) << to_text(text.error());
  EXPECT_EQ(*text, wanted) << "rewrite it with tests/run --accept";
}

TEST(Help, IsWhatTheReferenceSays) {
  expect_page("commands.md", reference());
}

TEST(Help, ExitCodesAreWhatTheReferenceSays) {
  expect_page("exit-codes.md", exit_codes_page());
}

TEST(Help, VariablesAreWhatTheReferenceSays) {
  expect_page("environment.md", environment_page());
}

/// Whatever the sources ask the environment for is in the table.
TEST(Help, EveryVariableThatIsReadIsInTheTable) {
  std::set<std::string, std::less<>> known;
  for (const VariableRow& row : variable_rows())
    known.emplace(row.name);
  int found = 0;
  for (const char* top : {"plugin", "harness"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(base::Path(HARNESS_SOURCE_DIR) / top)) {
      if (entry.path().extension() != ".cpp") continue;
      const auto text = base::read_file(entry.path());
      ASSERT_TRUE(text);
      constexpr std::string_view kAsks[] = {"environment, \"", "set_in(environment, \""};
      for (const std::string_view asks : kAsks) {
        for (std::size_t at = 0; (at = text->find(asks, at)) != std::string::npos;) {
          at += asks.size();
          const std::string name = text->substr(at, text->find('"', at) - at);
          if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string::npos) continue;
          ++found;
          EXPECT_TRUE(known.contains(name)) << name << " in " << entry.path();
        }
      }
    }
  }
  EXPECT_GT(found, 10);
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
