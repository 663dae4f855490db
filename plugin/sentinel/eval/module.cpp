// Programs and imports of one evaluation: linking, members, lending of shared data, and calls of
// functions.
#include <algorithm>
#include <mutex>

#include <re2/re2.h>

#include "plugin/sentinel/builtin/table.h"
#include "plugin/sentinel/eval/evaluation.h"
#include "plugin/sentinel/eval/recorder.h"
#include "plugin/sentinel/import/table.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::string quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

template <class T>
T* filled(Arena& arena, std::size_t count, const T& with) {
  T* items = arena.array<T>(count);
  std::uninitialized_fill_n(items, count, with);
  return items;
}

}  // namespace

// Programs.

ProgramState& Evaluation::add_program(ProgramPtr program) {
  ProgramState& state = programs_.emplace_back();
  state.number =
      static_cast<std::uint16_t>(std::min<std::size_t>(programs_.size() - 1, UINT16_MAX));
  scripts_.emplace(program.get(), &state);
  state.program = std::move(program);
  const Program& code = *state.program;
  state.frame =
      static_cast<Frame*>(arena().allocate(Frame::bytes(code.frame_slots), alignof(Value)));
  state.frame->parent = nullptr;
  state.frame->program = &state;
  std::uninitialized_fill_n(state.frame->slots(), code.frame_slots, unset());
  state.sites = filled(arena(), code.sites, Site());
  state.guesses = filled(arena(), code.selections, std::uint32_t{0});
  state.patterns = filled(arena(), code.patterns.size(), static_cast<const re2::RE2*>(nullptr));
  state.imports = filled(arena(), code.imports.size(), static_cast<Module*>(nullptr));
  state.free = filled(arena(), code.free_names.size(), unset());
  if (recorder_ != nullptr) recorder_->add_program(state);
  return state;
}

void Evaluation::run_program(ProgramState& state) {
  const Program& code = *state.program;
  const bool is_policy = state.number == 0;
  state.state = ProgramState::State::Running;
  for (std::size_t i = 0; i < code.free_names.size(); ++i) {
    const std::string_view name = code.free_names[i];
    for (const NamedValue& global : inputs_.globals)
      if (global.name == name) state.free[i] = lend(global.value.value);
    if (!is_unset(state.free[i])) continue;
    if (const FunctionRow* row = find_builtin(name))
      state.free[i] = Value::function(arena().make<Function>(row));
  }
  for (std::size_t i = 0; i < code.imports.size(); ++i)
    state.imports[i] = import(state, code.imports[i]);
  if (is_policy) {
    set_parameters(state);
  } else if (!code.parameters.empty()) {
    const ProgramParameter& parameter = code.parameters.front();
    fail_at(state, {parameter.position, parameter.position + 1},
            "parameters are not allowed in modules and mocks");
  }
  run_body(code.body, *state.frame, *this);
  state.state = ProgramState::State::Done;
}

void Evaluation::set_parameters(ProgramState& state) {
  for (const ProgramParameter& parameter : state.program->parameters) {
    const base::Span span{parameter.position,
                          parameter.position + static_cast<std::uint32_t>(parameter.name.size())};
    if (find_builtin(parameter.name) != nullptr) {
      fail_at(state, span,
              "parameter " + quoted(parameter.name) + " has the name of a built-in function");
    }
    const auto has_name = [&](const NamedValue& value) { return value.name == parameter.name; };
    if (std::any_of(inputs_.globals.begin(), inputs_.globals.end(), has_name))
      fail_at(state, span, "parameter " + quoted(parameter.name) + " has the name of a global");
    const auto given = std::find_if(inputs_.parameters.begin(), inputs_.parameters.end(), has_name);
    Value& slot = state.frame->slots()[parameter.slot];
    if (given != inputs_.parameters.end()) {
      slot = lend(given->value.value);
    } else if (parameter.default_value != nullptr) {
      slot = run_expression(*parameter.default_value, *state.frame, *this);
    } else {
      fail_at(state, span, "requires value for parameter " + std::string(parameter.name),
              EvaluationError::Kind::MissingParameter);
    }
  }
}

