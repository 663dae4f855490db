#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Version, New) {
  constexpr CallCase kCases[] = {
      {"all parts", R"(version.new("1.0.0-alpha.1+001").version)", R"("1.0.0-alpha.1+001")"},
      {"missing numbers are zero", R"(version.new("v1.2").version)", R"("1.2.0")"},
      {"a fourth number", R"(version.new("1.2.3.4").version)", R"("1.2.3.4")"},
      {"letters without a hyphen", R"(version.new("1.2.0beta").prerelease)", R"("beta")"},
      {"major", R"(version.new("1.2.3").major)", "1"},
      {"minor", R"(version.new("1.2.3").minor)", "2"},
      {"patch", R"(version.new("1.2.3").patch)", "3"},
      {"prerelease", R"(version.new("1.0.0-alpha.1+001").prerelease)", R"("alpha.1")"},
      {"metadata", R"(version.new("1.0.0-alpha.1+001").metadata)", R"("001")"},
      {"no prerelease", R"(version.new("1.0.0").prerelease)", R"("")"},
      {"no such field", R"(version.new("1.0.0").nothing)", "undefined"},
      {"a version of a version", R"(version.new(version.new("1.0.0")).major)", "1"},
      {"words", R"(version.new("latest"))",
       "error: `latest` given to `version.new` is not a version such as `1.2.3-beta.1`"},
      {"nothing", R"(version.new(""))",
       "error: `` given to `version.new` is not a version such as `1.2.3-beta.1`"},
      {"an empty part", R"(version.new("1..2"))",
       "error: `1..2` given to `version.new` is not a version such as `1.2.3-beta.1`"},
      {"blanks", R"(version.new(" 1.2"))",
       "error: ` 1.2` given to `version.new` is not a version such as `1.2.3-beta.1`"},
      {"a number too large", R"(version.new("1.99999999999999999999"))",
       "error: `1.99999999999999999999` given to `version.new` is not a version such as "
       "`1.2.3-beta.1`"},
      {"undefined in, undefined out", "version.new(undefined)", "undefined"},
      {"a number is refused", "version.new(1)", "error: wrong kind of argument 1"},
      {"one argument", "version.new()", "error: wrong number of arguments"},
      {"another object", R"(version.new(time.now))",
       "error: `version.new` got a timespace, not a version or a string"},
  };
  expect_results(kCases);
}

