#include "plugin/mock_bundle/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/mock_bundle/redact.h"
#include "plugin/mock_bundle/rewrite.h"
#include "plugin/sentinel/value/operation.h"

namespace mock_bundle {
namespace {

using sentinel::Kind;
using sentinel::List;
using sentinel::Map;
using sentinel::MapEntry;
using sentinel::Value;

bool has_id_prefix(std::string_view text) {
  for (const std::string_view prefix : {"run-", "plan-", "pe-"}) {
    if (text.size() == prefix.size() + 16 && text.starts_with(prefix)) return true;
  }
  return false;
}

/// Texts that differ from one export to the next though nothing changed.
bool changes_by_itself(std::string_view a, std::string_view b) {
  if (has_id_prefix(a) && has_id_prefix(b)) return true;
  return base::from_rfc3339(a).has_value() && base::from_rfc3339(b).has_value();
}

bool alike(const Value& a, const Value& b);

/// Whether the lists hold alike elements in any order.
bool alike_in_any_order(const List& a, const List& b) {
  if (a.size != b.size) return false;
  std::uint32_t same = 0;
  while (same < a.size && alike(a.items[same], b.items[same]))
    ++same;
  if (same == a.size) return true;
  std::vector<const Value*> left;
  for (std::uint32_t i = same; i < b.size; ++i)
    left.push_back(&b.items[i]);
  constexpr std::size_t kMost = 2'000;  // the search is quadratic
  if (left.size() > kMost) return false;
  for (std::uint32_t i = same; i < a.size; ++i) {
    const auto found = std::find_if(left.begin(), left.end(),
                                    [&](const Value* value) { return alike(a.items[i], *value); });
    if (found == left.end()) return false;
    left.erase(found);
  }
  return true;
}

bool alike(const Value& a, const Value& b) {
  if (a.is(Kind::String) && b.is(Kind::String)) {
    return a.as_string() == b.as_string() || changes_by_itself(a.as_string(), b.as_string());
  }
  if (a.is(Kind::List) && b.is(Kind::List)) return alike_in_any_order(*a.as_list(), *b.as_list());
  if (a.is(Kind::Map) && b.is(Kind::Map)) {
    const Map& left = *a.as_map();
    const Map& right = *b.as_map();
    if (left.size != right.size) return false;
    return std::all_of(left.begin(), left.end(), [&](const MapEntry& entry) {
      const Value* other = right.find(entry.key);
      return other != nullptr && alike(entry.value, *other);
    });
  }
  if (a.is_undefined() || b.is_undefined()) return a.is_undefined() && b.is_undefined();
  return a.kind() == b.kind() && sentinel::equal(a, b);
}

std::string shown_value(const Value& value) {
  std::string out;
  sentinel::append_text(out, value, true);
  constexpr std::size_t kMost = 200;
  if (out.size() > kMost) {
    std::size_t cut = kMost;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0U) == 0x80U)
      --cut;
    out = out.substr(0, cut) + "... " + std::to_string(out.size() - cut) + " bytes more";
  }
  return out;
}

