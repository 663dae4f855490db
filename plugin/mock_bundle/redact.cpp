#include "plugin/mock_bundle/redact.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include <re2/re2.h>

#include "plugin/base/file.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/mock_bundle/rewrite.h"

namespace mock_bundle {
namespace {

using sentinel::Arena;
using sentinel::Kind;
using sentinel::List;
using sentinel::Map;
using sentinel::MapEntry;
using sentinel::Value;

/// Shorter texts ("eu", "true", "22") stand everywhere and are no secrets.
constexpr std::size_t kShortestSecret = 6;

Value marker() {
  return Value::string(kRedacted);
}

bool is_true(const Value* value) {
  return value != nullptr && value->is(Kind::Bool) && value->as_bool();
}

/// The part of a marks tree (`after_sensitive`) for one child; null: nothing below is marked.
const Value* child_mark(const Value* marks, const Value& key) {
  return marks != nullptr && marks->is(Kind::Map) ? marks->as_map()->find(key) : nullptr;
}

const Value* element_mark(const Value* marks, std::uint32_t index) {
  if (marks == nullptr || !marks->is(Kind::List) || index >= marks->as_list()->size) return nullptr;
  return &marks->as_list()->items[index];
}

/// `value` with every marked part replaced. A mark `true` replaces the whole subtree; null stays.
Value apply_marks(Arena& arena, const Value& value, const Value* marks) {
  if (marks == nullptr || value.is(Kind::Null) || value.is_undefined()) return value;
  if (is_true(marks)) return marker();
  if (value.is(Kind::Map) && marks->is(Kind::Map)) {
    Map* changed = sentinel::make_map(arena, value.as_map()->size);
    for (const MapEntry& entry : *value.as_map()) {
      changed->set(arena, entry.key, apply_marks(arena, entry.value, child_mark(marks, entry.key)));
    }
    return Value::map(changed);
  }
  if (value.is(Kind::List) && marks->is(Kind::List)) {
    List* changed = sentinel::make_list(arena, value.as_list()->size);
    for (std::uint32_t i = 0; i < value.as_list()->size; ++i) {
      changed->append(arena, apply_marks(arena, value.as_list()->items[i], element_mark(marks, i)));
    }
    return Value::list(changed);
  }
  return value;
}

/// The texts under the marked parts of `value`.
void collect_marked(const Value& value, const Value* marks, std::set<std::string>& into) {
  if (marks == nullptr) return;
  if (is_true(marks)) {
    Trail trail;
    visit_scalars(value, trail, [&](const Value& scalar, const Trail&) {
      if (!scalar.is(Kind::String)) return;
      const std::string_view text = scalar.as_string();
      if (text.size() >= kShortestSecret && text != kRedacted) into.emplace(text);
    });
    return;
  }
  if (value.is(Kind::Map)) {
    for (const MapEntry& entry : *value.as_map()) {
      collect_marked(entry.value, child_mark(marks, entry.key), into);
    }
  } else if (value.is(Kind::List)) {
    for (std::uint32_t i = 0; i < value.as_list()->size; ++i) {
      collect_marked(value.as_list()->items[i], element_mark(marks, i), into);
    }
  }
}

/// `map` with `key` (where it is there and not null) replaced by `replacement`.
Value with_member(Arena& arena, const Value& map, std::string_view key, const Value& replacement) {
  const Value* found = member(&map, key);
  if (found == nullptr || found->is(Kind::Null) || found->is_undefined()) return map;
  Map* changed = sentinel::copy(arena, *map.as_map());
  changed->set(arena, Value::string(key), replacement);
  return Value::map(changed);
}

/// What the plan itself says is sensitive, read from tfplan/v2's `raw`.
struct PlanMarks {
  std::map<std::string, Value, std::less<>> changes;  // by address: `change` with both marks trees
  std::map<std::string, Value, std::less<>> outputs;  // by name: the same
  std::set<std::string, std::less<>> variables;       // names
  std::set<std::string> secrets;                      // marked texts
};

PlanMarks read_marks(const MockFile& plan) {
  PlanMarks out;
  const MockFile::Name* raw = plan.find("raw");
  if (raw == nullptr || !raw->data) return out;
  for (const char* part : {"resource_drift", "resource_changes"}) {
    const Value* list = member(&raw->value, part);
    if (list == nullptr || !list->is(Kind::List)) continue;
    for (const Value& resource : *list->as_list()) {
      const Value* change = member(&resource, "change");
      if (change != nullptr) {
        out.changes.insert_or_assign(std::string(member_text(&resource, "address")), *change);
      }
    }
  }
  const Value* outputs = member(&raw->value, "output_changes");
  if (outputs != nullptr && outputs->is(Kind::Map)) {
    for (const MapEntry& entry : *outputs->as_map()) {
      if (entry.key.is(Kind::String)) {
        out.outputs.insert_or_assign(std::string(entry.key.as_string()), entry.value);
      }
    }
  }
  const Value* root = member(member(&raw->value, "configuration"), "root_module");
  const Value* variables = member(root, "variables");
  if (variables != nullptr && variables->is(Kind::Map)) {
    for (const MapEntry& entry : *variables->as_map()) {
      if (entry.key.is(Kind::String) && is_true(member(&entry.value, "sensitive"))) {
        out.variables.emplace(entry.key.as_string());
      }
    }
  }
  const auto collect = [&](const Value& change) {
    for (const char* side : {"before", "after"}) {
      const Value* value = member(&change, side);
      if (value == nullptr) continue;
      collect_marked(*value, member(&change, std::string(side) + "_sensitive"), out.secrets);
    }
  };
  for (const auto& [address, change] : out.changes)
    collect(change);
  for (const auto& [name, change] : out.outputs)
    collect(change);
  const Value all = Value::boolean(true);
  const Value* given = member(&raw->value, "variables");
  for (const std::string& name : out.variables) {
    if (const Value* variable = member(given, name)) collect_marked(*variable, &all, out.secrets);
  }
  return out;
}

/// Redacts by place: the marked attributes of resources, outputs and variables.
class PlaceRedactor {
 public:
  PlaceRedactor(Arena& arena, const PlanMarks& marks) : arena_(arena), marks_(marks) {}

