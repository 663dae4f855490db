#include "plugin/sentinel/cli/json_writer.h"

#include "plugin/sentinel/value/operation.h"

namespace sentinel {

void JsonWriter::start(std::string_view key) {
  if (depth_ > 0) {
    if (!empty_) out_ += ',';
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }
  empty_ = false;
  if (!key.empty()) {
    out_ += to_json(Value::string(key), false);
    out_ += ": ";
  }
}

void JsonWriter::begin(std::string_view key, char opener) {
  start(key);
  out_ += opener;
  ++depth_;
  empty_ = true;
}

void JsonWriter::end(char closer) {
  --depth_;
  if (!empty_) {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }
  out_ += closer;
  empty_ = false;
}

/// No text in JSON holds a line end, so all that are there separate lines.
void JsonWriter::append(std::string_view json) {
  for (const char c : json) {
    out_ += c;
    if (c == '\n') out_.append(2 * depth_, ' ');
  }
}

void JsonWriter::begin_object(std::string_view key) {
  begin(key, '{');
}
void JsonWriter::end_object() {
  end('}');
}
void JsonWriter::begin_list(std::string_view key) {
  begin(key, '[');
}
void JsonWriter::end_list() {
  end(']');
}

void JsonWriter::member(std::string_view key, std::string_view text) {
  start(key);
  append(std::string_view(to_json(Value::string(text), false)));
}

void JsonWriter::member(std::string_view key, bool value) {
  start(key);
  out_ += value ? "true" : "false";
}

void JsonWriter::member(std::string_view key, std::int64_t number) {
  start(key);
  out_ += std::to_string(number);
}

/// What holds itself, or is too deep to print, is null.
void JsonWriter::append(const Value& value) {
  std::string text;
  try {
    text = to_json(value, true);
  } catch (const ValueTooLarge&) {
    text = "null";
  }
  append(std::string_view(text));
}

void JsonWriter::member(std::string_view key, const Value& value) {
  start(key);
  append(value);
}

void JsonWriter::null(std::string_view key) {
  start(key);
  out_ += "null";
}

void JsonWriter::item(std::string_view text) {
  start({});
  append(std::string_view(to_json(Value::string(text), false)));
}

void JsonWriter::item(const Value& value) {
  start({});
  append(value);
}

std::string JsonWriter::take() {
  out_ += '\n';
  return std::move(out_);
}

}  // namespace sentinel
