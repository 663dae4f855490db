#include "tests/plugin/sentinel/import/fake_machine.h"

#include <charconv>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/import/table.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

// Callbacks: what a policy would write as function literals. `even` and the like declare one
// parameter, those with an index or key two.

using Callback = Value (*)(FakeMachine& machine, std::span<const Value> arguments);

struct CallbackRow {
  std::string_view name;
  std::uint8_t parameters;
  Callback run;
};

constexpr CallbackRow kCallbacks[] = {
    {"even", 1,
     [](FakeMachine&, std::span<const Value> a) { return Value::boolean(a[0].as_int() % 2 == 0); }},
    {"first", 2,
     [](FakeMachine&, std::span<const Value> a) {
       return Value::boolean(equal(a[1], Value::integer(0)));
     }},
    {"key_is_b", 2,
     [](FakeMachine&, std::span<const Value> a) {
       return Value::boolean(equal(a[1], Value::string("b")));
     }},
    {"always", 0, [](FakeMachine&, std::span<const Value>) { return Value::boolean(true); }},
    {"three", 3, [](FakeMachine&, std::span<const Value>) { return Value::boolean(true); }},
    {"nothing", 1, [](FakeMachine&, std::span<const Value>) { return Value(); }},
    {"itself", 1, [](FakeMachine&, std::span<const Value> a) { return a[0]; }},
    {"plus", 2,
     [](FakeMachine&, std::span<const Value> a) {
       return Value::integer(a[0].as_int() + a[1].as_int());
     }},
    {"plus_index", 3,
     [](FakeMachine&, std::span<const Value> a) {
       return Value::integer(a[0].as_int() + a[1].as_int() * a[2].as_int());
     }},
    {"ascending", 2,
     [](FakeMachine&, std::span<const Value> a) {
       const auto o = order(a[0], a[1]);
       return Value::integer(o < 0 ? -1 : o > 0 ? 1 : 0);
     }},
    {"by_n", 2,
     [](FakeMachine&, std::span<const Value> a) {
       const auto o = order(*a[0].as_map()->find("n"), *a[1].as_map()->find("n"));
       return Value::integer(o < 0 ? -1 : o > 0 ? 1 : 0);
     }},
    // Contradicts itself: everything is greater than everything.
    {"greater", 2, [](FakeMachine&, std::span<const Value>) { return Value::integer(1); }},
    {"fails", 1,
     [](FakeMachine& m, std::span<const Value> a) {
       if (a.size() == 1) m.fail("the callback failed");
       return Value();
     }},
};

struct FakeFunction : Function {
  const CallbackRow* callback;
};

std::uint16_t kind_bit(const Value& value) {
  switch (value.kind()) {
  case Kind::Undefined:
    return kUndefined;
  case Kind::Null:
    return kNull;
  case Kind::Bool:
    return kBool;
  case Kind::Int:
    return kInt;
  case Kind::Float:
    return kFloat;
  case Kind::String:
    return kString;
  case Kind::List:
    return kList;
  case Kind::Map:
    return kMap;
  case Kind::Function:
    return kFunction;
  default:
    return kObject;
  }
}

/// As the evaluator does: count, then kinds, then undefined in, undefined out.
Value run_row(FakeMachine& machine, const FunctionRow& row, std::span<const Value> arguments,
              const Value& self) {
  if (arguments.size() < row.least || (row.most != kMany && arguments.size() > row.most))
    machine.fail("wrong number of arguments");
  std::optional<Value> undefined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::uint16_t takes = row.takes.at(std::min<std::size_t>(i, 5));
    if ((takes & kind_bit(arguments[i])) != 0) continue;
    if (!arguments[i].is_undefined())
      machine.fail("wrong kind of argument " + std::to_string(i + 1));
    undefined = arguments[i];
  }
  if (undefined) return *undefined;
  NativeCall call{machine, arguments, self};
  return row.run(call);
}

