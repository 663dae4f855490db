// One running evaluation: its memory, the state of each program in it, and what the walker
// (walk.cpp), imports (module.cpp) and observers share. Internal to eval/.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugin/sentinel/eval/evaluate.h"
#include "plugin/sentinel/resolve/program.h"
#include "plugin/sentinel/value/collection.h"
#include "plugin/sentinel/value/native.h"

namespace re2 {
class RE2;
}

namespace sentinel {

struct ProgramState;
struct Record;
class Evaluation;
class Recorder;

/// The variables of one run of a function, a rule or a package. The slots stand behind it.
struct Frame {
  Frame* parent;  // where the function or rule was made; null: the package
  ProgramState* program;

  Value* slots() { return reinterpret_cast<Value*>(this + 1); }
  static std::size_t bytes(std::uint32_t slots) { return sizeof(Frame) + slots * sizeof(Value); }
};
static_assert(sizeof(Frame) % alignof(Value) == 0);

/// A function literal with the frame it was made in.
struct ScriptFunction : Function {
  const code::Function* code = nullptr;
  Frame* parent = nullptr;
  ProgramState* program = nullptr;
};

struct Rule {
  enum class State : std::uint8_t { New, Running, Done, Failed };

  const code::Rule* code;
  Frame* parent;
  ProgramState* program;
  State state;
  Value value;
  Record* record;  // how it came to its value, where that is recorded
};

/// What an import's name stands for in one evaluation.
struct Module {
  const ImportBinding* binding = nullptr;  // null: a standard import without configuration
  const ImportRow* row = nullptr;          // a standard import
  ProgramState* script = nullptr;          // code
  Value data;                              // Data: a map; Static: anything
  std::string_view path;

  bool is_static() const {
    return binding != nullptr && binding->kind == ImportBinding::Kind::Static;
  }
};

/// What one mention of an import's member leads to, found at its first use.
struct Site {
  enum class State : std::uint8_t { New, Function, Slot, Value, Missing };

  State state = State::New;
  std::uint32_t slot = 0;
  const FunctionRow* row = nullptr;
  Value value;
};

/// One program in one evaluation.
struct ProgramState {
  enum class State : std::uint8_t { New, Running, Done };

  ProgramPtr program;
  std::uint16_t number = 0;  // what undefined values name as their module
  State state = State::New;
  Frame* frame = nullptr;
  Value* free = nullptr;       // by number of the free name; unset: nobody defines it
  Module** imports = nullptr;  // by number of the import
  Site* sites = nullptr;
  std::uint32_t* guesses = nullptr;  // by number of a selection: where its key was found last
  const re2::RE2** patterns = nullptr;
};

/// Where a running function or rule was called or read.
struct CallRecord {
  const CallRecord* outer;
  const ProgramState* program;
  std::uint32_t position;
};

/// A language error on its way to the top.
struct LanguageError {
  EvaluationError error;
};

class Evaluation final : public Machine {
 public:
  Evaluation(const Inputs& inputs, const base::System& system, std::shared_ptr<Arena> arena);
  ~Evaluation() override;

  Outcome run();

  // What native functions may ask (native.h).
  Value call(const Value& function, std::span<const Value> arguments) override;
  [[noreturn]] void fail(std::string message) override;
  void print(std::string_view line) override;
  ImportState& state(const ImportRow& import) override;
  Value writable(const Value& collection) override;
  base::CancelToken cancel() const override { return inputs_.cancel; }
  std::optional<std::chrono::steady_clock::time_point> deadline() const override {
    return deadline_;
  }
  void check() override;

  // For the walker.

  [[noreturn]] void fail(const Frame& frame, std::uint32_t position, std::string message,
                         EvaluationError::Kind kind = EvaluationError::Kind::Language);
  [[noreturn]] void fail(const Frame& frame, std::uint32_t position,
                         const MemoryExceeded& exceeded);
  [[noreturn]] void fail(const Frame& frame, std::uint32_t position, const ValueTooLarge& large);
  [[noreturn]] void fail_unknown(const Frame& frame, const code::Name& name);

