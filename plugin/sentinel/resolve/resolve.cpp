#include "plugin/sentinel/resolve/resolve.h"

#include <algorithm>
#include <new>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "plugin/sentinel/resolve/program.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {
namespace {

constexpr std::size_t kMostErrors = 12;

/// A frame being laid out.
struct FrameLayout {
  FrameLayout* parent = nullptr;
  bool package = false;
  bool captured = false;
  std::uint32_t slots = 0;
};

struct Variable {
  std::uint32_t slot = 0;
  bool set = false;       // at this point of the walk, whatever path led here
  bool constant = false;  // a declared function
};

/// A scope of the language: the package, a function's body, a loop's or quantifier's body. Rules
/// open a frame without names of their own.
struct ScopeLayout {
  enum class Kind { Package, Function, Rule, Loop };

  ScopeLayout* parent = nullptr;
  FrameLayout* frame = nullptr;
  Kind kind = Kind::Package;
  std::unordered_map<std::string_view, Variable> variables;
};

bool is_constant_name(std::string_view name) {
  return name == "true" || name == "false" || name == "null" || name == "undefined";
}

std::string quoted(std::string_view name) {
  return "`" + std::string(name) + "`";
}

class Resolver {
 public:
  explicit Resolver(TreePtr tree)
      : program_(std::make_shared<Program>()), arena_(program_->arena), tree_(std::move(tree)) {
    program_->tree = tree_;
    constant_budget_ = 8 * (tree_->source->text().size() + 1'000);
  }

  ResolveResult run() {
    ResolveResult result;
    package();
    result.errors = std::move(errors_);
    if (result.errors.empty()) result.program = std::move(program_);
    return result;
  }

 private:
  void fail(base::Span span, std::string what, std::string advice = {}) {
    if (errors_.size() >= kMostErrors) return;
    base::Diagnostic error;
    error.what = std::move(what);
    error.where = tree_->source->locate(span);
    error.advice = std::move(advice);
    errors_.push_back(std::move(error));
  }

  // Nodes.

  template <class T>
  T* make(code::Op op, const Node& node) {
    T* made = new (arena_.allocate(sizeof(T), alignof(T))) T{};
    made->op = op;
    made->row = code::row_of(op, code::Operands::Any);
    made->begin = node.span.begin;
    made->end = node.span.end;
    made->position = node.position;
    return made;
  }
  template <class T>
  T* make(code::StatementOp op, const Node& node) {
    T* made = new (arena_.allocate(sizeof(T), alignof(T))) T{};
    made->op = op;
    made->begin = node.span.begin;
    made->end = node.span.end;
    made->position = node.position;
    return made;
  }
  template <class T>
  std::span<T> room(std::size_t count) {
    T* items = arena_.array<T>(count);
    for (std::size_t i = 0; i < count; ++i)
      new (items + i) T{};
    return {items, count};
  }

  // The whole file.

  void package() {
    FrameLayout frame;
    frame.package = true;
    ScopeLayout scope;
    scope.frame = &frame;
    scope_ = &scope;
    imports();
    for (const ParameterDeclaration& p : tree_->parameters) {
      if (is_constant_name(p.name)) {
        fail(p.name_span, "parameter " + quoted(p.name) + " has the name of a constant");
      } else if (imports_.contains(p.name)) {
        fail(p.name_span, "parameter " + quoted(p.name) + " has the name of an import");
      } else if (scope.variables.contains(p.name)) {
        fail(p.name_span, "parameter " + quoted(p.name) + " is declared twice");
      } else {
        Variable& variable = declare(scope, p.name);
        variable.set = true;
        ProgramParameter parameter{};
        parameter.name = p.name;
        parameter.description = p.description;
        parameter.position = p.name_span.begin;
        parameter.slot = variable.slot;
        if (p.default_value != nullptr) parameter.default_value = expression(*p.default_value);
        program_->parameters.push_back(parameter);
      }
    }
    collect(scope, tree_->statements);
    program_->slots.resize(frame.slots);
    for (const auto& [name, variable] : scope.variables)
      program_->slots[variable.slot] = name;
    for (std::uint32_t i = 0; i < frame.slots; ++i)
      program_->members.emplace(program_->slots[i], i);
    program_->body = block(tree_->statements);
    program_->compiled.resize(program_->patterns.size());
    program_->frame_slots = frame.slots;
    scope_ = nullptr;
  }

  void imports() {
    std::unordered_set<std::string_view> paths;
    for (const ImportDeclaration& i : tree_->imports) {
      if (!paths.insert(i.path).second) {
        fail(i.path_span, "import " + quoted(i.path) + " stands twice",
             "import it once, and use that name everywhere");
      } else if (is_constant_name(i.name)) {
        fail(i.name_span, "import " + quoted(i.name) + " has the name of a constant");
      } else if (!imports_.emplace(i.name, static_cast<std::uint32_t>(program_->imports.size()))
                      .second) {
        fail(i.name_span, "two imports have the name " + quoted(i.name),
             "give one of them another with `as`");
      }
      program_->imports.push_back({i.path, i.name, i.name_span.begin});
    }
  }

  // Scopes.

  Variable& declare(ScopeLayout& scope, std::string_view name) {
    const auto [at, fresh] = scope.variables.try_emplace(name);
    if (fresh) at->second.slot = scope.frame->slots++;
    return at->second;
  }

  /// Declares what the statements of a scope may make: assignments outside inner loops and
  /// functions.
  void collect(ScopeLayout& scope, sentinel::Block block) {
    for (const sentinel::Statement* statement : block) {
      switch (statement->kind) {
      case NodeKind::Assign: {
        const auto& assign = static_cast<const sentinel::Assign&>(*statement);
        if (assign.target->kind == NodeKind::Name)
          declare(scope, static_cast<const sentinel::Name&>(*assign.target).name);
        break;
      }
      case NodeKind::FunctionDeclaration: {
        const auto& function = static_cast<const FunctionDeclaration&>(*statement);
        if (scope.kind != ScopeLayout::Kind::Package) break;  // an error, made in statement()
        const bool taken = scope.variables.contains(function.name);
        Variable& variable = declare(scope, function.name);
        if (taken) {
          fail(function.name_span, "function " + quoted(function.name) +
                                       " has the name of another function, variable or parameter");
        } else {
          variable.constant = true;
        }
        break;
      }
      case NodeKind::If: {
        const auto& conditional = static_cast<const sentinel::If&>(*statement);
        collect(scope, conditional.then_body);
        collect(scope, conditional.else_body);
        break;
      }
      case NodeKind::Case: {
        for (const sentinel::CaseClause& clause :
             static_cast<const sentinel::Case&>(*statement).clauses)
          collect(scope, clause.body);
        break;
      }
      default:
        break;
      }
    }
  }

  code::Place place_of(const ScopeLayout& owner, const Variable& variable) {
    code::Place place;
    place.slot = variable.slot;
    if (owner.frame == scope_->frame) return place;
    if (owner.frame->package) {
      place.where = code::Place::Where::Package;
      return place;
    }
    place.where = code::Place::Where::Outer;
    for (FrameLayout* frame = scope_->frame; frame != owner.frame;) {
      frame = frame->parent;
      frame->captured = true;
      ++place.depth;
    }
    return place;
  }

  struct Candidates {
    std::vector<code::Place> places;  // innermost first
    bool sure = false;                // the last one is set, whatever happened before
    Variable* own = nullptr;          // in the current scope
    bool constant = false;            // a declared function is among them
  };

  Candidates candidates(std::string_view name) {
    Candidates found;
    for (ScopeLayout* scope = scope_; scope != nullptr; scope = scope->parent) {
      const auto at = scope->variables.find(name);
      if (at == scope->variables.end()) continue;
      Variable& variable = at->second;
      if (scope == scope_) found.own = &variable;
      found.constant = found.constant || variable.constant;
      if (variable.set) {
        // What stands further in cannot have been made: an assignment there came here.
        found.places.assign(1, place_of(*scope, variable));
        found.sure = true;
        return found;
      }
      found.places.push_back(place_of(*scope, variable));
    }
    return found;
  }

  void mark_set(Variable& variable) {
    if (variable.set) return;
    variable.set = true;
    newly_set_.push_back(&variable);
  }

  /// Forgets what has been set since `mark`; gives back what that was.
  std::vector<Variable*> rewind(std::size_t mark) {
    std::vector<Variable*> since(newly_set_.begin() + static_cast<std::ptrdiff_t>(mark),
                                 newly_set_.end());
    newly_set_.resize(mark);
    for (Variable* variable : since)
      variable->set = false;
    return since;
  }

  // Expressions.

  const code::Expression* expression(const sentinel::Expression& e) {
    switch (e.kind) {
    case NodeKind::IntLiteral:
      return constant(e, Value::integer(static_cast<const IntLiteral&>(e).value));
    case NodeKind::FloatLiteral:
      return constant(e, Value::number(static_cast<const FloatLiteral&>(e).value));
    case NodeKind::StringLiteral:
      return constant(e, Value::string(static_cast<const StringLiteral&>(e).value));
    case NodeKind::ListLiteral:
      return list(static_cast<const sentinel::ListLiteral&>(e));
    case NodeKind::MapLiteral:
      return map(static_cast<const sentinel::MapLiteral&>(e));
    case NodeKind::Name:
      return name(static_cast<const sentinel::Name&>(e));
    case NodeKind::Unary:
      return unary(static_cast<const sentinel::Unary&>(e));
    case NodeKind::Binary:
      return binary(static_cast<const sentinel::Binary&>(e));
    case NodeKind::Empty: {
      const auto& test = static_cast<const Empty&>(e);
      auto* made = make<code::Unary>(test.negated ? code::Op::IsNotEmpty : code::Op::IsEmpty, e);
      made->operand = expression(*test.operand);
      return made;
    }
    case NodeKind::Defined: {
      const auto& test = static_cast<const Defined&>(e);
      auto* made =
          make<code::Unary>(test.negated ? code::Op::IsNotDefined : code::Op::IsDefined, e);
      made->operand = expression(*test.operand);
      return made;
    }
    case NodeKind::Select:
      return select(static_cast<const sentinel::Select&>(e));
    case NodeKind::Index: {
      const auto& index = static_cast<const sentinel::Index&>(e);
      if (index.index->kind == NodeKind::StringLiteral) {
        auto* made = make<code::Select>(code::Op::IndexName, e);
        made->base = expression(*index.base);
        made->name = static_cast<const StringLiteral&>(*index.index).value;
        made->guess = program_->selections++;
        made->name_position = index.index->span.begin;
        return made;
      }
      auto* made = make<code::Index>(code::Op::Index, e);
      made->base = expression(*index.base);
      made->index = expression(*index.index);
      made->guess = program_->selections++;
      return made;
    }
    case NodeKind::Slice: {
      const auto& slice = static_cast<const sentinel::Slice&>(e);
      auto* made = make<code::Slice>(code::Op::Slice, e);
      made->base = expression(*slice.base);
      if (slice.low != nullptr) made->low = expression(*slice.low);
      if (slice.high != nullptr) made->high = expression(*slice.high);
      return made;
    }
    case NodeKind::Call:
      return call(static_cast<const sentinel::Call&>(e));
    case NodeKind::Quantifier:
      return quantifier(static_cast<const sentinel::Quantifier&>(e));
    case NodeKind::FunctionLiteral:
      return function(static_cast<const FunctionLiteral&>(e), {});
    case NodeKind::RuleLiteral:
      return rule(static_cast<const RuleLiteral&>(e));
    default:
      break;
    }
    fail(e.span, "statement found where an expression was expected");
    return constant(e, Value());
  }

  const code::Expression* constant(const Node& node, Value value) {
    auto* made = make<code::Constant>(code::Op::Constant, node);
    made->value = value;
    return made;
  }

  code::Expressions expressions(std::span<sentinel::Expression* const> items) {
    const auto made = room<const code::Expression*>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      made[i] = expression(*items[i]);
    return made;
  }

  const code::Expression* list(const sentinel::ListLiteral& e) {
    if (const auto* frozen = frozen_literal(e, e.items.size())) return frozen;
    auto* made = make<code::ListLiteral>(code::Op::ListLiteral, e);
    made->items = expressions(e.items);
    return made;
  }

  const code::Expression* map(const sentinel::MapLiteral& e) {
    if (const auto* frozen = frozen_literal(e, e.entries.size())) return frozen;
    auto* made = make<code::MapLiteral>(code::Op::MapLiteral, e);
    const auto entries = room<code::MapEntryCode>(e.entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i].key = expression(*e.entries[i].key);
      entries[i].value = expression(*e.entries[i].value);
    }
    made->entries = entries;
    return made;
  }

