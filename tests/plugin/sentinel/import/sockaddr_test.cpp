#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Sockaddr, IsContained) {
  constexpr CallCase kCases[] = {
      {"an address in a network", R"(sockaddr.is_contained("192.168.0.0/24", "192.168.0.32"))",
       "true"},
      {"an address outside", R"(sockaddr.is_contained("192.168.0.0/24", "192.174.1.1"))", "false"},
      {"the network itself", R"(sockaddr.is_contained("10.0.0.0/8", "10.0.0.0/8"))", "true"},
      {"a smaller network", R"(sockaddr.is_contained("10.0.0.0/8", "10.1.0.0/16"))", "true"},
      {"a larger network", R"(sockaddr.is_contained("10.1.0.0/16", "10.0.0.0/8"))", "false"},
      {"an address contains itself", R"(sockaddr.is_contained("10.0.0.1", "10.0.0.1"))", "true"},
      {"everything", R"(sockaddr.is_contained("0.0.0.0/0", "203.0.113.9"))", "true"},
      {"IPv6", R"(sockaddr.is_contained("2001:db8::/32", "2001:db8:1::1"))", "true"},
      {"IPv6 outside", R"(sockaddr.is_contained("2001:db8::/32", "2001:db9::"))", "false"},
      {"two families", R"(sockaddr.is_contained("0.0.0.0/0", "::1"))", "false"},
      {"host bits do not matter", R"(sockaddr.is_contained("10.9.9.9/8", "10.0.0.1"))", "true"},
      {"no address", R"(sockaddr.is_contained("10.0.0.0/8", "ten"))",
       "error: `ten` given to `sockaddr.is_contained` is not an address such as `10.0.0.1`, "
       "`10.0.0.0/8` or `::1`"},
      {"undefined in, undefined out", R"(sockaddr.is_contained(undefined, "10.0.0.1"))",
       "undefined"},
      {"a number is refused", R"(sockaddr.is_contained("10.0.0.0/8", 1))",
       "error: wrong kind of argument 2"},
      {"two arguments", R"(sockaddr.is_contained("10.0.0.0/8"))",
       "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Sockaddr, IsEqual) {
  constexpr CallCase kCases[] = {
      {"the same", R"(sockaddr.is_equal("192.168.12.24", "192.168.12.24"))", "true"},
      {"another", R"(sockaddr.is_equal("192.168.12.24", "192.168.12.25"))", "false"},
      {"the same in other spelling", R"(sockaddr.is_equal("2001:db8::1", "2001:0DB8:0:0:0:0:0:1"))",
       "true"},
      {"a network of one", R"(sockaddr.is_equal("10.0.0.1", "10.0.0.1/32"))", "true"},
      {"a network is no address", R"(sockaddr.is_equal("10.0.0.1", "10.0.0.1/8"))", "false"},
      {"mapped into IPv6", R"(sockaddr.is_equal("::ffff:10.0.0.1", "10.0.0.1"))", "true"},
      {"ports count", R"(sockaddr.is_equal("10.0.0.1:80", "10.0.0.1:81"))", "false"},
      {"equal ports", R"(sockaddr.is_equal("[::1]:80", "[::1]:80"))", "true"},
      {"sockets of Unix", R"(sockaddr.is_equal("/run/a", "/run/a"))", "true"},
      {"undefined in, undefined out", R"(sockaddr.is_equal("10.0.0.1", undefined))", "undefined"},
      {"null is refused", R"(sockaddr.is_equal(null, "10.0.0.1"))",
       "error: wrong kind of argument 1"},
      {"two arguments", R"(sockaddr.is_equal("10.0.0.1"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Sockaddr, Families) {
  constexpr CallCase kCases[] = {
      {"IPv4", R"(sockaddr.is_ipv4("192.168.12.24"))", "true"},
      {"IPv4 with a network", R"(sockaddr.is_ipv4("10.0.0.0/8"))", "true"},
      {"IPv6 is no IPv4", R"(sockaddr.is_ipv4("2001:0db8:85a3:0000:0000:8a2e:0370:7334"))",
       "false"},
      {"five numbers", R"(sockaddr.is_ipv4("1.2.3.4.5"))", "false"},
      {"leading zeros", R"(sockaddr.is_ipv4("10.0.0.01"))", "false"},
      {"a prefix too long", R"(sockaddr.is_ipv4("10.0.0.0/33"))", "false"},
      {"a name", R"(sockaddr.is_ipv4("example.com"))", "false"},
      {"undefined in, undefined out", "sockaddr.is_ipv4(undefined)", "undefined"},
      {"a number is refused", "sockaddr.is_ipv4(4)", "error: wrong kind of argument 1"},
      {"one argument", "sockaddr.is_ipv4()", "error: wrong number of arguments"},
      {"IPv6", R"(sockaddr.is_ipv6("2001:0db8:85a3:0000:0000:8a2e:0370:7334"))", "true"},
      {"IPv6 with a network", R"(sockaddr.is_ipv6("::/0"))", "true"},
      {"IPv4 is no IPv6", R"(sockaddr.is_ipv6("192.168.12.24"))", "false"},
      {"a byte of zero", R"(sockaddr.is_ipv6("::1\x00"))", "false"},
      {"undefined", "sockaddr.is_ipv6(undefined)", "undefined"},
      {"a list", "sockaddr.is_ipv6([])", "error: wrong kind of argument 1"},
      {"one", R"(sockaddr.is_ipv6("::1", ""))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
