#include "plugin/sentinel/eval/evaluate.h"

#include <algorithm>

#include <pthread.h>
#include <re2/re2.h>

#include "plugin/sentinel/builtin/table.h"
#include "plugin/sentinel/eval/evaluation.h"
#include "plugin/sentinel/eval/recorder.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

// A call nests a few handlers of the walker for each level of its body, at most kDeepestTree
// levels; what they need has to fit between the mark and the end of the stack.
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr std::size_t kStackReserve = std::size_t{3} << 20U;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr std::size_t kStackReserve = std::size_t{3} << 20U;
#else
constexpr std::size_t kStackReserve = std::size_t{1} << 20U;
#endif
#else
constexpr std::size_t kStackReserve = std::size_t{1} << 20U;
#endif

/// Steps between two looks at the clock and the cancel token.
constexpr std::uint64_t kStepsPerLook = 16'384;

/// The address that the stack of this thread may be used down to.
std::uintptr_t stack_end() {
  thread_local const std::uintptr_t end = [] {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    std::uintptr_t low = here - (std::size_t{4} << 20U);
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      void* address = nullptr;
      std::size_t size = 0;
      if (pthread_attr_getstack(&attributes, &address, &size) == 0)
        low = reinterpret_cast<std::uintptr_t>(address);
      pthread_attr_destroy(&attributes);
    }
    // An unlimited stack is given a limit too.
    low = std::max(low, here - std::min(here, std::size_t{64} << 20U));
    const std::size_t room = here - low;
    return low + std::min(kStackReserve, room / 2);
  }();
  return end;
}

std::uint32_t name_end(std::string_view text, std::uint32_t begin) {
  std::uint32_t end = begin;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  while (end < text.size() && is_word(text[end]))
    ++end;
  return std::max(end, begin + 1);
}

}  // namespace

Evaluation::Evaluation(const Inputs& inputs, const base::System& system,
                       std::shared_ptr<Arena> memory)
    : Machine(*memory, system), inputs_(inputs), memory_(std::move(memory)) {
  deepest_ = inputs.limits.depth;
  range_row_ = find_builtin("range");
  stack_end_ = stack_end();
  steps_batch_ = std::min(kStepsPerLook, inputs.limits.steps);
  steps_left_ = std::max<std::uint64_t>(steps_batch_, 1);
  if (inputs.limits.time) deadline_ = system.clock->steady() + *inputs.limits.time;
  observed_ = inputs.observe.explanation || inputs.observe.trace || inputs.observe.coverage;
  if (observed_) recorder_ = std::make_unique<Recorder>(inputs.observe);
}

Evaluation::~Evaluation() = default;

// Errors.

void Evaluation::fail_at(const ProgramState& program, base::Span span, std::string message,
                         EvaluationError::Kind kind) {
  // `error(…)` takes texts of any size.
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  if (message.size() > kLongest) {
    message.resize(kLongest);
    while (!message.empty() && (static_cast<unsigned char>(message.back()) & 0xC0U) == 0x80)
      message.pop_back();
    if (!message.empty() && static_cast<unsigned char>(message.back()) >= 0xC0) message.pop_back();
    message += "…";
  }
  LanguageError raised;
  raised.error.kind = kind;
  raised.error.message = std::move(message);
  raised.error.where = source(*program.program).locate(span);
  constexpr std::size_t kMostCalls = 50;
  for (const CallRecord* call = calls_; call != nullptr && raised.error.calls.size() < kMostCalls;
       call = call->outer) {
    const base::Source& text = source(*call->program->program);
    raised.error.calls.push_back(
        text.locate({call->position, name_end(text.text(), call->position)}));
  }
  throw LanguageError(std::move(raised));
}

void Evaluation::fail(const Frame& frame, std::uint32_t position, std::string message,
                      EvaluationError::Kind kind) {
  const ProgramState& program = *frame.program;
  fail_at(program, {position, name_end(source(*program.program).text(), position)},
          std::move(message), kind);
}

void Evaluation::fail(std::string message) {
  fail(*native_frame_, native_position_, std::move(message));
}

void Evaluation::fail(const Frame& frame, std::uint32_t position, const MemoryExceeded& exceeded) {
  fail(frame, position,
       "evaluation needs more than " + std::to_string(exceeded.limit >> 20U) + " MiB of memory",
       EvaluationError::Kind::Limit);
}

void Evaluation::fail(const Frame& frame, std::uint32_t position, const ValueTooLarge& large) {
  fail(frame, position, large.what, EvaluationError::Kind::Limit);
}

void Evaluation::fail_unknown(const Frame& frame, const code::Name& name) {
  fail(frame, name.position, "unknown identifier accessed: " + std::string(name.name));
}

void Evaluation::fail_too_deep(const Frame& frame, std::uint32_t position) {
  fail(frame, position,
       depth_ >= deepest_ ? "calls nested deeper than " + std::to_string(deepest_) + " levels"
                          : "calls and expressions nested too deeply",
       EvaluationError::Kind::Limit);
}

