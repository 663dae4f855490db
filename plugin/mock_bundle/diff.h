// Two bundles compared by resource and attribute.
#pragma once

#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

/// One attribute that differs. A side that has none is empty.
struct AttributeDifference {
  std::string path;  // below the resource: "change.after.tags.owner"
  std::string before;
  std::string after;

  bool operator==(const AttributeDifference&) const = default;
};

struct Difference {
  enum class Kind { Added, Removed, Changed };

  std::string import;
  std::string place;  // a resource's address, or a name of the import: "variables.region"
  Kind kind = Kind::Changed;
  std::vector<AttributeDifference> attributes;  // of Changed

  bool operator==(const Difference&) const = default;
};

/// What differs between the bundles in two folders, by import and place. Not compared: the order of
/// a list's elements, timestamps and ids of runs and plans (two of a kind count as equal), and
/// `raw`, which says the same once more. Where one side is redacted the other's value is not shown.
/// `shown_*` are their names in messages.
base::Result<std::vector<Difference>> diff(const base::Path& before,
                                           const std::string& shown_before, const base::Path& after,
                                           const std::string& shown_after);

/// A line a place and, indented, a line an attribute; empty where nothing differs.
std::string to_text(const std::vector<Difference>& differences);
std::string to_json(const std::vector<Difference>& differences);
std::string to_markdown(const std::vector<Difference>& differences);

}  // namespace mock_bundle