/// What `import "path"` stands for: what the host bound to the path, a value inside a static import
/// bound to its beginning, or a standard import.
Module* Evaluation::import(ProgramState& importer, const ProgramImport& import) {
  const base::Span span{import.position,
                        import.position + static_cast<std::uint32_t>(import.name.size())};
  const auto known = modules_.find(import.path);
  if (known != modules_.end()) {
    if (known->second->script != nullptr &&
        known->second->script->state == ProgramState::State::Running) {
      fail_at(importer, span, "import " + quoted(import.path) + " leads back to itself");
    }
    return known->second;
  }
  auto* module = arena().make<Module>();
  module->path = import.path;
  for (const ImportBinding& binding : inputs_.imports) {
    if (binding.path == import.path) module->binding = &binding;
  }
  if (module->binding == nullptr && find_import(import.path) == nullptr) {
    // `import "animals/dogs"` looks into the static import "animals".
    std::size_t longest = 0;
    for (const ImportBinding& binding : inputs_.imports) {
      if (binding.kind == ImportBinding::Kind::Static && binding.path.size() > longest &&
          import.path.starts_with(binding.path) && import.path[binding.path.size()] == '/') {
        longest = binding.path.size();
        module->binding = &binding;
      }
    }
    if (module->binding != nullptr) {
      module->data = module->binding->data.value;
      std::string_view rest = import.path.substr(longest);
      while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::string_view part = rest.substr(0, rest.find('/'));
        rest.remove_prefix(part.size());
        const Value* inner =
            module->data.is(Kind::Map) ? module->data.as_map()->find(part) : nullptr;
        if (inner == nullptr)
          fail_at(importer, span, "Import " + quoted(import.path) + " is not available");
        module->data = *inner;
      }
      modules_.emplace(import.path, module);
      return module;
    }
  }
  if (module->binding == nullptr || module->binding->kind == ImportBinding::Kind::Standard) {
    module->row = find_import(import.path);
    if (module->row == nullptr)
      fail_at(importer, span, "Import " + quoted(import.path) + " is not available");
    ImportState& memory = states_[module->row];
    memory.network_allowed = inputs_.allow_network;
    if (module->binding != nullptr) memory.configuration = module->binding->data.value;
    modules_.emplace(import.path, module);
    return module;
  }
  switch (module->binding->kind) {
  case ImportBinding::Kind::Refused:
    fail_at(importer, span, module->binding->refusal);
  case ImportBinding::Kind::Module: {
    // One program under two names is one module: its state is shared.
    const auto loaded = scripts_.find(module->binding->module.get());
    if (loaded != scripts_.end()) {
      module->script = loaded->second;
      if (module->script->state == ProgramState::State::Running)
        fail_at(importer, span, "import " + quoted(import.path) + " leads back to itself");
      modules_.emplace(import.path, module);
      return module;
    }
    if (programs_.size() > UINT16_MAX) fail_at(importer, span, "too many modules");
    ProgramState& script = add_program(module->binding->module);
    module->script = &script;
    modules_.emplace(import.path, module);
    const Entered entered(*this, *importer.frame, import.position);
    run_program(script);
    freeze_members(script);
    break;
  }
  default:
    module->data = module->binding->data.value;
    modules_.emplace(import.path, module);
    break;
  }
  return module;
}

/// After a module has run, its collections are lent to importers as frozen data is.
void Evaluation::freeze_members(ProgramState& state) {
  std::vector<Value> open;
  const std::size_t members = state.program->slots.size();
  for (std::size_t i = 0; i < members; ++i)
    open.push_back(state.frame->slots()[i]);
  while (!open.empty()) {
    const Value value = open.back();
    open.pop_back();
    if (value.is(Kind::List)) {
      List& list = *value.as_list();
      if (list.frozen) continue;
      list.frozen = true;
      for (const Value& item : list)
        if (item.is(Kind::List) || item.is(Kind::Map)) open.push_back(item);
    } else if (value.is(Kind::Map)) {
      Map& map = *value.as_map();
      if (map.frozen) continue;
      map.frozen = true;
      for (const MapEntry& entry : map)
        if (entry.value.is(Kind::List) || entry.value.is(Kind::Map)) open.push_back(entry.value);
    }
  }
}

// Members.

Value Evaluation::lend(const Value& value) {
  if (value.is(Kind::List)) {
    const List& list = *actual(value.as_list());
    return Value::list(list.frozen ? share(arena(), list) : copy(arena(), list));
  }
  if (value.is(Kind::Map)) {
    const Map& map = *actual(value.as_map());
    return Value::map(map.frozen ? share(arena(), map) : copy(arena(), map));
  }
  return value;
}

