// Memory of one evaluation, or of one frozen set of data, dropped whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
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

/// Values nested deeper than this are not walked: a policy can nest a list without end, or put it
/// into itself.
constexpr std::size_t kMostNesting = 1000;

/// Thrown by what walks whole values (equality, printing, copying) when a value is too deep or too
/// large to walk. The evaluator makes a language error of it.
struct ValueTooLarge {
  const char* what;  // "value nested deeper than 1000 levels"
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
    const std::size_t gap = padding(next_, alignment);
    const auto room = static_cast<std::size_t>(end_ - next_);
    if (gap <= room && size <= room - gap) {
      std::byte* at = next_ + gap;
      next_ = at + size;
      return at;
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
    // NOLINTBEGIN(bugprone-sizeof-expression): T may well be a pointer
    if (count > kMostBytes / sizeof(T)) throw MemoryExceeded{limit_};
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    // NOLINTEND(bugprone-sizeof-expression)
  }

  /// A String value with its own copy of the bytes. At most 4 GiB.
  Value string(std::string_view text) {
    if (text.size() > UINT32_MAX) throw MemoryExceeded{limit_};
    char* bytes = static_cast<char*>(allocate(text.size(), 1));
    if (!text.empty()) std::memcpy(bytes, text.data(), text.size());
    return Value::string({bytes, text.size()});
  }

  /// Bytes in all blocks.
  std::size_t used() const { return used_; }
  std::size_t limit() const { return limit_; }

 private:
  static constexpr std::size_t kMostBytes = SIZE_MAX / 4;
  static std::size_t padding(const std::byte* at, std::size_t alignment) {
    return -reinterpret_cast<std::uintptr_t>(at) & (alignment - 1);
  }
  void* allocate_slowly(std::size_t size, std::size_t alignment);

  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t used_ = 0;
  std::size_t limit_;
  struct Free {
    void operator()(std::byte* block) const { std::free(block); }  // NOLINT: aligned_alloc's pair
  };
  std::vector<std::unique_ptr<std::byte[], Free>> blocks_;
};

}  // namespace sentinel
