#include "plugin/sentinel/terraform/sensitive.h"

#include <re2/re2.h>

namespace sentinel {
namespace {

constexpr std::size_t kShortest = 6;

const Value* member(const Value* value, std::string_view key) {
  return value != nullptr && value->is(Kind::Map) ? value->as_map()->find(key) : nullptr;
}

bool is_true(const Value* value) {
  return value != nullptr && value->is(Kind::Bool) && value->as_bool();
}

void add_all_texts(const Value& value, std::set<std::string>& into) {
  if (value.is(Kind::String)) {
    const std::string_view text = value.as_string();
    if (text.size() >= kShortest && text != kHidden) into.emplace(text);
  } else if (value.is(Kind::List)) {
    for (const Value& item : *value.as_list())
      add_all_texts(item, into);
  } else if (value.is(Kind::Map)) {
    for (const MapEntry& entry : *value.as_map())
      add_all_texts(entry.value, into);
  }
}

void add_change(const Value& change, std::set<std::string>& into) {
  for (const char* side : {"before", "after"}) {
    if (const Value* value = member(&change, side))
      add_marked_texts(*value, member(&change, std::string(side) + "_sensitive"), into);
  }
}

/// What says of itself that it is sensitive: outputs, variables with a default, resources of a
/// state.
void add_states(const Value& value, std::set<std::string>& into) {
  if (value.is(Kind::List)) {
    for (const Value& item : *value.as_list())
      add_states(item, into);
  }
  if (!value.is(Kind::Map)) return;
  if (is_true(member(&value, "sensitive"))) {
    for (const char* name : {"value", "default"}) {
      if (const Value* text = member(&value, name)) add_all_texts(*text, into);
    }
  }
  const Value* values = member(&value, "values");
  const Value* marks = member(&value, "sensitive_values");
  if (values != nullptr && marks != nullptr) add_marked_texts(*values, marks, into);
  for (const MapEntry& entry : *value.as_map()) {
    // Attributes hold no states, and may hold anything.
    if (values != nullptr && marks != nullptr && &entry.value == values) continue;
    add_states(entry.value, into);
  }
}

}  // namespace

void add_marked_texts(const Value& value, const Value* marks, std::set<std::string>& into) {
  if (marks == nullptr) return;
  if (is_true(marks)) return add_all_texts(value, into);
  if (value.is(Kind::Map) && marks->is(Kind::Map)) {
    for (const MapEntry& mark : *marks->as_map()) {
      if (const Value* part = value.as_map()->find(mark.key))
        add_marked_texts(*part, &mark.value, into);
    }
  } else if (value.is(Kind::List) && marks->is(Kind::List)) {
    const List& list = *value.as_list();
    for (std::uint32_t i = 0; i < list.size && i < marks->as_list()->size; ++i)
      add_marked_texts(list.items[i], &marks->as_list()->items[i], into);
  }
}

std::set<std::string> sensitive_texts(const Value& plan) {
  std::set<std::string> out;
  for (const char* part : {"resource_drift", "resource_changes"}) {
    const Value* list = member(&plan, part);
    if (list == nullptr || !list->is(Kind::List)) continue;
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): behind an item there is no null
    for (const Value& resource : *list->as_list()) {
      if (const Value* change = member(&resource, "change")) add_change(*change, out);
    }
  }
  const Value* outputs = member(&plan, "output_changes");
  if (outputs != nullptr && outputs->is(Kind::Map)) {
    for (const MapEntry& entry : *outputs->as_map())
      add_change(entry.value, out);
  }
  for (const char* part : {"prior_state", "planned_values", "configuration"}) {
    if (const Value* state = member(&plan, part)) add_states(*state, out);
  }
  const Value* configuration = member(&plan, "configuration");
  const Value* declared = member(member(configuration, "root_module"), "variables");
  const Value* given = member(&plan, "variables");
  if (declared != nullptr && declared->is(Kind::Map) && given != nullptr && given->is(Kind::Map)) {
    for (const MapEntry& entry : *declared->as_map()) {
      const Value* variable = given->as_map()->find(entry.key);
      if (variable != nullptr && is_true(member(&entry.value, "sensitive")))
        add_all_texts(*variable, out);
    }
  }
  return out;
}

TextHider::TextHider(const std::set<std::string>& texts) : texts_(texts) {
  std::string pattern;
  for (const std::string& text : texts_)
    pattern += (pattern.empty() ? "" : "|") + re2::RE2::QuoteMeta(text);
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_longest_match(true);
  // Bytes, whatever they are.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_max_mem(std::int64_t{512} << 20U);
  if (!texts_.empty()) any_ = std::make_unique<re2::RE2>(pattern, options);
}

TextHider::~TextHider() = default;

bool TextHider::holds(std::string_view text) const {
  if (texts_.empty() || text.size() < kShortest) return false;
  if (any_->ok()) return re2::RE2::PartialMatch({text.data(), text.size()}, *any_);
  for (const std::string& one : texts_) {
    if (text.find(one) != std::string_view::npos) return true;
  }
  return false;
}

bool TextHider::hide(std::string& text) const {
  if (!holds(text)) return false;
  if (any_->ok()) return re2::RE2::GlobalReplace(&text, *any_, std::string(kHidden)) > 0;
  for (const std::string& one : texts_) {
    for (std::size_t at = text.find(one); at != std::string::npos;
         at = text.find(one, at + kHidden.size()))
      text.replace(at, one.size(), kHidden);
  }
  return true;
}

Value TextHider::hidden(Arena& arena, const Value& value) const {
  if (value.is(Kind::String)) {
    if (!holds(value.as_string()) || value.as_string() == kHidden) return value;
    std::string text(value.as_string());
    hide(text);
    return arena.string(text);
  }
  const auto same = [](const Value& a, const Value& b) {
    if (a.is(Kind::String)) return a.as_string().data() == b.as_string().data();
    if (a.is(Kind::List)) return a.as_list() == b.as_list();
    if (a.is(Kind::Map)) return a.as_map() == b.as_map();
    return true;
  };
  if (value.is(Kind::List)) {
    const List& from = *value.as_list();
    List* to = nullptr;
    for (std::uint32_t i = 0; i < from.size; ++i) {
      const Value item = hidden(arena, from.items[i]);
      if (to == nullptr && !same(item, from.items[i])) to = copy(arena, from);
      if (to != nullptr) to->items[i] = item;
    }
    if (to == nullptr) return value;
    to->frozen = true;
    return Value::list(to);
  }
  if (!value.is(Kind::Map)) return value;
  const Map& from = *value.as_map();
  Map* to = nullptr;
  for (std::uint32_t i = 0; i < from.size; ++i) {
    const Value item = hidden(arena, from.entries[i].value);
    if (to == nullptr && !same(item, from.entries[i].value)) to = copy(arena, from);
    if (to != nullptr) to->entries[i].value = item;
  }
  if (to == nullptr) return value;
  to->frozen = true;
  return Value::map(to);
}

}  // namespace sentinel
