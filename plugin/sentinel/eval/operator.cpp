#include "plugin/sentinel/eval/operator.h"

#include <cmath>
#include <string>

#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using code::Op;

std::string name_of(const Value& value) {
  return std::string(kind_name(value.kind()));
}

std::string_view symbol(Op op) {
  switch (op) {
  case Op::Multiply:
    return "*";
  case Op::Divide:
    return "/";
  case Op::Remainder:
    return "%";
  case Op::Add:
    return "+";
  case Op::Subtract:
    return "-";
  default:
    return "?";
  }
}

Value calculate_ints(Op op, std::int64_t a, std::int64_t b, std::uint32_t position,
                     const Frame& frame, Evaluation& evaluation) {
  const auto x = static_cast<std::uint64_t>(a);
  const auto y = static_cast<std::uint64_t>(b);
  switch (op) {
  case Op::Add:
    return Value::integer(static_cast<std::int64_t>(x + y));
  case Op::Subtract:
    return Value::integer(static_cast<std::int64_t>(x - y));
  case Op::Multiply:
    return Value::integer(static_cast<std::int64_t>(x * y));
  default:
    break;
  }
  if (b == 0) evaluation.fail(frame, position, "division by zero");
  // The one quotient that does not fit wraps around.
  if (b == -1) {
    return Value::integer(op == Op::Divide ? static_cast<std::int64_t>(0 - x) : 0);
  }
  return Value::integer(op == Op::Divide ? a / b : a % b);
}

Value calculate_floats(Op op, double a, double b) {
  switch (op) {
  case Op::Add:
    return Value::number(a + b);
  case Op::Subtract:
    return Value::number(a - b);
  case Op::Multiply:
    return Value::number(a * b);
  case Op::Divide:
    return Value::number(a / b);
  default:
    return Value::number(std::fmod(a, b));
  }
}

/// An index or a bound of a slice; numbers from configuration are floats, even whole ones.
bool whole(const Value& value, std::int64_t& out) {
  if (value.is(Kind::Int)) {
    out = value.as_int();
    return true;
  }
  if (!value.is(Kind::Float)) return false;
  const double number = value.as_float();
  if (!(std::abs(number) < 9e15) || std::trunc(number) != number) return false;
  out = static_cast<std::int64_t>(number);
  return true;
}

/// The place in a sequence of `size`, negative numbers counted from the end; false: outside.
bool place(std::int64_t index, std::size_t size, std::size_t& out) {
  const auto length = static_cast<std::int64_t>(size);
  if (index < 0) index += length;
  if (index < 0 || index >= length) return false;
  out = static_cast<std::size_t>(index);
  return true;
}

bool is_key(const Value& value) {
  return value.is(Kind::String) || value.is_number() || value.is(Kind::Bool);
}

}  // namespace

Value calculate(Op op, Value left, Value right, std::uint32_t position, const Frame& frame,
                Evaluation& evaluation) {
  if (left.is_undefined()) return left;
  if (right.is_undefined()) return right;
  if (left.is(Kind::Int) && right.is(Kind::Int))
    return calculate_ints(op, left.as_int(), right.as_int(), position, frame, evaluation);
  if (left.is_number() && right.is_number())
    return calculate_floats(op, left.to_double(), right.to_double());
  if (op == Op::Add && left.is(Kind::String) && right.is(Kind::String))
    return concatenate(evaluation.arena(), left, right);
  if (op == Op::Add && left.is(Kind::List) && right.is(Kind::List)) {
    return Value::list(concatenate(evaluation.arena(), *evaluation.actual(left.as_list()),
                                   *evaluation.actual(right.as_list())));
  }
  evaluation.fail(frame, position,
                  "cannot apply `" + std::string(symbol(op)) + "` to " + name_of(left) + " and " +
                      name_of(right));
}