void Evaluation::look_up(const Frame& frame, std::uint32_t position) {
  steps_done_ += steps_batch_;
  if (steps_done_ >= inputs_.limits.steps) {
    fail(frame, position,
         "more than " + std::to_string(inputs_.limits.steps) + " steps of evaluation",
         EvaluationError::Kind::Limit);
  }
  check_time(frame, position);
  steps_batch_ = std::min(kStepsPerLook, inputs_.limits.steps - steps_done_);
  steps_left_ = steps_batch_;
}

void Evaluation::check() {
  check_time(*native_frame_, native_position_);
}

void Evaluation::check_time(const Frame& frame, std::uint32_t position) {
  if (inputs_.cancel.cancelled())
    fail(frame, position, "evaluation was cancelled", EvaluationError::Kind::Cancelled);
  if (deadline_ && system().clock->steady() >= *deadline_) {
    fail(frame, position,
         "evaluation took longer than " + std::to_string(inputs_.limits.time->count()) + " ms",
         EvaluationError::Kind::Timeout);
  }
}

void Evaluation::print(std::string_view line) {
  printed_ += line.size() + 1;
  if (printed_ > inputs_.limits.prints) {
    fail(*native_frame_, native_position_,
         "more than " + std::to_string(inputs_.limits.prints) + " bytes of printed text",
         EvaluationError::Kind::Limit);
  }
  // A line needs memory even where it is empty.
  constexpr std::size_t kMostLines = std::size_t{2} << 20U;
  if (prints_.size() >= kMostLines) {
    fail(*native_frame_, native_position_,
         "more than " + std::to_string(kMostLines) + " calls of `print`",
         EvaluationError::Kind::Limit);
  }
  prints_.emplace_back(line);
}

// The outcome.

Outcome Evaluation::run() {
  Outcome outcome;
  ProgramState* policy = nullptr;
  const auto error_of = [&](std::string message) {
    outcome.error.emplace();
    outcome.error->kind = EvaluationError::Kind::Limit;
    outcome.error->message = std::move(message);
    outcome.error->where = source(*inputs_.policy).locate(0);
  };
  try {
    policy = &add_program(inputs_.policy);
    run_program(*policy);
    conclude(outcome, *policy);
  } catch (LanguageError& raised) {
    outcome.error = std::move(raised.error);
  } catch (const MemoryExceeded& exceeded) {
    error_of("evaluation needs more than " + std::to_string(exceeded.limit >> 20U) +
             " MiB of memory");
  } catch (const ValueTooLarge& large) {
    error_of(large.what);
  } catch (const std::bad_alloc&) {
    error_of("out of memory");
  }
  if (outcome.error) {
    outcome.result = Outcome::Result::Error;
    outcome.main = Value();
  }
  collect_rules(outcome);
  outcome.prints = std::move(prints_);
  if (recorder_ != nullptr) observe(outcome);
  return outcome;
}

void Evaluation::observe(Outcome& outcome) {
  if (inputs_.observe.coverage) outcome.coverage = recorder_->coverage();
  if (inputs_.observe.trace) outcome.trace = recorder_->take_trace();
  if (!inputs_.observe.explanation) return;
  try {
    outcome.explanations = explain(*this, *recorder_, outcome);
  } catch (const MemoryExceeded&) {
    outcome.explanations.clear();  // the outcome stands without them
  } catch (const ValueTooLarge&) {
    outcome.explanations.clear();
  }
}

/// Where `main` is assigned last at the top of the file; 0 if it is not.
static std::uint32_t assignment_of_main(const Tree& tree) {
  std::uint32_t position = 0;
  for (const Statement* statement : tree.statements) {
    if (statement->kind != NodeKind::Assign) continue;
    const Expression* target = static_cast<const Assign*>(statement)->target;
    if (target->kind == NodeKind::Name && static_cast<const Name*>(target)->name == "main")
      position = statement->span.begin;
  }
  return position;
}

void Evaluation::conclude(Outcome& outcome, const ProgramState& policy) {
  const Program& program = *policy.program;
  const auto found = program.members.find("main");
  Value main = unset();
  if (found != program.members.end()) main = policy.frame->slots()[found->second];
  if (is_unset(main)) {
    fail_at(policy, {0, 1}, "policy has no `main`");
  }
  const Rule* rule = main.is(Kind::Rule) ? main.as_rule() : nullptr;
  const std::uint32_t position =
      rule != nullptr ? rule->code->assignment : assignment_of_main(*program.tree);
  if (rule != nullptr) main = force(*policy.frame, *main.as_rule(), position);
  if (main.is(Kind::Object)) main = map_of(*policy.frame, *main.as_object(), position);
  outcome.main = settled(main);
  bool pass = false;
  switch (main.kind()) {
  case Kind::Undefined:
    outcome.result = Outcome::Result::Undefined;
    if (main.has_origin() && main.origin_module() < programs_.size()) {
      const base::Source& text = source(*programs_[main.origin_module()].program);
      outcome.undefined_origin =
          text.locate({main.origin_offset(), name_end(text.text(), main.origin_offset())});
    }
    return;
  case Kind::Bool:
    pass = main.as_bool();
    break;
  case Kind::Int:
    pass = main.as_int() == 0;
    break;
  case Kind::Float:
    pass = main.as_float() == 0;
    break;
  case Kind::String:
    pass = main.as_string().empty();
    break;
  case Kind::List:
    pass = actual(main.as_list())->size == 0;
    break;
  case Kind::Map:
    pass = actual(main.as_map())->size == 0;
    break;
  default:
    fail_at(policy, {position, position + 1},
            "`main` must be a boolean, string, number, list or map, got " +
                std::string(kind_name(main.kind())));
  }
  outcome.result = pass ? Outcome::Result::Pass : Outcome::Result::Fail;
}