  /// A literal at the top of a file is evaluated at most once, so that its (frozen) parts can be
  /// made here for all evaluations. Null where it is not constant.
  const code::Expression* frozen_literal(const sentinel::Expression& e, std::size_t size) {
    if (size == 0 || scope_->kind != ScopeLayout::Kind::Package) return nullptr;
    if (!is_constant(e)) return nullptr;
    auto* made = make<code::Constant>(code::Op::FrozenLiteral, e);
    made->value = constant_value(e);
    return made;
  }

  bool is_constant(const sentinel::Expression& e) {
    if (constant_budget_ == 0) return false;
    --constant_budget_;
    switch (e.kind) {
    case NodeKind::IntLiteral:
    case NodeKind::FloatLiteral:
    case NodeKind::StringLiteral:
      return true;
    case NodeKind::Name:
      return is_constant_name(static_cast<const sentinel::Name&>(e).name);
    case NodeKind::Unary: {
      const auto& unary = static_cast<const sentinel::Unary&>(e);
      return unary.op != UnaryOperator::Not && is_number(*unary.operand);
    }
    case NodeKind::ListLiteral: {
      const auto& items = static_cast<const sentinel::ListLiteral&>(e).items;
      return std::all_of(items.begin(), items.end(),
                         [&](const auto* i) { return is_constant(*i); });
    }
    case NodeKind::MapLiteral: {
      const auto& entries = static_cast<const sentinel::MapLiteral&>(e).entries;
      return std::all_of(entries.begin(), entries.end(), [&](const MapLiteralEntry& entry) {
        return is_constant_key(*entry.key) && is_constant(*entry.value);
      });
    }
    default:
      return false;
    }
  }

