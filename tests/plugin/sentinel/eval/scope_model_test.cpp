// The resolver proves where names live and gives them slots. Here programs of many shapes run
// beside a model that does what the specification says: tables of names, one for each scope, that
// are searched from the inside outward. Both must print the same and end with the same error.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

/// An expression or a statement; what the children are stands in `text_of`.
struct Node {
  enum class Kind {
    Number,
    Name,
    Sum,
    Call,
    Quantifier,
    Assign,
    Add,
    Print,
    If,
    Case,
    For,
    Function,
    Rule,
    Break,
    Continue,
    Return,
  };
  Kind kind = Kind::Number;
  std::string name;
  std::string element;
  int number = 0;
  std::vector<Node> first;
  std::vector<Node> second;
};
using Kind = Node::Kind;
using Nodes = std::vector<Node>;

std::string text_of(const Nodes& nodes);

std::string text_of(const Node& node) {
  const auto only = [&] { return text_of(node.first[0]); };
  const auto block = [](const Nodes& nodes) { return "{\n" + text_of(nodes) + "}"; };
  switch (node.kind) {
  case Kind::Number:
    return std::to_string(node.number);
  case Kind::Name:
    return node.name;
  case Kind::Sum:
    return "(" + only() + " + " + text_of(node.first[1]) + ")";
  case Kind::Call:
    return node.name + "(" + only() + ")";
  case Kind::Quantifier:
    return "length(map [1, 2] as " + node.element + " { " + only() + " })";
  case Kind::Assign:
    return node.name + " = " + only();
  case Kind::Add:
    return node.name + " += " + only();
  case Kind::Print:
    return "print(" + only() + ")";
  case Kind::If:
    return (node.number != 0 ? "if true " : "if false ") + block(node.first) + " else " +
           block(node.second);
  case Kind::Case:
    return "case " + std::to_string(node.number) + " {\nwhen 1:\n" + text_of(node.first) +
           "else:\n" + text_of(node.second) + "}";
  case Kind::For:
    return "for [3, 4] as " + node.element + " " + block(node.first);
  case Kind::Function:
    return node.name + " = func(" + node.element + ") " + block(node.first);
  case Kind::Rule:
    return node.name + " = rule { " + only() + " }";
  case Kind::Break:
    return "break";
  case Kind::Continue:
    return "continue";
  case Kind::Return:
    return "return " + only();
  }
  return "";
}

std::string text_of(const Nodes& nodes) {
  std::string text;
  for (const Node& node : nodes)
    text += text_of(node) + "\n";
  return text;
}

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  /// Most names exist at the beginning, so that few programs end at once.
  Nodes program() {
    Nodes out;
    for (const char* name : {"a", "b", "c", "d"})
      if (below(10) < 8) out.push_back({Kind::Assign, name, "", 0, {{Kind::Number}}, {}});
    for (const char* name : {"f", "g"})
      if (below(10) < 8) out.push_back(function(name, 1));
    for (const char* name : {"r", "s"})
      if (below(10) < 8) out.push_back({Kind::Rule, name, "", 0, {expression(1)}, {}});
    for (int i = 0; i < 3; ++i)
      for (Node& node : statements(3, false, false))
        out.push_back(std::move(node));
    return out;
  }

 private:
  // The same numbers everywhere: the standard's distributions differ between libraries.
  int below(int end) { return static_cast<int>(random_() % static_cast<std::uint32_t>(end)); }
  std::string variable() { return std::string(1, static_cast<char>('a' + below(4))); }
  std::string function_name() { return below(2) == 0 ? "f" : "g"; }
  std::string rule_name() { return below(2) == 0 ? "r" : "s"; }

  Node expression(int depth) {
    const int kind = below(100);
    if (kind < 25) return {Kind::Number, "", "", below(10), {}, {}};
    if (kind < 60 || depth == 0) return {Kind::Name, variable(), "", 0, {}, {}};
    if (kind < 70) return {Kind::Name, rule_name(), "", 0, {}, {}};
    if (kind < 80)
      return {Kind::Sum, "", "", 0, {expression(depth - 1), expression(depth - 1)}, {}};
    if (kind < 92) return {Kind::Call, function_name(), "", 0, {expression(depth - 1)}, {}};
    return {Kind::Quantifier, "", variable(), 0, {expression(depth - 1)}, {}};
  }

  Node function(std::string name, int depth) {
    Node out{Kind::Function, std::move(name), variable(), 0, statements(depth, false, true), {}};
    out.first.push_back({Kind::Return, "", "", 0, {expression(1)}, {}});
    return out;
  }

  Node statement(int depth, bool in_loop, bool in_function) {
    const int kind = below(100);
    if (kind < 30 || (depth == 0 && kind >= 55))
      return {Kind::Assign, variable(), "", 0, {expression(1)}, {}};
    if (kind < 40) return {Kind::Add, variable(), "", 0, {expression(1)}, {}};
    if (kind < 55) return {Kind::Print, "", "", 0, {expression(1)}, {}};
    if (kind < 67) {
      return {below(3) == 0 ? Kind::Case : Kind::If,
              "",
              "",
              below(2),
              statements(depth - 1, in_loop, in_function),
              statements(depth - 1, in_loop, in_function)};
    }
    if (kind < 78)
      return {Kind::For, "", variable(), 0, statements(depth - 1, true, in_function), {}};
    if (kind < 88) return function(function_name(), depth - 1);
    if (kind < 93) return {Kind::Rule, rule_name(), "", 0, {expression(1)}, {}};
    if (kind < 97 && in_loop) return {below(2) == 0 ? Kind::Break : Kind::Continue};
    if (in_function) return {Kind::Return, "", "", 0, {expression(1)}, {}};
    return {Kind::Print, "", "", 0, {expression(1)}, {}};
  }

  Nodes statements(int depth, bool in_loop, bool in_function) {
    Nodes out;
    for (int i = 1 + below(3); i > 0; --i)
      out.push_back(statement(depth, in_loop, in_function));
    return out;
  }

  std::mt19937 random_;
};

