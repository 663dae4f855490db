// The long way from mock text to values, which the direct reader must agree with: parser, tree,
// literals.
#pragma once

#include <optional>

#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// The value of an expression of literals; nullopt for any other.
inline std::optional<Value> literal_value(Arena& arena, const Expression& expression) {
  switch (expression.kind) {
  case NodeKind::IntLiteral:
    return Value::integer(static_cast<const IntLiteral&>(expression).value);
  case NodeKind::FloatLiteral:
    return Value::number(static_cast<const FloatLiteral&>(expression).value);
  case NodeKind::StringLiteral:
    return arena.string(static_cast<const StringLiteral&>(expression).value);
  case NodeKind::Name: {
    const std::string_view name = static_cast<const Name&>(expression).name;
    if (name == "true" || name == "false") return Value::boolean(name == "true");
    if (name == "null") return Value::null();
    if (name == "undefined") return Value();
    return std::nullopt;
  }
  case NodeKind::Unary: {
    const auto& unary = static_cast<const Unary&>(expression);
    const auto operand = literal_value(arena, *unary.operand);
    if (!operand || !operand->is_number() || unary.op != UnaryOperator::Minus) return std::nullopt;
    if (operand->is(Kind::Float)) return Value::number(-operand->as_float());
    return Value::integer(-operand->as_int());
  }
  case NodeKind::ListLiteral: {
    List* list = make_list(arena);
    for (const Expression* item : static_cast<const ListLiteral&>(expression).items) {
      const auto value = literal_value(arena, *item);
      if (!value) return std::nullopt;
      list->append(arena, *value);
    }
    return Value::list(list);
  }
  case NodeKind::MapLiteral: {
    Map* map = make_map(arena);
    for (const MapLiteralEntry& entry : static_cast<const MapLiteral&>(expression).entries) {
      const auto key = literal_value(arena, *entry.key);
      const auto value = literal_value(arena, *entry.value);
      if (!key || !value) return std::nullopt;
      if (!key->is(Kind::String) && !key->is_number() && !key->is(Kind::Bool)) return std::nullopt;
      map->set(arena, *key, *value);
    }
    return Value::map(map);
  }
  default:
    return std::nullopt;
  }
}

/// The names a file of such assignments defines; nullopt where there is anything else in it.
inline std::optional<Value> read_long_way(Arena& arena, const base::SourcePtr& source) {
  const ParseResult parsed = parse(source);
  if (parsed.tree == nullptr || !parsed.tree->parameters.empty()) return std::nullopt;
  Map* root = make_map(arena);
  for (const Statement* statement : parsed.tree->statements) {
    if (statement->kind != NodeKind::Assign) return std::nullopt;
    const auto& assign = static_cast<const Assign&>(*statement);
    if (assign.op != AssignOperator::Set || assign.target->kind != NodeKind::Name)
      return std::nullopt;
    const auto value = literal_value(arena, *assign.value);
    if (!value) return std::nullopt;
    root->set(arena, arena.string(static_cast<const Name&>(*assign.target).name), *value);
  }
  return Value::map(root);
}

}  // namespace sentinel
