#include "plugin/mock_bundle/redact.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include <re2/re2.h>

#include "plugin/base/file.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/mock_bundle/rewrite.h"
#include "plugin/sentinel/terraform/sensitive.h"

namespace mock_bundle {

using sentinel::Arena;
using sentinel::Kind;
using sentinel::List;
using sentinel::Map;
using sentinel::MapEntry;
using sentinel::Value;

/// What the plan itself says is sensitive, read from tfplan/v2's `raw`; nothing of its file is
/// held.
struct PlanMarks {
  Arena arena;
  std::map<std::string, Value, std::less<>> changes;  // by address: a map of both marks trees
  std::map<std::string, Value, std::less<>> states;   // by address: `sensitive_values`
  std::map<std::string, Value, std::less<>> outputs;  // by name: as `changes`
  std::set<std::string, std::less<>> variables;       // names
  std::set<std::string> secrets;                      // marked texts
  std::set<std::string> present;                      // attributes that were asked for
};

namespace {

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

/// `value` with every marked part replaced; itself where nothing is marked. A mark `true` replaces
/// the whole subtree; null stays.
Value apply_marks(Arena& arena, const Value& value, const Value* marks) {
  if (marks == nullptr || value.is(Kind::Null) || value.is_undefined()) return value;
  if (is_true(marks)) return marker();
  if (value.is(Kind::Map) && marks->is(Kind::Map)) {
    const Map& map = *value.as_map();
    Map* changed = nullptr;
    for (std::uint32_t i = 0; i < map.size; ++i) {
      const MapEntry& entry = map.entries[i];
      const Value item = apply_marks(arena, entry.value, child_mark(marks, entry.key));
      if (is_same(item, entry.value)) continue;
      if (changed == nullptr) changed = sentinel::copy(arena, map);
      changed->entries[i].value = item;
    }
    return changed == nullptr ? value : Value::map(changed);
  }
  if (value.is(Kind::List) && marks->is(Kind::List)) {
    const List& list = *value.as_list();
    List* changed = nullptr;
    for (std::uint32_t i = 0; i < list.size; ++i) {
      const Value item = apply_marks(arena, list.items[i], element_mark(marks, i));
      if (is_same(item, list.items[i])) continue;
      if (changed == nullptr) changed = sentinel::copy(arena, list);
      changed->items[i] = item;
    }
    return changed == nullptr ? value : Value::list(changed);
  }
  return value;
}

/// `map` with `key` (where it is there and not null) replaced by `replacement`.
Value with_member(Arena& arena, const Value& map, std::string_view key, const Value& replacement) {
  const Value* found = member(&map, key);
  if (found == nullptr || found->is(Kind::Null) || found->is_undefined() ||
      is_same(*found, replacement)) {
    return map;
  }
  Map* changed = sentinel::copy(arena, *map.as_map());
  changed->set(arena, Value::string(key), replacement);
  return Value::map(changed);
}

bool marks_something(const Value& marks) {
  if (marks.is(Kind::List))
    return std::any_of(marks.as_list()->begin(), marks.as_list()->end(), marks_something);
  if (marks.is(Kind::Map)) {
    return std::any_of(marks.as_map()->begin(), marks.as_map()->end(),
                       [](const MapEntry& entry) { return marks_something(entry.value); });
  }
  return is_true(&marks);
}

/// A marks tree to keep: null where it marks nothing, as nearly all do.
Value kept_marks(Arena& arena, const Value* marks) {
  return marks != nullptr && marks_something(*marks) ? sentinel::deep_copy(arena, *marks)
                                                     : Value::null();
}

/// Both marks trees of a change.
Value kept_marks_of_change(Arena& arena, const Value& change) {
  Map* out = sentinel::make_map(arena, 2);
  for (const char* side : {"before_sensitive", "after_sensitive"})
    out->set(arena, Value::string(side), kept_marks(arena, member(&change, side)));
  return Value::map(out);
}

/// Notes, of the resources of a state, their `sensitive_values`.
void read_states(const Value& value, PlanMarks& out) {
  if (value.is(Kind::List)) {
    for (const Value& item : *value.as_list())
      read_states(item, out);
    return;
  }
  if (!value.is(Kind::Map)) return;
  const Value* marks = member(&value, "sensitive_values");
  if (marks != nullptr && member(&value, "values") != nullptr) {
    out.states.insert_or_assign(std::string(member_text(&value, "address")),
                                kept_marks(out.arena, marks));
    return;
  }
  for (const MapEntry& entry : *value.as_map())
    read_states(entry.value, out);
}

PlanMarks marks_of(const MockFile& plan) {
  PlanMarks out;
  const MockFile::Name* raw = plan.find("raw");
  if (raw == nullptr || !raw->data) return out;
  out.secrets = sentinel::sensitive_texts(raw->value);
  for (const char* part : {"resource_drift", "resource_changes"}) {
    const Value* list = member(&raw->value, part);
    if (list == nullptr || !list->is(Kind::List)) continue;
    for (const Value& resource : *list->as_list()) {
      const Value* change = member(&resource, "change");
      if (change != nullptr) {
        out.changes.insert_or_assign(std::string(member_text(&resource, "address")),
                                     kept_marks_of_change(out.arena, *change));
      }
    }
  }
  const Value* outputs = member(&raw->value, "output_changes");
  if (outputs != nullptr && outputs->is(Kind::Map)) {
    for (const MapEntry& entry : *outputs->as_map()) {
      if (entry.key.is(Kind::String)) {
        out.outputs.insert_or_assign(std::string(entry.key.as_string()),
                                     kept_marks_of_change(out.arena, entry.value));
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
  if (const Value* prior = member(&raw->value, "prior_state")) read_states(*prior, out);
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
      // A value in tfplan/v2, a default in tfconfig/v2.
      return with_member(arena_, with_member(arena_, value, "value", marker()), "default",
                         marker());
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
    // A variable's declaration, in the configuration.
    if (is_true(member(&value, "sensitive")) && member(&value, "default") != nullptr)
      return with_member(arena_, value, "default", marker());
    const Value* values = member(&value, "values");
    if (const Value* own = member(&value, "sensitive_values"); own != nullptr && values != nullptr)
      return with_member(arena_, value, "values", apply_marks(arena_, *values, own));
    const std::string_view address = member_text(&value, "address");
    const bool prior = part == "prior_state" || part == "resources";
    if (const auto state = marks_.states.find(address);
        prior && values != nullptr && state != marks_.states.end()) {
      return with_member(arena_, value, "values", apply_marks(arena_, *values, &state->second));
    }
    const auto marks = marks_.changes.find(address);
    if (marks == marks_.changes.end()) return value;
    if (const Value* change = member(&value, "change")) {
      return with_member(arena_, value, "change", marked_change(*change, marks->second));
    }
    if (values != nullptr) {
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
  TextRedactor(Arena& arena, const sentinel::TextHider& secrets, const RedactOptions& options,
               const std::vector<std::unique_ptr<re2::RE2>>& patterns, std::vector<bool>& found)
      : arena_(arena), secrets_(secrets), options_(options), patterns_(patterns), found_(found) {}

  std::optional<Value> operator()(const Value& value, const Trail& trail) const {
    const bool named = trail.size() > 1 && is_named(trail.back());
    if (value.is(Kind::Null) || value.is_undefined()) return value;
    if (named) return marker();
    if (!value.is(Kind::String)) return value;
    const std::string_view text = value.as_string();
    if (text == kRedacted) return value;
    if (patterns_.empty() && !secrets_.holds(text)) return value;
    std::string changed(text);
    secrets_.hide(changed);
    for (const auto& pattern : patterns_) {
      re2::RE2::GlobalReplace(&changed, *pattern, std::string(kRedacted));
    }
    return changed == text ? value : arena_.string(changed);
  }

 private:
  bool is_named(const std::string& attribute) const {
    const auto& names = options_.attributes;
    const auto found = std::find(names.begin(), names.end(), attribute);
    if (found == names.end()) return false;
    found_[static_cast<std::size_t>(found - names.begin())] = true;
    return true;
  }

  Arena& arena_;
  const sentinel::TextHider& secrets_;
  const RedactOptions& options_;
  const std::vector<std::unique_ptr<re2::RE2>>& patterns_;
  std::vector<bool>& found_;  // which of the attributes stand somewhere
};

/// A bundle's files, each once.
struct Files {
  std::set<std::string> mocks;   // of imports: an error where they do not parse
  std::set<std::string> others;  // what stands for no import
  std::string plan;              // tfplan/v2's
};

base::Result<Files> find_files(const base::Path& folder, const std::string& shown) {
  auto imports = read_bundle(folder, shown);
  if (!imports) return std::move(imports.error());
  Files out;
  for (const BundleImport& import : *imports) {
    if (import.name == "tfplan/v2") out.plan = import.file;
    out.mocks.insert(import.file);
  }
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->symlink_status(ignored).type() != std::filesystem::file_type::regular) continue;
    const std::string name = entry->path().lexically_relative(folder).generic_string();
    if (!out.mocks.contains(name)) out.others.insert(name);
  }
  return out;
}

/// Hands each file of Sentinel code to `take`, one at a time: they may be large. Names of files
/// that are no such code go to `rest`.
base::Status for_each_mock(const base::Path& folder, const std::string& shown, const Files& files,
                           std::set<std::string>& rest,
                           const std::function<base::Status(const std::string&, MockFile&)>& take) {
  std::set<std::string> names = files.mocks;
  names.insert(files.others.begin(), files.others.end());
  for (const std::string& name : names) {
    const bool is_mock = files.mocks.contains(name);
    if (!is_mock && !name.ends_with(".sentinel")) {
      rest.insert(name);
      continue;
    }
    auto file = MockFile::read(folder / name, shown + "/" + name);
    if (!file) {
      if (is_mock) return std::move(file.error());
      rest.insert(name);
      continue;
    }
    if (base::Status done = take(name, *file); !done) return done;
  }
  return {};
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
    "(?i)(?:password|passwd|passphrase|(?:^|[_-])(?:pass|pwd)(?:$|[_-])|secret|token|api_?key|"
    "private_?key|credential|auth_?key)";
/// What is called after a secret and is none: `secret_arn`, `token_url`.
constexpr const char* kHarmlessName = "(?i)(?:arn|url|uri|name|type|endpoint|path|version)$";

/// Steps between a resource and its attributes.
bool is_between(std::string_view step) {
  static constexpr std::string_view kSteps[] = {
      "change",  "after", "before", "values", "config", "expressions",
      "applied", "diff",  "attr",   "new",    "old",
  };
  return step.starts_with('[') ||
         std::find(std::begin(kSteps), std::end(kSteps), step) != std::end(kSteps);
}

/// The first attribute from `at` on; empty where there is none.
std::string attribute_from(const Trail& trail, std::size_t at) {
  while (at < trail.size() && is_between(trail[at]))
    ++at;
  return at < trail.size() ? '.' + trail[at] : "";
}

/// The address of the innermost resource above a place and where in the trail its parts begin.
std::optional<std::pair<std::string, std::size_t>> resource_above(const Value& top,
                                                                  const Trail& trail) {
  std::optional<std::pair<std::string, std::size_t>> out;
  std::string module;  // a configuration's addresses are those within the module
  const Value* at = &top;
  for (std::size_t i = 1; i < trail.size(); ++i) {
    const std::string_view address = member_text(at, "address");
    if (!address.empty() && (member(at, "change") != nullptr || member(at, "values") != nullptr ||
                             member(at, "mode") != nullptr || member(at, "config") != nullptr)) {
      out.emplace(module + std::string(address), i);
    }
    const bool in_raw = trail[0] == "raw" && i > 1 && trail[1] == "configuration";
    if (in_raw && trail[i] == "module_calls" && i + 1 < trail.size())
      module += "module." + trail[i + 1] + '.';
    if (trail[i][0] == '[' && at->is(Kind::List)) {
      at = &at->as_list()->items[std::stoul(trail[i].substr(1))];
    } else {
      at = member(at, trail[i]);
    }
    if (at == nullptr) break;
  }
  // Maps by address, should the address not stand in the resource as well.
  const bool planned = trail[0] == "planned_values" && trail.size() > 3 && trail[1] == "resources";
  if (!out && planned) out.emplace(trail[2], 3);
  if (!out && trail.size() > 2 &&
      (trail[0] == "resource_changes" || trail[0] == "resource_drift" || trail[0] == "resources")) {
    out.emplace(trail[1], 2);
  }
  // tfplan, tfstate and tfconfig of the first version: _modules.root.resources.TYPE.NAME.INDEX.
  if (!out && trail.size() > 5 && trail[0] == "_modules") {
    const std::string data = trail[2] == "data" ? "data." : "";
    const bool indexed = trail[5].find_first_not_of("0123456789") == std::string::npos;
    out.emplace(data + trail[3] + '.' + trail[4], indexed ? 6 : 5);
  }
  return out;
}

/// ADDRESS.ATTRIBUTE of a place, the same in every import that has it; `var.NAME`, `output.NAME`.
std::string secret_name(const Value& top, const Trail& trail) {
  if (const auto resource = resource_above(top, trail))
    return resource->first + attribute_from(trail, resource->second);
  struct Part {
    std::string_view name;
    std::string_view prefix;
    bool attributes;
  };
  static constexpr Part kParts[] = {
      {"variables", "var.", false},         {"outputs", "output.", false},
      {"output_changes", "output.", false}, {"module_calls", "module.", true},
      {"providers", "provider.", true},     {"provider_config", "provider.", true},
  };
  for (std::size_t i = trail.size() - 1; i-- > 0;) {
    for (const Part& part : kParts) {
      if (trail[i] != part.name) continue;
      return std::string(part.prefix) + trail[i + 1] +
             (part.attributes ? attribute_from(trail, i + 2) : "");
    }
  }
  std::string out;
  for (const std::string& step : trail) {
    if (!out.empty() && step[0] != '[') out += '.';
    out += step;
  }
  return out;
}

/// The name that says what a text is: in configuration and variables it stands a level above.
const std::string& attribute_name(const Trail& trail) {
  std::size_t at = trail.size() - 1;
  while (at > 0 && (trail[at][0] == '[' || trail[at] == "constant_value" || trail[at] == "value" ||
                    trail[at] == "default"))
    --at;
  return trail[at];
}

/// Which of `attributes` stand anywhere in a file.
std::set<std::string> present_in(const MockFile& file, const std::vector<std::string>& attributes) {
  std::set<std::string> out;
  for (const MockFile::Name& top : file.names()) {
    if (!top.data) continue;
    Trail trail{top.name};
    visit_scalars(top.value, trail, [&](const Value& /*value*/, const Trail& at) {
      for (const std::string& attribute : attributes) {
        if (std::find(at.begin() + 1, at.end(), attribute) != at.end()) out.insert(attribute);
      }
    });
  }
  return out;
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

class SecretFinder {
 public:
  SecretFinder() : secret_word_(kSecretName), harmless_word_(kHarmlessName) {
    for (const SecretShape& shape : kShapes)
      shapes_.emplace_back(std::make_unique<re2::RE2>(shape.pattern, re2::RE2::Quiet), shape.kind);
  }

  /// What a text looks like by itself; null: like no secret.
  const char* shape_of(std::string_view text) const {
    const re2::StringPiece piece(text.data(), text.size());
    for (const auto& [shape, kind] : shapes_) {
      if (re2::RE2::PartialMatch(piece, *shape)) return kind;
    }
    return nullptr;
  }

  void search(const std::string& file_name, const MockFile& file, std::vector<Finding>& out) const {
    for (const MockFile::Name& top : file.names()) {
      if (!top.data) {
        const std::string_view code =
            file.text_before().substr(top.span.begin, top.span.end - top.span.begin);
        if (const char* kind = shape_of(code)) out.push_back({file_name, top.name, top.name, kind});
        continue;
      }
      Trail trail{top.name};
      visit_scalars(top.value, trail, [&](const Value& value, const Trail& at) {
        if (!value.is(Kind::String) || value.as_string().size() < 8) return;
        const char* kind = shape_of(value.as_string());
        if (kind == nullptr && is_random(value.as_string(), attribute_name(at)))
          kind = "random text in an attribute whose name says secret";
        if (kind != nullptr)
          out.push_back({file_name, trail_text(at), secret_name(top.value, at), kind});
      });
    }
  }

 private:
  bool is_random(std::string_view text, const std::string& name) const {
    constexpr double kRandom = 3.5;  // bits a character; words have about 3
    return text != kRedacted && text.size() >= 12 && text.find(' ') == std::string_view::npos &&
           !text.starts_with("arn:") && !text.starts_with("https://") && entropy(text) >= kRandom &&
           re2::RE2::PartialMatch(name, secret_word_) &&
           !re2::RE2::PartialMatch(name, harmless_word_);
  }

  std::vector<std::pair<std::unique_ptr<re2::RE2>, const char*>> shapes_;
  re2::RE2 secret_word_;
  re2::RE2 harmless_word_;
};

}  // namespace

base::Result<PlanMarksPtr> read_marks(const base::Path& folder, const std::string& shown,
                                      const std::vector<std::string>& attributes) {
  auto files = find_files(folder, shown);
  if (!files) return std::move(files.error());
  if (files->plan.empty()) return PlanMarksPtr(std::make_shared<PlanMarks>());
  auto plan = MockFile::read(folder / files->plan, shown + "/" + files->plan);
  if (!plan) return std::move(plan.error());
  auto out = std::make_shared<PlanMarks>(marks_of(*plan));
  if (!attributes.empty()) out->present = present_in(*plan, attributes);
  return PlanMarksPtr(std::move(out));
}

base::Result<std::vector<std::string>> redact(const base::Path& folder, const std::string& shown,
                                              const RedactOptions& options) {
  auto marks = read_marks(folder, shown);
  if (!marks) return std::move(marks.error());
  return redact(folder, shown, options, **marks);
}

base::Result<std::vector<std::string>> redact(const base::Path& folder, const std::string& shown,
                                              const RedactOptions& options,
                                              const PlanMarks& marks) {
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
  auto files = find_files(folder, shown);
  if (!files) return std::move(files.error());
  const sentinel::TextHider hider(marks.secrets);
  std::set<std::string> rest;
  std::vector<bool> found(options.attributes.size());
  base::Status done = for_each_mock(
      folder, shown, *files, rest, [&](const std::string& name, MockFile& file) -> base::Status {
        rewrite(file, PlaceRedactor(file.arena(), marks));
        rewrite(file, TextRedactor(file.arena(), hider, options, patterns, found));
        return file.changed() ? file.write(folder / name) : base::Status();
      });
  if (!done) return std::move(done.error());
  std::vector<std::string> nowhere;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string& attribute = options.attributes[i];
    if (!found[i] && !marks.present.contains(attribute)) nowhere.push_back(attribute);
  }
  return nowhere;
}

base::Result<std::vector<Finding>> find_secrets(const base::Path& folder,
                                                const std::string& shown) {
  auto files = find_files(folder, shown);
  if (!files) return std::move(files.error());
  const SecretFinder finder;
  std::vector<Finding> out;
  std::set<std::string> rest;
  const base::Status read =
      for_each_mock(folder, shown, *files, rest, [&](const std::string& name, MockFile& file) {
        finder.search(name, file, out);
        return base::Status();
      });
  if (!read) return base::Diagnostic(read.error());
  for (const std::string& name : rest) {
    auto text = base::read_file(folder / name);
    if (!text) return std::move(text.error());
    if (const char* kind = finder.shape_of(*text)) out.push_back({name, "", name, kind});
  }
  return out;
}

}  // namespace mock_bundle
