// Writes JSON text, two blanks an indent. Strings are escaped, and cleaned of what is no UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace harness {

/// `"…"`, also safe inside HTML and line-based formats: `<`, `>`, `&` and U+2028/9 are escaped.
std::string json_string(std::string_view text);

class JsonWriter {
 public:
  /// `compact`: everything on one line.
  explicit JsonWriter(bool compact = false) : compact_(compact) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_list();
  JsonWriter& end_list();
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& size(std::size_t value) { return number(static_cast<std::int64_t>(value)); }
  /// With up to six decimals.
  JsonWriter& seconds(std::int64_t microseconds);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// JSON text as it is; must be valid. Empty: null.
  JsonWriter& raw(std::string_view json);

  // A key with a value.
  JsonWriter& member(std::string_view name, std::string_view value) {
    return key(name).text(value);
  }
  JsonWriter& member_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : member(name, value);
  }

  std::string take();

 private:
  void before_value();
  void line();

  bool compact_;
  bool first_ = true;  // nothing stands in the current list or object yet
  bool after_key_ = false;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace harness