  static bool is_number(const sentinel::Expression& e) {
    return e.kind == NodeKind::IntLiteral || e.kind == NodeKind::FloatLiteral;
  }
  bool is_constant_key(const sentinel::Expression& e) {
    if (e.kind == NodeKind::Name) {
      const std::string_view name = static_cast<const sentinel::Name&>(e).name;
      return name == "true" || name == "false";
    }
    return e.kind != NodeKind::ListLiteral && e.kind != NodeKind::MapLiteral && is_constant(e);
  }

  /// Of what `is_constant` holds for.
  Value constant_value(const sentinel::Expression& e) {
    switch (e.kind) {
    case NodeKind::IntLiteral:
      return Value::integer(static_cast<const IntLiteral&>(e).value);
    case NodeKind::FloatLiteral:
      return Value::number(static_cast<const FloatLiteral&>(e).value);
    case NodeKind::StringLiteral:
      return Value::string(static_cast<const StringLiteral&>(e).value);
    case NodeKind::Name: {
      const std::string_view name = static_cast<const sentinel::Name&>(e).name;
      if (name == "null") return Value::null();
      if (name == "undefined") return {};
      return Value::boolean(name == "true");
    }
    case NodeKind::Unary: {
      const auto& unary = static_cast<const sentinel::Unary&>(e);
      const Value operand = constant_value(*unary.operand);
      return unary.op == UnaryOperator::Minus ? negated(operand) : operand;
    }
    case NodeKind::ListLiteral: {
      const auto& items = static_cast<const sentinel::ListLiteral&>(e).items;
      List* list = make_list(arena_, items.size());
      for (const sentinel::Expression* item : items)
        list->append(arena_, constant_value(*item));
      list->frozen = true;
      return Value::list(list);
    }
    default: {
      const auto& entries = static_cast<const sentinel::MapLiteral&>(e).entries;
      Map* map = make_map(arena_, entries.size());
      for (const MapLiteralEntry& entry : entries)
        map->set(arena_, constant_value(*entry.key), constant_value(*entry.value));
      map->frozen = true;
      return Value::map(map);
    }
    }
  }