  static Value undefined_at(const Frame& frame, std::uint32_t position) {
    return Value::undefined(position, frame.program->number);
  }

  /// Counts a step; now and then looks whether the evaluation has to stop.
  void step(const Frame& frame, std::uint32_t position) {
    if (--steps_left_ == 0) [[unlikely]]
      look_up(frame, position);
  }

  /// The same for work that one step of the walker does not measure: `n` steps of it.
  void spend(const Frame& frame, std::uint32_t position, std::uint64_t n) {
    if (n < steps_left_) {
      steps_left_ -= n;
    } else {
      look_up(frame, position);
    }
  }

  /// Whether an expression may still nest calls: the depth of calls alone does not bound the stack.
  void check_stack(const Frame& frame, std::uint32_t position) {
    if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_end_) [[unlikely]]
      fail_too_deep(frame, position);
  }

  /// The list or map that stands for `frozen` once something in it was changed.
  List* actual(List* list) {
    return list->frozen && has_changes_ ? static_cast<List*>(changed(list)) : list;
  }
  Map* actual(Map* map) {
    return map->frozen && has_changes_ ? static_cast<Map*>(changed(map)) : map;
  }
  bool has_changes() const { return has_changes_; }
  /// A value for code that does not know about changes to frozen data: a copy where there are any.
  Value settled(const Value& value);

  Value member(const Frame& frame, const Module& module, std::string_view name,
               std::uint32_t position);
  Value member(const Frame& frame, const code::SelectImport& select);
  void find_site(const Module& module, std::string_view name, Site& site);
  Value member(const Frame& frame, const Module& module, Site& site, std::string_view name,
               std::uint32_t position);
  /// What a policy gets of a module's or mock's collection: one it may change at the top.
  Value lend(const Value& value);

  /// A field of an import's object; undefined where it has none of that name.
  Value field(const Frame& frame, const Object& object, std::string_view name,
              std::uint32_t position);

  /// An import's object as the map of its fields.
  Value map_of(const Frame& frame, const Object& object, std::uint32_t position);

  /// The value of a rule, evaluated now if it has not been.
  Value force(const Frame& frame, Rule& rule, std::uint32_t position);
  Value call_function(const Frame& frame, const Value& function, std::span<const Value> arguments,
                      std::uint32_t position);
  /// Checks count and kinds, then runs. `owner`: "strings", or empty for a built-in.
  Value call_native(const Frame& frame, const FunctionRow& row, std::string_view owner,
                    const Value& self, std::span<const Value> arguments, std::uint32_t position);

  /// Which a loop over `range(…)` recognises.
  const FunctionRow* range_row() const { return range_row_; }

  const re2::RE2& pattern(const Frame& frame, const code::Binary& match, std::string_view text);

  // Calls.

  /// Bounds depth, steps and stack for as long as a function or rule runs.
  class Entered {
   public:
    Entered(Evaluation& evaluation, const Frame& frame, std::uint32_t position)
        : evaluation_(evaluation), record_{evaluation.calls_, frame.program, position} {
      evaluation.step(frame, position);
      if (evaluation.depth_ >= evaluation.deepest_ ||
          reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < evaluation.stack_end_)
          [[unlikely]] {
        evaluation.fail_too_deep(frame, position);
      }
      ++evaluation.depth_;
      evaluation.calls_ = &record_;
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() {
      --evaluation_.depth_;
      evaluation_.calls_ = record_.outer;
    }

   private:
    Evaluation& evaluation_;
    CallRecord record_;
  };

  /// What `return` gave.
  Value returned;

  bool observed() const { return observed_; }
  Recorder* recorder() const { return recorder_.get(); }
  /// Every evaluated expression, where somebody observes.
  const std::deque<ProgramState>& programs() const { return programs_; }
  const Inputs& inputs() const { return inputs_; }
  const std::vector<Rule*>& begun_rules() const { return begun_rules_; }