TEST(Version, Compares) {
  constexpr CallCase kCases[] = {
      {"greater", R"(version.new("1.0.0-alpha.1+001").greater_than("0.12.0-alpha.1+001"))", "true"},
      {"not greater", R"(version.new("1.0.0-alpha.1+001").gt("1.0.1-alpha.1+001"))", "false"},
      {"or equal",
       R"(version.new("1.0.0-alpha.1+001").greater_than_or_equals("1.0.0-alpha.1+001"))", "true"},
      {"gte", R"(version.new("1.0.0-alpha.1+001").gte("1.0.1-alpha.1+001"))", "false"},
      {"less", R"(version.new("1.0.0-alpha.1+001").less_than("1.0.1-alpha.1+001"))", "true"},
      {"lt", R"(version.new("1.0.0-alpha.1+001").lt("0.12.0-alpha.1+001"))", "false"},
      {"less or equal", R"(version.new("1.0").less_than_or_equals("1.0.0"))", "true"},
      {"lte", R"(version.new("1.0.0-alpha.1+001").lte("0.12.0-alpha.1+001"))", "false"},
      {"equal", R"(version.new("1.0.0-alpha.1+001").equals("1.0.0-alpha.1+001"))", "true"},
      {"metadata does not count", R"(version.new("1.0.0+1").eq("1.0.0+2"))", "true"},
      {"numbers, not text", R"(version.new("1.10.0").gt("1.9.0"))", "true"},
      {"a release is after its prereleases", R"(version.new("1.0.0").gt("1.0.0-rc.1"))", "true"},
      {"prereleases by number", R"(version.new("1.0.0-rc.10").gt("1.0.0-rc.9"))", "true"},
      {"numbers before words", R"(version.new("1.0.0-1").lt("1.0.0-a"))", "true"},
      {"a longer prerelease is after", R"(version.new("1.0.0-a.1").gt("1.0.0-a"))", "true"},
      {"two versions", R"(version.new("1.0.0").lt(version.new("2.0.0")))", "true"},
      {"compare: smaller is -1",
       R"(version.new("0.12.0-alpha.1+001").compare("1.0.0-alpha.1+001"))", "-1"},
      {"compare: equal is 0", R"(version.new("1.0.0-alpha.1+001").compare("1.0.0-alpha.1+001"))",
       "0"},
      {"cmp: greater is 1", R"(version.new("1.0.0-alpha.1+001").cmp("0.12.0-alpha.1+001"))", "1"},
      {"undefined in, undefined out", R"(version.new("1.0.0").gt(undefined))", "undefined"},
      {"not a version", R"(version.new("1.0.0").lt("x"))",
       "error: `x` given to `less_than` is not a version such as `1.2.3-beta.1`"},
      {"a number is refused", R"(version.new("1.0.0").compare(1))",
       "error: wrong kind of argument 1"},
      {"one argument", R"(version.new("1.0.0").eq())", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Version, Satisfies) {
  struct Row {
    std::string_view version;
    std::string_view constraint;
    bool holds;
  };
  constexpr Row kRows[] = {
      {"1.0.0-alpha.1+001", "> 1.0.0-alpha.1+001", false},
      {"1.0.0-alpha.1+001", ">= 1.0.0-alpha.1+001", true},
      {"1.0.0-alpha.1+001", ">= 1.0.0-alpha.1+001, < 1.0.0-beta+001", true},
      {"1.0.0", "= 1.0.0", true},
      {"1.0.0", "1.0", true},
      {"1.0.0", "!= 1.0.0", false},
      {"1.0.1", "!=1.0.0", true},
      {"1.2.3", ">= 1.2, < 2.0", true},
      {"2.0.0", ">= 1.2, < 2.0", false},
      {"0.12.7", "~> 0.12.0", true},
      {"0.13.0", "~> 0.12.0", false},
      {"1.9.0", "~> 1.2", true},
      {"2.0.0", "~> 1.2", false},
      {"1.1.9", "~> 1.2", false},
      {"1.5.0", "~> 1", true},
      {"2.0.0-beta", "> 1.0", false},
      {"2.0.0-beta", "> 1.0-alpha", false},
      {"1.0.0", "> 1.0.0-alpha", true},
      {"1.0.0", "~> 1.0.0-alpha", false},
      {"1.0.0-beta", "~> 1.0.0-alpha", true},
      {"1.0.0", " >=1.0.0 ,<=1.0.0 ", true},
  };
  for (const Row& row : kRows) {
    for (const char* method : {"satisfies", "sat"}) {
      const std::string call = "version.new(\"" + std::string(row.version) + "\")." + method +
                               "(\"" + std::string(row.constraint) + "\")";
      EXPECT_EQ(evaluate(call), row.holds ? "true" : "false") << call;
    }
  }
  constexpr CallCase kCases[] = {
      {"not a constraint", R"(version.new("1.0.0").satisfies(">> 1"))",
       "error: `>> 1` given to `satisfies` is not a constraint such as `>= 1.2.0`"},
      {"by its short name", R"(version.new("1.0.0").sat("= 1.0.0"))", "true"},
      {"a part missing", R"(version.new("1.0.0").satisfies("> 0.1,"))",
       "error: `` given to `satisfies` is not a constraint such as `>= 1.2.0`"},
      {"undefined in, undefined out", R"(version.new("1.0.0").satisfies(undefined))", "undefined"},
      {"a list is refused", R"(version.new("1.0.0").satisfies([]))",
       "error: wrong kind of argument 1"},
      {"one argument", R"(version.new("1.0.0").satisfies("1", "2"))",
       "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
