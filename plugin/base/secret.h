// A token. Not printable, compared in constant time by nobody, wiped when dropped.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return value_.empty(); }

  /// The value, for the one place that sends it. Never put it into a message.
  std::string_view reveal() const { return value_; }

 private:
  void wipe() {
    // Through a volatile pointer, so that the compiler keeps the writes.
    volatile char* bytes = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i)
      bytes[i] = 0;
    value_.clear();
  }

  std::string value_;
};

}  // namespace base
