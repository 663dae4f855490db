#include "plugin/mock_bundle/patch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "plugin/base/file.h"
#include "plugin/base/wildcard.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/mock_bundle/rewrite.h"
#include "plugin/sentinel/value/operation.h"

namespace mock_bundle {
namespace {

using sentinel::Arena;
using sentinel::Kind;
using sentinel::List;
using sentinel::Map;
using sentinel::MapEntry;
using sentinel::Value;

Value to_value(Arena& arena, const base::ConfigNode& node) {
  switch (node.kind) {
  case base::ConfigNode::Kind::Null:
    return Value::null();
  case base::ConfigNode::Kind::Bool:
    return Value::boolean(node.boolean);
  case base::ConfigNode::Kind::Int:
    return Value::integer(node.integer);
  case base::ConfigNode::Kind::Float:
    return Value::number(node.number);
  case base::ConfigNode::Kind::String:
    return arena.string(node.text);
  case base::ConfigNode::Kind::List: {
    List* list = sentinel::make_list(arena, node.items.size());
    for (const base::ConfigNode& item : node.items)
      list->append(arena, to_value(arena, item));
    return Value::list(list);
  }
  case base::ConfigNode::Kind::Map: {
    Map* map = sentinel::make_map(arena, node.entries.size());
    for (const base::ConfigEntry& entry : node.entries) {
      map->set(arena, arena.string(entry.key), to_value(arena, entry.value));
    }
    return Value::map(map);
  }
  }
  return {};
}

/// Why a path could not be followed: how many of its steps exist, and what stands there.
struct Missing {
  std::size_t existing = 0;
  std::string why;
  std::string advice;
};

/// One change at the end of a path, made on copies: what the file holds is frozen.
class Change {
 public:
  Change(Arena& arena, const Edit& edit, const std::vector<Step>& steps)
      : arena_(arena), edit_(edit), steps_(steps) {}

  /// `value` with the change made below it; nullopt: see `missing`.
  std::optional<Value> apply(const Value& value, std::size_t from) {
    if (from == steps_.size()) return change_here(value);
    const Step& step = steps_[from];
    const bool last = from + 1 == steps_.size();
    const bool removing = last && (edit_.action == Edit::Action::Remove);
    switch (step.kind) {
    case Step::Kind::Key:
      return apply_key(value, from, removing);
    case Step::Kind::Index:
      return apply_index(value, from, removing);
    case Step::Kind::Each:
      return apply_each(value, from, removing);
    }
    return std::nullopt;
  }

  const Missing& missing() const { return missing_; }

 private:
  std::optional<Value> stop(std::size_t at, std::string why, std::string advice = "") {
    missing_ = {at, std::move(why), std::move(advice)};
    return std::nullopt;
  }

  std::optional<Value> change_here(const Value& value) {
    switch (edit_.action) {
    case Edit::Action::Set:
      return to_value(arena_, edit_.value);
    case Edit::Action::Append: {
      if (!value.is(Kind::List)) {
        return stop(steps_.size(), "it is " + std::string(kind_name(value.kind())) +
                                       ", and only a list can be appended to");
      }
      List* list = sentinel::copy(arena_, *value.as_list());
      list->append(arena_, to_value(arena_, edit_.value));
      return Value::list(list);
    }
    case Edit::Action::Remove:
    case Edit::Action::RemoveResource:
      break;
    }
    return value;
  }

  std::optional<Value> apply_key(const Value& value, std::size_t from, bool removing) {
    const std::string& key = steps_[from].key;
    if (!value.is(Kind::Map)) {
      return stop(from, "it is " + std::string(kind_name(value.kind())) + ", not a map");
    }
    const Map& map = *value.as_map();
    const Value* found = map.find(key);
    if (found == nullptr) {
      std::vector<std::string_view> names;
      for (const MapEntry& entry : map) {
        if (entry.key.is(Kind::String)) names.push_back(entry.key.as_string());
      }
      const std::string_view nearest = base::nearest_name(key, names);
      return stop(from, "it has no `" + key + "`",
                  nearest.empty() ? "" : "did you mean `" + std::string(nearest) + "`?");
    }
    Map* changed = sentinel::copy(arena_, map);
    if (removing) {
      changed->erase(arena_, Value::string(key));
      return Value::map(changed);
    }
    const auto below = apply(*found, from + 1);
    if (!below) return std::nullopt;
    changed->set(arena_, Value::string(key), *below);
    return Value::map(changed);
  }