  static Value negated(const Value& number) {
    if (number.is(Kind::Float)) return Value::number(-number.as_float());
    return Value::integer(
        static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(number.as_int())));
  }

  const code::Expression* name(const sentinel::Name& e) {
    if (e.name == "true" || e.name == "false") return constant(e, Value::boolean(e.name == "true"));
    if (e.name == "null") return constant(e, Value::null());
    if (e.name == "undefined") return make<code::Constant>(code::Op::UndefinedLiteral, e);
    const Candidates found = candidates(e.name);
    const code::Name* next = nullptr;
    if (!found.sure) next = outside_name(e);
    for (std::size_t i = found.places.size(); i-- > 0;) {
      const code::Place& place = found.places[i];
      auto* made = make<code::Name>(place.where == code::Place::Where::Local   ? code::Op::Local
                                    : place.where == code::Place::Where::Outer ? code::Op::Outer
                                                                               : code::Op::Package,
                                    e);
      made->depth = place.depth;
      made->slot = place.slot;
      made->name = e.name;
      made->otherwise = next;
      next = made;
    }
    return next;
  }

  /// The reading of a name that no scope of the program binds.
  const code::Name* outside_name(const sentinel::Name& e) {
    const auto import = imports_.find(e.name);
    if (import != imports_.end()) {
      auto* made = make<code::Name>(code::Op::Import, e);
      made->slot = import->second;
      made->name = e.name;
      return made;
    }
    const auto [at, fresh] =
        free_names_.emplace(e.name, static_cast<std::uint32_t>(program_->free_names.size()));
    if (fresh) program_->free_names.push_back(e.name);
    auto* made = make<code::Name>(code::Op::Free, e);
    made->slot = at->second;
    made->name = e.name;
    return made;
  }