void Evaluation::collect_rules(Outcome& outcome) const {
  for (const Rule* rule : begun_rules_) {
    const base::Source& text = source(*rule->program->program);
    RuleResult result;
    result.name = rule->code->name;
    result.description = rule->code->description;
    result.offset = rule->code->assignment;
    result.where = text.locate({result.offset, name_end(text.text(), result.offset)});
    result.in_policy = rule->program->number == 0;
    result.failed = rule->state != Rule::State::Done;
    if (!result.failed) result.value = rule->value;
    outcome.rules.push_back(std::move(result));
  }
  std::stable_partition(outcome.rules.begin(), outcome.rules.end(), [](const RuleResult& rule) {
    return rule.in_policy && rule.name == "main";
  });
}

namespace {

/// What the values of an outcome live in.
struct Memory {
  std::shared_ptr<Arena> arena;
  ProgramPtr policy;
  std::vector<ImportBinding> imports;
  std::vector<NamedValue> parameters;
  std::vector<NamedValue> globals;
};

}  // namespace

namespace {

/// Copies values out of an evaluation's memory. What is frozen belongs to mocks and stays there,
/// unless modules were run, whose members are frozen, too.
class ValueKeeper {
 public:
  ValueKeeper(Arena& arena, bool ran_modules) : arena_(arena), copy_frozen_(ran_modules) {}

  Value keep(const Value& value) {
    try {
      return copy(value, 0);
    } catch (const ValueTooLarge&) {
    } catch (const MemoryExceeded&) {
    }
    return Value::string("(value too large to keep)");
  }

 private:
  Value copy(const Value& value, std::size_t depth) {
    if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
    switch (value.kind()) {
    case Kind::String:
      return arena_.string(value.as_string());
    case Kind::List: {
      const List& from = *value.as_list();
      if (from.frozen && !copy_frozen_) return value;
      List* to = make_list(arena_, from.size);
      for (const Value& item : from)
        to->append(arena_, copy(item, depth + 1));
      return Value::list(to);
    }
    case Kind::Map: {
      const Map& from = *value.as_map();
      if (from.frozen && !copy_frozen_) return value;
      Map* to = make_map(arena_, from.size);
      for (const MapEntry& entry : from)
        to->set(arena_, copy(entry.key, depth + 1), copy(entry.value, depth + 1));
      return Value::map(to);
    }
    case Kind::Function:
    case Kind::Rule:
    case Kind::Object:
    case Kind::Module:
      return arena_.string(to_text(value));
    default:
      return value;
    }
  }

  Arena& arena_;
  bool copy_frozen_;
};

/// Outcomes wait for those of other cases: of one that needed much memory only the values stay.
void drop_what_is_not_shown(Outcome& outcome, const Inputs& inputs, std::shared_ptr<Arena>& arena) {
  constexpr std::size_t kLarge = std::size_t{8} << 20U;
  constexpr std::size_t kMostKept = std::size_t{64} << 20U;
  if (arena->used() < kLarge || !outcome.explanations.empty()) return;
  auto kept = std::make_shared<Arena>(kMostKept);
  const bool modules = std::any_of(
      inputs.imports.begin(), inputs.imports.end(),
      [](const ImportBinding& binding) { return binding.kind == ImportBinding::Kind::Module; });
  ValueKeeper keeper(*kept, modules);
  outcome.main = keeper.keep(outcome.main);
  for (RuleResult& rule : outcome.rules)
    rule.value = keeper.keep(rule.value);
  arena = std::move(kept);
}

}  // namespace

Outcome evaluate(const Inputs& inputs, const base::System& system) {
  auto arena = std::make_shared<Arena>(inputs.limits.memory);
  Outcome outcome = Evaluation(inputs, system, arena).run();
  drop_what_is_not_shown(outcome, inputs, arena);
  outcome.memory = std::make_shared<Memory>(
      Memory{std::move(arena), inputs.policy, inputs.imports, inputs.parameters, inputs.globals});
  return outcome;
}

std::vector<ParameterInfo> parameters(const Program& program) {
  std::vector<ParameterInfo> found;
  for (const ProgramParameter& parameter : program.parameters) {
    const auto end = static_cast<std::uint32_t>(parameter.position + parameter.name.size());
    found.push_back({std::string(parameter.name), std::string(parameter.description),
                     source(program).locate({parameter.position, end}),
                     parameter.default_value == nullptr});
  }
  return found;
}

std::string description(const Program& program) {
  return std::string(program.tree->description);
}

}  // namespace sentinel