  std::optional<Value> apply_index(const Value& value, std::size_t from, bool removing) {
    if (!value.is(Kind::List)) {
      return stop(from, "it is " + std::string(kind_name(value.kind())) + ", not a list");
    }
    const List& list = *value.as_list();
    std::int64_t index = steps_[from].index;
    if (index < 0) index += list.size;
    if (index < 0 || index >= list.size) {
      return stop(from, "it has " + std::to_string(list.size) +
                            (list.size == 1 ? " element" : " elements") + ", counted from 0");
    }
    return replace_element(list, static_cast<std::uint32_t>(index), from, removing);
  }

  std::optional<Value> replace_element(const List& list, std::uint32_t index, std::size_t from,
                                       bool removing) {
    List* changed = sentinel::make_list(arena_, list.size);
    for (std::uint32_t i = 0; i < list.size; ++i) {
      if (i != index) {
        changed->append(arena_, list.items[i]);
      } else if (!removing) {
        const auto below = apply(list.items[i], from + 1);
        if (!below) return std::nullopt;
        changed->append(arena_, *below);
      }
    }
    return Value::list(changed);
  }

  std::optional<Value> apply_each(const Value& value, std::size_t from, bool removing) {
    if (value.is(Kind::List)) {
      const List& list = *value.as_list();
      if (list.size == 0) return stop(from, "it is empty");
      List* changed = sentinel::make_list(arena_, list.size);
      for (const Value& item : list) {
        if (removing) continue;
        const auto below = apply(item, from + 1);
        if (!below) return std::nullopt;
        changed->append(arena_, *below);
      }
      return Value::list(changed);
    }
    if (value.is(Kind::Map)) {
      const Map& map = *value.as_map();
      if (map.size == 0) return stop(from, "it is empty");
      Map* changed = sentinel::make_map(arena_, map.size);
      for (const MapEntry& entry : map) {
        if (removing) continue;
        const auto below = apply(entry.value, from + 1);
        if (!below) return std::nullopt;
        changed->set(arena_, entry.key, *below);
      }
      return Value::map(changed);
    }
    return stop(from, "it is " + std::string(kind_name(value.kind())) + ", not a list or a map");
  }

  Arena& arena_;
  const Edit& edit_;
  const std::vector<Step>& steps_;
  Missing missing_;
};

/// The key of a resource in `planned_values.resources`: data sources stand there without `data.`.
std::string planned_key(std::string_view address, const Value& resource) {
  const Value* mode = member(&resource, "mode");
  if (mode == nullptr || !mode->is(Kind::String) || mode->as_string() != "data") {
    return std::string(address);
  }
  std::string out(address);
  if (out.starts_with("data.")) return out.substr(5);
  if (const std::size_t at = out.find(".data."); at != std::string::npos) out.erase(at, 5);
  return out;
}

/// Applies edits to the files of one bundle.
class Patcher {
 public:
  Patcher(const base::Path& folder, const std::string& shown,
          std::vector<base::Diagnostic>& problems, std::vector<base::Diagnostic>& warnings)
      : folder_(folder), shown_(shown), problems_(problems), warnings_(warnings) {}

  void run(const std::vector<Edit>& edits) {
    auto imports = read_bundle(folder_, shown_);
    if (!imports) {
      problems_.push_back(std::move(imports.error()));
      return;
    }
    imports_ = std::move(*imports);
    const std::size_t before = problems_.size();
    for (const Edit& edit : edits)
      apply(edit);
    if (problems_.size() != before) return;
    warn_of_disagreement();
    for (const auto& [name, file] : files_) {
      if (!file.changed()) continue;
      if (base::Status written = base::write_file(folder_ / name, file.text()); !written) {
        problems_.push_back(std::move(written.error()));
        return;
      }
    }
  }

 private:
  void fail(const Edit& edit, std::string what, std::string why = "", std::string advice = "") {
    problems_.push_back({std::move(what), edit.where, std::move(why), std::move(advice), {}});
  }

  MockFile* open(const Edit& edit) {
    const auto import = std::find_if(imports_.begin(), imports_.end(), [&](const BundleImport& it) {
      return it.name == edit.import;
    });
    if (import == imports_.end()) {
      std::vector<std::string_view> names;
      for (const BundleImport& it : imports_)
        names.push_back(it.name);
      const std::string_view nearest = base::nearest_name(edit.import, names);
      fail(edit, "mock `" + shown_ + "` supplies no import `" + edit.import + "`", "",
           nearest.empty() ? "" : "did you mean `" + std::string(nearest) + "`?");
      return nullptr;
    }
    const auto known = files_.find(import->file);
    if (known != files_.end()) return &known->second;
    auto file = MockFile::read(folder_ / import->file, shown_ + "/" + import->file);
    if (!file) {
      problems_.push_back(std::move(file.error()));
      return nullptr;
    }
    MockFile& opened = files_.emplace(import->file, std::move(*file)).first->second;
    remember_agreement(import->file, opened);
    return &opened;
  }

