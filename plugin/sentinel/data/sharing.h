// Equal parts of one document made once: a Terraform plan says most things three times. Internal to
// this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// Makes frozen values; what equals a value made before is that value. For documents that are only
/// read: an evaluation tells the places of its data apart by where they lie, so what it gets must
/// not be shared.
class Sharing {
 public:
  explicit Sharing(Arena& arena) : arena_(arena) {}

  Value string(std::string_view text);
  /// `items` are scalars, or values that this made; strings may come from elsewhere.
  Value list(std::span<const Value> items);
  /// Keys and values by turns. `sorted`: the keys are strings in ascending order. Of a repeated key
  /// the last value counts; such a map is never shared.
  Value map(std::span<const Value> items, bool sorted);

 private:
  /// What was made: the bytes of a string, a List or a Map.
  struct Slot {
    const void* at = nullptr;  // null: free
    std::uint32_t size = 0;    // of a string
    std::uint32_t hash = 0;
  };
  /// An open hash table.
  struct Table {
    std::vector<Slot> slots;
    std::size_t used = 0;
  };

  template <class Same>
  static Slot& find(Table& table, std::uint32_t hash, const Same& same);

  Arena& arena_;
  Table strings_;
  Table lists_;
  Table maps_;
};

}  // namespace sentinel
