// The forms that `sentinel` prints, each a golden file, and its exit codes.
#include "plugin/sentinel/cli/cli.h"

#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "plugin/sentinel/cli/flags.h"
#include "tests/golden.h"
#include "tests/plugin/sentinel/suite/folder.h"

namespace sentinel {
namespace {

class CommandLine : public FolderTest {
 protected:
  /// The exit code; what was printed is in `out_` and `err_`.
  int run(const std::vector<std::string>& arguments, const std::string& input = {}) {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_command_line(arguments, system_, {in, out, err}, cancel_);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  /// Both streams and the exit code as one text.
  std::string transcript(const std::vector<std::string>& arguments, const std::string& input = {}) {
    const int code = run(arguments, input);
    std::string all = "$ sentinel";
    for (const std::string& word : arguments)
      all += ' ' + word;
    all += '\n' + out_;
    if (!err_.empty()) all += "--- stderr\n" + err_;
    all += "--- exit " + std::to_string(code) + "\n\n";
    // The folder's name differs from run to run.
    for (std::size_t at = 0; (at = all.find(folder_.string(), at)) != std::string::npos;) {
      all.replace(at, folder_.string().size(), "/folder");
    }
    return all;
  }

  void write_hours() const {
    write("hours.sentinel",
          "# A policy that determines whether a run is within working hours, and says so at some "
          "length.\n"
          "import \"time\"\n\n"
          "param days default [1, 2, 3, 4, 5]\n\n"
          "# Passes during business hours.\n"
          "is_open_hours = rule { time.now.hour > 8 and time.now.hour < 18 }\n"
          "is_weekday = rule { time.now.weekday in days }\n\n"
          "print(\"hour\", time.now.hour)\n"
          "main = rule { is_open_hours and is_weekday }\n");
    write("test/hours/good.hcl",
          "mock \"time\" {\n  data = {\n    now = { hour = 9, weekday = 1 }\n  }\n}\n");
    write("test/hours/7-am.hcl",
          "mock \"time\" {\n  data = {\n    now = { hour = 7, weekday = 1 }\n  }\n}\n"
          "test {\n  rules = {\n    main = true\n  }\n}\n");
    write("test/hours/sunday.hcl",
          "mock \"time\" {\n  data = {\n    now = { hour = 9, weekday = 0 }\n  }\n}\n");
  }

  base::CancelToken cancel_;
  std::string out_, err_;
};

TEST_F(CommandLine, SaysWhatItKnows) {
  golden::expect_golden(
      "usage", transcript({}) + transcript({"--help"}) + transcript({"-version"}) +
                   transcript({"version"}) + transcript({"nonsense"}) + transcript({"test", "-h"}) +
                   transcript({"apply", "--help"}) + transcript({"fmt", "-help"}));
}

TEST_F(CommandLine, HelpAndVersionHaveTheSpellingsOfGo) {
  EXPECT_EQ(run({"help"}), 127);
  EXPECT_EQ(run({"-h"}), kPassed);
  const std::string usage = out_;
  for (const char* const flag : {"-help", "--help"}) {
    EXPECT_EQ(run({flag}), kPassed) << flag;
    EXPECT_EQ(out_, usage) << flag;
    for (const char* const command : {"apply", "test", "fmt"}) {
      EXPECT_EQ(run({command, flag}), kPassed) << command << ' ' << flag;
      EXPECT_TRUE(out_.starts_with("Usage: sentinel " + std::string(command) + " [options]"))
          << out_;
    }
  }
  for (const char* const word : {"version", "-v", "-version", "--version"}) {
    EXPECT_EQ(run({word}), kPassed) << word;
    EXPECT_EQ(out_, "Sentinel v0.40.0\n") << word;
  }
}

TEST_F(CommandLine, BooleanFlagsTakeTheirValueBehindAnEqualsSign) {
  write("ugly.sentinel", "main=rule{true}\n");
  system_.out.interactive = true;
  EXPECT_EQ(run({"apply", "ugly.sentinel"}), kPassed);
  EXPECT_EQ(out_, "\x1b[0m\x1b[32mPass - ugly.sentinel\x1b[0m\n");
  EXPECT_EQ(run({"apply", "-color=false", "ugly.sentinel"}), kPassed);
  EXPECT_EQ(out_, "Pass - ugly.sentinel\n");
  EXPECT_EQ(run({"apply", "-color=F", "-trace=0", "ugly.sentinel"}), kPassed);
  EXPECT_EQ(out_, "Pass - ugly.sentinel\n");
  // What stands behind a boolean flag is the first argument.
  EXPECT_EQ(run({"fmt", "-write", "false"}), kOtherError);
  EXPECT_EQ(err_,
            "cannot read `" + (folder_ / "false").string() + "`: No such file or directory\n");
}

TEST_F(CommandLine, TimeoutsEndARun) {
  system_.clock = base::real_system().clock;
  write("p.sentinel",
        "x = 0\nl = range(10000)\n"
        "for l as a { for l as b { for l as c { x = x + 1 } } }\nmain = rule { true }\n");
  write("test/p/c.hcl", "");
  // Where the time is over differs from run to run.
  const auto message = [&] {
    const std::size_t at = out_.find("p.sentinel:3:");
    if (at == std::string::npos) return out_;
    const std::size_t text = out_.find(": ", at) + 2;
    return out_.substr(text, out_.find('\n', text) - text);
  };
  EXPECT_EQ(run({"apply", "-timeout=20ms", "p.sentinel"}), kRuntimeError);
  EXPECT_EQ(message(), "evaluation took longer than 20 ms");
  EXPECT_EQ(run({"test", "-timeout", "20ms"}), kFailed);
  EXPECT_TRUE(out_.starts_with("FAIL - p.sentinel\n  ERROR - test/p/c.hcl\n    Error: ")) << out_;
  for (const char* const time : {"0", "0s", "-1s"}) {
    SCOPED_TRACE(time);
    EXPECT_EQ(run({"apply", "-timeout", time, "p.sentinel"}), kRuntimeError);
    EXPECT_EQ(message(), "evaluation took longer than 0 ms");
    EXPECT_EQ(run({"test", "-timeout", time}), kFailed);
    EXPECT_EQ(message(), "evaluation took longer than 1 ms");
  }
}

TEST_F(CommandLine, RefusesBadFlags) {
  const auto first_line = [&](const std::vector<std::string>& arguments) {
    EXPECT_EQ(run(arguments), kOtherError);
    return err_.substr(0, err_.find('\n'));
  };
  EXPECT_EQ(first_line({"test", "-nonsense"}), "flag provided but not defined: -nonsense");
  EXPECT_EQ(first_line({"test", "-json=maybe"}),
            "invalid boolean value \"maybe\" for -json: parse error");
  EXPECT_EQ(first_line({"test", "-run"}), "flag needs an argument: -run");
  EXPECT_EQ(first_line({"test", "-timeout=5"}),
            "invalid value \"5\" for flag -timeout: parse error");
  EXPECT_EQ(first_line({"test", "-maxConcurrency", "x"}),
            "invalid value \"x\" for flag -maxConcurrency: parse error");
  EXPECT_EQ(first_line({"test", "---x"}), "bad flag syntax: ---x");
  EXPECT_EQ(first_line({"test", "-run=("}), "invalid -run expression: missing ): (");
}

TEST_F(CommandLine, TestPrintsText) {
  write_hours();
  write("library.sentinel", "x = 1\n");
  write("broken.sentinel", "main = rule {\n");
  write("test/broken/a.hcl", "");
  write("error.sentinel", "import \"module-functions\" as m\nmain = rule { true }\n");
  write("test/error/fail.hcl", "");
  write("test/error/unreadable.hcl",
        "mock \"x\" {\n  module {\n    source = \"x.sentinel\"\n  }\n}\n");
  write("old.sentinel", "import \"time\"\nmain = rule { time.hour is 7 }\n");
  write("test/old/case.json", R"({"mock": {"time": {"hour": 7}}, "test": {"main": false}})");
  golden::expect_golden("test_text", transcript({"test"}));
  golden::expect_golden("test_verbose", transcript({"test", "-verbose", "hours.sentinel"}));
  golden::expect_golden("test_colour", transcript({"test", "-color", "hours.sentinel"}));
  golden::expect_golden("test_json", transcript({"test", "-json"}));
}

TEST_F(CommandLine, TestReadsCasesAsRepositoriesWriteThem) {
  struct Case {
    const char* name;
    const char* file;
    const char* text;
  };
  constexpr Case kCases[] = {
      {"the block of today", "c.hcl",
       "mock \"m\" {\n  module {\n    source = \"../../m.sentinel\"\n  }\n}\n"},
      {"the attribute of 0.16", "c.hcl",
       "mock \"m\" {\n  module = { source = \"../../m.sentinel\" }\n}\n"},
      {"a label without quotes", "c.hcl", "mock m {\n  data = { x = 1 }\n}\n"},
      {"a module as an import", "c.hcl",
       "import \"module\" \"m\" {\n  source = \"../../m.sentinel\"\n}\n"},
      {"a module of before 0.19", "c.hcl", "module \"m\" {\n  source = \"../../m.sentinel\"\n}\n"},
      {"a rules block", "c.hcl",
       "mock \"m\" {\n  data = { x = 1 }\n}\ntest {\n  rules {\n    main = true\n  }\n}\n"},
      {"every kind of comment", "c.hcl",
       "# a\n// b\n/* c */ mock /* d */ \"m\" { # e\n  data = { x = 1, } // f\n}\n"},
      {"line ends of Windows, a mark of byte order", "c.hcl",
       "\xEF\xBB\xBFmock \"m\" {\r\n  module {\r\n    source = \"../../m.sentinel\"\r\n  "
       "}\r\n}\r\n"},
      {"a path of Windows", "c.hcl",
       "mock \"m\" {\n  module {\n    source = \"..\\\\..\\\\m.sentinel\"\n  }\n}\n"},
      {"a policy block beside", "c.hcl",
       "mock \"m\" {\n  data = { x = 1 }\n}\npolicy \"p\" {\n  enforcement_level = "
       "\"advisory\"\n}\n"},
      {"legacy JSON", "c.json", R"({"mock": {"m": "../../m.sentinel"}, "test": {"main": true}})"},
      {"legacy JSON with data", "c.json", R"({"mock": {"m": {"x": 1}}})"},
      {"legacy JSON with modules", "c.json", R"({"modules": {"m": {"path": "../../m.sentinel"}}})"},
      {"JSON in HCL's syntax", "c.json",
       R"({"//": "c", "mock": {"m": {"module": {"source": "../../m.sentinel"}}}, "test": null})"},
  };
  write("m.sentinel", "x = 1\n");
  write("p.sentinel", "import \"m\"\nmain = rule { m.x is 1 }\n");
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string file = std::string("test/p/") + c.file;
    write(file, c.text);
    EXPECT_EQ(run({"test", "p.sentinel"}), kPassed);
    EXPECT_EQ(out_, "PASS - p.sentinel\n  PASS - " + file + "\n1 tests completed in 0s\n");
    std::filesystem::remove(folder_ / file);
  }
}

TEST_F(CommandLine, PoliciesMayHaveAnyName) {
  write("a.b c.sentinel", "main = rule { true }\n");
  write("test/a.b c/my case.hcl", "");
  write("test/a.b c/ignored.HCL", "not read");
  write("test/a.b c/deeper/x.hcl", "not read");
  write("none.sentinel", "main = rule { true }\n");
  write("test/none/mock.sentinel", "");
  EXPECT_EQ(run({"test"}), kPassed);
  EXPECT_EQ(out_,
            "PASS - a.b c.sentinel\n  PASS - test/a.b c/my case.hcl\n\n"
            "? - none.sentinel [no test files]\n1 tests completed in 0s\n");
  EXPECT_EQ(run({"apply", "a.b c.sentinel"}), kPassed);
  EXPECT_EQ(out_, "Pass - a.b c.sentinel\n");
}

TEST_F(CommandLine, WhatIsNoFileIsRefusedByApply) {
  write("p.sentinel", "import \"m\"\nmain = rule { m.x is 1 }\n");
  std::filesystem::create_directory(folder_ / "folder");
  std::filesystem::create_symlink("loop", folder_ / "loop");
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  struct Case {
    const char* source;
    const char* why;
  };
  constexpr Case kCases[] = {
      {"folder", "it is a folder"},
      {"pipe", "it is not a regular file"},
      {"/dev/zero", "it is not a regular file"},
      {"loop", "Too many levels of symbolic links"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.source);
    write("sentinel.hcl",
          "mock \"m\" {\n  module {\n    source = \"" + std::string(c.source) + "\"\n  }\n}\n");
    EXPECT_EQ(run({"apply", "p.sentinel"}), kOtherError);
    const std::string line = err_.substr(0, err_.find('\n'));
    EXPECT_TRUE(line.starts_with("Error: sentinel.hcl:3:14: mock `m` cannot be read: ")) << line;
    EXPECT_TRUE(line.ends_with(std::string(": ") + c.why)) << line;
  }
}

TEST_F(CommandLine, WhatIsNoFileIsNoConfigurationAndNoPolicy) {
  write("p.sentinel", "main = rule { true }\n");
  std::filesystem::create_directory(folder_ / "folder");
  std::filesystem::create_symlink("loop", folder_ / "loop");
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  struct Case {
    const char* name;
    const char* why;
  };
  constexpr Case kCases[] = {
      {"folder", "it is a folder"},
      {"pipe", "it is not a regular file"},
      {"/dev/zero", "it is not a regular file"},
      {"loop", "Too many levels of symbolic links"},
      {"none", "No such file or directory"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(run({"apply", "-config", c.name, "p.sentinel"}), kOtherError);
    const std::string path = (folder_ / c.name).string();
    EXPECT_EQ(err_, "Error: cannot read `" + path + "`: " + c.why + "\n");
    if (std::string_view(c.name) == "none" || std::string_view(c.name) == "loop") continue;
    EXPECT_EQ(run({"apply", c.name}), kOtherError);
    EXPECT_TRUE(err_.starts_with("Error: cannot read `")) << err_;
    EXPECT_TRUE(err_.ends_with("`: " + std::string(c.why) + "\n")) << err_;
  }
  std::filesystem::create_directory(folder_ / "x.hcl");
  EXPECT_EQ(run({"apply", "p.sentinel"}), kOtherError);
  EXPECT_EQ(err_, "Error: cannot read `" + (folder_ / "x.hcl").string() + "`: it is a folder\n");
}

TEST_F(CommandLine, HostileConfigurationIsRefusedWithItsPlace) {
  write("p.sentinel", "main = rule { true }\n");
  struct Case {
    const char* name;
    std::string text;
    std::string error;  // its first line
  };
  const auto value = [](const std::string& text) {
    return "param \"n\" {\n  value = " + text + "\n}\n";
  };
  const std::string deep(100'000, '[');
  const Case kCases[] = {
      {"nesting", value(deep), "c.hcl:2:210: values are nested more than 200 levels deep"},
      {"nested blocks",
       "a {\n" +
           [] {
             std::string all;
             for (int i = 0; i < 1000; ++i)
               all += "a {\n";
             return all;
           }(),
       "c.hcl:201:4: values are nested more than 200 levels deep"},
      {"a large number", value("1e999"), "c.hcl:2:11: the number is too large"},
      {"many digits", value(std::string(1000, '9')), "c.hcl:2:11: the number is too large"},
      {"no UTF-8", value("\"\xff\""), "c.hcl:2:12: the text is not UTF-8"},
      {"no UTF-8 in a name", "p\xff \"n\" {}\n", "c.hcl:1:2: the text is not UTF-8"},
      {"a NUL", value(std::string("\0", 1)),
       "c.hcl:2:11: found a control character, expected a value"},
      {"NULs alone", std::string(1000, '\0'),
       "c.hcl:1:1: found a control character, expected a block"},
      {"two gigabytes out of a line",
       value("[for a in [\"" + std::string(1000, 'x') + "\"] : [for b in [" +
             [] {
               std::string all;
               for (int i = 0; i < 1000; ++i)
                 all += "\"${a}${a}\",";
               return all;
             }() +
             "] : [for c in [b, b, b, b, b, b, b, b, b, b] : \"${c}${c}${c}${c}${c}${c}${c}\"]]]"),
       ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    write("c.hcl", c.text);
    EXPECT_EQ(run({"apply", "-config=c.hcl", "p.sentinel"}), kOtherError);
    const std::string line = err_.substr(0, err_.find('\n'));
    if (c.error.empty()) {
      EXPECT_TRUE(
          line.ends_with(": the texts that are computed here are longer than 64 MiB together"))
          << line;
    } else {
      EXPECT_EQ(line, "Error: " + c.error);
    }
  }
}

TEST_F(CommandLine, HostileFlagsAreText) {
  write("p.sentinel", "param n\nmain = rule { n }\n");
  write("length.sentinel", "param n\nmain = rule { length(n) }\n");
  struct Case {
    const char* value;
    const char* json;
  };
  // What is no JSON for Go is text, as all else is.
  constexpr Case kCases[] = {
      {"1e999", "\"1e999\""},
      {"-1e999", "\"-1e999\""},
      {"1e-999", "0"},
      {"123456789012345678901234567890", "1.2345678901234568e+29"},
      {"\xff", "\"\\ufffd\""},
      {"\"\xff\"", "\"\xEF\xBF\xBD\""},
      {"\"\\u0000\"", "\"\\u0000\""},
      {"{\"a\": 1,}", "\"{\\\"a\\\": 1,}\""},
      {"[1] 2", "\"[1] 2\""},
      {"{\"a\": 1, \"a\": 2}", "{\n  \"a\": 2\n}"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.value);
    run({"apply", "-json-rule=main", "-param", std::string("n=") + c.value, "p.sentinel"});
    EXPECT_EQ(out_, std::string(c.json) + '\n');
  }
  run({"apply", "-json-rule=main", "-param=n=" + std::string(100'000, '['), "length.sentinel"});
  EXPECT_EQ(out_, "100000\n");
  EXPECT_EQ(run({"apply", "-param==1", "p.sentinel"}), kOtherError);
  EXPECT_EQ(err_, "Error: found `=1` behind -param, expected key=value\n");
}

TEST_F(CommandLine, HostileMocksAreRefusedWithTheirPlace) {
  write("p.sentinel", "import \"m\"\nmain = rule { m.x is 1 }\n");
  write("sentinel.hcl", "mock \"m\" {\n  module {\n    source = \"m.sentinel\"\n  }\n}\n");
  struct Case {
    const char* name;
    std::string text;
  };
  const Case kCases[] = {
      {"nested data", "x = " + std::string(100'000, '[')},
      {"nested expressions", "x = " + std::string(100'000, '(')},
      {"nested maps", "x = " +
                          [] {
                            std::string all;
                            for (int i = 0; i < 100'000; ++i)
                              all += "{\"a\":";
                            return all;
                          }()},
      {"signs", "x = " + std::string(100'000, '-') + "1"},
      {"a large int", "x = 99999999999999999999\n"},
      {"a NUL", std::string("x = \0\n", 6)},
      {"an open string", "x = \"a\n"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    write("m.sentinel", c.text);
    EXPECT_EQ(run({"apply", "p.sentinel"}), kOtherError);
    EXPECT_TRUE(err_.starts_with("Error: m.sentinel:1:")) << err_.substr(0, 200);
    EXPECT_LT(err_.size(), 1000U);
  }
}

TEST_F(CommandLine, TestTakesNothingButTheCase) {
  write("p.sentinel", "param n\nmain = rule { n is 1 }\n");
  write("sentinel.hcl", "param \"n\" {\n  value = 1\n}\n");
  write("test/p/c.hcl", "");
  system_.environment["SENTINEL_PARAM_n"] = "1";
  EXPECT_EQ(run({"test", "p.sentinel"}), kFailed);
  EXPECT_EQ(out_,
            "FAIL - p.sentinel\n  ERROR - test/p/c.hcl\n"
            "    Error: p.sentinel:1:7: requires value for parameter n\n\n"
            "    trace:\n      no rules evaluated\n1 tests completed in 0s\n");
  EXPECT_EQ(run({"apply", "p.sentinel"}), kPassed);
}

TEST_F(CommandLine, PathsOfACaseAreRelativeToItAndThoseOfApplyToTheWorkingDirectory) {
  write("m.sentinel", "x = 1\n");
  write("p.sentinel", "import \"m\"\nmain = rule { m.x is 1 }\n");
  const auto mock = [](const std::string& source) {
    return "mock \"m\" {\n  module {\n    source = \"" + source + "\"\n  }\n}\n";
  };
  write("test/p/c.hcl", mock("../../m.sentinel"));
  write("deeper/config.hcl", mock("m.sentinel"));
  EXPECT_EQ(run({"test", "p.sentinel"}), kPassed);
  EXPECT_EQ(run({"apply", "-config", "deeper/config.hcl", "p.sentinel"}), kPassed);
  write("deeper/config.hcl", mock((folder_ / "m.sentinel").string()));
  EXPECT_EQ(run({"apply", "-config", "deeper/config.hcl", "p.sentinel"}), kPassed);
  EXPECT_EQ(run({"apply", "-config=none.hcl", "-config=deeper/config.hcl", "p.sentinel"}), kPassed)
      << "of repeated flags the last counts";
}

TEST_F(CommandLine, FlagsOfApplyGoBeforeTheConfiguration) {
  write("p.sentinel", "param n\nmain = rule { [n, day] }\n");
  write("sentinel.hcl",
        "param \"n\" {\n  value = 1\n}\nglobal \"day\" {\n  value = \"monday\"\n}\n");
  struct Case {
    const char* value;
    const char* json;
  };
  // Numbers, lists and objects of JSON are those; all else is text.
  constexpr Case kCases[] = {
      {"7", "7"},           {"-1.5", "-1.5"},
      {"\"7\"", "\"7\""},   {"true", "\"true\""},
      {"null", "\"null\""}, {"[1", "\"[1\""},
      {"", "\"\""},         {"a=b", "\"a=b\""},
      {"[]", "[]"},         {"{\"k\":false}", "{\n    \"k\": false\n  }"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.value);
    EXPECT_EQ(
        run({"apply", "-json-rule=main", "-param", "n=" + std::string(c.value), "p.sentinel"}),
        kFailed);
    EXPECT_EQ(out_, "[\n  " + std::string(c.json) + ",\n  \"monday\"\n]\n");
    EXPECT_EQ(
        run({"apply", "--json-rule", "main", "-global=day=" + std::string(c.value), "p.sentinel"}),
        kFailed);
    EXPECT_EQ(out_, "[\n  1,\n  " + std::string(c.json) + "\n]\n");
  }
}

TEST_F(CommandLine, JsonRuleNeedsASinglePolicy) {
  write("a.sentinel", "main = rule { true }\n");
  write("sentinel.hcl", "policy \"a\" {\n}\npolicy \"b\" {\n  source = \"a.sentinel\"\n}\n");
  EXPECT_EQ(run({"apply", "-json"}), kPassed);
  const std::string document = out_;
  EXPECT_EQ(run({"apply", "-json-rule=main"}), kPassed);
  EXPECT_EQ(out_, document);
  EXPECT_EQ(run({"apply", "-json-rule=main", "b"}), kPassed);
  EXPECT_EQ(out_, "true\n");
}

TEST_F(CommandLine, FmtTakesFilesOnly) {
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_EQ(run({"fmt", "folder"}), kOtherError);
  EXPECT_EQ(err_, "cannot read `" + (folder_ / "folder").string() + "`: it is a folder\n");
  EXPECT_EQ(run({"fmt", "-check", "-"}, "main=1\n"), kFailed);
  EXPECT_EQ(out_, "-\n");
  EXPECT_EQ(run({"fmt", "-write", "-"}, "main=1"), kPassed);
  EXPECT_EQ(out_, "main = 1\n");
}

TEST_F(CommandLine, ApplySaysWhyThereIsNoPolicy) {
  write("p.sentinel", "main = rule { true }\n");
  std::filesystem::create_symlink("loop.sentinel", folder_ / "loop.sentinel");
  EXPECT_EQ(run({"apply", "loop.sentinel"}), kOtherError);
  EXPECT_EQ(err_, "Error: there is no policy `loop.sentinel`: Too many levels of symbolic links\n");
  EXPECT_EQ(run({"apply", "p.sentinel", "-trace"}), kOtherError);
  EXPECT_EQ(err_,
            "Error: got 2 policies, expected one at most\n"
            "    flags stand before the policy: `-trace` was read as one\n");
}

TEST_F(CommandLine, TestRunsOnlyWhatMatches) {
  write_hours();
  write("other.sentinel", "main = true\n");
  write("test/other/a.hcl", "");
  EXPECT_EQ(run({"test", "-run=hours/good"}), kPassed);
  EXPECT_EQ(out_, "PASS - hours.sentinel\n  PASS - test/hours/good.hcl\n1 tests completed in 0s\n");
  EXPECT_EQ(run({"test", "--run", "^oth"}), kPassed);
  EXPECT_EQ(out_, "PASS - other.sentinel\n  PASS - test/other/a.hcl\n1 tests completed in 0s\n");
  EXPECT_EQ(run({"test", "-run=/7"}), kFailed);
  EXPECT_EQ(run({"test", "-run=nothing"}), kPassed);
  EXPECT_EQ(out_, "0 tests completed in 0s\n");
}

TEST_F(CommandLine, TestNeedsNoTestFiles) {
  write("test.sentinel", "main = true\n");
  EXPECT_EQ(run({"test"}), kPassed);
  EXPECT_EQ(out_, "? - test.sentinel [no test files]\n0 tests completed in 0s\n");
  EXPECT_EQ(run({"test", "nothing"}), kOtherError);
  EXPECT_EQ(err_, "cannot read `nothing`: No such file or directory\n");
}

TEST_F(CommandLine, ApplyPrintsText) {
  write_hours();
  write("sentinel.hcl",
        "mock \"time\" {\n  data = {\n    now = { hour = 9, weekday = 1 }\n  }\n}\n");
  write(
      "lists.sentinel",
      "main = rule { [{\"weekday\": \"Sunday\", \"weather\": \"clouds\"}, [], {}, 1.5, null] }\n");
  write("undefined.sentinel", "x = {}\nmain = rule { x.y }\n");
  write("error.sentinel", "a = rule { 1 / 0 }\nmain = rule { a }\n");
  write("broken.sentinel", "main = rule { (1 }\n");
  golden::expect_golden(
      "apply_text",
      transcript({"apply", "hours.sentinel"}) + transcript({"apply", "-trace", "hours.sentinel"}) +
          transcript({"apply", "-param", "days=[0]", "hours.sentinel"}) +
          transcript({"apply", "lists.sentinel"}) + transcript({"apply", "undefined.sentinel"}) +
          transcript({"apply", "error.sentinel"}) + transcript({"apply", "broken.sentinel"}) +
          transcript({"apply", "nothing.sentinel"}) + transcript({"apply"}) +
          transcript({"apply", "-param", "days", "hours.sentinel"}) +
          transcript({"apply", "-color", "-param=days=[0]", "hours.sentinel"}));
  golden::expect_golden("apply_json",
                        transcript({"apply", "-json", "hours.sentinel"}) +
                            transcript({"apply", "-json", "lists.sentinel"}) +
                            transcript({"apply", "-json", "undefined.sentinel"}) +
                            transcript({"apply", "-json", "error.sentinel"}) +
                            transcript({"apply", "-json", "broken.sentinel"}) +
                            transcript({"apply", "-json-rule=main", "lists.sentinel"}) +
                            transcript({"apply", "-json-rule=x", "lists.sentinel"}));
}

TEST_F(CommandLine, ApplyRunsAPolicySet) {
  write("a.sentinel", "param n\nmain = rule { n is 1 }\n");
  write("b.sentinel", "main = rule { false }\n");
  write("c.sentinel", "main = rule { true }\n");
  const std::string kSet =
      "policy \"a\" {\n  source = \"./a.sentinel\"\n  params = {\n    n = 1\n  }\n}\n"
      "policy \"b\" {\n  enforcement_level = \"soft-mandatory\"\n}\n"
      "policy \"c\" {\n  source = \"c.sentinel\"\n  enforcement_level = \"hard-mandatory\"\n}\n";
  write("sentinel.hcl", kSet);
  std::string all = transcript({"apply"}) + transcript({"apply", "c"});
  write("features.hcl", "sentinel {\n  features = {\n    apply-all = true\n  }\n}\n");
  all += transcript({"apply"}) + transcript({"apply", "-json"});
  write("override.hcl", "policy \"b\" {\n  source = \"./c.sentinel\"\n}\n");
  all += transcript({"apply"});
  write("other.json", R"({"policy": {"z": {"source": "c.sentinel"}}})");
  all += transcript({"apply", "-config=other.json"});
  write("more.hcl", "policy \"a\" {\n}\n");
  all += transcript({"apply"});
  golden::expect_golden("apply_set", all);
}

constexpr const char* kPreamble =
    "Execution trace. The information below will show the values of all\n"
    "the rules evaluated. Note that some rules may be missing if\n"
    "short-circuit logic was taken.\n\n"
    "Note that for collection types and long strings, output may be\n"
    "truncated; re-run \"sentinel apply\" with the -json flag to see the\n"
    "full contents of these values.\n\n"
    "The trace is displayed due to a failed policy.\n\n";

/// The texts that are known from public pages and logs, each whole and with its place.
TEST_F(CommandLine, ErrorsReadAsPublicLogsShowThem) {
  struct Case {
    const char* policy;
    const char* error;
    const char* rule = nullptr;  // where `main` stands, if it was begun
  };
  constexpr Case kCases[] = {
      {"for undefined as x { y = x }\nmain = true\n",
       "p.sentinel:1:5: unsupported type for looping: undefined"},
      {"main = rule {\n\tall undefined as x { true }\n}\n",
       "p.sentinel:2:6: unsupported type for looping: undefined", "p.sentinel:1:1"},
      {"if undefined {\n\tx = 1\n}\nmain = true\n",
       "p.sentinel:1:4: if condition must result in a boolean, got undefined"},
      {"import \"collection\"\nmain = rule { collection.find([1], func(x) { return undefined }) "
       "}\n",
       "p.sentinel:2:15: find predicate must return boolean value, got undefined",
       "p.sentinel:2:1"},
      {"main = rule { identity.name is \"a\" }\n",
       "p.sentinel:1:15: unknown identifier accessed: identity", "p.sentinel:1:1"},
      {"main = rule { identity.name else \"a\" is \"a\" }\n",
       "p.sentinel:1:15: unknown identifier accessed: identity", "p.sentinel:1:1"},
      {"param day\nmain = rule { day is 1 }\n", "p.sentinel:1:7: requires value for parameter day"},
      {"import \"module-functions\" as m\nmain = rule { true }\n",
       "p.sentinel:1:30: Import \"module-functions\" is not available"},
      {"error(\"hello world!\")\nmain = true\n", "p.sentinel:1:1: hello world!"},
      {"main = rule { error(\"hello\", \"world!\") }\n", "p.sentinel:1:15: hello world!",
       "p.sentinel:1:1"},
  };
  const auto rule = [](const std::string& where, const std::string& indent) {
    return indent + where + " - Rule \"main\"\n" + indent + "  Value:\n" + indent +
           "    (error in evaluating rule)\n";
  };
  write("test/p/c.hcl", "");
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.policy);
    write("p.sentinel", c.policy);
    EXPECT_EQ(run({"apply", "p.sentinel"}), kRuntimeError);
    EXPECT_EQ(out_,
              kPreamble +
                  ("Error - p.sentinel\n\nAn error occurred:\n\n  " + std::string(c.error) + '\n') +
                  (c.rule == nullptr ? "" : '\n' + rule(c.rule, "")));
    EXPECT_EQ(err_, "");
    EXPECT_EQ(run({"test", "p.sentinel"}), kFailed);
    EXPECT_EQ(out_,
              "FAIL - p.sentinel\n  ERROR - test/p/c.hcl\n    Error: " + std::string(c.error) +
                  "\n\n    trace:\n" +
                  (c.rule == nullptr ? "      no rules evaluated\n" : rule(c.rule, "      ")) +
                  "1 tests completed in 0s\n");
    EXPECT_EQ(run({"apply", "-json", "p.sentinel"}), kRuntimeError);
    std::string quoted = c.error;
    for (std::size_t at = 0; (at = quoted.find('"', at)) != std::string::npos; at += 2)
      quoted.insert(at, "\\");
    EXPECT_TRUE(out_.starts_with("{\n  \"duration\": 0,\n  \"error\": \"" + quoted + "\",\n"))
        << out_;
  }
}

TEST_F(CommandLine, ParametersComeFromFlagThenEnvironmentThenConfiguration) {
  write("p.sentinel", "param x\nmain = rule { x }\n");
  write("sentinel.hcl", "param \"x\" {\n  value = \"configuration\"\n}\n");
  EXPECT_EQ(run({"apply", "-json-rule=main", "p.sentinel"}), kFailed);
  EXPECT_EQ(out_, "\"configuration\"\n");
  system_.environment["SENTINEL_PARAM_x"] = "true";
  EXPECT_EQ(run({"apply", "-json-rule=main", "p.sentinel"}), kFailed);
  EXPECT_EQ(out_, "\"true\"\n");
  EXPECT_EQ(run({"apply", "-json-rule=main", "-param", "x={\"a\": [1]}", "p.sentinel"}), kFailed);
  EXPECT_EQ(out_, "{\n  \"a\": [\n    1\n  ]\n}\n");
  EXPECT_EQ(run({"apply", "-json-rule=main", "-param=x=\"\"", "p.sentinel"}), kPassed);
  EXPECT_EQ(out_, "\"\"\n");
}

TEST_F(CommandLine, AMissingParameterIsAskedForOnATerminal) {
  write("bomb.sentinel",
        "# How far along the x axis.\nparam x_offset\n\nparam y\n\nmain = rule { x_offset is 3 and "
        "y is "
        "\"3\" }\n");
  std::string all = transcript({"apply", "bomb.sentinel"});
  system_.interactive_input = true;
  all += transcript({"apply", "bomb.sentinel"}, "3\n\"3\"\n");
  all += transcript({"apply", "bomb.sentinel"}, "3\n");
  golden::expect_golden("prompt", all);
}

TEST_F(CommandLine, GlobalsCanBeSet) {
  write("g.sentinel", "main = day is \"monday\" and hour is 7\n");
  EXPECT_EQ(run({"apply", "-global=day=monday", "-global", "hour=7", "g.sentinel"}), kPassed);
  EXPECT_EQ(out_, "Pass - g.sentinel\n");
  EXPECT_EQ(run({"apply", "g.sentinel"}), kRuntimeError);
}

TEST_F(CommandLine, FmtKeepsLinks) {
  write("shared.sentinel", "main=1\n");
  std::filesystem::create_symlink("shared.sentinel", folder_ / "link.sentinel");
  EXPECT_EQ(run({"fmt", "link.sentinel"}), kPassed);
  EXPECT_EQ(out_, "link.sentinel\n");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.sentinel"));
  EXPECT_EQ(*base::read_file(folder_ / "shared.sentinel"), "main = 1\n");
}

TEST_F(CommandLine, FmtRewritesChecksAndPrints) {
  const std::string kUgly = "main=rule{true}\n";
  const std::string kPretty = "main = rule { true }\n";
  write("ugly.sentinel", kUgly);
  write("pretty.sentinel", kPretty);
  EXPECT_EQ(run({"fmt", "-check", "ugly.sentinel", "pretty.sentinel"}), kFailed);
  EXPECT_EQ(out_, "ugly.sentinel\n");
  EXPECT_EQ(run({"fmt", "-check", "-write=false", "pretty.sentinel"}), kPassed);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(run({"fmt", "-write=false", "ugly.sentinel", "pretty.sentinel"}), kPassed);
  EXPECT_EQ(out_, kPretty + kPretty);
  EXPECT_EQ(run({"fmt", "-"}, kUgly), kPassed);
  EXPECT_EQ(out_, kPretty);
  EXPECT_EQ(run({"fmt", "ugly.sentinel"}), kPassed);
  EXPECT_EQ(*base::read_file(folder_ / "ugly.sentinel"), kPretty);
  EXPECT_EQ(run({"fmt"}), kOtherError);
  EXPECT_EQ(run({"fmt", "missing.sentinel"}), kOtherError);
  write("broken.sentinel", "main = (\n");
  EXPECT_EQ(run({"fmt", "broken.sentinel"}), kOtherError);
  EXPECT_EQ(*base::read_file(folder_ / "broken.sentinel"), "main = (\n");
}

TEST(GoDuration, ReadsAndPrintsAsGo) {
  using std::chrono::nanoseconds;
  struct Case {
    std::int64_t count;
    const char* text;
  };
  constexpr Case kCases[] = {
      {0, "0s"},
      {7, "7ns"},
      {1'500, "1.5\xC2\xB5s"},
      {3'568'391, "3.568391ms"},
      {7'267'478'363, "7.267478363s"},
      {60'000'000'000, "1m0s"},
      {3'723'500'000'000, "1h2m3.5s"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(to_go_duration(nanoseconds(c.count)), c.text);
    EXPECT_EQ(parse_go_duration(c.text), nanoseconds(c.count));
  }
  for (const char* const wrong : {"", "5", "s", "1x", "1.2.3s", "-", "99999999999h"}) {
    SCOPED_TRACE(wrong);
    EXPECT_EQ(parse_go_duration(wrong), std::nullopt);
  }
}

}  // namespace
}  // namespace sentinel
