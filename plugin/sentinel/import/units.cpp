// The `units` import. Documentation: Sentinel, imports/units.

#include <cstdint>

#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

Value member(Machine& /*machine*/, std::string_view name) {
  std::int64_t bytes = 1;
  for (const std::string_view unit : {"kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"}) {
    bytes *= 1024;
    if (name == unit) return Value::integer(bytes);
  }
  return {};
}

}  // namespace

constinit const ImportRow kUnits{"units", {}, member, "how many bytes a kilobyte … has, base 2"};

}  // namespace sentinel
