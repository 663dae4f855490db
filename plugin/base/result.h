// What a function that may fail gives back: a value, or the Diagnostic that says why not.
#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "plugin/base/diagnostic.h"

namespace base {

/// Holds a `T`, or the Diagnostic of a host failure. Test it, then take `*result` or `error()`:
///
///     auto text = read_file(path);
///     if (!text) return std::move(text.error());
///     use(*text);
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` is the point
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): `return diagnostic;` is the point
  Result(Diagnostic error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  Diagnostic& error() { return *std::get_if<1>(&state_); }
  const Diagnostic& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Diagnostic> state_;
};

/// The same for a function with nothing to give back: `return {};` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): `return diagnostic;` is the point
  Result(Diagnostic error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_.has_value(); }
  Diagnostic& error() { return *error_; }
  const Diagnostic& error() const { return *error_; }

 private:
  std::optional<Diagnostic> error_;
};

using Status = Result<void>;

}  // namespace base
