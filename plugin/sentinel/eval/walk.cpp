// The tree walker. One small function per kind of node, found through a table; `Observed` says
// whether the recorder is told of every expression and statement, so that an evaluation nobody
// observes pays nothing for it.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include <alloca.h>
#include <re2/re2.h>

#include "plugin/sentinel/builtin/table.h"
#include "plugin/sentinel/eval/evaluation.h"
#include "plugin/sentinel/eval/operator.h"
#include "plugin/sentinel/eval/recorder.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using code::Op;
using code::StatementOp;

/// How a statement ended.
enum class Flow : std::uint8_t { Next, Break, Continue, Return };

/// Elements that a loop looks ahead for their maps, and for the maps' entries.
constexpr std::uint32_t kFar = 8;
constexpr std::uint32_t kNear = 4;

/// Frames larger than this live in the evaluation's memory, not on the stack.
constexpr std::uint32_t kMostStackSlots = 128;

template <class T>
const T& as(const code::Expression& e) {
  return static_cast<const T&>(e);
}
template <class T>
const T& as(const code::Statement& s) {
  return static_cast<const T&>(s);
}

std::string quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

/// What stands in a slot once its name is read: a rule is evaluated, an unset one looks further.
Value read_slowly(const code::Name& name, const Value& found, Frame& frame, Evaluation& evaluation);

inline Value read(const code::Name& name, const Value& found, Frame& frame,
                  Evaluation& evaluation) {
  if (found.kind() < Kind::Rule) [[likely]]
    return found;
  return read_slowly(name, found, frame, evaluation);
}

inline Frame& outer_frame(Frame& frame, std::uint16_t depth) {
  Frame* out = &frame;
  for (; depth > 0; --depth)
    out = out->parent;
  return *out;
}

Value* slot_of(const code::Place& place, Frame& frame) {
  switch (place.where) {
  case code::Place::Where::Local:
    return &frame.slots()[place.slot];
  case code::Place::Where::Outer:
    return &outer_frame(frame, place.depth).slots()[place.slot];
  case code::Place::Where::Package:
    break;
  }
  return &frame.program->frame->slots()[place.slot];
}

Value read_slowly(const code::Name& name, const Value& found, Frame& frame,
                  Evaluation& evaluation) {
  if (found.is(Kind::Rule)) return evaluation.force(frame, *found.as_rule(), name.position);
  if (!is_unset(found)) return found;
  for (const code::Name* next = name.otherwise; next != nullptr; next = next->otherwise) {
    Value value = unset();
    switch (next->op) {
    case Op::Local:
      value = frame.slots()[next->slot];
      break;
    case Op::Outer:
      value = outer_frame(frame, next->depth).slots()[next->slot];
      break;
    case Op::Package:
      value = frame.program->frame->slots()[next->slot];
      break;
    case Op::Free:
      value = frame.program->free[next->slot];
      break;
    default: {
      Module* module = frame.program->imports[next->slot];
      value = module->is_static() ? evaluation.lend(module->data) : Value::module(module);
      break;
    }
    }
    if (value.is(Kind::Rule)) return evaluation.force(frame, *value.as_rule(), name.position);
    if (!is_unset(value)) return value;
  }
  evaluation.fail_unknown(frame, name);
}

/// Room for a frame on the stack of the calling function, or in the evaluation's memory.
// A macro, because alloca has to stand in the function whose stack it takes from.
// NOLINTBEGIN(bugprone-macro-parentheses): `Frame*` is a type
#define SENTINEL_FRAME(slots, captured, evaluation)                                            \
  static_cast<Frame*>((captured) || (slots) > kMostStackSlots                                  \
                          ? (evaluation).arena().allocate(Frame::bytes(slots), alignof(Value)) \
                          : alloca(Frame::bytes(slots)))
// NOLINTEND(bugprone-macro-parentheses)

inline void clear(Value* begin, Value* end) {
  for (; begin != end; ++begin)
    *begin = unset();
}

template <bool Observed>
struct Walk {
  using Expression = Value (*)(const code::Expression&, Frame&, Evaluation&);
  using Statement = Flow (*)(const code::Statement&, Frame&, Evaluation&);

  static const Expression kExpressions[code::kOps];
  /// The same by code::row_of, with the functions for special operands.
  struct Rows {
    Expression of[code::kOps * code::kOperands];
  };
  static const Rows kRows;
  static const Statement kStatements[code::kStatementOps];

  static inline Value eval(const code::Expression& e, Frame& f, Evaluation& x) {
    if constexpr (Observed) {
      Recorder::Expression record(*x.recorder(), e, f);
      const Value value = kExpressions[static_cast<std::size_t>(e.op)](e, f, x);
      record.done(value);
      return value;
    } else {
      if (e.op == Op::Local) {
        const Value& found = f.slots()[as<code::Name>(e).slot];
        if (found.kind() < Kind::Rule) [[likely]]
          return found;
      } else if (e.op == Op::Constant) {
        return as<code::Constant>(e).value;
      }
      return kRows.of[e.row](e, f, x);
    }
  }

  /// The same of what is neither a name of this frame nor a constant, as a rule.
  static inline Value eval_node(const code::Expression& e, Frame& f, Evaluation& x) {
    if constexpr (Observed) {
      return eval(e, f, x);
    } else {
      return kRows.of[e.row](e, f, x);
    }
  }