  const code::Expression* unary(const sentinel::Unary& e) {
    if (e.op != UnaryOperator::Not && is_number(*e.operand)) return constant(e, constant_value(e));
    auto* made = make<code::Unary>(e.op == UnaryOperator::Not     ? code::Op::Not
                                   : e.op == UnaryOperator::Minus ? code::Op::Minus
                                                                  : code::Op::Plus,
                                   e);
    made->operand = expression(*e.operand);
    return made;
  }

  static code::Op operation(BinaryOperator op) {
    switch (op) {
    case BinaryOperator::Multiply:
      return code::Op::Multiply;
    case BinaryOperator::Divide:
      return code::Op::Divide;
    case BinaryOperator::Remainder:
      return code::Op::Remainder;
    case BinaryOperator::Add:
      return code::Op::Add;
    case BinaryOperator::Subtract:
      return code::Op::Subtract;
    case BinaryOperator::Else:
      return code::Op::Else;
    case BinaryOperator::Equal:
      return code::Op::Equal;
    case BinaryOperator::NotEqual:
      return code::Op::NotEqual;
    case BinaryOperator::Less:
      return code::Op::Less;
    case BinaryOperator::LessEqual:
      return code::Op::LessEqual;
    case BinaryOperator::Greater:
      return code::Op::Greater;
    case BinaryOperator::GreaterEqual:
      return code::Op::GreaterEqual;
    case BinaryOperator::Matches:
      return code::Op::Matches;
    case BinaryOperator::NotMatches:
      return code::Op::NotMatches;
    case BinaryOperator::Contains:
      return code::Op::Contains;
    case BinaryOperator::NotContains:
      return code::Op::NotContains;
    case BinaryOperator::In:
      return code::Op::In;
    case BinaryOperator::NotIn:
      return code::Op::NotIn;
    case BinaryOperator::And:
      return code::Op::And;
    case BinaryOperator::Or:
      return code::Op::Or;
    case BinaryOperator::Xor:
      return code::Op::Xor;
    }
    return code::Op::Equal;
  }

  static code::Operands operands(const code::Binary& binary) {
    const bool local = binary.left->op == code::Op::Local;
    if (binary.right->op == code::Op::Constant &&
        static_cast<const code::Constant&>(*binary.right).value.is(Kind::Int)) {
      return local ? code::Operands::LocalInt : code::Operands::AnyInt;
    }
    if (!local) return code::Operands::Any;
    return binary.right->op == code::Op::Local ? code::Operands::LocalLocal
                                               : code::Operands::LocalAny;
  }

  const code::Expression* binary(const sentinel::Binary& e) {
    auto* made = make<code::Binary>(operation(e.op), e);
    made->left = expression(*e.left);
    made->right = expression(*e.right);
    made->row = code::row_of(made->op, operands(*made));
    if ((e.op == BinaryOperator::Matches || e.op == BinaryOperator::NotMatches) &&
        e.right->kind == NodeKind::StringLiteral) {
      program_->patterns.push_back(static_cast<const StringLiteral&>(*e.right).value);
      made->pattern = static_cast<std::uint32_t>(program_->patterns.size());
    }
    return made;
  }

  /// The number of the import that `e` names, where nothing else can be bound to that name.
  std::optional<std::uint32_t> import_named(const sentinel::Expression& e) {
    if (e.kind != NodeKind::Name) return std::nullopt;
    const std::string_view name = static_cast<const sentinel::Name&>(e).name;
    const auto import = imports_.find(name);
    if (import == imports_.end()) return std::nullopt;
    for (const ScopeLayout* scope = scope_; scope != nullptr; scope = scope->parent)
      if (scope->variables.contains(name)) return std::nullopt;
    return import->second;
  }

  const code::Expression* select(const sentinel::Select& e) {
    if (const auto import = import_named(*e.base)) {
      auto* made = make<code::SelectImport>(code::Op::SelectImport, e);
      made->import = *import;
      made->site = program_->sites++;
      made->name = e.name;
      return made;
    }
    auto* made = make<code::Select>(code::Op::Select, e);
    made->base = expression(*e.base);
    made->name = e.name;
    made->guess = program_->selections++;
    return made;
  }