  void apply(const Edit& edit) {
    MockFile* file = open(edit);
    if (file == nullptr) return;
    std::vector<Step> steps;
    if (edit.action != Edit::Action::RemoveResource) {
      PathError error;
      auto parsed = parse_path(edit.path, error);
      if (!parsed) {
        fail(edit, "path `" + edit.path + "` cannot be read",
             error.what + " at character " + std::to_string(error.offset + 1));
        return;
      }
      steps = std::move(*parsed);
    }
    if (edit.resource.empty()) {
      apply_path(*file, edit, steps, true);
    } else {
      apply_resource(*file, edit, steps);
    }
  }

  /// `report`: a path that does not exist is a problem; else nothing happens. `skip`: steps that
  /// the user did not write, left out of messages.
  void apply_path(MockFile& file, const Edit& edit, const std::vector<Step>& steps, bool report,
                  std::size_t skip = 0) {
    const MockFile::Name* name =
        steps[0].kind == Step::Kind::Key ? file.find(steps[0].key) : nullptr;
    if (name == nullptr) {
      if (!report) return;
      std::vector<std::string_view> names;
      for (const MockFile::Name& it : file.names())
        names.push_back(it.name);
      const std::string_view nearest = base::nearest_name(steps[0].key, names);
      fail(edit, "path `" + edit.path + "` does not exist",
           "import `" + edit.import + "` has no `" + path_text(steps, 1) + "`",
           nearest.empty() ? "" : "did you mean `" + std::string(nearest) + "`?");
      return;
    }
    if (!name->data) {
      fail(edit, "`" + name->name + "` cannot be patched", "it is code, not data");
      return;
    }
    if (steps.size() == 1 && edit.action == Edit::Action::Remove) {
      fail(edit, "`" + name->name + "` cannot be removed",
           "it is a name of the import, not an entry",
           "remove entries of it, or set it to an empty value");
      return;
    }
    Change change(file.arena(), edit, steps);
    const auto changed = change.apply(name->value, 1);
    if (changed) {
      file.set(name->name, *changed);
      return;
    }
    if (!report) return;
    const Missing& missing = change.missing();
    std::string longest = "nothing of it exists";
    if (missing.existing > skip) {
      const std::vector<Step> written(
          steps.begin() + static_cast<std::ptrdiff_t>(skip),
          steps.begin() + static_cast<std::ptrdiff_t>(missing.existing));
      longest = "`" + path_text(written, written.size()) + "` exists";
    }
    std::string what = "path `" + edit.path + "` does not exist";
    if (missing.existing == steps.size()) {
      what = "path `" + edit.path + "` cannot be appended to";
      longest.clear();
    }
    if (skip > 0) what += " in `" + steps[1].key + "`";
    fail(edit, std::move(what), longest + (longest.empty() ? "" : ", and ") + missing.why,
         missing.advice);
  }

  void apply_resource(MockFile& file, const Edit& edit, const std::vector<Step>& steps) {
    const MockFile::Name* changes = file.find("resource_changes");
    if (changes == nullptr || !changes->value.is(Kind::Map)) {
      fail(edit, "import `" + edit.import + "` cannot be patched by resource",
           "it has no map `resource_changes`", "use a path without `resource`");
      return;
    }
    std::vector<std::pair<std::string, std::string>> matched;  // address, key in planned_values
    for (const MapEntry& entry : *changes->value.as_map()) {
      if (!entry.key.is(Kind::String)) continue;
      const std::string_view address = entry.key.as_string();
      if (!base::wildcard_matches(edit.resource, address)) continue;
      matched.emplace_back(address, planned_key(address, entry.value));
    }
    if (matched.empty()) {
      std::vector<std::string_view> addresses;
      for (const MapEntry& entry : *changes->value.as_map()) {
        if (entry.key.is(Kind::String)) addresses.push_back(entry.key.as_string());
      }
      const std::string_view nearest = base::nearest_name(edit.resource, addresses);
      fail(edit,
           "no resource `" + edit.resource + "` in `resource_changes` of mock `" + shown_ + "`", "",
           nearest.empty() ? "" : "did you mean `" + std::string(nearest) + "`?");
      return;
    }
    for (const auto& [address, planned] : matched) {
      const auto key = [](const std::string& text) { return Step{Step::Kind::Key, text, 0}; };
      Edit inner = edit;
      std::vector<Step> change{key("resource_changes"), key(address)};
      std::vector<Step> value{key("planned_values"), key("resources"), key(planned)};
      if (edit.action == Edit::Action::RemoveResource) {
        inner.action = Edit::Action::Remove;
        apply_path(file, inner, change, true, 2);
        apply_path(file, inner, value, false);
        continue;
      }
      change.insert(change.end(), {key("change"), key("after")});
      value.push_back(key("values"));
      change.insert(change.end(), steps.begin(), steps.end());
      value.insert(value.end(), steps.begin(), steps.end());
      apply_path(file, inner, change, true, 4);
      apply_path(file, inner, value, false);
    }
  }