Value negative(const Value& value, const code::Expression& at, const Frame& frame,
               Evaluation& evaluation) {
  if (value.is(Kind::Int)) {
    return Value::integer(
        static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value.as_int())));
  }
  if (value.is(Kind::Float)) return Value::number(-value.as_float());
  if (value.is_undefined()) return value;
  evaluation.fail(frame, at.position, "cannot apply unary `-` to " + name_of(value));
}

Value positive(const Value& value, const code::Expression& at, const Frame& frame,
               Evaluation& evaluation) {
  if (value.is_number() || value.is_undefined()) return value;
  evaluation.fail(frame, at.position, "cannot apply unary `+` to " + name_of(value));
}

Value compare(Op op, Value left, Value right) {
  if (left.is_undefined()) return left;
  if (right.is_undefined()) return right;
  // Values of different types, and types without an order, compare as false since 0.11.
  const std::partial_ordering found = order(left, right);
  switch (op) {
  case Op::Less:
    return Value::boolean(found < 0);
  case Op::LessEqual:
    return Value::boolean(found <= 0);
  case Op::Greater:
    return Value::boolean(found > 0);
  default:
    return Value::boolean(found >= 0);
  }
}

bool are_equal(Value left, Value right, const Frame& frame, Evaluation& evaluation) {
  if (left.is(Kind::List) || left.is(Kind::Map)) {
    const std::size_t size = left.is(Kind::List) ? left.as_list()->size : left.as_map()->size;
    evaluation.spend(frame, 0, 8 + size / 4);
  }
  if (evaluation.has_changes()) return equal(evaluation.settled(left), evaluation.settled(right));
  return equal(left, right);
}

Value holds(const Value& collection, const Value& item, const code::Expression& at,
            const Frame& frame, Evaluation& evaluation) {
  if (collection.is_undefined()) return collection;
  if (item.is_undefined()) return item;
  switch (collection.kind()) {
  case Kind::List: {
    const List& list = *evaluation.actual(collection.as_list());
    evaluation.spend(frame, at.position, list.size / 8);
    Value undefined;
    bool met = false;
    for (const Value& value : list) {
      if (value.is_undefined()) {
        if (!met) undefined = value;
        met = true;
      } else if (are_equal(value, item, frame, evaluation)) {
        return Value::boolean(true);
      }
    }
    if (!met) return Value::boolean(false);
    return undefined.has_origin() ? undefined : Evaluation::undefined_at(frame, at.position);
  }
  case Kind::Map: {
    const Map& map = *evaluation.actual(collection.as_map());
    return Value::boolean(is_key(item) && map.find(item) != nullptr);
  }
  case Kind::String:
    if (!item.is(Kind::String)) {
      evaluation.fail(frame, at.position,
                      "a string can only contain a string, got " + name_of(item));
    }
    return Value::boolean(collection.as_string().find(item.as_string()) != std::string_view::npos);
  case Kind::Object:
    return holds(evaluation.map_of(frame, *collection.as_object(), at.position), item, at, frame,
                 evaluation);
  default:
    evaluation.fail(
        frame, at.position,
        "operand of `contains` and `in` must be a list, map or string, got " + name_of(collection));
  }
}

Value element(const Value& base, const Value& at, const code::Expression& expression,
              const code::Expression& where, const Frame& frame, Evaluation& evaluation) {
  if (at.is_undefined() && !base.is_undefined()) return at;
  const auto missing = [&] { return Evaluation::undefined_at(frame, expression.position); };
  switch (base.kind()) {
  case Kind::Null:
    return missing();
  case Kind::Map: {
    if (!is_key(at)) {
      evaluation.fail(frame, where.position,
                      "map key must be a string, number or boolean, got " + name_of(at));
    }
    const Value* found = evaluation.actual(base.as_map())->find(at);
    return found == nullptr || found->is_undefined() ? missing() : *found;
  }
  case Kind::List: {
    std::int64_t index = 0;
    if (!whole(at, index)) {
      evaluation.fail(frame, where.position, "list index must be an int, got " + name_of(at));
    }
    const List& list = *evaluation.actual(base.as_list());
    std::size_t found = 0;
    if (!place(index, list.size, found) || list.items[found].is_undefined()) return missing();
    return list.items[found];
  }
  case Kind::Module:
    if (at.is(Kind::String))
      return evaluation.member(frame, *base.as_module(), at.as_string(), expression.position);
    break;
  case Kind::Object:
    // HashiCorp's imports hand out maps: `time.now["hour"]` is `time.now.hour`.
    if (at.is(Kind::String)) {
      const Object& object = *base.as_object();
      if (object.type->field == nullptr) return missing();
      const Value value = object.type->field(evaluation, object, at.as_string());
      return value.is_undefined() ? missing() : value;
    }
    break;
  default:
    break;
  }
  // Undefined, too: HashiCorp's words, and its place.
  evaluation.fail(frame, expression.begin,
                  "only a list or map can be indexed, got " +
                      (base.is(Kind::Module) ? std::string("an import") : name_of(base)));
}

