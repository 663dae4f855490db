#include "plugin/sentinel/cli/trace.h"

#include <algorithm>
#include <map>

#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::vector<const RuleResult*> ordered(const Outcome& outcome) {
  std::vector<const RuleResult*> out;
  for (const RuleResult& rule : outcome.rules) {
    if (rule.in_policy) out.push_back(&rule);
  }
  std::stable_sort(out.begin(), out.end(), [](const RuleResult* a, const RuleResult* b) {
    if ((a->name == "main") != (b->name == "main")) return a->name == "main";
    return a->offset > b->offset;
  });
  return out;
}

std::string shown(const RuleResult& rule, std::size_t indent) {
  if (rule.failed) return std::string(indent, ' ') + "(error in evaluating rule)";
  try {
    return to_trace_text(rule.value, indent);
  } catch (const ValueTooLarge& error) {
    return std::string(indent, ' ') + "(" + error.what + ")";
  }
}

}  // namespace

std::string Paint::wrap(std::string_view codes, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\x1b[0m" + std::string(codes) + std::string(text) + "\x1b[0m";
}

std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out.append(indent, ' ');
    out += text.substr(0, end);
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.size() > width) {
      std::size_t cut = line.rfind(' ', width);
      if (cut == std::string_view::npos || cut == 0) cut = line.find(' ');
      if (cut == std::string_view::npos) break;
      out.append(indent, ' ');
      out += line.substr(0, cut);
      out += '\n';
      line.remove_prefix(cut + 1);
    }
    if (!line.empty()) out.append(indent, ' ');
    out += line;
    out += '\n';
  }
  return out;
}

std::string trace_rules(const Outcome& outcome, std::size_t indent, const Paint& paint) {
  std::string out;
  const bool failed = outcome.result != Outcome::Result::Pass;
  for (const RuleResult* rule : ordered(outcome)) {
    if (!out.empty()) out += '\n';
    const std::string blanks(indent, ' ');
    const bool red = failed && rule->name == "main";
    const std::string head = base::to_text(rule->where) + " - Rule \"" + rule->name + "\"";
    out += blanks + (red ? paint.bold_red(head) : paint.bold(head)) + '\n';
    if (!rule->description.empty()) {
      out +=
          blanks + "  Description:\n" + wrapped(rule->description, indent + 4, kRuleWidth) + '\n';
    }
    const std::string value = shown(*rule, indent + 4);
    out += blanks + "  Value:\n" + (red ? paint.red(value) : value) + '\n';
  }
  return out;
}

std::string to_text(const EvaluationError& error) {
  return error.where ? base::to_text(*error.where) + ": " + error.message : error.message;
}

std::string to_line(const base::Diagnostic& diagnostic) {
  std::string out;
  if (diagnostic.where) out = base::to_text(*diagnostic.where) + ": ";
  out += diagnostic.what;
  if (!diagnostic.why.empty()) out += ": " + diagnostic.why;
  if (!diagnostic.advice.empty()) out += " (" + diagnostic.advice + ")";
  return out;
}

std::string prints_of(const Outcome& outcome) {
  std::string out;
  for (const std::string& line : outcome.prints)
    out += line + '\n';
  return out;
}

void write_trace(JsonWriter& json, const Outcome& outcome, std::string_view description) {
  json.begin_object("trace");
  json.member("description", description);
  if (outcome.error) {
    json.member("error", to_text(*outcome.error));
  } else {
    json.null("error");
  }
  json.member("print", prints_of(outcome));
  if (outcome.error || outcome.main.is_undefined()) {
    json.null("result");
  } else {
    json.member("result", outcome.result == Outcome::Result::Pass);
  }
  json.begin_object("rules");
  std::map<std::string, const RuleResult*> rules;
  for (const RuleResult& rule : outcome.rules) {
    if (rule.in_policy) rules.emplace(rule.name, &rule);
  }
  for (const auto& [name, rule] : rules) {
    json.begin_object(name);
    json.member("desc", rule->description);
    json.member("ident", rule->name);
    json.begin_object("position");
    json.member("filename", rule->where.file);
    json.member("offset", static_cast<std::int64_t>(rule->offset));
    json.member("line", static_cast<std::int64_t>(rule->where.line));
    json.member("column", static_cast<std::int64_t>(rule->where.column));
    json.end_object();
    if (rule->failed) {
      json.null("value");
    } else {
      json.member("value", rule->value);
    }
    json.end_object();
  }
  json.end_object();
  json.end_object();
}

}  // namespace sentinel