  const code::Expression* call(const sentinel::Call& e) {
    if (e.callee->kind == NodeKind::Select) {
      const auto& member = static_cast<const sentinel::Select&>(*e.callee);
      if (const auto import = import_named(*member.base)) {
        auto* made = make<code::CallImport>(code::Op::CallImport, e);
        made->import = *import;
        made->site = program_->sites++;
        made->name = member.name;
        made->arguments = expressions(e.arguments);
        return made;
      }
      auto* made = make<code::CallMember>(code::Op::CallMember, e);
      made->base = expression(*member.base);
      made->name = member.name;
      made->guess = program_->selections++;
      made->member_position = member.position;
      made->arguments = expressions(e.arguments);
      return made;
    }
    auto* made = make<code::Call>(code::Op::Call, e);
    made->callee = expression(*e.callee);
    made->arguments = expressions(e.arguments);
    if (made->callee->op == code::Op::Free && &e != statement_call_ &&
        static_cast<const sentinel::Name&>(*e.callee).name == "append")
      fail(e.span, "found the result of `append` in use",
           "it has none: the list itself is changed");
    return made;
  }

  // Scopes inside expressions.

  /// Opens a scope for its lifetime.
  class Inside {
   public:
    Inside(Resolver& resolver, ScopeLayout& scope) : current_(resolver.scope_) {
      scope.parent = current_;
      outer_ = current_;
      current_ = &scope;
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { current_ = outer_; }

   private:
    ScopeLayout*& current_;
    ScopeLayout* outer_ = nullptr;
  };

  void iteration_name(ScopeLayout& scope, const sentinel::Name& name) {
    if (is_constant_name(name.name))
      fail(name.span, "cannot bind " + quoted(name.name) + ", which is a constant");
    // The second name may be the first again (`_, _`): it then hides it.
    Variable& variable = scope.variables[name.name];
    variable.slot = scope.frame->slots++;
    variable.set = true;
  }

  const code::Expression* quantifier(const sentinel::Quantifier& e) {
    code::Op op = code::Op::All;
    switch (e.quantifier) {
    case QuantifierKind::All:
      break;
    case QuantifierKind::Any:
      op = code::Op::Any;
      break;
    case QuantifierKind::Filter:
      op = code::Op::Filter;
      break;
    case QuantifierKind::Map:
      op = code::Op::MapTo;
      break;
    }
    auto* made = make<code::Quantifier>(op, e);
    made->collection = expression(*e.collection);
    ScopeLayout scope;
    scope.kind = ScopeLayout::Kind::Loop;
    scope.frame = scope_->frame;
    made->scope.first_slot = scope.frame->slots;
    iteration_name(scope, *e.first);
    if (e.second != nullptr) iteration_name(scope, *e.second);
    made->two_names = e.second != nullptr;
    const Inside inside(*this, scope);
    made->body = expression(*e.body);
    return made;
  }

  const code::Function* function(const FunctionLiteral& e, std::string_view name) {
    auto* made = make<code::Function>(code::Op::Function, e);
    made->name = name;
    made->parameters = static_cast<std::uint32_t>(e.parameters.size());
    FrameLayout frame;
    frame.parent = scope_->frame;
    ScopeLayout scope;
    scope.kind = ScopeLayout::Kind::Function;
    scope.frame = &frame;
    for (const Parameter& parameter : e.parameters) {
      if (is_constant_name(parameter.name))
        fail(parameter.span, "cannot bind " + quoted(parameter.name) + ", which is a constant");
      Variable& variable = scope.variables[parameter.name];
      variable.slot = frame.slots++;
      variable.set = true;
    }
    collect(scope, e.body);
    const Inside inside(*this, scope);
    const std::size_t mark = newly_set_.size();
    made->body = block(e.body);
    if (made->body.size() == 1 && made->body[0]->op == code::StatementOp::Return)
      made->only = static_cast<const code::Simple*>(made->body[0])->value;
    rewind(mark);
    made->slots = frame.slots;
    made->captured = frame.captured;
    return made;
  }

  const code::Rule* rule(const RuleLiteral& e) {
    auto* made = make<code::Rule>(code::Op::Rule, e);
    FrameLayout frame;
    frame.parent = scope_->frame;
    ScopeLayout scope;
    scope.kind = ScopeLayout::Kind::Rule;
    scope.frame = &frame;
    const Inside inside(*this, scope);
    if (e.when != nullptr) made->when = expression(*e.when);
    made->body = expression(*e.body);
    made->slots = frame.slots;
    made->captured = frame.captured;
    made->number = static_cast<std::uint32_t>(program_->rules.size());
    program_->rules.push_back(made);
    return made;
  }