void set_element(const Value& base, const Value& at, const Value& value,
                 const code::Expression& base_code, const code::Expression& at_code,
                 const Frame& frame, Evaluation& evaluation) {
  const bool is_import = base_code.op == code::Op::Import;
  if (base.is(Kind::Map) && !is_import) {
    if (!is_key(at)) {
      evaluation.fail(frame, at_code.position,
                      "map key must be a string, number or boolean, got " + name_of(at));
    }
    evaluation.writable(base).as_map()->set(evaluation.arena(), at, value);
    return;
  }
  if (base.is(Kind::List)) {
    std::int64_t index = 0;
    if (!whole(at, index)) {
      evaluation.fail(frame, at_code.position, "list index must be an int, got " + name_of(at));
    }
    List& list = *evaluation.writable(base).as_list();
    std::size_t found = 0;
    if (!place(index, list.size, found)) {
      evaluation.fail(frame, at_code.position,
                      "list index " + std::to_string(index) + " is out of range, the list has " +
                          std::to_string(list.size) + (list.size == 1 ? " element" : " elements"));
    }
    list.writable(evaluation.arena())[found] = value;
    return;
  }
  evaluation.fail(frame, base_code.position,
                  "cannot assign to an element of " +
                      (is_import               ? std::string("an import")
                       : base.is(Kind::Object) ? "a " + std::string(base.as_object()->type->name)
                                               : name_of(base)));
}

Value part(const Value& base, const Value& low, const Value& high, const code::Slice& slice,
           const Frame& frame, Evaluation& evaluation) {
  if (base.is_undefined()) return base;
  if (low.is_undefined()) return low;
  if (high.is_undefined()) return high;
  const auto missing = [&] { return Evaluation::undefined_at(frame, slice.position); };
  if (base.is(Kind::Null)) return missing();
  if (!base.is(Kind::List) && !base.is(Kind::String)) {
    evaluation.fail(frame, slice.position, "cannot slice " + name_of(base));
  }
  const List* list = base.is(Kind::List) ? evaluation.actual(base.as_list()) : nullptr;
  const auto size =
      static_cast<std::int64_t>(list != nullptr ? list->size : base.as_string().size());
  std::int64_t from = 0;
  std::int64_t to = size;
  if (!whole(low, from)) {
    evaluation.fail(frame, slice.low->position, "slice bound must be an int, got " + name_of(low));
  }
  if (slice.high != nullptr && !whole(high, to)) {
    evaluation.fail(frame, slice.high->position,
                    "slice bound must be an int, got " + name_of(high));
  }
  if (from < 0 || to < from || to > size) return missing();
  if (list == nullptr) {
    return Value::string(base.as_string().substr(static_cast<std::size_t>(from),
                                                 static_cast<std::size_t>(to - from)));
  }
  List* out = make_list(evaluation.arena(), static_cast<std::size_t>(to - from));
  for (std::int64_t i = from; i < to; ++i)
    out->append(evaluation.arena(), list->items[i]);
  return Value::list(out);
}

}  // namespace sentinel