void Evaluation::find_site(const Module& module, std::string_view name, Site& site) {
  site.state = Site::State::Missing;
  if (module.row != nullptr) {
    for (const FunctionRow& row : module.row->functions) {
      if (row.name != name) continue;
      site.state = Site::State::Function;
      site.row = &row;
    }
    // Other members may change from call to call.
  } else if (module.script != nullptr) {
    const auto& members = module.script->program->members;
    const auto found = members.find(name);
    if (found == members.end()) return;
    site.state = Site::State::Slot;
    site.slot = found->second;
  } else if (module.data.is(Kind::Map)) {
    const Value* found = module.data.as_map()->find(name);
    if (found == nullptr) return;
    site.state = Site::State::Value;
    site.value = *found;
  }
}

Value Evaluation::member(const Frame& frame, const Module& module, Site& site,
                         std::string_view name, std::uint32_t position) {
  switch (site.state) {
  case Site::State::New:
    find_site(module, name, site);
    return member(frame, module, site, name, position);
  case Site::State::Function: {
    auto* function = arena().make<Function>(site.row);
    return Value::function(function);
  }
  case Site::State::Slot: {
    const Value& value = module.script->frame->slots()[site.slot];
    if (value.is(Kind::Rule)) return lend(force(frame, *value.as_rule(), position));
    if (is_unset(value)) break;
    if (value.is_undefined() && !value.has_origin()) break;
    return lend(value);
  }
  case Site::State::Value:
    if (site.value.is_undefined()) break;
    return lend(site.value);
  case Site::State::Missing:
    if (module.row != nullptr && module.row->member != nullptr) {
      const Native native(*this, frame, position);
      const Value value = module.row->member(*this, name);
      if (!value.is_undefined()) return value;
    } else if (module.is_static() && !module.data.is(Kind::Map)) {
      if (module.data.is_undefined() || module.data.is(Kind::Null)) break;
      fail(frame, position,
           "cannot select " + quoted(name) + " of " + std::string(kind_name(module.data.kind())));
    }
    break;
  }
  return undefined_at(frame, position);
}

Value Evaluation::member(const Frame& frame, const code::SelectImport& select) {
  return member(frame, *frame.program->imports[select.import], frame.program->sites[select.site],
                select.name, select.position);
}

Value Evaluation::member(const Frame& frame, const Module& module, std::string_view name,
                         std::uint32_t position) {
  Site site;
  return member(frame, module, site, name, position);
}

Value Evaluation::field(const Frame& frame, const Object& object, std::string_view name,
                        std::uint32_t position) {
  if (object.type->field == nullptr) return {};
  const Native native(*this, frame, position);
  return object.type->field(*this, object, name);
}

Value Evaluation::map_of(const Frame& frame, const Object& object, std::uint32_t position) {
  const Native native(*this, frame, position);
  return Machine::map_of(object);
}

// Changes to frozen data.

void* Evaluation::changed(void* frozen) {
  const auto found = changes_.find(frozen);
  return found == changes_.end() ? frozen : found->second;
}

Value Evaluation::writable(const Value& collection) {
  if (collection.is(Kind::List)) {
    List* list = actual(collection.as_list());
    if (list->frozen) {
      List* own = share(arena(), *list);
      changes_.emplace(list, own);
      has_changes_ = true;
      list = own;
    }
    return Value::list(list);
  }
  Map* map = actual(collection.as_map());
  if (map->frozen) {
    Map* own = share(arena(), *map);
    changes_.emplace(map, own);
    has_changes_ = true;
    map = own;
  }
  return Value::map(map);
}

namespace {

/// Copies what holds changed collections, leaves everything else as it is.
struct Settle {
  Evaluation& evaluation;
  std::size_t depth = 0;