  static inline Flow exec(const code::Statement& s, Frame& f, Evaluation& x) {
    if constexpr (Observed) {
      Recorder::Statement record(*x.recorder(), s, f);
      const Flow flow = kStatements[static_cast<std::size_t>(s.op)](s, f, x);
      record.done(flow == Flow::Return);
      return flow;
    } else {
      return kStatements[static_cast<std::size_t>(s.op)](s, f, x);
    }
  }

  [[gnu::always_inline]] static inline Flow exec_block(const code::Block& block, Frame& f,
                                                       Evaluation& x) {
    const code::Statement* running = nullptr;
    try {
      for (const code::Statement* statement : block) {
        running = statement;
        const Flow flow = exec(*statement, f, x);
        if (flow != Flow::Next) return flow;
      }
    } catch (const MemoryExceeded& exceeded) {
      x.fail(f, running->begin, exceeded);
    } catch (const ValueTooLarge& large) {
      x.fail(f, running->begin, large);
    }
    return Flow::Next;
  }

  // Literals and names.

  static Value constant(const code::Expression& e, Frame&, Evaluation&) {
    return as<code::Constant>(e).value;
  }

  static Value undefined_literal(const code::Expression& e, Frame& f, Evaluation&) {
    return Evaluation::undefined_at(f, e.position);
  }

  static Value frozen_literal(const code::Expression& e, Frame&, Evaluation& x) {
    return x.lend(as<code::Constant>(e).value);
  }

  static Value list_literal(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& items = as<code::ListLiteral>(e).items;
    List* list = make_list(x.arena(), items.size());
    for (const code::Expression* item : items)
      list->append(x.arena(), eval(*item, f, x));
    return Value::list(list);
  }

  static Value map_literal(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& entries = as<code::MapLiteral>(e).entries;
    Map* map = make_map(x.arena(), entries.size());
    for (const code::MapEntryCode& entry : entries) {
      const Value key = eval(*entry.key, f, x);
      check_key(key, *entry.key, f, x);
      map->set(x.arena(), key, eval(*entry.value, f, x));
    }
    return Value::map(map);
  }

  static void check_key(const Value& key, const code::Expression& at, Frame& f, Evaluation& x) {
    if (key.is(Kind::String) || key.is_number() || key.is(Kind::Bool)) return;
    x.fail(
        f, at.position,
        "map key must be a string, number or boolean, got " + std::string(kind_name(key.kind())));
  }

  static Value local(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& name = as<code::Name>(e);
    return read(name, f.slots()[name.slot], f, x);
  }
  static Value outer(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& name = as<code::Name>(e);
    return read(name, outer_frame(f, name.depth).slots()[name.slot], f, x);
  }
  static Value package(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& name = as<code::Name>(e);
    return read(name, f.program->frame->slots()[name.slot], f, x);
  }
  static Value free(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& name = as<code::Name>(e);
    return read(name, f.program->free[name.slot], f, x);
  }
  static Value import(const code::Expression& e, Frame& f, Evaluation& x) {
    Module* module = f.program->imports[as<code::Name>(e).slot];
    if (module->is_static()) return x.lend(module->data);
    x.fail(
        f, e.position,
        "import " + quoted(as<code::Name>(e).name) + " is not a value, select one of its members");
  }

  // Logic.

  static bool to_bool(const Value& value, const code::Expression& at, Frame& f, Evaluation& x) {
    if (value.is(Kind::Bool)) [[likely]]
      return value.as_bool();
    x.fail(f, at.position,
           "logical operand must be a boolean, got " + std::string(kind_name(value.kind())));
  }

  static Value negate(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& operand = *as<code::Unary>(e).operand;
    const Value value = eval(operand, f, x);
    if (value.is_undefined()) return value;
    return Value::boolean(!to_bool(value, operand, f, x));
  }

  static Value logical_and(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    if (left.is_undefined()) {
      // Undefined whatever stands on the right; that is still evaluated, as an error in it counts.
      const Value right = eval(*binary.right, f, x);
      if (!right.is_undefined()) to_bool(right, *binary.right, f, x);
      return left;
    }
    if (!to_bool(left, *binary.left, f, x)) return left;
    const Value right = eval(*binary.right, f, x);
    if (!right.is_undefined()) to_bool(right, *binary.right, f, x);
    return right;
  }

  static Value logical_or(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    if (!left.is_undefined() && to_bool(left, *binary.left, f, x)) return left;
    const Value right = eval(*binary.right, f, x);
    if (right.is_undefined()) return left.is_undefined() ? left : right;
    if (to_bool(right, *binary.right, f, x)) return right;
    return left;  // false, or undefined
  }

  static Value logical_xor(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    if (!left.is_undefined()) to_bool(left, *binary.left, f, x);
    const Value right = eval(*binary.right, f, x);
    if (!right.is_undefined()) to_bool(right, *binary.right, f, x);
    if (left.is_undefined()) return left;
    if (right.is_undefined()) return right;
    return Value::boolean(left.as_bool() != right.as_bool());
  }

  static Value otherwise(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    return left.is_undefined() ? eval(*binary.right, f, x) : left;
  }

  // Arithmetic and order: of ints here, the rest in operator.cpp.

  static Value minus(const code::Expression& e, Frame& f, Evaluation& x) {
    return negative(eval(*as<code::Unary>(e).operand, f, x), e, f, x);
  }
  static Value plus(const code::Expression& e, Frame& f, Evaluation& x) {
    return positive(eval(*as<code::Unary>(e).operand, f, x), e, f, x);
  }

  template <Op kOp>
  [[gnu::noinline]] static Value numeric(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    const Value right = eval(*binary.right, f, x);
    if (are_plain<kOp>(left, right)) [[likely]]
      return of_ints<kOp>(left, right);
    return of_others<kOp>(left, right, e, f, x);
  }

