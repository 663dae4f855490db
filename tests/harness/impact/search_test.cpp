#include "harness/impact/search.h"

#include <gtest/gtest.h>

#include "plugin/base/system.h"

namespace harness {
namespace {

TEST(Search, ReadsOrganizationAndPattern) {
  const struct {
    const char* text;
    const char* organization;
    const char* expected;  // or the message
  } rows[] = {
      {"acme/*-prod", "", "acme/*-prod"},
      {"acme/net_1", "other", "acme/net_1"},
      {"*", "acme", "acme/*"},
      {"net", "",
       "`net` names no organization\n"
       "    write `ORGANIZATION/net`\n"},
      {"acme/", "",
       "`acme/` is no search for workspaces: names are made of letters, digits, `-` and `_`, and "
       "`*` stands for any of them\n"
       "    write `ORGANIZATION/NAME`, `ORGANIZATION/*-prod`\n"},
      {"*/net", "",
       "`*/net` is no search for workspaces: names are made of letters, digits, `-` and `_`, and "
       "`*` stands for any of them\n"
       "    write `ORGANIZATION/NAME`, `ORGANIZATION/*-prod`\n"},
      {"a/b/c", "",
       "`a/b/c` is no search for workspaces: names are made of letters, digits, `-` and `_`, and "
       "`*` stands for any of them\n"
       "    write `ORGANIZATION/NAME`, `ORGANIZATION/*-prod`\n"},
  };
  for (const auto& row : rows) {
    const auto out = parse_workspace_search(row.text, row.organization);
    EXPECT_EQ(out ? out->text() : base::to_text(out.error()), row.expected);
  }
}

TEST(Search, AsksTheServerForNoLessThanIsMeant) {
  const struct {
    const char* pattern;
    const char* expected;
  } rows[] = {
      {"*-prod", "*-prod"}, {"app-*", "app-*"},     {"*net*", "*net*"}, {"a*-prod", "*-prod"},
      {"app-*d", "app-*"},  {"*a*long*", "*long*"}, {"*", ""},          {"**", ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(server_wildcard(row.pattern), row.expected) << row.pattern;
}

TEST(Search, LooksBack) {
  const auto now = *base::from_rfc3339("2026-11-25T12:00:00Z");
  const struct {
    const char* text;
    const char* expected;
  } rows[] = {
      {"30d", "2026-10-26T12:00:00Z"},
      {"12h", "2026-11-25T00:00:00Z"},
      {"2w", "2026-11-11T12:00:00Z"},
      {"2026-11-01", "2026-11-01T00:00:00Z"},
      {"2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00Z"},
      {"0d",
       "`0d` is no time to look back to\n"
       "    write `30d`, `12h`, `2w` or a date such as `2026-11-01`\n"},
      {"30",
       "`30` is no time to look back to\n"
       "    write `30d`, `12h`, `2w` or a date such as `2026-11-01`\n"},
      {"yesterday",
       "`yesterday` is no time to look back to\n"
       "    write `30d`, `12h`, `2w` or a date such as `2026-11-01`\n"},
      {"2027-01-01",
       "`2027-01-01` is still to come\n"
       "    name a date in the past\n"},
  };
  for (const auto& row : rows) {
    const auto out = parse_since(row.text, now);
    EXPECT_EQ(out ? base::to_rfc3339(out->time) : base::to_text(out.error()), row.expected);
  }
}

}  // namespace
}  // namespace harness