/// Differences below two values that are not alike, by attribute.
void compare(const Value& a, const Value& b, std::vector<Step>& path,
             std::vector<AttributeDifference>& out) {
  if (alike(a, b)) return;
  if (a.is(Kind::Map) && b.is(Kind::Map)) {
    for (const MapEntry& entry : *a.as_map()) {
      path.push_back({Step::Kind::Key, sentinel::to_text(entry.key), 0});
      const Value* other = b.as_map()->find(entry.key);
      if (other != nullptr) {
        compare(entry.value, *other, path, out);
      } else {
        out.push_back({path_text(path, path.size()), shown_value(entry.value), ""});
      }
      path.pop_back();
    }
    for (const MapEntry& entry : *b.as_map()) {
      if (a.as_map()->find(entry.key) != nullptr) continue;
      path.push_back({Step::Kind::Key, sentinel::to_text(entry.key), 0});
      out.push_back({path_text(path, path.size()), "", shown_value(entry.value)});
      path.pop_back();
    }
    return;
  }
  if (a.is(Kind::List) && b.is(Kind::List) && a.as_list()->size == b.as_list()->size) {
    for (std::uint32_t i = 0; i < a.as_list()->size; ++i) {
      path.push_back({Step::Kind::Index, "", static_cast<std::int64_t>(i)});
      compare(a.as_list()->items[i], b.as_list()->items[i], path, out);
      path.pop_back();
    }
    return;
  }
  // What one side hides, the other does not tell either.
  const auto hides = [](const Value& value) {
    return value.is(Kind::String) && value.as_string() == kRedacted;
  };
  constexpr const char* kHidden = "(not shown)";
  out.push_back({path_text(path, path.size()), hides(b) ? kHidden : shown_value(a),
                 hides(a) ? kHidden : shown_value(b)});
}

/// One import's data, cut into places: resources by address, else entries of the top-level maps,
/// else the top-level names.
using Places = std::map<std::string, Value>;

Places places(const MockFile& file) {
  Places out;
  for (const MockFile::Name& name : file.names()) {
    if (!name.data || name.name == "raw") continue;
    // tfplan/v2's planned_values repeat what resource_changes say; its outputs are places of their
    // own.
    if (name.name == "planned_values" && file.find("resource_changes") != nullptr) {
      if (const Value* outputs = member(&name.value, "outputs")) {
        out.insert_or_assign("planned_values.outputs", *outputs);
      }
      continue;
    }
    if (!name.value.is(Kind::Map)) {
      out.insert_or_assign(name.name, name.value);
      continue;
    }
    const bool by_address = name.name == "resource_changes" || name.name == "resources";
    for (const MapEntry& entry : *name.value.as_map()) {
      const std::string key = sentinel::to_text(entry.key);
      out.insert_or_assign(by_address ? key : name.name + '.' + key, entry.value);
    }
  }
  return out;
}

base::Result<std::map<std::string, MockFile>> open(const base::Path& folder,
                                                   const std::string& shown,
                                                   std::map<std::string, std::string>& file_of) {
  auto imports = read_bundle(folder, shown);
  if (!imports) return std::move(imports.error());
  std::map<std::string, MockFile> out;
  std::set<std::string> seen;
  for (const BundleImport& import : *imports) {
    if (!seen.insert(import.file).second) continue;  // tfplan and tfplan/v1 are one file
    auto file = MockFile::read(folder / import.file, shown + "/" + import.file);
    if (!file) return std::move(file.error());
    file_of[import.name] = import.file;
    out.emplace(import.file, std::move(*file));
  }
  return out;
}

std::string_view sign(Difference::Kind kind) {
  switch (kind) {
  case Difference::Kind::Added:
    return "+";
  case Difference::Kind::Removed:
    return "-";
  case Difference::Kind::Changed:
    return "~";
  }
  return "";
}

std::string_view word(Difference::Kind kind) {
  switch (kind) {
  case Difference::Kind::Added:
    return "added";
  case Difference::Kind::Removed:
    return "removed";
  case Difference::Kind::Changed:
    return "changed";
  }
  return "";
}

std::string json_text(std::string_view text) {
  return sentinel::to_json(Value::string(text), false);
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '`') out.push_back('\\');
    out.push_back(c == '\n' ? ' ' : c);
  }
  return out;
}

}  // namespace

