#include "plugin/policy_runtime/sentinel_cli/cli_json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>

#include <simdjson.h>

namespace policy_runtime {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

/// Where chatter may hide the document: not more places than these are tried.
constexpr int kMostTries = 64;
constexpr std::size_t kMostShown = 200;

base::Diagnostic unreadable(std::string why) {
  return {.what = "the output of `sentinel test -json` cannot be understood",
          .why = std::move(why)};
}

/// The first line that says something, for a message.
std::string first_line(std::string_view text) {
  std::istringstream lines{std::string(text.substr(0, 4'096))};
  for (std::string line; std::getline(lines, line);) {
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '`') c = ' ';
    }
    if (line.find_first_not_of(' ') == std::string::npos) continue;
    if (line.size() > kMostShown) line = line.substr(0, kMostShown) + "…";
    return line;
  }
  return {};
}

/// The end of the JSON object that begins at `at`; npos where it has none.
std::size_t object_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

/// Finds and parses the document among other lines.
base::Result<element> find_document(std::string_view output, simdjson::dom::parser& parser) {
  bool cut = false;
  std::string_view reason;
  std::size_t at = output.find('{');
  for (int tries = 0; at != std::string_view::npos && tries < kMostTries; ++tries) {
    const std::size_t end = object_end(output, at);
    if (end == std::string_view::npos) {
      cut = true;
      at = output.find('{', at + 1);
      continue;
    }
    element document;
    const auto error = parser.parse(output.data() + at, end - at).get(document);
    element policies;
    if (!error && !document["policies"].get(policies)) return document;
    if (error && reason.empty()) reason = simdjson::error_message(error);
    at = output.find('{', error ? at + 1 : end);
  }
  if (cut) return unreadable("the JSON document ends too early");
  if (!reason.empty()) return unreadable("it is no JSON document: " + std::string(reason));
  const std::string line = first_line(output);
  return unreadable(line.empty() ? "it is empty"
                                 : "it is no JSON document, it begins `" + line + "`");
}

std::string text_of(element parent, const char* key) {
  std::string_view text;
  if (parent[key].get(text)) return {};
  return std::string(text);
}

/// Null, a text or a list of texts.
std::vector<std::string> texts_of(element parent, const char* key) {
  std::vector<std::string> out;
  element value;
  if (parent[key].get(value)) return out;
  std::string_view text;
  simdjson::dom::array items;
  if (!value.get(text)) {
    out.emplace_back(text);
  } else if (!value.get(items)) {
    for (const element item : items) {
      if (!item.get(text)) {
        out.emplace_back(text);
      } else if (!item.is_null()) {
        out.push_back(simdjson::minify(item));
      }
    }
  } else if (!value.is_null()) {
    out.push_back(simdjson::minify(value));
  }
  return out;
}

ShownValue shown(element value) {
  const std::string json = simdjson::minify(value);
  return {.json = json, .text = json};
}

/// Empty, zero and true pass, whatever their type.
bool passes(element value) {
  switch (value.type()) {
  case element_type::BOOL:
    return bool(value);
  case element_type::STRING:
    return std::string_view(value).empty();
  case element_type::ARRAY:
    return simdjson::dom::array(value).size() == 0;
  case element_type::OBJECT:
    return simdjson::dom::object(value).size() == 0;
  case element_type::INT64:
  case element_type::UINT64:
  case element_type::DOUBLE: {
    double number = 1;
    return !value.get(number) && number == 0;
  }
  case element_type::NULL_VALUE:
    return false;
  }
  return false;
}

base::Location position_of(element rule, const base::Path& policy) {
  base::Location out;
  element position;
  if (rule["position"].get(position)) return out;
  out.file = text_of(position, "filename");
  // The CLI names the policy by its last part only.
  if (out.file.empty() || out.file == policy.filename().string())
    out.file = policy.generic_string();
  std::uint64_t number = 0;
  if (!position["line"].get(number)) out.line = static_cast<std::uint32_t>(number);
  if (!position["column"].get(number)) out.column = static_cast<std::uint32_t>(number);
  return out;
}

void read_rules(element trace, const base::Path& policy, Outcome& out) {
  simdjson::dom::object rules;
  if (trace["rules"].get(rules)) return;
  for (const auto& [name, rule] : rules) {
    if (!rule.is_object()) continue;
    RuleValue value{.name = std::string(name),
                    .description = text_of(rule, "desc"),
                    .where = position_of(rule, policy)};
    value.where.length = static_cast<std::uint32_t>(value.name.size());
    element shown_value;
    // JSON has no undefined; null is its likeliest form, and a missing value certainly is.
    if (rule["value"].get(shown_value)) {
      value.undefined = true;
    } else {
      value.value = shown(shown_value);
    }
    out.rules.push_back(std::move(value));
  }
  std::stable_partition(out.rules.begin(), out.rules.end(),
                        [](const RuleValue& rule) { return rule.name == "main"; });
}

void read_prints(element trace, Outcome& out) {
  std::istringstream lines(text_of(trace, "print"));
  for (std::string line; std::getline(lines, line);)
    out.prints.push_back(std::move(line));
}

void decide(element trace, Outcome& out) {
  const auto main = std::find_if(out.rules.begin(), out.rules.end(),
                                 [](const RuleValue& rule) { return rule.name == "main"; });
  element result;
  const bool has_result = !trace["result"].get(result) && !result.is_null();
  const bool has_main = main != out.rules.end() && !main->undefined && main->value.json != "null";
  if (has_main) out.main = main->value;
  if (has_result && !result.is_bool()) out.main = shown(result);
  if (has_result && passes(result)) {
    out.result = Outcome::Result::Pass;
    return;
  }
  // Not passed: false, or undefined. A rule's own value tells; so does a result that is a value.
  out.result = Outcome::Result::Fail;
  out.result_known = has_main || (has_result && !result.is_bool());
}

LanguageError read_error(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : "\n") + text;
  return read_error_text(all);
}

base::Result<Outcome> read_case(element found, const base::Path& policy) {
  Outcome out;
  out.warnings = texts_of(found, "config_warnings");
  const std::string status = text_of(found, "status");
  element trace;
  const bool traced = !found["trace"].get(trace) && trace.is_object();
  if (traced) {
    read_rules(trace, policy, out);
    read_prints(trace, out);
  }
  std::vector<std::string> errors = texts_of(found, "errors");
  const std::vector<std::string> trace_errors =
      traced ? texts_of(trace, "error") : std::vector<std::string>();
  if (status == "ERROR" || !trace_errors.empty()) {
    out.result = Outcome::Result::Error;
    out.error = read_error(trace_errors.empty() ? errors : trace_errors);
    return out;
  }
  if (!traced) {
    return unreadable("it has no trace of case `" + text_of(found, "path") + "`");
  }
  decide(trace, out);
  return out;
}

/// The member of a map (or the element of a list) that stands for `path`: by its name in full, else
/// by its last part.
std::optional<element> find_by_path(element parent, const base::Path& path) {
  const std::string whole = path.generic_string();
  std::optional<element> by_name;
  const auto consider = [&](std::string_view name, element value) {
    const base::Path candidate = base::Path(name).lexically_normal();
    if (candidate == path.lexically_normal()) return true;
    if (candidate.filename() == path.filename() && !by_name) by_name = value;
    return false;
  };
  simdjson::dom::object map;
  simdjson::dom::array list;
  if (!parent.get(map)) {
    for (const auto& [name, value] : map) {
      if (consider(name, value)) return value;
    }
  } else if (!parent.get(list)) {
    for (const element value : list) {
      const std::string own = text_of(value, "path");
      if (consider(own.empty() ? text_of(value, "policy") : own, value)) return value;
    }
  }
  return by_name;
}

}  // namespace

