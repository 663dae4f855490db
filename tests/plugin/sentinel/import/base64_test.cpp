#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Base64, Encode) {
  constexpr CallCase kCases[] = {
      {"text", R"(base64.encode("foo"))", R"("Zm9v")"},
      {"one byte over", R"(base64.encode("foob"))", R"("Zm9vYg==")"},
      {"two bytes over", R"(base64.encode("fooba"))", R"("Zm9vYmE=")"},
      {"nothing", R"(base64.encode(""))", R"("")"},
      {"any bytes", R"(base64.encode("\xff\xfe\xfb"))", R"("//77")"},
      {"undefined in, undefined out", "base64.encode(undefined)", "undefined"},
      {"a number is refused", "base64.encode(1)", "error: wrong kind of argument 1"},
      {"one argument", "base64.encode()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Base64, Decode) {
  constexpr CallCase kCases[] = {
      {"text", R"(base64.decode("Zm9v"))", R"("foo")"},
      {"padded", R"(base64.decode("Zm9vYg=="))", R"("foob")"},
      {"padded once", R"(base64.decode("Zm9vYmE="))", R"("fooba")"},
      {"nothing", R"(base64.decode(""))", R"("")"},
      {"line ends do not count", R"(base64.decode("Zm\n9v"))", R"("foo")"},
      {"what encode made", R"(base64.decode(base64.encode("a\n\xe4")))", R"("a\n\xe4")"},
      {"padding must be there", R"(base64.decode("Zm9vYg"))",
       "error: `base64.decode` cannot decode byte 7 of its argument: not padded base64 of its "
       "alphabet"},
      {"nothing follows padding", R"(base64.decode("Zg==Zg=="))",
       "error: `base64.decode` cannot decode byte 5 of its argument: not padded base64 of its "
       "alphabet"},
      {"too much padding", R"(base64.decode("Z==="))",
       "error: `base64.decode` cannot decode byte 2 of its argument: not padded base64 of its "
       "alphabet"},
      {"the other alphabet", R"(base64.decode("__77"))",
       "error: `base64.decode` cannot decode byte 1 of its argument: not padded base64 of its "
       "alphabet"},
      {"undefined in, undefined out", "base64.decode(undefined)", "undefined"},
      {"null is refused", "base64.decode(null)", "error: wrong kind of argument 1"},
      {"one argument", R"(base64.decode("", ""))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Base64, Url) {
  constexpr CallCase kCases[] = {
      {"text", R"(base64.urlencode("foo"))", R"("Zm9v")"},
      {"its alphabet", R"(base64.urlencode("\xff\xfe\xfb"))", R"("__77")"},
      {"padded too", R"(base64.urlencode("f"))", R"("Zg==")"},
      {"undefined", "base64.urlencode(undefined)", "undefined"},
      {"a list is refused", "base64.urlencode([])", "error: wrong kind of argument 1"},
      {"one argument", "base64.urlencode()", "error: wrong number of arguments"},
      {"back", R"(base64.urldecode("Zm9v"))", R"("foo")"},
      {"back, its alphabet", R"(base64.encode(base64.urldecode("__77")))", R"("//77")"},
      {"back, the other alphabet", R"(base64.urldecode("//77"))",
       "error: `base64.urldecode` cannot decode byte 1 of its argument: not padded base64 of its "
       "alphabet"},
      {"back, undefined", "base64.urldecode(undefined)", "undefined"},
      {"back, one argument", "base64.urldecode()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
