#include "plugin/sentinel/value/arena.h"

#include <algorithm>

#include <sys/mman.h>

namespace sentinel {
namespace {

/// Large blocks are made of huge pages where the system has them: walking a large mock touches a
/// few words in each of many pages, and finding the pages would cost more than reading the words.
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

std::byte* new_block(std::size_t size) {
  if (size % kHugePage != 0) return static_cast<std::byte*>(std::malloc(size));  // NOLINT
  auto* block = static_cast<std::byte*>(std::aligned_alloc(kHugePage, size));
#ifdef MADV_HUGEPAGE
  if (block != nullptr) ::madvise(block, size, MADV_HUGEPAGE);
#endif
  return block;
}

}  // namespace

void* Arena::allocate_slowly(std::size_t size, std::size_t alignment) {
  // Small evaluations stay small; the blocks of large ones are few.
  constexpr std::size_t kFirst = std::size_t{16} << 10U;
  constexpr std::size_t kMost = std::size_t{8} << 20U;
  if (size > kMostBytes || used_ > limit_ || size > limit_ - used_) throw MemoryExceeded{limit_};
  // `malloc` aligns to 16; anything stricter needs room to move.
  const std::size_t slack = alignment > alignof(std::max_align_t) ? alignment : 0;
  if (slack > limit_ - used_ - size) throw MemoryExceeded{limit_};
  std::size_t block = std::clamp(used_ / 2, kFirst, kMost);
  if (block >= kHugePage) block -= block % kHugePage;
  block = std::min(std::max(block, size + slack), limit_ - used_);
  const bool alone = size > block / 2 && next_ != end_;

  std::unique_ptr<std::byte[], Free> memory(new_block(block));
  if (memory == nullptr) throw MemoryExceeded{limit_};
  std::byte* const begin = memory.get();
  blocks_.push_back(std::move(memory));
  used_ += block;
  std::byte* const at = begin + padding(begin, alignment);
  // A large piece must not make the rest of the current block unreachable.
  if (alone && end_ - next_ > begin + block - (at + size)) return at;
  next_ = at + size;
  end_ = begin + block;
  return at;
}

}  // namespace sentinel