class Model {
 public:
  std::vector<std::string> prints;

  /// The error that ends the program; empty: none. Nothing: it runs too long for a test.
  std::optional<std::string> run(const Nodes& program) {
    try {
      run(program, scope(nullptr));
      return "";
    } catch (const Stop& stop) {
      return stop.why;
    } catch (const TooLong&) {
      return std::nullopt;
    }
  }

 private:
  struct Stop {
    std::string why;
  };
  struct TooLong {};
  enum class Flow { Next, Break, Continue, Return };

  struct Scope;
  struct Held {
    enum class Kind { Int, Function, Rule } kind = Kind::Int;
    std::int64_t number = 0;
    const Node* code = nullptr;
    Scope* scope = nullptr;
    std::shared_ptr<std::optional<std::int64_t>> result;  // of a rule
  };
  struct Scope {
    Scope* outer = nullptr;
    std::map<std::string, Held> names;
  };

  Scope* scope(Scope* outer) {
    scopes_.push_back(std::make_unique<Scope>(Scope{outer, {}}));
    return scopes_.back().get();
  }

  static Scope* holder(Scope* scope, const std::string& name) {
    while (scope != nullptr && !scope->names.contains(name))
      scope = scope->outer;
    return scope;
  }

  static void assign(const std::string& name, Held value, Scope* scope) {
    Scope* const found = holder(scope, name);
    (found != nullptr ? found : scope)->names[name] = std::move(value);
  }

  Held read(const std::string& name, Scope* scope) {
    Scope* const found = holder(scope, name);
    if (found == nullptr) throw Stop{"unknown identifier accessed: " + name};
    const Held held = found->names[name];
    if (held.kind != Held::Kind::Rule) return held;
    if (!held.result->has_value()) {
      for (const Held* each : running_) {
        if (each->result == held.result)
          throw Stop{"rule \"" + held.code->name + "\" refers to itself while it is evaluated"};
      }
      running_.push_back(&held);
      const Held value = evaluate(held.code->first[0], held.scope);
      running_.pop_back();
      if (value.kind == Held::Kind::Function) {
        throw Stop{"rule must result in a boolean, string, number, list or map, got function"};
      }
      *held.result = value.number;
    }
    return {Held::Kind::Int, **held.result, nullptr, nullptr, nullptr};
  }

  static const char* kind_of(const Held& held) {
    return held.kind == Held::Kind::Int ? "int" : "function";
  }

  static Held sum(const Held& a, const Held& b) {
    if (a.kind != Held::Kind::Int || b.kind != Held::Kind::Int)
      throw Stop{std::string("cannot apply `+` to ") + kind_of(a) + " and " + kind_of(b)};
    return {Held::Kind::Int, a.number + b.number, nullptr, nullptr, nullptr};
  }

