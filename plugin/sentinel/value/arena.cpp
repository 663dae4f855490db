#include "plugin/sentinel/value/arena.h"

#include <algorithm>

namespace sentinel {

void* Arena::allocate_slowly(std::size_t size, std::size_t alignment) {
  // Small evaluations stay small; the blocks of large ones are few. Blocks above the system's
  // threshold for mapping are given back page-exact, and their untouched pages cost nothing.
  constexpr std::size_t kFirst = std::size_t{16} << 10U;
  constexpr std::size_t kMost = std::size_t{8} << 20U;
  if (size > kMostBytes || used_ > limit_ || size > limit_ - used_) throw MemoryExceeded{limit_};
  // `new` aligns to 16; anything stricter needs room to move.
  const std::size_t slack = alignment > alignof(std::max_align_t) ? alignment : 0;
  if (slack > limit_ - used_ - size) throw MemoryExceeded{limit_};
  std::size_t block = std::clamp(used_ / 2, kFirst, kMost);
  block = std::min(std::max(block, size + slack), limit_ - used_);
  const bool alone = size > block / 2 && next_ != end_;

  std::unique_ptr<std::byte[]> memory(new std::byte[block]);
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.get());
  blocks_.push_back(std::move(memory));
  used_ += block;
  const std::uintptr_t at = (begin + alignment - 1) & ~(static_cast<std::uintptr_t>(alignment) - 1);
  // A large piece must not make the rest of the current block unreachable.
  if (alone && end_ - next_ > begin + block - (at + size)) return reinterpret_cast<void*>(at);
  next_ = at + size;
  end_ = begin + block;
  return reinterpret_cast<void*>(at);
}

}  // namespace sentinel
