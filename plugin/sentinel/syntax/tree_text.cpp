#include "plugin/sentinel/syntax/tree_text.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace sentinel {
namespace {

std::string_view symbol(BinaryOperator op) {
  switch (op) {
  case BinaryOperator::Multiply:
    return "*";
  case BinaryOperator::Divide:
    return "/";
  case BinaryOperator::Remainder:
    return "%";
  case BinaryOperator::Add:
    return "+";
  case BinaryOperator::Subtract:
    return "-";
  case BinaryOperator::Else:
    return "else";
  case BinaryOperator::Equal:
    return "==";
  case BinaryOperator::NotEqual:
    return "!=";
  case BinaryOperator::Less:
    return "<";
  case BinaryOperator::LessEqual:
    return "<=";
  case BinaryOperator::Greater:
    return ">";
  case BinaryOperator::GreaterEqual:
    return ">=";
  case BinaryOperator::Matches:
    return "matches";
  case BinaryOperator::NotMatches:
    return "not-matches";
  case BinaryOperator::Contains:
    return "contains";
  case BinaryOperator::NotContains:
    return "not-contains";
  case BinaryOperator::In:
    return "in";
  case BinaryOperator::NotIn:
    return "not-in";
  case BinaryOperator::And:
    return "and";
  case BinaryOperator::Or:
    return "or";
  case BinaryOperator::Xor:
    return "xor";
  }
  return "?";
}

std::string_view symbol(UnaryOperator op) {
  switch (op) {
  case UnaryOperator::Plus:
    return "plus";
  case UnaryOperator::Minus:
    return "minus";
  case UnaryOperator::Not:
    return "not";
  }
  return "?";
}

std::string_view symbol(QuantifierKind kind) {
  switch (kind) {
  case QuantifierKind::All:
    return "all";
  case QuantifierKind::Any:
    return "any";
  case QuantifierKind::Filter:
    return "filter";
  case QuantifierKind::Map:
    return "map";
  }
  return "?";
}

std::string_view symbol(AssignOperator op) {
  switch (op) {
  case AssignOperator::Set:
    return "=";
  case AssignOperator::Add:
    return "+=";
  case AssignOperator::Subtract:
    return "-=";
  case AssignOperator::Multiply:
    return "*=";
  case AssignOperator::Divide:
    return "/=";
  case AssignOperator::Remainder:
    return "%=";
  }
  return "?";
}

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void tree(const Tree& tree) {
    if (!tree.description.empty()) {
      out_ += "(description ";
      quote(tree.description);
      out_ += ")\n";
    }
    for (const ImportDeclaration& import : tree.imports) {
      out_ += "(import ";
      quote(import.path);
      fmt::format_to(std::back_inserter(out_), " {})\n", import.name);
    }
    for (const ParameterDeclaration& parameter : tree.parameters) {
      fmt::format_to(std::back_inserter(out_), "(param {}", parameter.name);
      if (parameter.default_value != nullptr) and_expression(*parameter.default_value);
      describe(parameter.description);
      out_ += ")\n";
    }
    for (const Statement* each : tree.statements) {
      statement(*each);
      out_ += '\n';
    }
  }

  void expression(const Expression& node);

 private:
  void statement(const Statement& node);

  void and_expression(const Expression& node) {
    out_ += ' ';
    expression(node);
  }

  void block(Block statements) {
    for (const Statement* each : statements) {
      out_ += ' ';
      statement(*each);
    }
  }

  void describe(std::string_view description) {
    if (description.empty()) return;
    out_ += " (description ";
    quote(description);
    out_ += ')';
  }

