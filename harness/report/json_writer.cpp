#include "harness/report/json_writer.h"

#include <algorithm>

#include "harness/report/clean.h"
#include "harness/report/number.h"

namespace harness {
namespace {

/// Printable ASCII that stands in JSON as it is: nearly every text of a report.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' &&
           c != '#';
  });
}

void append_string(std::string& out, std::string_view text) {
  if (is_plain(text))
    out.append(1, '"').append(text).append(1, '"');
  else
    out += json_string(text);
}

}  // namespace

std::string json_string(std::string_view text) {
  // Cleaning also removes what would break line-based readers.
  const std::string clean = clean_text(text, text.size() + 1);
  std::string out;
  out.reserve(clean.size() + 16);
  out = "\"";
  if (clean.find_first_of("\"\\\n\t<>&#") == std::string::npos) return out + clean + "\"";
  for (const char c : clean) {
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
    case '\t':
      out += "\\t";
      break;
    case '<':
    case '>':
    case '&':
      out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
      break;
    default:
      out += c;
    }
  }
  return without_ci_commands(std::move(out), "\\u0023") + "\"";
}

void JsonWriter::line() {
  if (compact_) return;
  out_ += "\n";
  out_.append(2 * depth_, ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ",";
  if (depth_ > 0) line();
  first_ = false;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_ += "{";
  ++depth_;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  --depth_;
  if (!first_) line();
  out_ += "}";
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::begin_list() {
  before_value();
  out_ += "[";
  ++depth_;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end_list() {
  --depth_;
  if (!first_) line();
  out_ += "]";
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  append_string(out_, name);
  out_ += compact_ ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  append_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  before_value();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::seconds(std::int64_t microseconds) {
  before_value();
  out_ += fixed(static_cast<double>(microseconds) / 1e6, 6);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  before_value();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json.empty() ? "null" : without_ci_commands(compact_json(json), "\\u0023");
  return *this;
}

std::string JsonWriter::take() {
  return std::move(out_) + "\n";
}

}  // namespace harness
