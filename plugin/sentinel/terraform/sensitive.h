// The texts that a plan marks sensitive, and hiding them wherever else they stand.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "plugin/sentinel/value/collection.h"

namespace re2 {
class RE2;
}

namespace sentinel {

/// What HCP Terraform, too, puts in the place of a sensitive value.
inline constexpr std::string_view kHidden = "REDACTED_SENSITIVE";

/// The texts under what `plan` (a plan in Terraform's JSON output format, or a mock's `raw`) marks
/// sensitive: changes and drift by their marks, states by `sensitive_values`, outputs, variables
/// and their defaults. Texts of less than six bytes stand everywhere and are not among them.
std::set<std::string> sensitive_texts(const Value& plan);

/// Adds the texts under the parts of `value` that the tree `marks` says are sensitive.
void add_marked_texts(const Value& value, const Value* marks, std::set<std::string>& into);

/// Replaces texts, all of them at once, in time that does not depend on how many there are.
class TextHider {
 public:
  explicit TextHider(const std::set<std::string>& texts);
  TextHider(const TextHider&) = delete;
  TextHider& operator=(const TextHider&) = delete;
  ~TextHider();

  bool empty() const { return texts_.empty(); }
  /// Whether `text` held one of them; then it holds `kHidden` in their place.
  bool hide(std::string& text) const;
  bool holds(std::string_view text) const;
  /// `value` with all texts below it treated so. What nothing changed is shared; new parts are
  /// frozen.
  Value hidden(Arena& arena, const Value& value) const;

 private:
  std::set<std::string> texts_;
  std::unique_ptr<re2::RE2> any_;
};

}  // namespace sentinel