LanguageError read_error_text(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  if (text.starts_with("Error: ")) text.remove_prefix(7);
  LanguageError out{.message = std::string(text)};
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const std::size_t suffix = text.substr(0, line_end).find(".sentinel:");
  if (suffix == std::string_view::npos) return out;
  const std::size_t name_end = suffix + 9;
  base::Location where{.file = std::string(text.substr(0, name_end))};
  const char* at = text.data() + name_end + 1;
  const char* const end = text.data() + line_end;
  auto [after_line, line_error] = std::from_chars(at, end, where.line);
  if (line_error != std::errc() || after_line == end || *after_line != ':') return out;
  auto [after_column, column_error] = std::from_chars(after_line + 1, end, where.column);
  if (column_error != std::errc()) return out;
  std::string_view rest = text.substr(static_cast<std::size_t>(after_column - text.data()));
  if (!rest.starts_with(": ")) return out;
  out.message = std::string(rest.substr(2));
  out.where = std::move(where);
  return out;
}

base::Result<std::vector<Outcome>> read_test_json(std::string_view output, const base::Path& policy,
                                                  const std::vector<base::Path>& cases) {
  simdjson::dom::parser parser;
  const auto document = find_document(output, parser);
  if (!document) return base::Diagnostic(document.error());
  const element policies = (*document)["policies"];
  const auto found = find_by_path(policies, policy);
  if (!found) return unreadable("it says nothing of policy `" + policy.generic_string() + "`");
  std::vector<Outcome> out;
  element found_cases;
  const bool has_cases = !(*found)["cases"].get(found_cases);
  const std::vector<std::string> errors = texts_of(*found, "errors");
  for (const base::Path& file : cases) {
    const auto one = has_cases ? find_by_path(found_cases, file) : std::nullopt;
    if (one) {
      auto outcome = read_case(*one, policy);
      if (!outcome) return std::move(outcome.error());
      out.push_back(std::move(*outcome));
    } else if (!errors.empty() || text_of(*found, "status") == "ERROR") {
      out.push_back({.error = read_error(errors), .parse_error = true});
    } else {
      return unreadable("it says nothing of case `" + file.generic_string() + "`");
    }
  }
  return out;
}

}  // namespace policy_runtime
