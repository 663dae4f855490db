// Libraries that are loaded while the program runs: what is large or slow to load and most commands
// do without.
#pragma once

#include <cstring>
#include <string_view>

#include "plugin/base/result.h"

namespace base {

/// Loads a library, as the dynamic linker finds it (beside the program's own libraries), and gives
/// the address of a symbol in it. The library is never let go: threads of it may run to the end.
/// `without` is for the message: "there is no network without it".
Result<void*> load_symbol(const char* library, const char* symbol, std::string_view without);

/// The same as a pointer to a function.
template <class Function>
Result<Function*> load_function(const char* library, const char* symbol, std::string_view without) {
  const Result<void*> address = load_symbol(library, symbol, without);
  if (!address) return address.error();
  Function* out = nullptr;
  static_assert(sizeof(out) == sizeof(*address));
  std::memcpy(&out, &*address, sizeof(out));
  return out;
}

}  // namespace base