  // Statements.

  code::Block block(sentinel::Block statements) {
    const auto made = room<const code::Statement*>(statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i)
      made[i] = statement(*statements[i]);
    return made;
  }

  const code::Statement* statement(const sentinel::Statement& s) {
    switch (s.kind) {
    case NodeKind::Assign:
      return assign(static_cast<const sentinel::Assign&>(s));
    case NodeKind::If:
      return conditional(static_cast<const sentinel::If&>(s));
    case NodeKind::Case:
      return choice(static_cast<const sentinel::Case&>(s));
    case NodeKind::For:
      return loop(static_cast<const sentinel::For&>(s));
    case NodeKind::Break:
      return make<code::Simple>(code::StatementOp::Break, s);
    case NodeKind::Continue:
      return make<code::Simple>(code::StatementOp::Continue, s);
    case NodeKind::Return: {
      auto* made = make<code::Simple>(code::StatementOp::Return, s);
      made->value = expression(*static_cast<const sentinel::Return&>(s).value);
      return made;
    }
    case NodeKind::FunctionDeclaration:
      return declaration(static_cast<const FunctionDeclaration&>(s));
    case NodeKind::ExpressionStatement: {
      auto* made = make<code::Simple>(code::StatementOp::Evaluate, s);
      const auto& value = *static_cast<const ExpressionStatement&>(s).expression;
      if (value.kind == NodeKind::Call) statement_call_ = &value;
      made->value = expression(value);
      return made;
    }
    default:
      break;
    }
    fail(s.span, "expression found where a statement was expected");
    return make<code::Simple>(code::StatementOp::Break, s);
  }

  const code::Statement* declaration(const FunctionDeclaration& s) {
    if (scope_->kind != ScopeLayout::Kind::Package) {
      fail(s.name_span, "function " + quoted(s.name) + " is declared inside a block",
           "declare it at the top of the file, or assign a `func` literal");
      return make<code::Simple>(code::StatementOp::Break, s);
    }
    if (is_constant_name(s.name))
      fail(s.name_span, "cannot bind " + quoted(s.name) + ", which is a constant");
    if (imports_.contains(s.name))
      fail(s.name_span, "function " + quoted(s.name) + " has the name of an import");
    auto* made = make<code::Assign>(code::StatementOp::Assign, s);
    made->value = function(*s.function, s.name);
    Variable& variable = declare(*scope_, s.name);
    made->place = place_of(*scope_, variable);
    mark_set(variable);
    return made;
  }

  const code::Statement* assign(const sentinel::Assign& s) {
    if (s.target->kind == NodeKind::Index) {
      const auto& target = static_cast<const sentinel::Index&>(*s.target);
      auto* made = make<code::AssignIndex>(code::StatementOp::AssignIndex, s);
      made->value = expression(*s.value);
      made->base = expression(*target.base);
      made->index = expression(*target.index);
      if (s.op != AssignOperator::Set) made->operation = arithmetic(s.op);
      return made;
    }
    if (s.target->kind != NodeKind::Name) {
      fail(s.target->span, "cannot assign to this expression",
           "assign to a name or to an element: `x[\"name\"] = value`");
      return make<code::Simple>(code::StatementOp::Break, s);
    }
    const auto& target = static_cast<const sentinel::Name&>(*s.target);
    auto* made = make<code::Assign>(code::StatementOp::Assign, s);
    if (s.op == AssignOperator::Set) {
      made->value = assigned_value(s, target.name);
    } else {
      auto* sum = make<code::Binary>(arithmetic(s.op), s);
      sum->left = name(target);
      sum->right = expression(*s.value);
      sum->row = code::row_of(sum->op, operands(*sum));
      made->value = sum;
    }
    if (is_constant_name(target.name)) {
      fail(target.span, "cannot assign to " + quoted(target.name) + ", which is a constant");
      return made;
    }
    if (scope_->kind == ScopeLayout::Kind::Package && imports_.contains(target.name)) {
      fail(target.span, "cannot assign to " + quoted(target.name) + ", which is an import",
           "choose another name for the variable or the import");
      return made;
    }
    const Candidates found = candidates(target.name);
    if (found.constant) {
      fail(target.span, "cannot assign to " + quoted(target.name) + ", which is a function",
           "declare it with `" + std::string(target.name) + " = func(…) {…}` to change it later");
      return made;
    }
    if (found.places.size() == 1) {
      made->place = found.places[0];
      // Not sure and only one place: it is the current scope's own, and this makes it.
      if (!found.sure && found.own != nullptr) mark_set(*found.own);
      return made;
    }
    made->op = code::StatementOp::AssignChain;
    const auto places = room<code::Place>(found.places.size());
    std::copy(found.places.begin(), found.places.end(), places.begin());
    made->candidates = places;
    return made;
  }

