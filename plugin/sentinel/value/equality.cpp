// Equality, order, and the hash of map keys.
#include <bit>
#include <cmath>

#include "plugin/sentinel/value/native.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

/// Counts what a comparison looks at: lists that hold one list twice, nested forty times, would be
/// compared for ever.
struct Walk {
  static constexpr std::size_t kMostElements = 20'000'000;
  std::size_t elements = 0;

  bool equal(const Value& a, const Value& b, std::size_t depth) {
    if (a.kind() != b.kind()) {
      return a.is_number() && b.is_number() && a.to_double() == b.to_double();
    }
    switch (a.kind()) {
    case Kind::Undefined:
    case Kind::Null:
      return true;
    case Kind::Bool:
      return a.as_bool() == b.as_bool();
    case Kind::Int:
      return a.as_int() == b.as_int();
    case Kind::Float:
      return a.as_float() == b.as_float();
    case Kind::String:
      return a.as_string() == b.as_string();
    case Kind::List:
      return equal(*a.as_list(), *b.as_list(), depth + 1);
    case Kind::Map:
      return equal(*a.as_map(), *b.as_map(), depth + 1);
    case Kind::Function:
      return a.as_function() == b.as_function();
    case Kind::Rule:
      return a.as_rule() == b.as_rule();
    case Kind::Module:
      return a.as_module() == b.as_module();
    case Kind::Object: {
      const Object& x = *a.as_object();
      const Object& y = *b.as_object();
      if (x.type != y.type || x.type->equal == nullptr) return &x == &y;
      return x.type->equal(x, y);
    }
    }
    return false;
  }

 private:
  void enter(std::size_t size, std::size_t depth) {
    if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
    elements += size;
    if (elements > kMostElements) {
      throw ValueTooLarge{"comparison of more than 20000000 elements"};
    }
  }

  bool equal(const List& a, const List& b, std::size_t depth) {
    if (&a == &b) return true;
    if (a.size != b.size) return false;
    enter(a.size, depth);
    for (std::uint32_t i = 0; i < a.size; ++i) {
      if (!equal(a.items[i], b.items[i], depth)) return false;
    }
    return true;
  }

  bool equal(const Map& a, const Map& b, std::size_t depth) {
    if (&a == &b) return true;
    if (a.size != b.size) return false;
    enter(a.size, depth);
    for (std::uint32_t i = 0; i < a.size; ++i) {
      const Value& key = a.entries[i].key;
      // Maps of one shape have their keys in one order.
      const Value* other = key.is(Kind::String) && b.entries[i].key.is(Kind::String) &&
                                   key.as_string() == b.entries[i].key.as_string()
                               ? &b.entries[i].value
                               : b.find(key);
      if (other == nullptr || !equal(a.entries[i].value, *other, depth)) return false;
    }
    return true;
  }
};

/// Differs from process to process (with the address of the program), so that keys cannot be made
/// to collide.
std::uint64_t seed() {
  static const char place = 0;
  std::uint64_t x = reinterpret_cast<std::uintptr_t>(&place) + 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t load(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

}  // namespace

bool equal(const Value& a, const Value& b) {
  return Walk{}.equal(a, b, 0);
}

std::partial_ordering order(const Value& a, const Value& b) {
  if (a.is(Kind::Int) && b.is(Kind::Int)) return a.as_int() <=> b.as_int();
  if (a.is_number() && b.is_number()) return a.to_double() <=> b.to_double();
  if (a.is(Kind::String) && b.is(Kind::String)) return a.as_string() <=> b.as_string();
  return std::partial_ordering::unordered;
}

std::uint64_t hash_key(const Value& key) {
  static const std::uint64_t start = seed();
  constexpr std::uint64_t kOne = 0xA0761D6478BD642FU;
  constexpr std::uint64_t kTwo = 0xE7037ED1A0B428DBU;
  if (!key.is(Kind::String)) {
    // Numbers by their value as a float, which is how an int and a float are compared.
    const double number = key.is_number() ? key.to_double() : key.as_bool() ? 1 : 0;
    const std::uint64_t bits =
        number == 0 ? 0 : std::bit_cast<std::uint64_t>(std::isnan(number) ? NAN : number);
    return mix(bits ^ start, key.is(Kind::Bool) ? kOne : kTwo);
  }
  const std::string_view text = key.as_string();
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = start ^ (left * kOne);
  while (left > 16) {
    hash = mix(load(at, 8) ^ kOne, load(at + 8, 8) ^ hash);
    at += 16;
    left -= 16;
  }
  if (left > 8) return mix(load(at, 8) ^ kTwo, load(at + left - 8, 8) ^ hash);
  return mix((left == 0 ? 0 : load(at, left)) ^ kTwo, hash ^ kOne);
}

}  // namespace sentinel