  std::optional<Value> operator()(const Value& value, const Trail& trail) const {
    if (!value.is(Kind::Map)) return value;
    // `raw` and the import itself have the same parts, one level apart.
    const std::size_t from = trail[0] == "raw" ? 1 : 0;
    if (trail.size() <= from + 1) return value;
    const std::string& part = trail[from];
    const std::string& name = trail.back();
    if (part == "variables" && trail.size() == from + 2 && marks_.variables.contains(name)) {
      return with_member(arena_, value, "value", marker());
    }
    if (part == "output_changes" && trail.size() == from + 2) {
      const auto marks = marks_.outputs.find(name);
      if (marks == marks_.outputs.end()) return value;
      // In the import the change stands one level below the name; in `raw` it is the entry.
      const Value* change = member(&value, "change");
      if (change == nullptr) return marked_change(value, marks->second);
      return with_member(arena_, value, "change", marked_change(*change, marks->second));
    }
    if (part == "outputs" || (trail.size() >= 2 && trail[trail.size() - 2] == "outputs")) {
      if (is_true(member(&value, "sensitive")))
        return with_member(arena_, value, "value", marker());
    }
    const auto marks = marks_.changes.find(member_text(&value, "address"));
    if (marks == marks_.changes.end()) return value;
    if (const Value* change = member(&value, "change")) {
      return with_member(arena_, value, "change", marked_change(*change, marks->second));
    }
    if (const Value* values = member(&value, "values")) {
      const bool prior = part == "prior_state" || part == "resources";
      const Value* tree = member(&marks->second, prior ? "before_sensitive" : "after_sensitive");
      return with_member(arena_, value, "values", apply_marks(arena_, *values, tree));
    }
    return value;
  }

 private:
  Value marked_change(const Value& change, const Value& marks) const {
    Value out = change;
    for (const char* side : {"before", "after"}) {
      const Value* value = member(&out, side);
      if (value == nullptr) continue;
      out = with_member(
          arena_, out, side,
          apply_marks(arena_, *value, member(&marks, std::string(side) + "_sensitive")));
    }
    return out;
  }

