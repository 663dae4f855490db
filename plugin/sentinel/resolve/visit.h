// The parts of a resolved program's nodes, for what walks over programs without running them.
#pragma once

#include "plugin/sentinel/resolve/program.h"

namespace sentinel::code {

/// Calls `expression(e)` for the expressions and `block(b)` for the blocks directly inside `e`, in
/// the order of the source.
template <class OnExpression, class OnBlock>
void visit(const Expression& e, const OnExpression& expression, const OnBlock& block) {
  switch (e.op) {
  case Op::Constant:
  case Op::UndefinedLiteral:
  case Op::FrozenLiteral:
  case Op::Local:
  case Op::Outer:
  case Op::Package:
  case Op::Free:
  case Op::Import:
  case Op::SelectImport:
    return;
  case Op::ListLiteral:
    for (const Expression* item : static_cast<const ListLiteral&>(e).items)
      expression(*item);
    return;
  case Op::MapLiteral:
    for (const MapEntryCode& entry : static_cast<const MapLiteral&>(e).entries) {
      expression(*entry.key);
      expression(*entry.value);
    }
    return;
  case Op::Not:
  case Op::Plus:
  case Op::Minus:
  case Op::IsEmpty:
  case Op::IsNotEmpty:
  case Op::IsDefined:
  case Op::IsNotDefined:
    expression(*static_cast<const Unary&>(e).operand);
    return;
  case Op::Select:
  case Op::IndexName:
    expression(*static_cast<const Select&>(e).base);
    return;
  case Op::Index: {
    const auto& index = static_cast<const Index&>(e);
    expression(*index.base);
    expression(*index.index);
    return;
  }
  case Op::Slice: {
    const auto& slice = static_cast<const Slice&>(e);
    expression(*slice.base);
    if (slice.low != nullptr) expression(*slice.low);
    if (slice.high != nullptr) expression(*slice.high);
    return;
  }
  case Op::Call: {
    const auto& call = static_cast<const Call&>(e);
    expression(*call.callee);
    for (const Expression* argument : call.arguments)
      expression(*argument);
    return;
  }
  case Op::CallMember: {
    const auto& call = static_cast<const CallMember&>(e);
    expression(*call.base);
    for (const Expression* argument : call.arguments)
      expression(*argument);
    return;
  }
  case Op::CallImport:
    for (const Expression* argument : static_cast<const CallImport&>(e).arguments)
      expression(*argument);
    return;
  case Op::All:
  case Op::Any:
  case Op::Filter:
  case Op::MapTo: {
    const auto& quantifier = static_cast<const Quantifier&>(e);
    expression(*quantifier.collection);
    expression(*quantifier.body);
    return;
  }
  case Op::Function:
    block(static_cast<const Function&>(e).body);
    return;
  case Op::Rule: {
    const auto& rule = static_cast<const Rule&>(e);
    if (rule.when != nullptr) expression(*rule.when);
    expression(*rule.body);
    return;
  }
  default: {
    const auto& binary = static_cast<const Binary&>(e);
    expression(*binary.left);
    expression(*binary.right);
    return;
  }
  }
}

template <class OnExpression, class OnBlock>
void visit(const Statement& s, const OnExpression& expression, const OnBlock& block) {
  switch (s.op) {
  case StatementOp::Assign:
  case StatementOp::AssignChain:
    expression(*static_cast<const Assign&>(s).value);
    return;
  case StatementOp::AssignIndex: {
    const auto& assign = static_cast<const AssignIndex&>(s);
    expression(*assign.base);
    expression(*assign.index);
    expression(*assign.value);
    return;
  }
  case StatementOp::If: {
    const auto& conditional = static_cast<const If&>(s);
    expression(*conditional.condition);
    block(conditional.then_body);
    block(conditional.else_body);
    return;
  }
  case StatementOp::Case: {
    const auto& choice = static_cast<const Case&>(s);
    if (choice.subject != nullptr) expression(*choice.subject);
    for (const CaseClause& clause : choice.clauses) {
      for (const Expression* value : clause.values)
        expression(*value);
      block(clause.body);
    }
    return;
  }
  case StatementOp::For: {
    const auto& loop = static_cast<const For&>(s);
    expression(*loop.collection);
    block(loop.body);
    return;
  }
  case StatementOp::Break:
  case StatementOp::Continue:
    return;
  case StatementOp::Return:
  case StatementOp::Evaluate:
    expression(*static_cast<const Simple&>(s).value);
    return;
  }
}

}  // namespace sentinel::code
