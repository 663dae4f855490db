// How a built-in function or a standard import is written: rows of a table, and the few things that
// native code may ask of the evaluator. builtin/ and import/ know this file and values, nothing
// else.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/base/cancel.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// What a running native function may ask for. One per evaluation; the evaluator implements it.
class Machine {
 public:
  Machine(Arena& arena, const base::System& system) : arena_(arena), system_(system) {}
  virtual ~Machine() = default;

  /// Where new strings, lists and maps go. Throws (see arena.h) when the memory bound is reached.
  Arena& arena() { return arena_; }
  /// Clock and environment. `time.now` is frozen: see `now`.
  const base::System& system() const { return system_; }

  /// Calls a Function value, native or not, with the depth and step bounds of the evaluation.
  virtual Value call(const Value& function, std::span<const Value> arguments) = 0;
  /// Ends the evaluation with a language error at the current call. Lower case, no full stop.
  [[noreturn]] virtual void fail(std::string message) = 0;
  /// Adds one line of policy output.
  virtual void print(std::string_view line) = 0;
  /// A slot of the evaluation's own for `key` (the address of a static), made empty at first use:
  /// what an import remembers between calls, its configuration included. See `ImportState`.
  virtual struct ImportState& state(const struct ImportRow& import) = 0;
  /// The map of an object's fields, a new one.
  Value map_of(const Object& object);
  /// The List or Map to change where the policy asks to change `collection`: itself, or, of a
  /// frozen one, the evaluation's own copy.
  virtual Value writable(const Value& collection) = 0;

  // For native code that works or waits for long.

  /// Pulled when the evaluation must end: whoever waits (for the network) passes it on.
  virtual base::CancelToken cancel() const { return {}; }
  /// When the evaluation must be over, by `system().clock->steady()`: no wait goes beyond it.
  virtual std::optional<std::chrono::steady_clock::time_point> deadline() const { return {}; }
  /// Ends the evaluation if it was cancelled or its time is over. Long loops call it now and then.
  virtual void check() {}

 private:
  Arena& arena_;
  const base::System& system_;
};

/// What one evaluation knows about one import.
struct ImportState {
  Value configuration;     // of `import "plugin" NAME { config = {…} }`: a map, or undefined
  void* memory = nullptr;  // the import's own, in the arena; null until it puts something there
  bool network_allowed = false;
};

/// Kinds an argument may have; combine with |.
constexpr std::uint16_t kBool = 1U << 0U;
constexpr std::uint16_t kInt = 1U << 1U;
constexpr std::uint16_t kFloat = 1U << 2U;
constexpr std::uint16_t kNumber = kInt | kFloat;
constexpr std::uint16_t kString = 1U << 3U;
constexpr std::uint16_t kList = 1U << 4U;
constexpr std::uint16_t kMap = 1U << 5U;
constexpr std::uint16_t kFunction = 1U << 6U;
constexpr std::uint16_t kNull = 1U << 7U;
/// The function wants to see undefined; without it, undefined in, undefined out.
constexpr std::uint16_t kUndefined = 1U << 8U;
constexpr std::uint16_t kObject = 1U << 9U;
constexpr std::uint16_t kAnything = 0x3FF;
/// A string, or an int, which the function sees as its digits: what Go's `string` takes of the
/// plugin SDK, on which HashiCorp's imports stand.
constexpr std::uint16_t kText = kString | 1U << 10U;

struct NativeCall {
  Machine& machine;
  std::span<const Value> arguments;
  Value self;  // of a method: the object it was called on

  std::size_t count() const { return arguments.size(); }
  const Value& at(std::size_t i) const { return arguments[i]; }
  std::string_view string(std::size_t i) const { return arguments[i].as_string(); }
};

using NativeFunction = Value (*)(NativeCall& call);

constexpr std::uint8_t kMany = 255;

/// One function of a built-in, an import or an object type. The caller checks count and kinds
/// against the row and makes the messages, so `run` sees only what it takes.
struct FunctionRow {
  std::string_view name;
  std::uint8_t least = 0;  // arguments
  std::uint8_t most = 0;   // kMany: no bound; `takes`' last entry then holds for the rest
  std::array<std::uint16_t, 6> takes{};
  NativeFunction run = nullptr;
  std::string_view help;  // "s begins with prefix"
};

/// The kind of an Object: its methods, and its fields. To a policy an object is the map of its
/// fields (specification, "Imports": "data is returned by the import in the form of a map").
struct ObjectType {
  std::string_view name;  // "decimal", for messages about methods
  std::span<const FunctionRow> methods;
  /// A field's value; undefined where there is none of that name. May be null: no fields.
  Value (*field)(Machine& machine, const Object& object, std::string_view name) = nullptr;
  /// The printed form. May be null: `<name>`.
  std::string (*print)(const Object& object) = nullptr;
  /// `==` between two objects of this type. May be null: identity.
  bool (*equal)(const Object& a, const Object& b) = nullptr;
  /// The names that `field` knows, in byte order.
  std::span<const std::string_view> fields = {};
};

/// Derived structs add the payload: `struct Decimal : Object { … };`, made in the arena.
struct Object {
  const ObjectType* type;
};

/// A standard import.
struct ImportRow {
  std::string_view name;  // "strings", "collection/maps"
  std::span<const FunctionRow> functions;
  /// Members that are not functions; undefined where there is none of that name. May be null.
  Value (*member)(Machine& machine, std::string_view name) = nullptr;
  std::string_view help;
};

/// A function value. Native ones have a row; the evaluator derives its own for function literals.
struct Function {
  const FunctionRow* native = nullptr;
  Value self;  // of a bound method
  /// How many a function literal declares (of a native one its row tells): callbacks may leave out
  /// the last ones they are offered, such as an index.
  std::uint8_t parameters = 0;
};

}  // namespace sentinel
