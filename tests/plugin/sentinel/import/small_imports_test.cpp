#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Types, TypeOf) {
  constexpr CallCase kCases[] = {
      {"bool", "types.type_of(true)", R"("bool")"},
      {"string", R"(types.type_of("Hello!"))", R"("string")"},
      {"int", "types.type_of(42)", R"("int")"},
      {"float", "types.type_of(42.123)", R"("float")"},
      {"null", "types.type_of(null)", R"("null")"},
      {"undefined, which is taken here", "types.type_of(undefined)", R"("undefined")"},
      {"list", "types.type_of([])", R"("list")"},
      {"map", "types.type_of({})", R"("map")"},
      {"function", "types.type_of(even)", R"("function")"},
      {"an object shows as the map of its fields", "types.type_of(time.now)", R"("map")"},
      {"one argument", "types.type_of()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Units, Bytes) {
  constexpr CallCase kCases[] = {
      {"kilobyte", "units.kilobyte", "1024"},
      {"megabyte", "units.megabyte", "1048576"},
      {"gigabyte", "units.gigabyte", "1073741824"},
      {"terabyte", "units.terabyte", "1099511627776"},
      {"petabyte", "units.petabyte", "1125899906842624"},
      {"no such unit", "units.byte", "undefined"},
  };
  expect_results(kCases);
}

TEST(Runtime, Version) {
  constexpr CallCase kCases[] = {
      {"version", "runtime.version", R"("0.40.0")"},
      {"it is one", "version.new(runtime.version).minor", "40"},
      {"nothing else", "runtime.name", "undefined"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