 private:
  [[noreturn]] void fail_too_deep(const Frame& frame, std::uint32_t position);
  /// Makes of arguments what the function takes, where something else stands for that; the first
  /// undefined one where it takes none.
  const Value* fit_arguments(const Frame& frame, const FunctionRow& row, std::string_view owner,
                             std::span<const Value>& arguments, std::uint32_t position);
  void look_up(const Frame& frame, std::uint32_t position);
  void check_time(const Frame& frame, std::uint32_t position);
  void* changed(void* frozen);
  [[noreturn]] void fail_at(const ProgramState& program, base::Span span, std::string message,
                            EvaluationError::Kind kind = EvaluationError::Kind::Language);

  // Setting up (module.cpp).
  ProgramState& add_program(ProgramPtr program);
  void link(ProgramState& state, bool is_module);
  void run_program(ProgramState& state);
  Module* import(ProgramState& importer, const ProgramImport& import);
  void freeze_members(ProgramState& state);

  // The outcome (evaluate.cpp).
  void set_parameters(ProgramState& state);
  void conclude(Outcome& outcome, const ProgramState& policy);
  void observe(Outcome& outcome);
  void collect_rules(Outcome& outcome) const;

  const Inputs& inputs_;
  std::shared_ptr<Arena> memory_;
  std::deque<ProgramState> programs_;
  std::unordered_map<std::string_view, Module*> modules_;  // by path
  std::unordered_map<const Program*, ProgramState*> scripts_;
  std::unordered_map<const ImportRow*, ImportState> states_;
  std::unordered_map<const void*, void*> changes_;  // frozen collection → this evaluation's
  std::unordered_map<std::string, std::unique_ptr<re2::RE2>> dynamic_patterns_;
  std::vector<std::shared_ptr<const void>> keep_;  // compiled patterns
  std::vector<Rule*> begun_rules_;                 // in that order
  std::vector<std::string> prints_;
  std::size_t printed_ = 0;
  bool has_changes_ = false;
  const FunctionRow* range_row_ = nullptr;
  bool observed_ = false;
  std::unique_ptr<Recorder> recorder_;

  std::uint64_t steps_left_ = 0;   // until the next look
  std::uint64_t steps_batch_ = 0;  // of the current batch
  std::uint64_t steps_done_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t deepest_ = 0;
  std::uintptr_t stack_end_ = 0;
  const CallRecord* calls_ = nullptr;
  /// Where native code was entered, for its errors and callbacks.
  class Native {
   public:
    Native(Evaluation& evaluation, const Frame& frame, std::uint32_t position)
        : evaluation_(evaluation),
          frame_(evaluation.native_frame_),
          position_(evaluation.native_position_) {
      evaluation.native_frame_ = &frame;
      evaluation.native_position_ = position;
    }
    Native(const Native&) = delete;
    Native& operator=(const Native&) = delete;
    ~Native() {
      evaluation_.native_frame_ = frame_;
      evaluation_.native_position_ = position_;
    }

   private:
    Evaluation& evaluation_;
    const Frame* frame_;
    std::uint32_t position_;
  };

  const Frame* native_frame_ = nullptr;
  std::uint32_t native_position_ = 0;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

// The walker (walk.cpp). Each in two forms: plain, and telling the recorder.

Value run_expression(const code::Expression& expression, Frame& frame, Evaluation& evaluation);
/// Runs the statements of a package.
void run_body(const code::Block& body, Frame& frame, Evaluation& evaluation);
Value run_rule(const Rule& rule, Evaluation& evaluation);
/// Arguments are checked against the parameters here.
Value run_function(const ScriptFunction& function, const Frame& caller,
                   std::span<const Value> arguments, std::uint32_t position,
                   Evaluation& evaluation);

}  // namespace sentinel
