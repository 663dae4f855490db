// Memory of one evaluation, or of one frozen set of data, dropped whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// Thrown by an Arena when its bound is reached. The evaluator makes a language error of it.
struct MemoryExceeded {
  std::size_t limit;  // bytes
};

/// Bump allocation in growing blocks. Not thread-safe; what it holds may be read by many threads
/// once nothing allocates any more. Destructors of what it holds are never run.
class Arena {
 public:
  explicit Arena(std::size_t limit = SIZE_MAX) : limit_(limit) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(std::size_t size, std::size_t alignment = 8) {
    const std::uintptr_t at =
        (next_ + alignment - 1) & ~(static_cast<std::uintptr_t>(alignment) - 1);
    if (at + size <= end_ && at + size >= at) {
      next_ = at + size;
      return reinterpret_cast<void*>(at);
    }
    return allocate_slowly(size, alignment);
  }

  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }

  /// Uninitialised room for `count` of T.
  template <class T>
  T* array(std::size_t count) {
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  /// A String value with its own copy of the bytes.
  Value string(std::string_view text) {
    char* bytes = static_cast<char*>(allocate(text.size(), 1));
    if (!text.empty()) std::memcpy(bytes, text.data(), text.size());
    return Value::string({bytes, text.size()});
  }

  /// Bytes in all blocks.
  std::size_t used() const { return used_; }

 private:
  void* allocate_slowly(std::size_t size, std::size_t alignment);

  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t used_ = 0;
  std::size_t limit_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace sentinel