base::Result<std::vector<Difference>> diff(const base::Path& before,
                                           const std::string& shown_before, const base::Path& after,
                                           const std::string& shown_after) {
  std::map<std::string, std::string> old_imports, new_imports;
  auto old_files = open(before, shown_before, old_imports);
  if (!old_files) return std::move(old_files.error());
  auto new_files = open(after, shown_after, new_imports);
  if (!new_files) return std::move(new_files.error());
  std::vector<Difference> out;
  for (const auto& [import, file] : old_imports) {
    if (!new_imports.contains(import)) out.push_back({import, "", Difference::Kind::Removed, {}});
  }
  for (const auto& [import, file] : new_imports) {
    const auto old = old_imports.find(import);
    if (old == old_imports.end()) {
      out.push_back({import, "", Difference::Kind::Added, {}});
      continue;
    }
    const Places left = places(old_files->at(old->second));
    const Places right = places(new_files->at(file));
    for (const auto& [place, value] : left) {
      const auto other = right.find(place);
      if (other == right.end()) {
        out.push_back({import, place, Difference::Kind::Removed, {}});
        continue;
      }
      Difference difference{import, place, Difference::Kind::Changed, {}};
      std::vector<Step> path;
      compare(value, other->second, path, difference.attributes);
      if (!difference.attributes.empty()) out.push_back(std::move(difference));
    }
    for (const auto& [place, value] : right) {
      if (!left.contains(place)) out.push_back({import, place, Difference::Kind::Added, {}});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Difference& a, const Difference& b) {
    return std::tie(a.import, a.place) < std::tie(b.import, b.place);
  });
  return out;
}

std::string to_text(const std::vector<Difference>& differences) {
  std::string out;
  std::string import;
  for (const Difference& difference : differences) {
    if (difference.import != import) {
      import = difference.import;
      out += import + '\n';
    }
    out += "  " + std::string(sign(difference.kind)) + ' ' +
           (difference.place.empty() ? "the whole import" : difference.place) + '\n';
    for (const AttributeDifference& attribute : difference.attributes) {
      out += "      " + (attribute.path.empty() ? "value" : attribute.path) + ": ";
      if (attribute.before.empty()) {
        out += "+ " + attribute.after;
      } else if (attribute.after.empty()) {
        out += "- " + attribute.before;
      } else {
        out += attribute.before + " -> " + attribute.after;
      }
      out += '\n';
    }
  }
  return out;
}

std::string to_json(const std::vector<Difference>& differences) {
  std::string out = "{\n  \"schema\": \"harness/diff/1\",\n  \"differences\": [";
  bool first = true;
  for (const Difference& difference : differences) {
    out += std::string(first ? "" : ",") + "\n    {\"import\": " + json_text(difference.import) +
           ", \"place\": " + json_text(difference.place) + ", \"kind\": \"" +
           std::string(word(difference.kind)) + "\", \"attributes\": [";
    first = false;
    for (std::size_t i = 0; i < difference.attributes.size(); ++i) {
      const AttributeDifference& attribute = difference.attributes[i];
      out += std::string(i == 0 ? "" : ",") + "\n      {\"path\": " + json_text(attribute.path) +
             ", \"before\": " + json_text(attribute.before) +
             ", \"after\": " + json_text(attribute.after) + "}";
    }
    out += difference.attributes.empty() ? "]}" : "\n    ]}";
  }
  out += differences.empty() ? "]\n}\n" : "\n  ]\n}\n";
  return out;
}

std::string to_markdown(const std::vector<Difference>& differences) {
  if (differences.empty()) return "No difference.\n";
  std::string out = "| import | place | attribute | before | after |\n|---|---|---|---|---|\n";
  for (const Difference& difference : differences) {
    const std::string head =
        "| " + cell(difference.import) + " | " +
        (difference.place.empty() ? "the whole import" : "`" + cell(difference.place) + "`") +
        " | ";
    if (difference.attributes.empty()) {
      out += head + std::string(word(difference.kind)) + " | | |\n";
      continue;
    }
    for (const AttributeDifference& attribute : difference.attributes) {
      out += head + cell(attribute.path) + " | " + cell(attribute.before) + " | " +
             cell(attribute.after) + " |\n";
    }
  }
  return out;
}

}  // namespace mock_bundle