  Arena& arena_;
  const PlanMarks& marks_;
};

/// Redacts by name and by text, wherever it stands.
class TextRedactor {
 public:
  TextRedactor(Arena& arena, const std::set<std::string>& secrets, const RedactOptions& options,
               const std::vector<std::unique_ptr<re2::RE2>>& patterns)
      : arena_(arena), secrets_(secrets), options_(options), patterns_(patterns) {}

  std::optional<Value> operator()(const Value& value, const Trail& trail) const {
    if (value.is(Kind::Null) || value.is_undefined()) return value;
    if (trail.size() > 1 && std::find(options_.attributes.begin(), options_.attributes.end(),
                                      trail.back()) != options_.attributes.end()) {
      return marker();
    }
    if (!value.is(Kind::String)) return value;
    const std::string_view text = value.as_string();
    if (text == kRedacted) return value;
    if (secrets_.contains(std::string(text))) return marker();
    std::string changed(text);
    for (const std::string& secret : secrets_) {
      for (std::size_t at = changed.find(secret); at != std::string::npos;
           at = changed.find(secret, at + kRedacted.size())) {
        changed.replace(at, secret.size(), kRedacted);
      }
    }
    for (const auto& pattern : patterns_) {
      re2::RE2::GlobalReplace(&changed, *pattern, std::string(kRedacted));
    }
    return changed == text ? value : arena_.string(changed);
  }

