#include "harness/report/explained.h"

#include <algorithm>
#include <set>

#include "harness/report/clean.h"

namespace harness {
namespace {

using policy_runtime::Explanation;

constexpr int kDeepestCause = 6;

/// "main: false" explains main; the note without the rule's name.
bool explains(const Explanation& item, const std::string& rule) {
  return item.note.starts_with(rule + ": ");
}

bool same_line(const base::Location& a, const base::Location& b) {
  return a.file == b.file && a.line == b.line;
}

class Chosen {
 public:
  Chosen(const CaseReport& item, std::vector<ShownPlace>& out) : out_(out) {
    if (item.error && item.error->where) error_ = &*item.error->where;
  }

  void add(const Explanation& item, std::string note, int depth = 0) {
    if (!is_link(item) && seen_.insert(key(item)).second) {
      const bool quoted = error_ == nullptr || !same_line(item.where, *error_);
      if ((quoted || !item.operands.empty()) && !repeats(item, note))
        out_.push_back({item.where, std::move(note), item.operands, quoted});
    }
    if (depth == kDeepestCause) return;
    for (const Explanation& cause : item.causes)
      add(cause, cause.note, depth + 1);
  }

 private:
  /// An `and` or `or` that only says that its operands decided: they follow.
  static bool is_link(const Explanation& item) {
    return !item.causes.empty() && item.operands.empty() &&
           (item.note.ends_with("all operands are true") ||
            item.note.ends_with("no operand is true"));
  }

  /// A call within a comparison says nothing that the comparison has not said.
  bool repeats(const Explanation& item, const std::string& note) const {
    if (out_.empty()) return false;
    const ShownPlace& last = out_.back();
    return same_line(last.where, item.where) && last.note == note &&
           std::all_of(item.operands.begin(), item.operands.end(),
                       [&last](const policy_runtime::Operand& one) {
                         return std::find(last.operands.begin(), last.operands.end(), one) !=
                                last.operands.end();
                       });
  }

  static std::string key(const Explanation& item) {
    std::string out = base::to_text(item.where) + "+" + std::to_string(item.where.length);
    for (const policy_runtime::Operand& operand : item.operands)
      out += "\n" + operand.expression + "\n" + operand.value.json + "\n" + operand.mock_path;
    return out;
  }

  std::vector<ShownPlace>& out_;
  const base::Location* error_ = nullptr;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<ShownPlace> shown_places(const CaseReport& item, bool everything) {
  std::vector<ShownPlace> out;
  Chosen chosen(item, out);
  const bool only_texts = !item.error && !item.mismatches.empty() &&
                          std::all_of(item.mismatches.begin(), item.mismatches.end(),
                                      [](const Mismatch& one) { return one.subject == "prints"; });
  bool any = only_texts && !everything;
  if (!any) {
    for (const Mismatch& mismatch : item.mismatches) {
      for (const Explanation& one : item.explanations) {
        if (!explains(one, mismatch.subject)) continue;
        any = true;
        chosen.add(one, one.note.substr(mismatch.subject.size() + 2));
      }
    }
  }
  for (const Explanation& one : item.explanations) {
    // Of what is not as expected as a whole, `main` comes first.
    if (!any && explains(one, "main"))
      chosen.add(one, one.note.substr(6));
    else if (everything || !any)
      chosen.add(one, one.note);
    any = true;
  }
  if (item.undefined_origin && !(only_texts && !everything) &&
      std::none_of(out.begin(), out.end(), [&item](const ShownPlace& place) {
        return same_line(place.where, *item.undefined_origin);
      })) {
    out.push_back({*item.undefined_origin, "undefined: the first value that was", {}, true});
  }
  return out;
}

ShownPlace shown_error(const policy_runtime::LanguageError& error,
                       const std::vector<ShownPlace>& places) {
  constexpr std::string_view kError = "error: ";
  ShownPlace out{*error.where, "", {}};
  for (const ShownPlace& place : places) {
    if (place.quoted) continue;
    if (place.where.column == out.where.column && place.where.length > out.where.length)
      out.where = place.where;
    if (out.note.empty() && place.note.starts_with(kError) &&
        place.note.substr(kError.size()) != error.message)
      out.note = place.note.substr(kError.size());
    out.operands.insert(out.operands.end(), place.operands.begin(), place.operands.end());
  }
  return out;
}

std::vector<std::pair<base::Location, std::size_t>> shown_calls(
    const policy_runtime::LanguageError& error) {
  std::vector<std::pair<base::Location, std::size_t>> out;
  for (const base::Location& call : error.calls) {
    const auto known = std::find_if(out.begin(), out.end(), [&call](const auto& one) {
      return same_line(one.first, call) && one.first.column == call.column;
    });
    if (known == out.end())
      out.emplace_back(call, 1);
    else
      ++known->second;
  }
  return out;
}

std::string shown_value(const policy_runtime::ShownValue& value, std::size_t columns) {
  // JSON has no undefined, the printed form has.
  if (value.json == "null" && value.text == "undefined") return "undefined";
  return shorten_json(value.json, columns);
}

}  // namespace harness