  /// The same of special operands. A slot is looked at as it is: where it holds no int (or a rule
  /// that waits, or the mark `unset`), the function for any operands begins anew.
  template <Op kOp, code::Operands kPair>
  static Value numeric_of(const code::Expression& e, Frame& f, Evaluation& x) {
    using enum code::Operands;
    const auto slot = [&f](const code::Expression& name) {
      return f.slots()[as<code::Name>(name).slot];
    };
    const auto& binary = as<code::Binary>(e);
    const Value left = kPair == AnyInt ? eval_node(*binary.left, f, x) : slot(*binary.left);
    if (kPair == LocalAny && !left.is(Kind::Int)) [[unlikely]]
      return numeric<kOp>(e, f, x);
    const Value right = kPair == LocalAny     ? eval_node(*binary.right, f, x)
                        : kPair == LocalLocal ? slot(*binary.right)
                                              : as<code::Constant>(*binary.right).value;
    if (are_plain<kOp>(left, right)) [[likely]]
      return of_ints<kOp>(left, right);
    if (kPair == LocalLocal || kPair == LocalInt) return numeric<kOp>(e, f, x);
    return of_others<kOp>(left, right, e, f, x);
  }

  template <Op kOp>
  static void specialise(Rows& rows) {
    using enum code::Operands;
    rows.of[code::row_of(kOp, LocalLocal)] = numeric_of<kOp, LocalLocal>;
    rows.of[code::row_of(kOp, LocalInt)] = numeric_of<kOp, LocalInt>;
    rows.of[code::row_of(kOp, LocalAny)] = numeric_of<kOp, LocalAny>;
    rows.of[code::row_of(kOp, AnyInt)] = numeric_of<kOp, AnyInt>;
  }

  /// Two ints, and no division that is an error or wraps around.
  template <Op kOp>
  static inline bool are_plain(const Value& left, const Value& right) {
    return left.is(Kind::Int) && right.is(Kind::Int) &&
           ((kOp != Op::Divide && kOp != Op::Remainder) || right.as_int() > 0);
  }

  template <Op kOp>
  static inline Value of_ints(const Value& left, const Value& right) {
    const std::int64_t a = left.as_int();
    const std::int64_t b = right.as_int();
    const auto wrapped = [](std::uint64_t i) {
      return Value::integer(static_cast<std::int64_t>(i));
    };
    const auto p = static_cast<std::uint64_t>(a);
    const auto q = static_cast<std::uint64_t>(b);
    if constexpr (kOp == Op::Add) return wrapped(p + q);
    if constexpr (kOp == Op::Subtract) return wrapped(p - q);
    if constexpr (kOp == Op::Multiply) return wrapped(p * q);
    if constexpr (kOp == Op::Divide || kOp == Op::Remainder) {
      // Many processors divide 32 bits three times as fast as 64.
      if (((p | q) >> 32U) == 0) [[likely]] {
        const auto n = static_cast<std::uint32_t>(p);
        const auto d = static_cast<std::uint32_t>(q);
        return Value::integer(kOp == Op::Divide ? n / d : n % d);
      }
      return Value::integer(kOp == Op::Divide ? a / b : a % b);
    }
    if constexpr (kOp == Op::Less) return Value::boolean(a < b);
    if constexpr (kOp == Op::LessEqual) return Value::boolean(a <= b);
    if constexpr (kOp == Op::Greater) return Value::boolean(a > b);
    if constexpr (kOp == Op::GreaterEqual) return Value::boolean(a >= b);
  }

  template <Op kOp>
  static inline Value of_others(Value left, Value right, const code::Expression& e, Frame& f,
                                Evaluation& x) {
    if constexpr (kOp == Op::Less || kOp == Op::LessEqual || kOp == Op::Greater ||
                  kOp == Op::GreaterEqual)
      return compare(kOp, left, right);
    else
      return calculate(kOp, left, right, e.position, f, x);
  }

  template <bool kNegated>
  static Value equality(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    const Value right = eval(*binary.right, f, x);
    if (left.is(Kind::String) && right.is(Kind::String))
      return Value::boolean((left.as_string() == right.as_string()) != kNegated);
    if (left.is_undefined()) return left;
    if (right.is_undefined()) return right;
    return Value::boolean(are_equal(left, right, f, x) != kNegated);
  }

  template <bool kNegated>
  static Value matches(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value text = eval(*binary.left, f, x);
    const Value pattern = eval(*binary.right, f, x);
    if (text.is_undefined()) return text;
    if (pattern.is_undefined()) return pattern;
    if (!text.is(Kind::String) || !pattern.is(Kind::String)) {
      const bool left = !text.is(Kind::String);
      x.fail(f, left ? binary.left->position : binary.right->position,
             "operand of `matches` must be a string, got " +
                 std::string(kind_name(left ? text.kind() : pattern.kind())));
    }
    const re2::RE2& compiled = x.pattern(f, binary, pattern.as_string());
    const std::string_view subject = text.as_string();
    const bool found = compiled.Match({subject.data(), subject.size()}, 0, subject.size(),
                                      re2::RE2::UNANCHORED, nullptr, 0);
    return Value::boolean(found != kNegated);
  }

  template <bool kReversed, bool kNegated>
  static Value contains(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& binary = as<code::Binary>(e);
    const Value left = eval(*binary.left, f, x);
    const Value right = eval(*binary.right, f, x);
    const Value found = kReversed ? holds(right, left, *binary.right, f, x)
                                  : holds(left, right, *binary.left, f, x);
    if (!kNegated || found.is_undefined()) return found;
    return Value::boolean(!found.as_bool());
  }