  Value operator()(const Value& value) {
    if (!value.is(Kind::List) && !value.is(Kind::Map)) return value;
    if (++depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
    const Value out = value.is(Kind::List) ? list(value) : map(value);
    --depth;
    return out;
  }

 private:
  Value list(const Value& value) {
    List* from = evaluation.actual(value.as_list());
    List* to = nullptr;
    for (std::uint32_t i = 0; i < from->size; ++i) {
      const Value item = (*this)(from->items[i]);
      if (!differs(item, from->items[i])) continue;
      if (to == nullptr) to = copy(evaluation.arena(), *from);
      to->items[i] = item;
    }
    return Value::list(to == nullptr ? from : to);
  }
  Value map(const Value& value) {
    Map* from = evaluation.actual(value.as_map());
    Map* to = nullptr;
    for (std::uint32_t i = 0; i < from->size; ++i) {
      const Value item = (*this)(from->entries[i].value);
      if (!differs(item, from->entries[i].value)) continue;
      if (to == nullptr) to = copy(evaluation.arena(), *from);
      to->entries[i].value = item;
    }
    return Value::map(to == nullptr ? from : to);
  }
  static bool differs(const Value& a, const Value& b) {
    return (a.is(Kind::List) && a.as_list() != b.as_list()) ||
           (a.is(Kind::Map) && a.as_map() != b.as_map());
  }
};

}  // namespace

Value Evaluation::settled(const Value& value) {
  return has_changes_ ? Settle{*this}(value) : value;
}

// Calls.

Value Evaluation::force(const Frame& frame, Rule& rule, std::uint32_t position) {
  if (recorder_ != nullptr) recorder_->read(rule);
  switch (rule.state) {
  case Rule::State::Done:
    return rule.value;
  case Rule::State::Running:
    fail(frame, position,
         "rule " + quoted(rule.code->name) + " refers to itself while it is evaluated");
  case Rule::State::Failed:
  case Rule::State::New:
    break;
  }
  const Entered entered(*this, frame, position);
  rule.state = Rule::State::Running;
  if (!rule.code->name.empty()) begun_rules_.push_back(&rule);
  try {
    std::optional<Recorder::RuleRun> record;
    if (recorder_ != nullptr) record.emplace(*recorder_, rule);
    Value value = run_rule(rule, *this);
    if (value.is(Kind::Object)) {
      Frame at{rule.parent, rule.program};
      value = map_of(at, *value.as_object(), rule.code->body->position);
    }
    switch (value.kind()) {
    case Kind::Undefined:
    case Kind::Bool:
    case Kind::Int:
    case Kind::Float:
    case Kind::String:
    case Kind::List:
    case Kind::Map:
      break;
    default: {
      Frame at{rule.parent, rule.program};
      fail(at, rule.code->body->position,
           "rule must result in a boolean, string, number, list or map, got " +
               std::string(kind_name(value.kind())));
    }
    }
    rule.value = value;
  } catch (const MemoryExceeded& exceeded) {
    rule.state = Rule::State::Failed;
    Frame at{rule.parent, rule.program};
    fail(at, rule.code->body->position, exceeded);
  } catch (const ValueTooLarge& large) {
    rule.state = Rule::State::Failed;
    Frame at{rule.parent, rule.program};
    fail(at, rule.code->body->position, large);
  } catch (...) {
    rule.state = Rule::State::Failed;
    throw;
  }
  rule.state = Rule::State::Done;
  return rule.value;
}

Value Evaluation::call_function(const Frame& frame, const Value& function,
                                std::span<const Value> arguments, std::uint32_t position) {
  if (function.is_undefined()) return function;
  if (!function.is(Kind::Function))
    fail(frame, position, "cannot call " + std::string(kind_name(function.kind())));
  const Function& callee = *function.as_function();
  if (callee.native != nullptr)
    return call_native(frame, *callee.native, {}, callee.self, arguments, position);
  return run_function(static_cast<const ScriptFunction&>(callee), frame, arguments, position,
                      *this);
}

Value Evaluation::call(const Value& function, std::span<const Value> arguments) {
  return call_function(*native_frame_, function, arguments, native_position_);
}

namespace {

std::string kinds_text(std::uint16_t takes) {
  constexpr std::pair<std::uint16_t, std::string_view> kNames[] = {
      {kBool, "bool"},         {kInt, "int"},   {kFloat, "float"},
      {kString, "string"},     {kList, "list"}, {kMap, "map"},
      {kFunction, "function"}, {kNull, "null"}, {kObject, "object"},
  };
  std::string text;
  std::string last;
  for (const auto& [bit, name] : kNames) {
    if ((takes & bit) == 0) continue;
    if (!last.empty()) text += (text.empty() ? "" : ", ") + last;
    last = name;
  }
  return text.empty() ? last : text + " or " + last;
}

/// The bit that stands for a kind in FunctionRow::takes, in the order of Kind.
constexpr std::uint16_t kBits[] = {kUndefined, kNull, kBool,     kInt, kFloat,  kString,
                                   kList,      kMap,  kFunction, 0,    kObject, 0};
static_assert(std::size(kBits) == static_cast<std::size_t>(Kind::Module) + 1);

std::uint16_t bit_of(const Value& value) {
  return kBits[static_cast<std::size_t>(value.kind())];
}

std::string full_name(const FunctionRow& row, std::string_view owner) {
  return (owner.empty() ? std::string() : std::string(owner) + ".") + std::string(row.name);
}

std::string count_text(const FunctionRow& row, std::string_view owner, std::size_t count) {
  const bool few = count < row.least;
  const std::size_t bound = few ? row.least : row.most;
  return full_name(row, owner) + ": expected " +
         (row.least == row.most ? ""
          : few                 ? "at least "
                                : "at most ") +
         std::to_string(bound) + (bound == 1 ? " argument" : " arguments") + ", got " +
         std::to_string(count);
}

}  // namespace

Value Evaluation::call_native(const Frame& frame, const FunctionRow& row, std::string_view owner,
                              const Value& self, std::span<const Value> arguments,
                              std::uint32_t position) {
  if (arguments.size() < row.least || (row.most != kMany && arguments.size() > row.most)) {
    fail(frame, position, count_text(row, owner, arguments.size()));
  }
  bool fit = true;
  std::uint16_t takes = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i < row.takes.size() && row.takes[i] != 0) takes = row.takes[i];
    fit = fit && (takes & bit_of(arguments[i])) != 0;
  }
  if (!fit || has_changes_) [[unlikely]] {
    if (const Value* undefined = fit_arguments(frame, row, owner, arguments, position))
      return *undefined;
  }
  // Work on collections costs more than a step of the walker.
  spend(frame, position, 8);
  const Native native(*this, frame, position);
  NativeCall call{*this, arguments, self};
  Value value;
  try {
    value = row.run(call);
  } catch (const MemoryExceeded& exceeded) {
    fail(frame, position, exceeded);
  } catch (const ValueTooLarge& large) {
    fail(frame, position, large);
  }
  if (value.is_undefined() && !value.has_origin()) return undefined_at(frame, position);
  return value;
}

