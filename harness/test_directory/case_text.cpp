// A case's configuration file, written as HCL.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "harness/test_directory/test_directory.h"
#include "plugin/base/one_line.h"

namespace harness {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using Kind = ConfigNode::Kind;

/// A quoted HCL string. `${` and `%{` would begin a template.
std::string text(std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '$':
    case '%':
      out += c;
      if (i + 1 < value.size() && value[i + 1] == '{') out += c;
      break;
    default:
      if (byte < 0x20 || byte == 0x7f) {
        out += "\\u00";
        out += kHex[byte >> 4U];
        out += kHex[byte & 0xfU];
      } else {
        out += c;
      }
    }
  }
  return out + "\"";
}

/// YAML writes numbers in ways that HCL does not (`0x1F`, `+1`, `.5`): the value is written anew.
/// Whole numbers beyond 64 bits keep their digits.
std::string number(const ConfigNode& node) {
  if (node.kind == Kind::Int) return std::to_string(node.integer);
  std::string_view digits = node.text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos) {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return (negative ? "-" : "") + std::string(digits);
  }
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, node.number);
  return error == std::errc() ? std::string(buffer, end) : "0";
}

std::string value(const ConfigNode& node, const std::string& indent) {
  const std::string inner = indent + "  ";
  std::string out;
  switch (node.kind) {
  case Kind::Null:
    return "null";
  case Kind::Bool:
    return node.boolean ? "true" : "false";
  case Kind::Int:
  case Kind::Float:
    return number(node);
  case Kind::String:
    return text(node.text);
  case Kind::List:
    if (node.items.empty()) return "[]";
    out = "[\n";
    for (const ConfigNode& item : node.items)
      out += inner + value(item, inner) + ",\n";
    return out + indent + "]";
  case Kind::Map:
    if (node.entries.empty()) return "{}";
    out = "{\n";
    for (const ConfigEntry& entry : node.entries) {
      out += inner + text(entry.key) + " = " + value(entry.value, inner) + "\n";
    }
    return out + indent + "}";
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const base::Path& folder) : folder_(folder) {}

  /// Names of cases and files: what ends a line would end the comment, and the rest of the name be
  /// configuration.
  void comment(std::string_view words) { out_ += "# " + base::on_one_line(words) + "\n"; }

  void block(std::string_view head, std::string_view name, const std::string& body) {
    out_ += "\n" + std::string(head) + " " + text(name) + " {\n" + body + "}\n";
  }

  std::string source(const base::Path& file, const std::string& indent) const {
    const base::Path relative =
        file.is_absolute() ? file : file.lexically_relative(folder_.empty() ? "." : folder_);
    return indent + "source = " + text(relative.generic_string()) + "\n";
  }

  void mock(std::string_view name, const base::Path& file) {
    block("mock", name, "  module {\n" + source(file, "    ") + "  }\n");
  }

  void test(const std::string& rules) { out_ += "\ntest {\n  rules = " + rules + "\n}\n"; }

  std::string take() { return std::move(out_); }

 private:
  base::Path folder_;
  std::string out_;
};

/// `pass` needs no block: a policy has to pass unless a block says otherwise. Everything else that
/// is expected is judged by the harness, so the block then asserts nothing.
void write_test(const Expectation& expect, Writer& out) {
  if (!expect.rules.empty()) {
    std::string rules = "{\n";
    for (const RuleExpectation& rule : expect.rules)
      rules += "    " + rule.name + " = " + value(rule.value, "    ") + "\n";
    return out.test(rules + "  }");
  }
  const bool bare = expect.prints.empty() && expect.error.empty();
  if (bare && expect.result == Expectation::Result::Pass) return;
  if (bare && expect.result == Expectation::Result::Fail) {
    return out.test("{\n    main = false\n  }");
  }
  out.test("{}");
}

}  // namespace

std::string case_text(const Case& one, const base::Path& folder,
                      const std::map<std::string, base::Path>& supplied, const PlaceOf& place_of) {
  Writer out(folder);
  out.comment(one.full_name);
  out.comment("made from " + base::to_text(one.where));
  for (const ExtraMock& mock : one.extra_mocks) {
    if (const auto* file = std::get_if<NamedPath>(&mock.source)) {
      out.mock(mock.name, place_of(*file));
    } else {
      out.block("mock", mock.name,
                "  data = " + value(std::get<base::ConfigNode>(mock.source), "  ") + "\n");
    }
  }
  const auto is_extra = [&](const std::string& name) {
    return std::any_of(one.extra_mocks.begin(), one.extra_mocks.end(),
                       [&](const ExtraMock& mock) { return mock.name == name; });
  };
  for (const auto& [name, file] : supplied)
    out.mock(name, file);
  for (const NamedFile& file : one.modules) {
    if (is_extra(file.name)) continue;
    out.block("import \"module\"", file.name, out.source(place_of(file.file), "  "));
  }
  for (const NamedFile& file : one.statics) {
    if (is_extra(file.name)) continue;
    out.block("import \"static\"", file.name,
              out.source(place_of(file.file), "  ") + "  format = \"json\"\n");
  }
  for (const NamedValue& param : one.params)
    out.block("param", param.name, "  value = " + value(param.value, "  ") + "\n");
  for (const NamedValue& global : one.globals)
    out.block("global", global.name, "  value = " + value(global.value, "  ") + "\n");
  write_test(one.expect, out);
  return out.take();
}

std::string file_name_of(std::string_view case_name) {
  constexpr std::size_t kLongest = 100;
  std::string out;
  for (const char c : case_name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    if (letter) {
      out += c;
    } else if (upper) {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() >= kLongest) break;
  }
  while (out.ends_with('-'))
    out.pop_back();
  return out.empty() ? "case" : out;
}

}  // namespace harness