  template <bool kNegated>
  static Value is_empty(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& operand = *as<code::Unary>(e).operand;
    const Value value = eval(operand, f, x);
    bool empty = false;
    switch (value.kind()) {
    case Kind::Undefined:
      return value;
    case Kind::String:
      empty = value.as_string().empty();
      break;
    case Kind::List:
      empty = x.actual(value.as_list())->size == 0;
      break;
    case Kind::Map:
      empty = x.actual(value.as_map())->size == 0;
      break;
    case Kind::Object:
      break;
    default:
      x.fail(f, operand.position,
             std::string(kNegated ? "operand of `is not empty`" : "operand of `is empty`") +
                 " must be a string, list or map, got " + std::string(kind_name(value.kind())));
    }
    return Value::boolean(empty != kNegated);
  }

  template <bool kNegated>
  static Value is_defined(const code::Expression& e, Frame& f, Evaluation& x) {
    const Value value = eval(*as<code::Unary>(e).operand, f, x);
    return Value::boolean(value.is_undefined() == kNegated);
  }

  // Parts of values.

  /// `x.name`, or `x["name"]`: alike for maps, which is what is asked for the most.
  template <bool kIsIndex>
  static Value select(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& select = as<code::Select>(e);
    const Value base = base_of(*select.base, f, x);
    if (base.is(Kind::Map)) [[likely]] {
      const Value* found =
          x.actual(base.as_map())->find(select.name, f.program->guesses[select.guess]);
      if (found != nullptr && !found->is_undefined()) return *found;
      return Evaluation::undefined_at(f, e.position);
    }
    if constexpr (kIsIndex) {
      code::Expression name = e;
      name.position = select.name_position;
      return element(base, Value::string(select.name), e, name, f, x);
    } else {
      return select_slowly(base, select.name, e, f, x);
    }
  }

  /// The left side of a selection, where an import's name may stand.
  static inline Value base_of(const code::Expression& e, Frame& f, Evaluation& x) {
    if (e.op == Op::Import) {
      Module* module = f.program->imports[as<code::Name>(e).slot];
      return module->is_static() ? module->data : Value::module(module);
    }
    return eval(e, f, x);
  }

  static Value select_slowly(const Value& base, std::string_view name, const code::Expression& e,
                             Frame& f, Evaluation& x) {
    switch (base.kind()) {
    case Kind::Undefined:
      return base;
    case Kind::Null:
      return Evaluation::undefined_at(f, e.position);
    case Kind::Object: {
      const Value value = x.field(f, *base.as_object(), name, e.position);
      return value.is_undefined() ? Evaluation::undefined_at(f, e.position) : value;
    }
    case Kind::Module:
      return x.member(f, *base.as_module(), name, e.position);
    default:
      if (is_one_lookup(e, f)) return Evaluation::undefined_at(f, e.position);
      x.fail(f, e.position,
             "cannot select " + quoted(name) + " of " + std::string(kind_name(base.kind())));
    }
  }

  /// Whether a chain of selections and calls begins at an import that is no module. Such a chain is
  /// one request to the import, which answers undefined for a member of a scalar (as the plugin
  /// SDK does); a value that a policy holds has no members to ask for.
  static bool is_one_lookup(const code::Expression& e, const Frame& f) {
    const code::Expression* at = &e;
    while (true) {
      switch (at->op) {
      case Op::Select:
        at = as<code::Select>(*at).base;
        break;
      case Op::CallMember:
        at = as<code::CallMember>(*at).base;
        break;
      case Op::Import:
        return f.program->imports[as<code::Name>(*at).slot]->script == nullptr;
      case Op::SelectImport:
        return f.program->imports[as<code::SelectImport>(*at).import]->script == nullptr;
      case Op::CallImport:
        return f.program->imports[as<code::CallImport>(*at).import]->script == nullptr;
      default:
        return false;
      }
    }
  }

  static Value select_import(const code::Expression& e, Frame& f, Evaluation& x) {
    return x.member(f, as<code::SelectImport>(e));
  }

  static Value index(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& index = as<code::Index>(e);
    const Value base = base_of(*index.base, f, x);
    const Value at = eval(*index.index, f, x);
    if (base.is(Kind::List) && at.is(Kind::Int)) {
      const List& list = *x.actual(base.as_list());
      const auto number = static_cast<std::uint64_t>(at.as_int());
      if (number < list.size && !list.items[number].is_undefined()) return list.items[number];
    } else if (base.is(Kind::Map) && at.is(Kind::String)) {
      const Value* found =
          x.actual(base.as_map())->find_next(at.as_string(), f.program->guesses[index.guess]);
      if (found != nullptr && !found->is_undefined()) return *found;
    }
    return element(base, at, e, *index.index, f, x);
  }

  static Value slice(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& slice = as<code::Slice>(e);
    const Value base = eval(*slice.base, f, x);
    Value low = Value::integer(0);
    Value high = Value::null();
    if (slice.low != nullptr) low = eval(*slice.low, f, x);
    if (slice.high != nullptr) high = eval(*slice.high, f, x);
    return part(base, low, high, slice, f, x);
  }

  // Calls.

  static Value call(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& call = as<code::Call>(e);
    const Value callee = eval(*call.callee, f, x);
    return apply(callee, call.arguments, e, f, x);
  }