const FunctionRow* find_row(std::span<const FunctionRow> rows, std::string_view name) {
  for (const FunctionRow& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

class Reader {
 public:
  Reader(FakeMachine& machine, std::string_view text) : machine_(machine), text_(text) {}

  Value whole() {
    const Value value = expression();
    space();
    EXPECT_TRUE(text_.empty()) << "the test's call goes on: " << text_;
    return value;
  }

 private:
  void space() {
    while (text_.starts_with(' ') || text_.starts_with('\n'))
      text_.remove_prefix(1);
  }

  bool take(char c) {
    space();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::string_view word() {
    space();
    std::size_t size = 0;
    while (size < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[size])) != 0 ||
                                   text_[size] == '_' || text_[size] == '/'))
      ++size;
    const std::string_view out = text_.substr(0, size);
    text_.remove_prefix(size);
    return out;
  }

  Value string() {
    std::string out;
    for (; !text_.starts_with('"'); text_.remove_prefix(1)) {
      if (text_.empty()) {
        ADD_FAILURE() << "a string of the test is not closed";
        return {};
      }
      if (text_[0] == '\\') {
        text_.remove_prefix(1);
        if (text_[0] == 'x') {
          int byte = 0;
          std::from_chars(text_.data() + 1, text_.data() + 3, byte, 16);
          out += static_cast<char>(byte);
          text_.remove_prefix(2);
          continue;
        }
        out += text_[0] == 'n' ? '\n' : text_[0] == 't' ? '\t' : text_[0];
        continue;
      }
      out += text_[0];
    }
    text_.remove_prefix(1);
    return machine_.arena().string(out);
  }

  Value number() {
    std::size_t size = 1;
    while (size < text_.size() &&
           std::string_view("0123456789.eE+-").find(text_[size]) != std::string_view::npos)
      ++size;
    const std::string written(text_.substr(0, size));
    text_.remove_prefix(size);
    if (written.find_first_of(".eE") != std::string::npos) return Value::number(std::stod(written));
    return Value::integer(std::stoll(written));
  }

  std::vector<Value> arguments() {
    std::vector<Value> out;
    while (!take(')')) {
      out.push_back(expression());
      if (!take(',')) {
        EXPECT_TRUE(take(')'));
        break;
      }
    }
    return out;
  }

  Value operand() {
    space();
    if (take('"')) return string();
    if (take('[')) {
      List* list = make_list(machine_.arena());
      while (!take(']')) {
        list->append(machine_.arena(), expression());
        take(',');
      }
      return Value::list(list);
    }
    if (take('{')) {
      Map* map = make_map(machine_.arena());
      while (!take('}')) {
        const Value key = expression();
        take(':');
        map->set(machine_.arena(), key, expression());
        take(',');
      }
      return Value::map(map);
    }
    if (!text_.empty() &&
        (text_[0] == '-' || std::isdigit(static_cast<unsigned char>(text_[0])) != 0))
      return number();
    const std::string_view name = word();
    if (name == "true" || name == "false") return Value::boolean(name == "true");
    if (name == "null") return Value::null();
    if (name == "undefined") return {};
    for (const CallbackRow& row : kCallbacks) {
      if (row.name != name) continue;
      auto* function =
          machine_.arena().make<FakeFunction>(Function{nullptr, Value(), row.parameters}, &row);
      return Value::function(function);
    }
    std::string path(name);
    if (path == "lists" || path == "maps") path = "collection/" + path;
    const ImportRow* import = find_import(path);
    if (import == nullptr) {
      ADD_FAILURE() << "the test names no import: " << name;
      return {};
    }
    EXPECT_TRUE(take('.'));
    const std::string_view member = word();
    if (const FunctionRow* row = find_row(import->functions, member)) {
      EXPECT_TRUE(take('('));
      return run_row(machine_, *row, arguments(), Value());
    }
    return import->member == nullptr ? Value() : import->member(machine_, member);
  }

  Value expression() {
    Value value = operand();
    for (;;) {
      if (take('[')) {
        const Value key = expression();
        EXPECT_TRUE(take(']'));
        if (value.is(Kind::List)) {
          value = value.as_list()->items[key.as_int()];
        } else {
          const Value* found = value.as_map()->find(key);
          value = found == nullptr ? Value() : *found;
        }
        continue;
      }
      if (!take('.')) return value;
      const std::string_view name = word();
      if (!value.is(Kind::Object)) {
        const Value* found = value.is(Kind::Map) ? value.as_map()->find(name) : nullptr;
        value = found == nullptr ? Value() : *found;
        continue;
      }
      const ObjectType& type = *value.as_object()->type;
      if (const FunctionRow* row = find_row(type.methods, name)) {
        EXPECT_TRUE(take('('));
        value = run_row(machine_, *row, arguments(), value);
      } else {
        value = type.field == nullptr ? Value() : type.field(machine_, *value.as_object(), name);
      }
    }
  }

  FakeMachine& machine_;
  std::string_view text_;
};

}  // namespace

Value FakeMachine::call(const Value& function, std::span<const Value> arguments) {
  ++calls;
  const Function& f = *function.as_function();
  if (f.native != nullptr) return run_row(*this, *f.native, arguments, f.self);
  const CallbackRow& row = *static_cast<const FakeFunction&>(f).callback;
  if (arguments.size() != row.parameters) fail("wrong number of arguments");
  return row.run(*this, arguments);
}

Value FakeMachine::value(std::string_view text) {
  return Reader(*this, text).whole();
}

std::string FakeMachine::evaluate(std::string_view text) {
  try {
    std::string out;
    append_text(out, value(text), true);
    return out;
  } catch (const Failed& failure) {
    return "error: " + failure.message;
  }
}

std::string evaluate(std::string_view text) {
  FakeMachine machine;
  return machine.evaluate(text);
}

void expect_results(std::span<const CallCase> cases) {
  for (const CallCase& c : cases) {
    SCOPED_TRACE(std::string(c.name) + ": " + std::string(c.call));
    EXPECT_EQ(evaluate(c.call), c.result);
  }
}

}  // namespace sentinel