  Held evaluate(const Node& node, Scope* scope) {
    if (++steps_ > 5000) throw TooLong{};
    switch (node.kind) {
    case Kind::Number:
      return {Held::Kind::Int, node.number, nullptr, nullptr, nullptr};
    case Kind::Name:
      return read(node.name, scope);
    case Kind::Sum: {
      const Held left = evaluate(node.first[0], scope);
      return sum(left, evaluate(node.first[1], scope));
    }
    case Kind::Call: {
      const Held callee = read(node.name, scope);
      if (callee.kind != Held::Kind::Function) throw Stop{"cannot call int"};
      Held argument = evaluate(node.first[0], scope);
      if (++depth_ > 40) throw TooLong{};
      Scope* const body = this->scope(callee.scope);
      body->names[callee.code->element] = std::move(argument);
      run(callee.code->first, body);
      --depth_;
      return returned_;
    }
    default: {  // a quantifier
      Scope* const body = this->scope(scope);
      for (const int element : {1, 2}) {
        body->names[node.element] = {Held::Kind::Int, element, nullptr, nullptr, nullptr};
        evaluate(node.first[0], body);
      }
      return {Held::Kind::Int, 2, nullptr, nullptr, nullptr};
    }
    }
  }

  Flow run(const Nodes& nodes, Scope* scope) {
    for (const Node& node : nodes) {
      const Flow flow = run(node, scope);
      if (flow != Flow::Next) return flow;
    }
    return Flow::Next;
  }

  Flow run(const Node& node, Scope* scope) {
    if (++steps_ > 5000) throw TooLong{};
    switch (node.kind) {
    case Kind::Assign:
      assign(node.name, evaluate(node.first[0], scope), scope);
      return Flow::Next;
    case Kind::Add: {
      const Held left = read(node.name, scope);
      assign(node.name, sum(left, evaluate(node.first[0], scope)), scope);
      return Flow::Next;
    }
    case Kind::Print: {
      const Held value = evaluate(node.first[0], scope);
      if (value.kind == Held::Kind::Function) throw TooLong{};  // how those print is not the point
      prints.push_back(std::to_string(value.number));
      return Flow::Next;
    }
    case Kind::If:
      return run(node.number != 0 ? node.first : node.second, scope);
    case Kind::Case:
      return run(node.number == 1 ? node.first : node.second, scope);
    case Kind::For: {
      Scope* const body = this->scope(scope);
      for (const int element : {3, 4}) {
        body->names[node.element] = {Held::Kind::Int, element, nullptr, nullptr, nullptr};
        const Flow flow = run(node.first, body);
        if (flow == Flow::Break) break;
        if (flow == Flow::Return) return flow;
      }
      return Flow::Next;
    }
    case Kind::Function:
      assign(node.name, {Held::Kind::Function, 0, &node, scope, nullptr}, scope);
      return Flow::Next;
    case Kind::Rule:
      assign(node.name,
             {Held::Kind::Rule, 0, &node, scope, std::make_shared<std::optional<std::int64_t>>()},
             scope);
      return Flow::Next;
    case Kind::Break:
      return Flow::Break;
    case Kind::Continue:
      return Flow::Continue;
    default:
      returned_ = evaluate(node.first[0], scope);
      return Flow::Return;
    }
  }

  std::vector<std::unique_ptr<Scope>> scopes_;
  std::vector<const Held*> running_;
  Held returned_;
  int steps_ = 0;
  int depth_ = 0;
};

TEST(ScopeModel, ProgramsDoWhatTablesOfNamesDo) {
  constexpr int kPrograms = 1500;
  int compared = 0;
  int whole = 0;
  std::size_t prints = 0;
  for (std::uint32_t seed = 1; seed <= kPrograms; ++seed) {
    const Nodes program = Generator(seed).program();
    Model model;
    const std::optional<std::string> error = model.run(program);
    if (!error) continue;
    const std::string text = text_of(program) + "main = true\n";
    SCOPED_TRACE("program " + std::to_string(seed) + ":\n" + text);
    const Outcome outcome = outcome_of(inputs_of(text));
    EXPECT_EQ(outcome.error ? outcome.error->message : "", *error);
    EXPECT_EQ(outcome.prints, model.prints);
    if (HasFailure()) return;
    ++compared;
    if (error->empty()) ++whole;
    prints += model.prints.size();
  }
  // Programs that end at once, or do nothing, would compare nothing.
  EXPECT_GT(compared, kPrograms / 2);
  EXPECT_GT(whole, compared / 4);
  EXPECT_GT(prints, static_cast<std::size_t>(compared));
  RecordProperty("compared", compared);
  RecordProperty("to_their_end", whole);
  RecordProperty("prints", static_cast<int>(prints));
}

}  // namespace
}  // namespace sentinel