  static Value call_member(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& call = as<code::CallMember>(e);
    const Value base = base_of(*call.base, f, x);
    switch (base.kind()) {
    case Kind::Map: {
      const Value* found = x.actual(base.as_map())->find(call.name, f.program->guesses[call.guess]);
      if (found != nullptr) return apply(*found, call.arguments, e, f, x);
      return Evaluation::undefined_at(f, e.position);
    }
    case Kind::Object: {
      const ObjectType& type = *base.as_object()->type;
      for (const FunctionRow& row : type.methods)
        if (row.name == call.name)
          return apply_native(row, type.name, base, call.arguments, e, f, x);
      const Value value = x.field(f, *base.as_object(), call.name, e.position);
      if (!value.is_undefined()) return apply(value, call.arguments, e, f, x);
      x.fail(f, e.position, quoted(type.name) + " has no method " + quoted(call.name));
    }
    case Kind::Undefined:
      return base;
    case Kind::Null:
      return Evaluation::undefined_at(f, e.position);
    case Kind::Module:
      return apply(x.member(f, *base.as_module(), call.name, e.position), call.arguments, e, f, x);
    default:
      x.fail(f, call.member_position,
             "cannot select " + quoted(call.name) + " of " + std::string(kind_name(base.kind())));
    }
  }

  static Value call_import(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& call = as<code::CallImport>(e);
    Site& site = f.program->sites[call.site];
    const Module& module = *f.program->imports[call.import];
    if (site.state == Site::State::New) x.find_site(module, call.name, site);
    if (site.state == Site::State::Function) {
      return apply_native(*site.row, module.path, Value(), call.arguments, e, f, x);
    }
    if (site.state == Site::State::Slot) {
      const Value& value = module.script->frame->slots()[site.slot];
      if (value.is(Kind::Function)) return apply(value, call.arguments, e, f, x);
    }
    const Value callee = x.member(f, module, site, call.name, e.position);
    if (callee.is_undefined() && module.row != nullptr) {
      x.fail(f, e.position,
             "import " + quoted(module.path) + " has no function " + quoted(call.name));
    }
    return apply(callee, call.arguments, e, f, x);
  }

  static Value apply(const Value& callee, const code::Expressions& arguments,
                     const code::Expression& e, Frame& f, Evaluation& x) {
    if (callee.is(Kind::Function)) [[likely]] {
      const Function& function = *callee.as_function();
      if (function.native == nullptr)
        return apply_script(static_cast<const ScriptFunction&>(function), arguments, e, f, x);
      return apply_native(*function.native, {}, function.self, arguments, e, f, x);
    }
    if (callee.is_undefined()) {
      for (const code::Expression* argument : arguments)
        eval(*argument, f, x);
      return callee;
    }
    x.fail(f, e.position, "cannot call " + std::string(kind_name(callee.kind())));
  }

  static Value apply_script(const ScriptFunction& function, const code::Expressions& arguments,
                            const code::Expression& e, Frame& f, Evaluation& x) {
    const code::Function& body = *function.code;
    if (arguments.size() != body.parameters) fail_count(body, arguments.size(), e.position, f, x);
    // Arguments are evaluated into the new frame: calls among them nest before this one begins.
    x.check_stack(f, e.position);
    Frame* frame = SENTINEL_FRAME(body.slots, body.captured, x);
    frame->parent = function.parent;
    frame->program = function.program;
    Value* slot = frame->slots();
    for (const code::Expression* argument : arguments)
      *slot++ = eval(*argument, f, x);
    clear(slot, frame->slots() + body.slots);
    return run_call(body, *frame, f, e.position, x);
  }

  static inline Value run_call(const code::Function& body, Frame& frame, const Frame& caller,
                               std::uint32_t position, Evaluation& x) {
    const Evaluation::Entered entered(x, caller, position);
    return run_body_of(body, frame, x);
  }

  static inline Value run_body_of(const code::Function& body, Frame& frame, Evaluation& x) {
    if (!Observed && body.only != nullptr) return eval(*body.only, frame, x);
    if (exec_block(body.body, frame, x) == Flow::Return) return x.returned;
    x.fail(frame, body.position,
           body.name.empty() ? "function ended without `return`"
                             : "function " + quoted(body.name) + " ended without `return`");
  }

  [[noreturn]] static void fail_count(const code::Function& function, std::size_t count,
                                      std::uint32_t position, const Frame& f, Evaluation& x) {
    const std::uint32_t wanted = function.parameters;
    x.fail(f, position,
           (function.name.empty() ? std::string() : std::string(function.name) + ": ") +
               "expected " + std::to_string(wanted) +
               (wanted == 1 ? " argument, got " : " arguments, got ") + std::to_string(count));
  }

  static Value apply_native(const FunctionRow& row, std::string_view owner, const Value& self,
                            const code::Expressions& arguments, const code::Expression& e, Frame& f,
                            Evaluation& x) {
    // Most functions take few arguments; print may take any number. Bytes, which nobody clears.
    constexpr std::size_t kFew = 6;
    alignas(Value) std::byte few[kFew * sizeof(Value)];
    Value* values = arguments.size() > kFew ? x.arena().array<Value>(arguments.size())
                                            : reinterpret_cast<Value*>(few);
    for (std::size_t i = 0; i < arguments.size(); ++i)
      values[i] = eval(*arguments[i], f, x);
    return x.call_native(f, row, owner, self, {values, arguments.size()}, e.position);
  }

  // Functions and rules.

