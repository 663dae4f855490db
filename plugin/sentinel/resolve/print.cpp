// The printable form of a program: one node a line, indented, with the places of names.
#include "plugin/sentinel/resolve/visit.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using code::Op;
using code::StatementOp;

// In the order of code::Op and code::StatementOp.
constexpr std::string_view kOpNames[code::kOps] = {
    "constant",
    "undefined",
    "frozen",
    "list",
    "map",
    "local",
    "outer",
    "package",
    "free",
    "import",
    "not",
    "plus",
    "minus",
    "*",
    "/",
    "%",
    "+",
    "-",
    "else",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "matches",
    "not matches",
    "contains",
    "not contains",
    "in",
    "not in",
    "and",
    "or",
    "xor",
    "is empty",
    "is not empty",
    "is defined",
    "is not defined",
    "select",
    "select import",
    "index",
    "index name",
    "slice",
    "call",
    "call member",
    "call import",
    "all",
    "any",
    "filter",
    "map to",
    "function",
    "rule",
};
constexpr std::string_view kStatementNames[code::kStatementOps] = {
    "assign", "assign first set", "assign index", "if",       "case", "for",
    "break",  "continue",         "return",       "evaluate",
};

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string run() {
    block(program_.body, 0);
    return std::move(out_);
  }

 private:
  void line(std::size_t indent, const std::string& text) {
    out_.append(indent * 2, ' ');
    out_ += text;
    out_ += '\n';
  }

  static std::string place(const code::Place& place) {
    switch (place.where) {
    case code::Place::Where::Local:
      return "local " + std::to_string(place.slot);
    case code::Place::Where::Outer:
      return "outer " + std::to_string(place.depth) + "." + std::to_string(place.slot);
    case code::Place::Where::Package:
      break;
    }
    return "package " + std::to_string(place.slot);
  }

  static std::string name(const code::Name& name) {
    std::string text(kOpNames[static_cast<std::size_t>(name.op)]);
    text += ' ';
    if (name.op == Op::Outer) text += std::to_string(name.depth) + ".";
    text += std::to_string(name.slot);
    if (name.otherwise != nullptr) text += ", else " + Printer::name(*name.otherwise);
    return text;
  }

  static std::string scope(const code::Scope& scope, bool two_names) {
    return " as local " + std::to_string(scope.first_slot) + (two_names ? " and the next" : "");
  }

  std::string describe(const code::Expression& e) const {
    std::string text(kOpNames[static_cast<std::size_t>(e.op)]);
    switch (e.op) {
    case Op::Constant:
    case Op::FrozenLiteral: {
      const Value& value = static_cast<const code::Constant&>(e).value;
      text += ' ';
      append_text(text, value, true);
      break;
    }
    case Op::Local:
    case Op::Outer:
    case Op::Package:
    case Op::Free:
    case Op::Import: {
      const auto& named = static_cast<const code::Name&>(e);
      return std::string(named.name) + ": " + name(named);
    }
    case Op::Select:
    case Op::IndexName:
      text += " " + std::string(static_cast<const code::Select&>(e).name);
      break;
    case Op::SelectImport: {
      const auto& select = static_cast<const code::SelectImport&>(e);
      text += " " + std::to_string(select.import) + " " + std::string(select.name);
      break;
    }
    case Op::CallMember:
      text += " " + std::string(static_cast<const code::CallMember&>(e).name);
      break;
    case Op::CallImport: {
      const auto& call = static_cast<const code::CallImport&>(e);
      text += " " + std::to_string(call.import) + " " + std::string(call.name);
      break;
    }
    case Op::All:
    case Op::Any:
    case Op::Filter:
    case Op::MapTo: {
      const auto& quantifier = static_cast<const code::Quantifier&>(e);
      text += scope(quantifier.scope, quantifier.two_names);
      break;
    }
    case Op::Function: {
      const auto& function = static_cast<const code::Function&>(e);
      text += " " + std::string(function.name) + ": " + std::to_string(function.parameters) +
              " parameters, " + std::to_string(function.slots) + " slots" +
              (function.captured ? ", captured" : "");
      break;
    }
    case Op::Rule: {
      const auto& rule = static_cast<const code::Rule&>(e);
      text += " " + std::string(rule.name) + ": " + std::to_string(rule.slots) + " slots" +
              (rule.when != nullptr ? ", when" : "");
      break;
    }
    default:
      break;
    }
    return text;
  }

  void expression(const code::Expression& e, std::size_t indent) {
    line(indent, describe(e));
    code::visit(
        e, [&](const code::Expression& inner) { expression(inner, indent + 1); },
        [&](const code::Block& inner) { block(inner, indent + 1); });
  }

  void block(const code::Block& statements, std::size_t indent) {
    for (const code::Statement* s : statements) {
      std::string text(kStatementNames[static_cast<std::size_t>(s->op)]);
      if (s->op == StatementOp::Assign)
        text += " " + place(static_cast<const code::Assign&>(*s).place);
      if (s->op == StatementOp::AssignChain) {
        std::string_view separator = " ";
        for (const code::Place& p : static_cast<const code::Assign&>(*s).candidates) {
          text += std::string(separator) + place(p);
          separator = ", ";
        }
      }
      if (s->op == StatementOp::For) {
        const auto& loop = static_cast<const code::For&>(*s);
        text += scope(loop.scope, loop.two_names);
      }
      line(indent, text);
      code::visit(
          *s, [&](const code::Expression& inner) { expression(inner, indent + 1); },
          [&](const code::Block& inner) { block(inner, indent + 1); });
    }
  }

  const Program& program_;
  std::string out_;
};

}  // namespace

std::string to_text(const Program& program) {
  return Printer(program).run();
}

}  // namespace sentinel