  void quote(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        fmt::format_to(std::back_inserter(out_), "\\x{:02x}", static_cast<unsigned>(c));
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  void function(const FunctionLiteral& node) {
    out_ += '(';
    for (std::size_t i = 0; i < node.parameters.size(); ++i) {
      if (i > 0) out_ += ' ';
      out_ += node.parameters[i].name;
    }
    out_ += ')';
    block(node.body);
  }

  std::string out_;
};

void Writer::expression(const Expression& node) {
  const auto out = std::back_inserter(out_);
  switch (node.kind) {
  case NodeKind::IntLiteral:
    fmt::format_to(out, "{}", static_cast<const IntLiteral&>(node).value);
    return;
  case NodeKind::FloatLiteral: {
    const std::string text = fmt::format("{}", static_cast<const FloatLiteral&>(node).value);
    out_ += text;
    if (text.find_first_not_of("0123456789") == std::string::npos) out_ += ".0";
    return;
  }
  case NodeKind::StringLiteral:
    quote(static_cast<const StringLiteral&>(node).value);
    return;
  case NodeKind::ListLiteral:
    out_ += "(list";
    for (const Expression* item : static_cast<const ListLiteral&>(node).items)
      and_expression(*item);
    break;
  case NodeKind::MapLiteral:
    out_ += "(map-of";
    for (const MapLiteralEntry& entry : static_cast<const MapLiteral&>(node).entries) {
      and_expression(*entry.key);
      and_expression(*entry.value);
    }
    break;
  case NodeKind::Name:
    out_ += static_cast<const Name&>(node).name;
    return;
  case NodeKind::Unary: {
    const auto& unary = static_cast<const Unary&>(node);
    fmt::format_to(out, "({}", symbol(unary.op));
    and_expression(*unary.operand);
    break;
  }
  case NodeKind::Binary: {
    const auto& binary = static_cast<const Binary&>(node);
    fmt::format_to(out, "({}", symbol(binary.op));
    and_expression(*binary.left);
    and_expression(*binary.right);
    break;
  }
  case NodeKind::Empty: {
    const auto& empty = static_cast<const Empty&>(node);
    out_ += empty.negated ? "(not-empty" : "(empty";
    and_expression(*empty.operand);
    break;
  }
  case NodeKind::Defined: {
    const auto& defined = static_cast<const Defined&>(node);
    out_ += defined.negated ? "(not-defined" : "(defined";
    and_expression(*defined.operand);
    break;
  }
  case NodeKind::Select: {
    const auto& select = static_cast<const Select&>(node);
    out_ += "(.";
    and_expression(*select.base);
    fmt::format_to(out, " {}", select.name);
    break;
  }
  case NodeKind::Index: {
    const auto& index = static_cast<const Index&>(node);
    out_ += "(index";
    and_expression(*index.base);
    and_expression(*index.index);
    break;
  }
  case NodeKind::Slice: {
    const auto& slice = static_cast<const Slice&>(node);
    out_ += "(slice";
    and_expression(*slice.base);
    for (const Expression* end : {slice.low, slice.high}) {
      if (end != nullptr) {
        and_expression(*end);
      } else {
        out_ += " _";
      }
    }
    break;
  }
  case NodeKind::Call: {
    const auto& call = static_cast<const Call&>(node);
    out_ += "(call";
    and_expression(*call.callee);
    for (const Expression* argument : call.arguments)
      and_expression(*argument);
    break;
  }
  case NodeKind::Quantifier: {
    const auto& quantifier = static_cast<const Quantifier&>(node);
    fmt::format_to(out, "({}", symbol(quantifier.quantifier));
    and_expression(*quantifier.collection);
    fmt::format_to(out, " ({}", quantifier.first->name);
    if (quantifier.second != nullptr) fmt::format_to(out, " {}", quantifier.second->name);
    out_ += ')';
    and_expression(*quantifier.body);
    break;
  }
  case NodeKind::FunctionLiteral:
    out_ += "(func ";
    function(static_cast<const FunctionLiteral&>(node));
    break;
  case NodeKind::RuleLiteral: {
    const auto& rule = static_cast<const RuleLiteral&>(node);
    out_ += "(rule";
    if (rule.when != nullptr) {
      out_ += " (when";
      and_expression(*rule.when);
      out_ += ')';
    }
    and_expression(*rule.body);
    break;
  }
  default:
    return;  // statements
  }
  out_ += ')';
}

void Writer::statement(const Statement& node) {
  const auto out = std::back_inserter(out_);
  switch (node.kind) {
  case NodeKind::Assign: {
    const auto& assign = static_cast<const Assign&>(node);
    fmt::format_to(out, "({}", symbol(assign.op));
    and_expression(*assign.target);
    and_expression(*assign.value);
    describe(assign.description);
    break;
  }
  case NodeKind::If: {
    const auto& branch = static_cast<const If&>(node);
    out_ += "(if";
    and_expression(*branch.condition);
    out_ += " (then";
    block(branch.then_body);
    out_ += ')';
    if (!branch.else_body.empty()) {
      out_ += " (else";
      block(branch.else_body);
      out_ += ')';
    }
    break;
  }
  case NodeKind::Case: {
    const auto& branch = static_cast<const Case&>(node);
    out_ += "(case";
    if (branch.subject != nullptr) and_expression(*branch.subject);
    for (const CaseClause& clause : branch.clauses) {
      if (clause.values.empty()) {
        out_ += " (else";
      } else {
        out_ += " (when (";
        for (std::size_t i = 0; i < clause.values.size(); ++i) {
          if (i > 0) out_ += ' ';
          expression(*clause.values[i]);
        }
        out_ += ')';
      }
      block(clause.body);
      out_ += ')';
    }
    break;
  }
  case NodeKind::For: {
    const auto& loop = static_cast<const For&>(node);
    out_ += "(for";
    and_expression(*loop.collection);
    fmt::format_to(out, " ({}", loop.first->name);
    if (loop.second != nullptr) fmt::format_to(out, " {}", loop.second->name);
    out_ += ')';
    block(loop.body);
    break;
  }
  case NodeKind::Break:
    out_ += "(break";
    break;
  case NodeKind::Continue:
    out_ += "(continue";
    break;
  case NodeKind::Return:
    out_ += "(return";
    and_expression(*static_cast<const Return&>(node).value);
    break;
  case NodeKind::FunctionDeclaration: {
    const auto& declaration = static_cast<const FunctionDeclaration&>(node);
    fmt::format_to(out, "(func {} ", declaration.name);
    function(*declaration.function);
    break;
  }
  case NodeKind::ExpressionStatement:
    expression(*static_cast<const ExpressionStatement&>(node).expression);
    return;
  default:
    return;  // expressions
  }
  out_ += ')';
}

}  // namespace

std::string to_text(const Tree& tree) {
  Writer writer;
  writer.tree(tree);
  return writer.take();
}

std::string to_text(const Expression& expression) {
  Writer writer;
  writer.expression(expression);
  return writer.take();
}

}  // namespace sentinel