  static Value function(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& code = as<code::Function>(e);
    auto* made = x.arena().make<ScriptFunction>();
    made->parameters = static_cast<std::uint8_t>(std::min<std::uint32_t>(code.parameters, 255));
    made->code = &code;
    made->parent = &f == f.program->frame ? nullptr : &f;
    made->program = f.program;
    return Value::function(made);
  }

  static Value rule(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& code = as<code::Rule>(e);
    Rule* made = x.arena().make<Rule>(&code, &f == f.program->frame ? nullptr : &f, f.program,
                                      Rule::State::New, Value(), nullptr);
    // Only a name can hold a rule that waits.
    return code.name.empty() ? x.force(f, *made, e.position) : Value::rule(made);
  }

  static Value run_rule(const Rule& rule, Evaluation& x) {
    const code::Rule& code = *rule.code;
    Frame* frame = SENTINEL_FRAME(code.slots, code.captured, x);
    frame->parent = rule.parent;
    frame->program = rule.program;
    clear(frame->slots(), frame->slots() + code.slots);
    if (code.when != nullptr) {
      const Value when = eval(*code.when, *frame, x);
      if (when.is_undefined()) return when;
      if (!when.is(Kind::Bool)) {
        x.fail(
            *frame, code.when->position,
            "rule condition must result in a boolean, got " + std::string(kind_name(when.kind())));
      }
      if (!when.as_bool()) return Value::boolean(true);
    }
    return eval(*code.body, *frame, x);
  }

  // Quantifiers and loops.

  /// Large data stands in memory in the order in which it was read: far apart for the caches. Asks
  /// for the maps of coming elements, so that they have arrived when their turn comes.
  static inline void fetch_ahead(const Value& far, const Value& near) {
    if (far.is(Kind::Map)) __builtin_prefetch(far.as_map());
    if (near.is(Kind::Map)) __builtin_prefetch(near.as_map()->entries);
  }

  /// What a loop goes over: an import's object is the map of its fields.
  static inline Value collection_of(const code::Expression& e, Frame& f, Evaluation& x) {
    return as_collection(eval(e, f, x), e, f, x);
  }

  static inline Value as_collection(const Value& value, const code::Expression& e, Frame& f,
                                    Evaluation& x) {
    if (value.is(Kind::Object)) [[unlikely]]
      return x.map_of(f, *value.as_object(), e.position);
    return value;
  }

  /// Calls `each(i, key, value)` for the elements of a list (key: the index) or a map until it
  /// gives false.
  template <class Each>
  static void iterate(const Value& collection, const code::Expression& at, Frame& f, Evaluation& x,
                      const Each& each) {
    if (collection.is(Kind::List)) {
      const List& list = *x.actual(collection.as_list());
      // What is appended meanwhile is not visited.
      const std::uint32_t size = list.size;
      const Value* items = list.items;
      for (std::uint32_t i = 0; i < size; ++i) {
        x.step(f, at.position);
        if (i + kFar < size) fetch_ahead(items[i + kFar], items[i + kNear]);
        if (!each(i, Value::integer(i), items[i])) return;
      }
      return;
    }
    if (!collection.is(Kind::Map)) {
      x.fail(f, at.begin,
             "unsupported type for looping: " + std::string(kind_name(collection.kind())));
    }
    Map& map = *x.actual(collection.as_map());
    const std::uint32_t size = map.size;
    const MapEntry* entries = map.entries;
    // A change to the map meanwhile makes a copy and leaves these entries as they are.
    const bool was_shared = map.shared;
    if (!map.frozen) map.shared = true;
    for (std::uint32_t i = 0; i < size; ++i) {
      x.step(f, at.position);
      if (i + kFar < size) fetch_ahead(entries[i + kFar].value, entries[i + kNear].value);
      if (!each(i, entries[i].key, entries[i].value)) break;
    }
    if (!map.frozen && !was_shared && map.entries == entries) map.shared = false;
  }

  static inline void bind(const code::Scope& scope, bool two_names, bool is_map, const Value& key,
                          const Value& value, Frame& f) {
    Value* slots = f.slots() + scope.first_slot;
    if (two_names) {
      slots[0] = key;
      slots[1] = value;
    } else {
      slots[0] = is_map ? key : value;
    }
  }

  template <bool kAll>
  static Value all_any(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& q = as<code::Quantifier>(e);
    const Value collection = collection_of(*q.collection, f, x);
    const bool is_map = collection.is(Kind::Map);
    Value result = Value::boolean(kAll);
    iterate(collection, *q.collection, f, x,
            [&](std::uint32_t i, const Value& key, const Value& value) {
              bind(q.scope, q.two_names, is_map, key, value, f);
              if constexpr (Observed) x.recorder()->element(i, key);
              const Value v = eval(*q.body, f, x);
              if (v.is_undefined()) {
                if (kAll || !result.is_undefined()) result = v;
                return !kAll;
              }
              if (!v.is(Kind::Bool)) {
                x.fail(f, q.body->position,
                       std::string(kAll ? "all" : "any") + " body must result in a boolean, got " +
                           std::string(kind_name(v.kind())));
              }
              if (v.as_bool() == kAll) return true;
              result = v;
              return false;
            });
    return result;
  }

