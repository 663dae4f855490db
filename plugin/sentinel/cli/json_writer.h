// JSON as HashiCorp's command line prints it: two blanks a level, members in the order they are
// written, one a line.
#pragma once

#include <string>
#include <string_view>

#include "plugin/sentinel/value/value.h"

namespace sentinel {

class JsonWriter {
 public:
  /// Begin and end an object or list; `key` where it is a member.
  void begin_object(std::string_view key = {});
  void end_object();
  void begin_list(std::string_view key = {});
  void end_list();

  void member(std::string_view key, std::string_view text);
  void member(std::string_view key, const char* text) { member(key, std::string_view(text)); }
  void member(std::string_view key, bool value);
  void member(std::string_view key, std::int64_t number);
  void member(std::string_view key, const Value& value);
  void null(std::string_view key);
  void item(std::string_view text);
  void item(const Value& value);

  /// The document, ending in a line end.
  std::string take();

 private:
  void start(std::string_view key);
  void begin(std::string_view key, char opener);
  void end(char closer);
  void append(std::string_view json);
  void append(const Value& value);

  std::string out_;
  std::size_t depth_ = 0;
  bool empty_ = true;  // nothing stands in the innermost object or list yet
};

}  // namespace sentinel