  /// Attributes on which `resource_changes` and `planned_values` say the same.
  static std::set<std::pair<std::string, std::string>> agreement(const MockFile& file) {
    std::set<std::pair<std::string, std::string>> out;
    const MockFile::Name* changes = file.find("resource_changes");
    const MockFile::Name* planned = file.find("planned_values");
    if (changes == nullptr || planned == nullptr || !changes->value.is(Kind::Map)) return out;
    const Value* resources = member(&planned->value, "resources");
    for (const MapEntry& entry : *changes->value.as_map()) {
      if (!entry.key.is(Kind::String)) continue;
      const std::string key = planned_key(entry.key.as_string(), entry.value);
      const Value* after = member(member(&entry.value, "change"), "after");
      const Value* values = member(member(resources, key), "values");
      if (after == nullptr || values == nullptr || !after->is(Kind::Map) ||
          !values->is(Kind::Map)) {
        continue;
      }
      for (const MapEntry& attribute : *values->as_map()) {
        if (!attribute.key.is(Kind::String)) continue;
        const Value* other = after->as_map()->find(attribute.key);
        if (other != nullptr && sentinel::equal(*other, attribute.value)) {
          out.emplace(entry.key.as_string(), attribute.key.as_string());
        }
      }
    }
    return out;
  }

  void remember_agreement(const std::string& name, const MockFile& file) {
    if (file.find("planned_values") != nullptr) agreed_[name] = agreement(file);
  }

  void warn_of_disagreement() {
    for (const auto& [name, before] : agreed_) {
      const MockFile& file = files_.at(name);
      if (!file.changed()) continue;
      const auto after = agreement(file);
      const MockFile::Name* changes = file.find("resource_changes");
      const Value* resources = member(&file.find("planned_values")->value, "resources");
      for (const auto& [address, attribute] : before) {
        if (after.contains({address, attribute})) continue;
        const Value* change = member(changes == nullptr ? nullptr : &changes->value, address);
        // Removed from both sides is no disagreement.
        if (change == nullptr && member(resources, address) == nullptr) continue;
        const Value* left = member(member(member(change, "change"), "after"), attribute);
        const Value* right =
            change == nullptr
                ? member(member(member(resources, address), "values"), attribute)
                : member(member(member(resources, planned_key(address, *change)), "values"),
                         attribute);
        if (left == nullptr && right == nullptr) continue;
        base::Diagnostic warning;
        warning.what = "mock `" + shown_ + "`: the patches make `resource_changes` and " +
                       "`planned_values` disagree on `" + attribute + "` of `" + address + "`";
        warning.advice = "patch it with `resource: " + address + "`, which changes both";
        warnings_.push_back(std::move(warning));
      }
    }
  }

  const base::Path& folder_;
  const std::string& shown_;
  std::vector<base::Diagnostic>& problems_;
  std::vector<base::Diagnostic>& warnings_;
  std::vector<BundleImport> imports_;
  std::map<std::string, MockFile> files_;
  std::map<std::string, std::set<std::pair<std::string, std::string>>> agreed_;
};

}  // namespace

void patch(const base::Path& folder, const std::string& shown, const std::vector<Edit>& edits,
           std::vector<base::Diagnostic>& problems, std::vector<base::Diagnostic>& warnings) {
  try {
    Patcher(folder, shown, problems, warnings).run(edits);
  } catch (const sentinel::ValueTooLarge& error) {
    problems.push_back(
        {"mock `" + shown + "` cannot be patched", std::nullopt, error.what, "", {}});
  }
}

}  // namespace mock_bundle