  static Value filter(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& q = as<code::Quantifier>(e);
    const Value collection = collection_of(*q.collection, f, x);
    const bool is_map = collection.is(Kind::Map);
    List* list = is_map ? nullptr : make_list(x.arena());
    Map* map = is_map ? make_map(x.arena()) : nullptr;
    Value undefined;
    bool defined = true;
    iterate(
        collection, *q.collection, f, x,
        [&](std::uint32_t i, const Value& key, const Value& value) {
          bind(q.scope, q.two_names, is_map, key, value, f);
          if constexpr (Observed) x.recorder()->element(i, key);
          const Value v = eval(*q.body, f, x);
          if (v.is_undefined()) {
            undefined = v;
            defined = false;
            return false;
          }
          if (!v.is(Kind::Bool)) {
            x.fail(f, q.body->position,
                   "filter body must result in a boolean, got " + std::string(kind_name(v.kind())));
          }
          if (v.as_bool()) {
            if (is_map)
              map->set(x.arena(), key, value);
            else
              list->append(x.arena(), value);
          }
          return true;
        });
    if (!defined) return undefined;
    return is_map ? Value::map(map) : Value::list(list);
  }

  static Value map_to(const code::Expression& e, Frame& f, Evaluation& x) {
    const auto& q = as<code::Quantifier>(e);
    const Value collection = collection_of(*q.collection, f, x);
    const bool is_map = collection.is(Kind::Map);
    List* list = make_list(x.arena());
    iterate(collection, *q.collection, f, x,
            [&](std::uint32_t i, const Value& key, const Value& value) {
              bind(q.scope, q.two_names, is_map, key, value, f);
              if constexpr (Observed) x.recorder()->element(i, key);
              list->append(x.arena(), eval(*q.body, f, x));
              return true;
            });
    return Value::list(list);
  }

  /// The ints of `range(…)` as a loop's collection need no list. True: they are in `out`; false:
  /// the collection is in `collection`.
  static bool counts(const code::Call& call, Frame& f, Evaluation& x, IntRange& out,
                     Value& collection) {
    if (call.callee->op != Op::Free || call.arguments.empty() || call.arguments.size() > 3) {
      collection = Walk::call(call, f, x);
      return false;
    }
    const Value& callee = f.program->free[as<code::Name>(*call.callee).slot];
    if (!callee.is(Kind::Function) || callee.as_function()->native != x.range_row()) {
      collection = Walk::call(call, f, x);
      return false;
    }
    Value bounds[3];
    bool ints = true;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      bounds[i] = eval(*call.arguments[i], f, x);
      ints = ints && bounds[i].is(Kind::Int);
    }
    const std::size_t count = call.arguments.size();
    if (ints && (count < 3 || bounds[2].as_int() != 0)) {
      out = int_range(count == 1 ? 0 : bounds[0].as_int(), bounds[count == 1 ? 0 : 1].as_int(),
                      count == 3 ? bounds[2].as_int() : 1);
      return true;
    }
    collection = x.call_native(f, *callee.as_function()->native, {}, Value(), {bounds, count},
                               call.position);
    return false;
  }

  static Flow count(const code::For& loop, const IntRange& range, Frame& f, Evaluation& x) {
    for (std::uint64_t i = 0; i < range.count; ++i) {
      x.step(f, loop.collection->position);
      bind(loop.scope, loop.two_names, false, Value::integer(static_cast<std::int64_t>(i)),
           range.at(i), f);
      const Flow flow = exec_block(loop.body, f, x);
      if (flow == Flow::Break) break;
      if (flow == Flow::Return) return flow;
    }
    return Flow::Next;
  }

  static Flow loop(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& loop = as<code::For>(s);
    Value collection;
    IntRange range;
    bool is_range = false;
    if (!Observed && loop.collection->op == Op::Call) {
      is_range = counts(as<code::Call>(*loop.collection), f, x, range, collection);
    } else {
      collection = eval(*loop.collection, f, x);
    }
    collection = as_collection(collection, *loop.collection, f, x);
    const bool is_map = collection.is(Kind::Map);
    Value* slots = f.slots() + loop.scope.first_slot;
    clear(slots, slots + loop.scope.slots);
    if (is_range) return count(loop, range, f, x);
    Flow result = Flow::Next;
    iterate(collection, *loop.collection, f, x,
            [&](std::uint32_t i, const Value& key, const Value& value) {
              bind(loop.scope, loop.two_names, is_map, key, value, f);
              if constexpr (Observed) x.recorder()->element(i, key);
              const Flow flow = exec_block(loop.body, f, x);
              if (flow == Flow::Next || flow == Flow::Continue) return true;
              if (flow == Flow::Return) result = flow;
              return false;
            });
    return result;
  }

  // Other statements.

  static Flow assign(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& assign = as<code::Assign>(s);
    const Value value = eval(*assign.value, f, x);
    if (assign.place.where == code::Place::Where::Local) [[likely]]
      f.slots()[assign.place.slot] = value;
    else
      *slot_of(assign.place, f) = value;
    return Flow::Next;
  }

  static Flow assign_chain(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& assign = as<code::Assign>(s);
    const Value value = eval(*assign.value, f, x);
    for (const code::Place& place : assign.candidates) {
      Value* slot = slot_of(place, f);
      if (!is_unset(*slot)) {
        *slot = value;
        return Flow::Next;
      }
    }
    *slot_of(assign.candidates.front(), f) = value;
    return Flow::Next;
  }

  static Flow assign_index(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& assign = as<code::AssignIndex>(s);
    Value value = eval(*assign.value, f, x);
    const Value base = eval(*assign.base, f, x);
    const Value at = eval(*assign.index, f, x);
    if (assign.operation != Op::Constant) {
      value = calculate(assign.operation, element(base, at, *assign.base, *assign.index, f, x),
                        value, s.position, f, x);
    }
    set_element(base, at, value, *assign.base, *assign.index, f, x);
    return Flow::Next;
  }

  static Flow conditional(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& conditional = as<code::If>(s);
    const Value condition = eval(*conditional.condition, f, x);
    if (!condition.is(Kind::Bool)) [[unlikely]] {
      x.fail(
          f, conditional.condition->begin,
          "if condition must result in a boolean, got " + std::string(kind_name(condition.kind())));
    }
    return exec_block(condition.as_bool() ? conditional.then_body : conditional.else_body, f, x);
  }

  static Flow choice(const code::Statement& s, Frame& f, Evaluation& x) {
    const auto& choice = as<code::Case>(s);
    const Value subject =
        choice.subject == nullptr ? Value::boolean(true) : eval(*choice.subject, f, x);
    const code::CaseClause* otherwise = nullptr;
    for (const code::CaseClause& clause : choice.clauses) {
      if (clause.values.empty()) otherwise = &clause;
      for (const code::Expression* e : clause.values) {
        const Value value = eval(*e, f, x);
        if (subject.is_undefined() || value.is_undefined()) continue;
        if (are_equal(subject, value, f, x)) return exec_block(clause.body, f, x);
      }
    }
    return otherwise == nullptr ? Flow::Next : exec_block(otherwise->body, f, x);
  }

  static Flow break_loop(const code::Statement&, Frame&, Evaluation&) { return Flow::Break; }
  static Flow continue_loop(const code::Statement&, Frame&, Evaluation&) { return Flow::Continue; }

  static Flow leave(const code::Statement& s, Frame& f, Evaluation& x) {
    x.returned = eval(*as<code::Simple>(s).value, f, x);
    return Flow::Return;
  }

  static Flow evaluate(const code::Statement& s, Frame& f, Evaluation& x) {
    eval(*as<code::Simple>(s).value, f, x);
    return Flow::Next;
  }
};

