#include "plugin/sentinel/import/table.h"

#include <algorithm>
#include <array>

#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/type.h"

namespace sentinel {
namespace {

constexpr std::array<const ImportRow*, 14> kImports{
    &kBase64,  &kCollection, &kLists,   &kMaps, &kDecimal, &kHttp,  &kJson,
    &kRuntime, &kSockaddr,   &kStrings, &kTime, &kTypes,   &kUnits, &kVersion,
};

constexpr std::array<TypeRow, 6> kObjectTypes{{
    {"decimal", &kDecimalType},
    {"http", &kHttpClientType},
    {"http", &kHttpRequestType},
    {"http", &kHttpResponseType},
    {"time", &kTimeType},
    {"version", &kVersionType},
}};

constexpr MemberRow kMembers[] = {
    {"decimal", "nan", "not a number, which equals nothing"},
    {"http", "client", "the default client"},
    {"http", "methodGet", "\"GET\""},
    {"http", "methodPost", "\"POST\""},
    {"http", "accepted_status_codes", "the default client's"},
    {"http", "retries", "the default client's"},
    {"http", "timeout", "the default client's"},
    {"http", "certificate_verification", "the default client's"},
    {"runtime", "version", "the version of the language, as HashiCorp counts"},
    {"time", "now", "the time of the evaluation; stays the same"},
    {"time", "nanosecond", "a duration for add, in nanoseconds: 1"},
    {"time", "microsecond", "1,000 nanoseconds"},
    {"time", "millisecond", "1,000,000 nanoseconds"},
    {"time", "second", "1,000,000,000 nanoseconds"},
    {"time", "minute", "60 seconds, in nanoseconds"},
    {"time", "hour", "60 minutes, in nanoseconds"},
    {"units", "kilobyte", "1024 bytes"},
    {"units", "megabyte", "1024 kilobytes"},
    {"units", "gigabyte", "1024 megabytes"},
    {"units", "terabyte", "1024 gigabytes"},
    {"units", "petabyte", "1024 terabytes"},
    {"decimal object", "string", "the number as text"},
    {"decimal object", "sign", "-1, 0 or 1"},
    {"decimal object", "coefficient", "the digits as an int"},
    {"decimal object", "exponent", "the power of ten that they are multiplied by"},
    {"decimal object", "float", "the nearest float"},
    {"decimal object", "int", "the whole part"},
    {"client object", "accepted_status_codes", "the list of codes that are no error"},
    {"client object", "retries", "how often a failed request is tried again"},
    {"client object", "timeout", "in seconds"},
    {"client object", "certificate_verification", "whether certificates are verified"},
    {"request object", "url", "the URL"},
    {"request object", "headers", "a map of strings"},
    {"request object", "body", "the body, a string"},
    {"response object", "status_code", "an int such as 200"},
    {"response object", "headers", "a map of strings; several values of one are joined by commas"},
    {"response object", "body", "the body, a string"},
    {"timespace object", "hour", "0 to 23"},
    {"timespace object", "minute", "0 to 59"},
    {"timespace object", "second", "0 to 59"},
    {"timespace object", "day", "of the month, from 1"},
    {"timespace object", "month", "from 1"},
    {"timespace object", "month_name", "\"January\" …"},
    {"timespace object", "weekday", "0, Sunday, to 6, Saturday"},
    {"timespace object", "weekday_name", "\"Sunday\" …"},
    {"timespace object", "year", "the year"},
    {"timespace object", "unix", "seconds since 1970"},
    {"timespace object", "unix_nano", "nanoseconds since 1970"},
    {"timespace object", "zone", "seconds east of UTC"},
    {"timespace object", "zone_string", "\"+10:00\""},
    {"version object", "major", "the first number"},
    {"version object", "minor", "the second number"},
    {"version object", "patch", "the third number"},
    {"version object", "prerelease", "\"alpha.1\" of 1.0.0-alpha.1+001"},
    {"version object", "metadata", "\"001\" of 1.0.0-alpha.1+001"},
    {"version object", "version", "the whole version as text"},
};

}  // namespace

std::span<const ImportRow* const> imports() {
  return kImports;
}

const ImportRow* find_import(std::string_view name) {
  const auto found = std::find_if(kImports.begin(), kImports.end(),
                                  [&](const ImportRow* row) { return row->name == name; });
  return found == kImports.end() ? nullptr : *found;
}

std::span<const MemberRow> import_members() {
  return kMembers;
}

std::span<const TypeRow> import_types() {
  return kObjectTypes;
}

}  // namespace sentinel