  const code::Expression* assigned_value(const sentinel::Assign& s, std::string_view name) {
    if (s.value->kind == NodeKind::RuleLiteral) {
      auto* made = const_cast<code::Rule*>(rule(static_cast<const RuleLiteral&>(*s.value)));
      made->name = name;
      made->description = s.description;
      made->assignment = s.span.begin;
      return made;
    }
    if (s.value->kind == NodeKind::FunctionLiteral) {
      return function(static_cast<const FunctionLiteral&>(*s.value), name);
    }
    return expression(*s.value);
  }

  static code::Op arithmetic(AssignOperator op) {
    switch (op) {
    case AssignOperator::Subtract:
      return code::Op::Subtract;
    case AssignOperator::Multiply:
      return code::Op::Multiply;
    case AssignOperator::Divide:
      return code::Op::Divide;
    case AssignOperator::Remainder:
      return code::Op::Remainder;
    case AssignOperator::Set:
    case AssignOperator::Add:
      break;
    }
    return code::Op::Add;
  }

  /// Runs the branches of one statement and keeps as set what every one of them sets.
  template <class Branch>
  void branches(std::size_t count, bool exhaustive, const Branch& branch) {
    std::vector<Variable*> common;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t mark = newly_set_.size();
      branch(i);
      const std::vector<Variable*> since = rewind(mark);
      if (i == 0) {
        common = since;
      } else {
        std::erase_if(common, [&](Variable* v) {
          return std::find(since.begin(), since.end(), v) == since.end();
        });
      }
    }
    if (!exhaustive) return;
    for (Variable* variable : common)
      mark_set(*variable);
  }

  const code::Statement* conditional(const sentinel::If& s) {
    auto* made = make<code::If>(code::StatementOp::If, s);
    made->condition = expression(*s.condition);
    branches(2, true, [&](std::size_t i) {
      if (i == 0)
        made->then_body = block(s.then_body);
      else
        made->else_body = block(s.else_body);
    });
    return made;
  }

  const code::Statement* choice(const sentinel::Case& s) {
    auto* made = make<code::Case>(code::StatementOp::Case, s);
    if (s.subject != nullptr) made->subject = expression(*s.subject);
    const auto clauses = room<code::CaseClause>(s.clauses.size());
    bool exhaustive = false;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      clauses[i].values = expressions(s.clauses[i].values);
      exhaustive = exhaustive || s.clauses[i].values.empty();
    }
    branches(clauses.size(), exhaustive,
             [&](std::size_t i) { clauses[i].body = block(s.clauses[i].body); });
    made->clauses = clauses;
    return made;
  }

  const code::Statement* loop(const sentinel::For& s) {
    auto* made = make<code::For>(code::StatementOp::For, s);
    made->collection = expression(*s.collection);
    ScopeLayout scope;
    scope.kind = ScopeLayout::Kind::Loop;
    scope.frame = scope_->frame;
    made->scope.first_slot = scope.frame->slots;
    iteration_name(scope, *s.first);
    if (s.second != nullptr) iteration_name(scope, *s.second);
    made->two_names = s.second != nullptr;
    collect(scope, s.body);
    made->scope.slots = scope.frame->slots - made->scope.first_slot;
    const Inside inside(*this, scope);
    const std::size_t mark = newly_set_.size();
    made->body = block(s.body);
    rewind(mark);
    return made;
  }

  std::shared_ptr<Program> program_;
  Arena& arena_;
  TreePtr tree_;
  std::vector<base::Diagnostic> errors_;
  std::unordered_map<std::string_view, std::uint32_t> imports_;
  std::unordered_map<std::string_view, std::uint32_t> free_names_;
  ScopeLayout* scope_ = nullptr;
  std::vector<Variable*> newly_set_;
  const Node* statement_call_ = nullptr;  // the call that is a statement, whose result is dropped
  std::size_t constant_budget_ = 0;
};

}  // namespace

ResolveResult resolve(TreePtr tree) {
  return Resolver(std::move(tree)).run();
}

const Tree& tree(const Program& program) {
  return *program.tree;
}

const base::Source& source(const Program& program) {
  return *program.tree->source;
}

}  // namespace sentinel
