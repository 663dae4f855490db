// What an evaluation saw, as `sentinel` shows it: the text trace and its JSON. Documentation:
// Sentinel, writing, tracing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/cli/json_writer.h"
#include "plugin/sentinel/eval/evaluate.h"

namespace sentinel {

/// Wraps what it is told to paint in the bytes that HashiCorp's prints; nothing where colour is
/// off.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string green(std::string_view text) const { return wrap("\x1b[32m", text); }
  std::string red(std::string_view text) const { return wrap("\x1b[31m", text); }
  std::string bold(std::string_view text) const { return wrap("\x1b[1m", text); }
  std::string bold_red(std::string_view text) const { return wrap("\x1b[1m\x1b[31m", text); }
  std::string bold_yellow(std::string_view text) const { return wrap("\x1b[1m\x1b[33m", text); }

 private:
  std::string wrap(std::string_view codes, std::string_view text) const;
  bool on_;
};

/// The rules that were evaluated, `main` first, then as they stand from the bottom of the file to
/// its top: a blank line between two, every line indented by `indent`. Ends in a line end unless
/// there is no rule.
std::string trace_rules(const Outcome& outcome, std::size_t indent, const Paint& paint);

/// Where descriptions are broken (observed): a policy's, and a rule's or parameter's.
inline constexpr std::size_t kPolicyWidth = 78;
inline constexpr std::size_t kRuleWidth = 64;

/// A description broken at blanks to lines of `width`, each indented.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// Lines of `text`, each indented by `indent` and ended.
std::string indented(std::string_view text, std::size_t indent);

/// `file:3:5: message`, or the message alone.
std::string to_text(const EvaluationError& error);

/// A diagnostic without its source line, as JSON wants it.
std::string to_line(const base::Diagnostic& diagnostic);

/// The object `trace`: description, error, print, result (whether it passed; null for an error or
/// undefined), rules.
void write_trace(JsonWriter& json, const Outcome& outcome, std::string_view description);

/// The printed lines, each ended.
std::string prints_of(const Outcome& outcome);

}  // namespace sentinel