 private:
  Arena& arena_;
  const std::set<std::string>& secrets_;
  const RedactOptions& options_;
  const std::vector<std::unique_ptr<re2::RE2>>& patterns_;
};

/// The bundle's files, each once, and tfplan/v2's among them.
base::Result<std::map<std::string, MockFile>> open_files(const base::Path& folder,
                                                         const std::string& shown,
                                                         std::string& plan) {
  auto imports = read_bundle(folder, shown);
  if (!imports) return std::move(imports.error());
  std::map<std::string, MockFile> out;
  for (const BundleImport& import : *imports) {
    if (import.name == "tfplan/v2") plan = import.file;
    if (out.contains(import.file)) continue;
    auto file = MockFile::read(folder / import.file, shown + "/" + import.file);
    if (!file) return std::move(file.error());
    out.emplace(import.file, std::move(*file));
  }
  return out;
}

/// Bits a character of a text that holds letters and digits: random ones have 4 and more.
double entropy(std::string_view text) {
  std::array<double, 256> counts{};
  for (const char c : text)
    counts[static_cast<unsigned char>(c)] += 1;
  double out = 0;
  for (const double count : counts) {
    if (count == 0) continue;
    const double share = count / static_cast<double>(text.size());
    out -= share * std::log2(share);
  }
  return out;
}

struct SecretShape {
  const char* pattern;
  const char* kind;
};

constexpr SecretShape kShapes[] = {
    {R"(\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)", "an AWS access key"},
    {R"(-----BEGIN [A-Z ]*PRIVATE KEY-----)", "a private key"},
    {R"(\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{60,}\b)", "an HCP Terraform token"},
    {R"(\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b)",
     "a GitHub token"},
    {R"(\bglpat-[A-Za-z0-9_-]{20}\b)", "a GitLab token"},
    {R"(\bAIza[0-9A-Za-z_-]{35}\b)", "a Google API key"},
    {R"(\bxox[abpros]-[0-9A-Za-z-]{10,}\b)", "a Slack token"},
    {R"(\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})", "a JSON web token"},
    {R"(\bhvs\.[A-Za-z0-9_-]{24,})", "a Vault token"},
    {R"([a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]{3,}@)", "a password in a URL"},
};

constexpr const char* kSecretName =
    "(?i)(?:pass(?:word|wd|phrase)?|secret|token|api_?key|private_?key|credential|auth_?key)";

/// ADDRESS.ATTRIBUTE of a place: the resource's key and the attribute nearest to it.
std::string secret_name(const Trail& trail) {
  // resource_changes ADDRESS change after ATTRIBUTE…; planned_values resources ADDRESS values …
  for (std::size_t i = 0; i + 1 < trail.size(); ++i) {
    if (trail[i] != "after" && trail[i] != "before" && trail[i] != "values" &&
        trail[i] != "config") {
      continue;
    }
    const std::size_t address = trail[i] == "after" || trail[i] == "before" ? i - 2 : i - 1;
    if (address >= trail.size()) continue;
    return trail[address] + '.' + trail[i + 1];
  }
  std::string out;
  for (const std::string& part : trail) {
    if (!out.empty() && part[0] != '[') out += '.';
    out += part;
  }
  return out;
}

/// The name that says what a text is: in configuration and variables it stands a level above.
const std::string& attribute_name(const Trail& trail) {
  std::size_t at = trail.size() - 1;
  while (at > 0 && (trail[at][0] == '[' || trail[at] == "constant_value" || trail[at] == "value"))
    --at;
  return trail[at];
}

std::string trail_text(const Trail& trail) {
  std::string out;
  for (const std::string& part : trail) {
    if (part.starts_with('[')) {
      out += part;
    } else {
      const std::string step = path_text({Step{Step::Kind::Key, part, 0}}, 1);
      if (!out.empty() && step[0] != '[') out += '.';
      out += step;
    }
  }
  return out;
}

}  // namespace

base::Status redact(const base::Path& folder, const std::string& shown,
                    const RedactOptions& options) {
  std::vector<std::unique_ptr<re2::RE2>> patterns;
  for (const std::string& pattern : options.patterns) {
    patterns.push_back(std::make_unique<re2::RE2>(pattern, re2::RE2::Quiet));
    if (!patterns.back()->ok()) {
      base::Diagnostic error;
      error.what = "pattern `" + pattern + "` of mock `" + shown + "` is no regular expression";
      error.why = patterns.back()->error();
      return error;
    }
  }
  std::string plan;
  auto files = open_files(folder, shown, plan);
  if (!files) return std::move(files.error());
  PlanMarks marks;
  if (!plan.empty()) marks = read_marks(files->at(plan));
  for (auto& [name, file] : *files) {
    rewrite(file, PlaceRedactor(file.arena(), marks));
    rewrite(file, TextRedactor(file.arena(), marks.secrets, options, patterns));
    if (!file.changed()) continue;
    if (base::Status written = base::write_file(folder / name, file.text()); !written)
      return written;
  }
  return {};
}

base::Result<std::vector<Finding>> find_secrets(const base::Path& folder,
                                                const std::string& shown) {
  std::string plan;
  auto files = open_files(folder, shown, plan);
  if (!files) return std::move(files.error());
  std::vector<std::pair<std::unique_ptr<re2::RE2>, const char*>> shapes;
  for (const SecretShape& shape : kShapes) {
    shapes.emplace_back(std::make_unique<re2::RE2>(shape.pattern, re2::RE2::Quiet), shape.kind);
  }
  const re2::RE2 secret_word(kSecretName, re2::RE2::Quiet);
  std::vector<Finding> out;
  for (const auto& [name, file] : *files) {
    for (const MockFile::Name& top : file.names()) {
      if (!top.data) continue;
      Trail trail{top.name};
      visit_scalars(top.value, trail, [&, file_name = name](const Value& value, const Trail& at) {
        if (!value.is(Kind::String) || value.as_string().size() < 8) return;
        const std::string_view text = value.as_string();
        const re2::StringPiece piece(text.data(), text.size());
        const char* kind = nullptr;
        for (const auto& [shape, what] : shapes) {
          if (re2::RE2::PartialMatch(piece, *shape)) {
            kind = what;
            break;
          }
        }
        constexpr double kRandom = 3.5;  // bits a character; words have about 3
        if (kind == nullptr && text != kRedacted && text.size() >= 12 &&
            text.find(' ') == std::string_view::npos && entropy(text) >= kRandom &&
            re2::RE2::PartialMatch(attribute_name(at), secret_word)) {
          kind = "random text in an attribute whose name says secret";
        }
        if (kind != nullptr) out.push_back({file_name, trail_text(at), secret_name(at), kind});
      });
    }
  }
  return out;
}

}  // namespace mock_bundle