const Value* Evaluation::fit_arguments(const Frame& frame, const FunctionRow& row,
                                       std::string_view owner, std::span<const Value>& arguments,
                                       std::uint32_t position) {
  std::uint16_t takes = 0;
  const Value* undefined = nullptr;
  Value* converted = nullptr;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i < row.takes.size() && row.takes[i] != 0) takes = row.takes[i];
    const std::uint16_t bit = bit_of(arguments[i]);
    if ((takes & bit) != 0) continue;
    if (bit == kUndefined) {
      if (undefined == nullptr) undefined = &arguments[i];
      continue;
    }
    const bool as_map = bit == kObject && (takes & kMap) != 0;
    if (as_map || (bit == kInt && (takes & kText) == kText)) {
      if (converted == nullptr) {
        converted = arena().array<Value>(arguments.size());
        std::copy(arguments.begin(), arguments.end(), converted);
        arguments = {converted, arguments.size()};
      }
      converted[i] = as_map ? map_of(frame, *arguments[i].as_object(), position)
                            : arena().string(std::to_string(arguments[i].as_int()));
      continue;
    }
    fail(frame, position,
         full_name(row, owner) + ": argument " + std::to_string(i + 1) + " must be " +
             kinds_text(takes) + ", got " + std::string(kind_name(arguments[i].kind())));
  }
  if (undefined != nullptr) return undefined;
  if (has_changes_ && row.name != "append" && row.name != "delete") {
    // The function would see the data as it was: show it the changes.
    Value* settled_arguments = arena().array<Value>(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i)
      settled_arguments[i] = settled(arguments[i]);
    arguments = {settled_arguments, arguments.size()};
  }
  return nullptr;
}

ImportState& Evaluation::state(const ImportRow& import) {
  ImportState& memory = states_[&import];
  memory.network_allowed = inputs_.allow_network;
  return memory;
}

// Regular expressions.

const re2::RE2& Evaluation::pattern(const Frame& frame, const code::Binary& match,
                                    std::string_view text) {
  const auto compile = [&] {
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto compiled = std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (!compiled->ok()) {
      fail(frame, match.right->position,
           "cannot use " + quote(text) + " as a regular expression: " + compiled->error());
    }
    return compiled;
  };
  if (match.pattern != 0) {
    const std::size_t number = match.pattern - 1;
    const re2::RE2*& known = frame.program->patterns[number];
    if (known == nullptr) {
      const Program& program = *frame.program->program;
      const std::lock_guard lock(program.compiled_mutex);
      std::shared_ptr<const void>& compiled = program.compiled[number];
      if (compiled == nullptr) compiled = std::shared_ptr<const re2::RE2>(compile());
      known = static_cast<const re2::RE2*>(compiled.get());
    }
    return *known;
  }
  // A policy may make any number of them; those of a loop are few.
  constexpr std::size_t kMostPatterns = 500;
  const auto known = dynamic_patterns_.find(std::string(text));
  if (known != dynamic_patterns_.end()) return *known->second;
  if (dynamic_patterns_.size() >= kMostPatterns) dynamic_patterns_.clear();
  return *dynamic_patterns_.emplace(std::string(text), compile()).first->second;
}

}  // namespace sentinel
