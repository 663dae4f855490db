#include "harness/manifest/each.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace harness {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Diagnostic;
using Kind = ConfigNode::Kind;

// A table times a template may be far larger than the file.
constexpr std::size_t kMostNodes = 1'000'000;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

class Expander {
 public:
  Expander(const Locator& locator, std::vector<Diagnostic>& problems)
      : locator_(locator), problems_(problems) {}

  void expand_cases(ConfigNode& cases) {
    std::vector<ConfigNode> out;
    for (ConfigNode& one : cases.items) {
      const ConfigNode* rows = rows_of(one);
      if (rows == nullptr) {
        out.push_back(std::move(one));
        continue;
      }
      std::vector<ConfigNode> expanded;
      bool good = true;
      for (std::size_t i = 0; i < rows->items.size() && !full_; ++i) {
        row_ = &rows->items[i];
        row_number_ = i + 1;
        std::optional<ConfigNode> made = substitute(one, true);
        good = good && made.has_value();
        if (made) expanded.push_back(std::move(*made));
      }
      if (good && !full_) {
        std::move(expanded.begin(), expanded.end(), std::back_inserter(out));
      } else {
        out.push_back(std::move(one));
      }
    }
    cases.items = std::move(out);
  }

 private:
  /// The rows of a case, where they have the right shape.
  static const ConfigNode* rows_of(const ConfigNode& one) {
    const ConfigNode* rows = one.kind == Kind::Map ? one.find("each") : nullptr;
    if (rows == nullptr || rows->kind != Kind::List || rows->items.empty()) return nullptr;
    const bool maps = std::all_of(rows->items.begin(), rows->items.end(),
                                  [](const ConfigNode& row) { return row.kind == Kind::Map; });
    return maps ? rows : nullptr;
  }

  void tell(const ConfigNode& node, std::string what, std::string advice) {
    problems_.push_back({.what = std::move(what),
                         .where = locator_.locate(node.span),
                         .advice = std::move(advice)});
  }

  bool within_bounds(const ConfigNode& node) {
    nodes_ += 1;
    bytes_ += node.text.size();
    if (nodes_ <= kMostNodes && bytes_ <= kMostBytes) return true;
    if (!std::exchange(full_, true)) {
      tell(node, "the rows of `each` make more than a manifest can hold",
           "split the table over several manifests");
    }
    return false;
  }

  /// A copy of `node` with the row's values put in; nothing where that failed, which has been told.
  std::optional<ConfigNode> substitute(const ConfigNode& node, bool is_case = false) {
    if (!within_bounds(node)) return std::nullopt;
    if (node.kind == Kind::String) return substitute_text(node);
    ConfigNode out = node;
    out.items.clear();
    out.entries.clear();
    bool good = true;
    for (const ConfigNode& item : node.items) {
      std::optional<ConfigNode> made = substitute(item);
      good = good && made.has_value();
      if (made) out.items.push_back(std::move(*made));
    }
    for (const ConfigEntry& entry : node.entries) {
      if (is_case && entry.key == "each") continue;
      std::optional<ConfigNode> made = substitute(entry.value);
      good = good && made.has_value();
      if (made) out.entries.push_back({entry.key, entry.key_span, std::move(*made)});
    }
    if (!good) return std::nullopt;
    return out;
  }

  std::optional<ConfigNode> substitute_text(const ConfigNode& node) {
    const std::string_view text = node.text;
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t open = text.find("${", at);
      if (open == std::string_view::npos) break;
      if (open > at && text[open - 1] == '$') {
        out += text.substr(at, open - 1 - at);
        out += "${";
        at = open + 2;
        continue;
      }
      const std::size_t close = text.find('}', open);
      if (close == std::string_view::npos) {
        tell(node, "a `${` without its `}`", "write `$${` for a literal `${`");
        return std::nullopt;
      }
      const std::string name(text.substr(open + 2, close - open - 2));
      const ConfigNode* value = row_->find(name);
      if (value == nullptr) {
        tell(node,
             "`${" + name + "}`: row " + std::to_string(row_number_) + " has no `" + name + "`",
             unknown_name_advice(name));
        return std::nullopt;
      }
      if (open == 0 && close + 1 == text.size()) {
        ConfigNode whole = *value;
        whole.span = node.span;
        if (!charge(whole)) return std::nullopt;
        return whole;
      }
      if (value->kind == Kind::List || value->kind == Kind::Map) {
        tell(node,
             "`${" + name + "}` is " + std::string(base::kind_name(value->kind)) +
                 " and stands inside text",
             "only a `${…}` that is alone may be a list or a map");
        return std::nullopt;
      }
      out += text.substr(at, open - at);
      out += value->kind == Kind::Null ? "null" : value->text;
      at = close + 1;
    }
    out += text.substr(std::min(at, text.size()));
    ConfigNode made = node;
    made.text = std::move(out);
    if (!charge(made)) return std::nullopt;
    return made;
  }

  bool charge(const ConfigNode& node) {
    if (!within_bounds(node)) return false;
    for (const ConfigNode& item : node.items) {
      if (!charge(item)) return false;
    }
    return std::all_of(node.entries.begin(), node.entries.end(),
                       [&](const ConfigEntry& entry) { return charge(entry.value); });
  }

  std::string unknown_name_advice(std::string_view name) const {
    std::vector<std::string_view> known;
    for (const ConfigEntry& entry : row_->entries)
      known.push_back(entry.key);
    const std::string_view near = base::nearest_name(name, known);
    if (!near.empty()) return "did you mean `${" + std::string(near) + "}`?";
    return "write `$${` for a literal `${`";
  }

  const Locator& locator_;
  std::vector<Diagnostic>& problems_;
  const ConfigNode* row_ = nullptr;
  std::size_t row_number_ = 0;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

ConfigNode* find(ConfigNode& map, std::string_view key, Kind kind) {
  for (ConfigEntry& entry : map.entries) {
    if (entry.key == key) return entry.value.kind == kind ? &entry.value : nullptr;
  }
  return nullptr;
}

}  // namespace

void expand_each(ConfigNode& root, const Locator& locator, std::vector<Diagnostic>& problems) {
  Expander expander(locator, problems);
  ConfigNode* tests = find(root, "tests", Kind::List);
  if (tests == nullptr) return;
  for (ConfigNode& test : tests->items) {
    if (ConfigNode* cases = find(test, "cases", Kind::List)) expander.expand_cases(*cases);
  }
}

}  // namespace harness