template <bool Observed>
const typename Walk<Observed>::Expression Walk<Observed>::kExpressions[code::kOps] = {
    // In the order of code::Op.
    constant,
    undefined_literal,
    frozen_literal,
    list_literal,
    map_literal,
    local,
    outer,
    package,
    free,
    import,
    negate,
    plus,
    minus,
    numeric<Op::Multiply>,
    numeric<Op::Divide>,
    numeric<Op::Remainder>,
    numeric<Op::Add>,
    numeric<Op::Subtract>,
    otherwise,
    equality<false>,
    equality<true>,
    numeric<Op::Less>,
    numeric<Op::LessEqual>,
    numeric<Op::Greater>,
    numeric<Op::GreaterEqual>,
    matches<false>,
    matches<true>,
    contains<false, false>,
    contains<false, true>,
    contains<true, false>,
    contains<true, true>,
    logical_and,
    logical_or,
    logical_xor,
    is_empty<false>,
    is_empty<true>,
    is_defined<false>,
    is_defined<true>,
    select<false>,
    select_import,
    index,
    select<true>,
    slice,
    call,
    call_member,
    call_import,
    all_any<true>,
    all_any<false>,
    filter,
    map_to,
    function,
    rule,
};

template <bool Observed>
const typename Walk<Observed>::Rows Walk<Observed>::kRows = [] {
  Rows rows{};
  for (std::size_t i = 0; i < std::size(rows.of); ++i)
    rows.of[i] = kExpressions[i % code::kOps];
  specialise<Op::Multiply>(rows);
  specialise<Op::Divide>(rows);
  specialise<Op::Remainder>(rows);
  specialise<Op::Add>(rows);
  specialise<Op::Subtract>(rows);
  specialise<Op::Less>(rows);
  specialise<Op::LessEqual>(rows);
  specialise<Op::Greater>(rows);
  specialise<Op::GreaterEqual>(rows);
  return rows;
}();

template <bool Observed>
const typename Walk<Observed>::Statement Walk<Observed>::kStatements[code::kStatementOps] = {
    // In the order of code::StatementOp.
    assign, assign_chain, assign_index,  conditional, choice,
    loop,   break_loop,   continue_loop, leave,       evaluate,
};

}  // namespace

Value run_expression(const code::Expression& expression, Frame& frame, Evaluation& evaluation) {
  return evaluation.observed() ? Walk<true>::eval(expression, frame, evaluation)
                               : Walk<false>::eval(expression, frame, evaluation);
}

void run_body(const code::Block& body, Frame& frame, Evaluation& evaluation) {
  if (evaluation.observed())
    Walk<true>::exec_block(body, frame, evaluation);
  else
    Walk<false>::exec_block(body, frame, evaluation);
}

Value run_rule(const Rule& rule, Evaluation& evaluation) {
  return evaluation.observed() ? Walk<true>::run_rule(rule, evaluation)
                               : Walk<false>::run_rule(rule, evaluation);
}

Value run_function(const ScriptFunction& function, const Frame& caller,
                   std::span<const Value> arguments, std::uint32_t position,
                   Evaluation& evaluation) {
  const code::Function& body = *function.code;
  if (arguments.size() != body.parameters)
    Walk<false>::fail_count(body, arguments.size(), position, caller, evaluation);
  Frame* frame = SENTINEL_FRAME(body.slots, body.captured, evaluation);
  frame->parent = function.parent;
  frame->program = function.program;
  std::copy(arguments.begin(), arguments.end(), frame->slots());
  clear(frame->slots() + arguments.size(), frame->slots() + body.slots);
  return evaluation.observed() ? Walk<true>::run_call(body, *frame, caller, position, evaluation)
                               : Walk<false>::run_call(body, *frame, caller, position, evaluation);
}

}  // namespace sentinel
