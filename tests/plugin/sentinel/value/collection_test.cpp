#include "plugin/sentinel/value/collection.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

Value integers(Arena& arena, std::initializer_list<std::int64_t> numbers) {
  List* list = make_list(arena);
  for (const std::int64_t number : numbers)
    list->append(arena, Value::integer(number));
  return Value::list(list);
}

TEST(Arena, AlignsWhatItGives) {
  Arena arena;
  for (const std::size_t alignment : {1U, 2U, 8U, 16U, 64U, 4096U}) {
    arena.allocate(3, 1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.allocate(100, alignment)) % alignment, 0U);
  }
}

TEST(Arena, StopsAtItsLimit) {
  Arena arena(100'000);
  EXPECT_THROW(
      {
        for (int i = 0; i < 1000; ++i)
          arena.allocate(1000);
      },
      MemoryExceeded);
  EXPECT_LE(arena.used(), 100'000U);
  EXPECT_THROW(arena.allocate(std::numeric_limits<std::size_t>::max()), MemoryExceeded);
  EXPECT_THROW(arena.array<Value>(std::numeric_limits<std::size_t>::max() / 8), MemoryExceeded);
  EXPECT_THROW(make_list(arena, std::size_t{1} << 40U), MemoryExceeded);
  EXPECT_THROW(make_map(arena, std::size_t{1} << 40U), MemoryExceeded);
}

TEST(List, KeepsWhatWasAppended) {
  Arena arena;
  List* list = make_list(arena);
  for (std::int64_t i = 0; i < 1000; ++i)
    list->append(arena, Value::integer(i));
  ASSERT_EQ(list->size, 1000U);
  for (std::int64_t i = 0; i < 1000; ++i)
    ASSERT_EQ(list->items[i].as_int(), i);
}

TEST(List, ConcatenatesWithoutChangingItsOperands) {
  Arena arena;
  const Value a = integers(arena, {1, 2, 3});
  const Value b = integers(arena, {4, 5});
  List* both = concatenate(arena, *a.as_list(), *b.as_list());
  List* other = concatenate(arena, *a.as_list(), *integers(arena, {9}).as_list());
  a.as_list()->append(arena, Value::integer(7));
  both->append(arena, Value::integer(6));
  both->writable(arena)[0] = Value::integer(0);
  other->writable(arena)[1] = Value::integer(8);
  EXPECT_EQ(to_text(a), "[1 2 3 7]");
  EXPECT_EQ(to_text(b), "[4 5]");
  EXPECT_EQ(to_text(Value::list(both)), "[0 2 3 4 5 6]");
  EXPECT_EQ(to_text(Value::list(other)), "[1 8 3 9]");
}

TEST(List, ConcatenatesInALoopInLinearMemory) {
  Arena arena(std::size_t{64} << 20U);  // quadratic would need 80 GB
  List* list = make_list(arena);
  const Value one = integers(arena, {1});
  for (int i = 0; i < 100'000; ++i)
    list = concatenate(arena, *list, *one.as_list());
  EXPECT_EQ(list->size, 100'000U);
}

TEST(String, ConcatenatesInALoopInLinearMemory) {
  Arena arena(std::size_t{64} << 20U);
  Value text = Value::string("");
  for (int i = 0; i < 100'000; ++i) {
    text = concatenate(arena, text, Value::string("ab"));
    arena.allocate(8);  // whatever else the loop makes
  }
  EXPECT_EQ(text.as_string().size(), 200'000U);
}

TEST(String, ConcatenatesWithoutChangingItsOperands) {
  Arena arena;
  const Value a = concatenate(arena, Value::string("a"), Value::string("b"));
  const Value b = concatenate(arena, a, Value::string("c"));
  const Value c = concatenate(arena, a, Value::string("d"));
  const Value d = concatenate(arena, b, Value::string("e"));
  const Value e = concatenate(arena, b, Value::string("f"));
  EXPECT_EQ(a.as_string(), "ab");
  EXPECT_EQ(b.as_string(), "abc");
  EXPECT_EQ(c.as_string(), "abd");
  EXPECT_EQ(d.as_string(), "abce");
  EXPECT_EQ(e.as_string(), "abcf");
}

class MapOfSize : public testing::TestWithParam<int> {};

TEST_P(MapOfSize, FindsReplacesAndErases) {
  Arena arena;
  Map* map = make_map(arena);
  const int count = GetParam();
  const auto key = [&arena](int i) {
    return arena.string("key" + std::to_string(i * 7919 % 10007));
  };
  for (int i = 0; i < count; ++i)
    map->set(arena, key(i), Value::integer(i));
  ASSERT_EQ(map->size, static_cast<std::uint32_t>(count));
  for (int i = 0; i < count; ++i)
    map->set(arena, key(i), Value::integer(i * 2));
  ASSERT_EQ(map->size, static_cast<std::uint32_t>(count));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(map->entries[i].key.as_string(), key(i).as_string());  // insertion order
    ASSERT_EQ(map->find(key(i))->as_int(), i * 2);
  }
  EXPECT_EQ(map->find("missing"), nullptr);
  for (int i = 0; i < count; i += 2)
    ASSERT_TRUE(map->erase(arena, key(i)));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(map->find(key(i)) != nullptr, i % 2 == 1);
    if (i % 2 == 0) continue;
    ASSERT_EQ(map->entries[i / 2].key.as_string(), key(i).as_string());
  }
  EXPECT_FALSE(map->erase(arena, Value::string("missing")));
  for (int i = 0; i < count; i += 2)
    map->set(arena, key(i), Value::null());
  for (int i = 0; i < count; ++i)
    ASSERT_NE(map->find(key(i)), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Map, MapOfSize, testing::Values(0, 1, 2, 7, 8, 9, 10, 63, 64, 65, 2000));

TEST(Map, KnowsANumberHoweverItIsWritten) {
  Arena arena;
  for (const int others : {0, 20}) {
    Map* map = make_map(arena);
    for (int i = 0; i < others; ++i)
      map->set(arena, Value::integer(100 + i), Value::null());
    map->set(arena, Value::integer(1), Value::string("a"));
    map->set(arena, Value::number(1.0), Value::string("b"));
    map->set(arena, Value::boolean(true), Value::string("c"));
    map->set(arena, Value::string("1"), Value::string("d"));
    map->set(arena, Value::number(-0.0), Value::string("e"));
    map->set(arena, Value::integer(0), Value::string("f"));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    map->set(arena, Value::number(nan), Value::string("g"));
    map->set(arena, Value::number(nan), Value::string("h"));
    EXPECT_EQ(map->size, static_cast<std::uint32_t>(others) + 5);
    EXPECT_EQ(map->find(Value::integer(1))->as_string(), "b");
    EXPECT_EQ(map->find(Value::boolean(true))->as_string(), "c");
    EXPECT_EQ(map->find("1")->as_string(), "d");
    EXPECT_EQ(map->find(Value::number(0.0))->as_string(), "f");
    EXPECT_EQ(map->find(Value::number(nan))->as_string(), "h");
    EXPECT_EQ(map->find(Value::null()), nullptr);
    EXPECT_EQ(map->find(Value::list(make_list(arena))), nullptr);
  }
}

TEST(Map, BisectsUntilItsKeysAreOutOfOrder) {
  Arena arena;
  Map* map = make_map(arena);
  map->sorted = true;
  for (char c = 'b'; c <= 'y'; ++c)
    map->set(arena, arena.string(std::string(1, c)), Value::integer(c));
  EXPECT_TRUE(map->sorted);
  EXPECT_EQ(map->find("m")->as_int(), 'm');
  EXPECT_EQ(map->find("a"), nullptr);
  EXPECT_EQ(map->find("z"), nullptr);
  EXPECT_EQ(map->find(Value::integer(1)), nullptr);
  map->set(arena, Value::string("a"), Value::integer('a'));
  EXPECT_FALSE(map->sorted);
  for (char c = 'a'; c <= 'y'; ++c)
    ASSERT_EQ(map->find(std::string_view(&c, 1))->as_int(), c);
  EXPECT_EQ(map->entries[24].key.as_string(), "a");
}

TEST(Map, GuessesWhereAKeyStands) {
  Arena arena;
  Map* map = make_map(arena);
  for (const char* key : {"a", "b", "c"})
    map->set(arena, Value::string(key), Value::string(key));
  std::uint32_t guess = 0;
  EXPECT_EQ(map->find("c", guess)->as_string(), "c");
  EXPECT_EQ(guess, 2U);
  EXPECT_EQ(map->find("c", guess)->as_string(), "c");
  EXPECT_EQ(map->find("d", guess), nullptr);
  EXPECT_EQ(map->find("b", guess)->as_string(), "b");
  EXPECT_EQ(guess, 1U);
}

TEST(Map, FindsTheNextKeyAtOnceAndAnyOther) {
  Arena arena;
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i)
    keys.push_back("key" + std::to_string(i * 7 % 100));
  for (const bool large : {false, true}) {
    Map* map = make_map(arena);
    const std::size_t size = large ? 100 : 5;
    for (std::size_t i = 0; i < size; ++i)
      map->set(arena, Value::string(keys[i]), Value::integer(static_cast<std::int64_t>(i)));
    std::uint32_t guess = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      EXPECT_EQ(map->find_next(keys[i], guess)->as_int(), i);
      EXPECT_EQ(guess, i + 1);
    }
    EXPECT_EQ(map->find_next("none", guess), nullptr);
    EXPECT_EQ(guess, size);
    EXPECT_EQ(map->find_next(keys[2], guess)->as_int(), 2);
    EXPECT_EQ(map->find_next(keys[2], guess)->as_int(), 2);
    EXPECT_EQ(guess, 3U);
    // Another map at the same place of the program, with less in it.
    Map* other = make_map(arena);
    guess = 4;
    EXPECT_EQ(other->find_next(keys[4], guess), nullptr);
    other->set(arena, Value::integer(1), Value::null());
    guess = 0;
    EXPECT_EQ(other->find_next("1", guess), nullptr);
  }
}

TEST(Copy, IsShallowAndMayBeChanged) {
  Arena arena;
  Map* map = make_map(arena);
  for (std::int64_t i = 0; i < 20; ++i)
    map->set(arena, Value::integer(i), Value::integer(i));
  map->frozen = true;
  Map* changed = copy(arena, *map);
  changed->set(arena, Value::integer(3), Value::null());
  changed->set(arena, Value::string("new"), Value::null());
  EXPECT_EQ(map->find(Value::integer(3))->as_int(), 3);
  EXPECT_EQ(map->find("new"), nullptr);
  EXPECT_TRUE(changed->find(Value::integer(3))->is(Kind::Null));
  EXPECT_NE(changed->find("new"), nullptr);
}

TEST(DeepCopy, SharesNothing) {
  Arena arena;
  const Value inner = integers(arena, {1});
  List* outer = make_list(arena);
  outer->append(arena, inner);
  outer->append(arena, inner);
  const Value copied = deep_copy(arena, Value::list(outer));
  inner.as_list()->append(arena, Value::integer(2));
  EXPECT_EQ(to_text(copied), "[[1] [1]]");
  EXPECT_EQ(to_text(Value::list(outer)), "[[1 2] [1 2]]");
}

}  // namespace
}  // namespace sentinel
