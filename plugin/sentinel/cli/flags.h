// Go's flag syntax: one dash or two, `-name=value` or `-name value`, switches that take a value
// only behind `=`, and an end at the first argument that is no flag.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel {

class Flags {
 public:
  void add(std::string_view name, bool* target);
  void add(std::string_view name, std::optional<bool>* target);
  void add(std::string_view name, std::string* target);
  void add(std::string_view name, std::size_t* target);
  void add(std::string_view name, std::optional<std::chrono::nanoseconds>* target);
  /// May be given many times.
  void add(std::string_view name, std::vector<std::string>* target);

  /// The message of what is wrong, as Go's package words it; nothing where all is well.
  std::optional<std::string> parse(const std::vector<std::string>& arguments);

  /// What follows the flags.
  const std::vector<std::string>& rest() const { return rest_; }

 private:
  struct Flag {
    std::string name;
    bool is_switch;
    /// The reason why the value is refused.
    std::function<std::optional<std::string>(const std::string&)> set;
  };
  const Flag* find(std::string_view name) const;

  std::vector<Flag> flags_;
  std::vector<std::string> rest_;
};

/// `1h2m3.5s`, `100ms`, `0`
std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text);
/// `7.267478363s`, `3.568391ms`, `1m2.5s`
std::string to_go_duration(std::chrono::nanoseconds time);

}  // namespace sentinel
