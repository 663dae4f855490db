// What an observed evaluation tells: trace, coverage and explanations are made of it. Internal to
// eval/.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "plugin/sentinel/eval/evaluation.h"

namespace sentinel {

/// How one expression came to its value, or what one statement did. Only what decided is kept:
/// of a million elements that are all right, none.
struct Record {
  const code::Expression* expression = nullptr;  // or
  const code::Statement* statement = nullptr;
  const ProgramState* program = nullptr;
  Value value;
  Value base;   // of `x.name` and `x[i]`: x
  Value index;  // of `x[i]`: i
  /// Of `x.y.z`, undefined because `x.y` is: that inner selector, whose `base` and `index` these
  /// are.
  const code::Expression* missing = nullptr;
  const Rule* rule = nullptr;  // of a name: the rule that it read
  bool done = false;           // false: it ended in an error
  bool returned = false;       // of a statement: it left the function
  bool element = false;        // run for one element of a collection:
  std::uint32_t number = 0;    // which, from 0
  Value key;                   // its index or key
  std::uint32_t visited = 0;   // of a loop or quantifier: how many elements were
  std::vector<Record*> parts;  // in the order they were run
};

class Recorder {
 public:
  explicit Recorder(const Observe& observe) : observe_(observe) {}

  void add_program(const ProgramState& program);

  /// Around the evaluation of one expression.
  class Expression {
   public:
    Expression(Recorder& recorder, const code::Expression& e, Frame& f) : recorder_(recorder) {
      recorder.begin(e, f);
    }
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;
    ~Expression() {
      if (!done_) recorder_.fail_expression();
    }
    void done(const Value& value) {
      done_ = true;
      recorder_.end(value);
    }

   private:
    Recorder& recorder_;
    bool done_ = false;
  };

  class Statement {
   public:
    Statement(Recorder& recorder, const code::Statement& s, Frame& f) : recorder_(recorder) {
      recorder.begin(s, f);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() {
      if (!done_) recorder_.fail_statement();
    }
    void done(bool returned) {
      done_ = true;
      recorder_.end_statement(returned);
    }

   private:
    Recorder& recorder_;
    bool done_ = false;
  };

  /// Around a rule, whose record belongs to the rule and not to who read it first.
  class RuleRun {
   public:
    RuleRun(Recorder& recorder, Rule& rule) : recorder_(recorder), rule_(rule) {
      recorder.begin_rule(rule);
    }
    RuleRun(const RuleRun&) = delete;
    RuleRun& operator=(const RuleRun&) = delete;
    ~RuleRun() { recorder_.end_rule(rule_); }

   private:
    Recorder& recorder_;
    Rule& rule_;
  };

  /// The next expression or statements are run for this element.
  void element(std::uint32_t number, const Value& key);
  /// The expression being evaluated read this rule.
  void read(const Rule& rule);

  /// The value of a `main` that is no rule; null: not recorded.
  const Record* main_record() const { return main_; }
  /// The outermost that ended in an error outside of rules; may be null.
  const Record* failed_record() const { return failed_; }

  std::vector<std::string> take_trace() { return std::move(trace_); }
  std::vector<CoveredLine> coverage() const;

 private:
  bool explains() const { return observe_.explanation; }

  void begin(const code::Expression& e, Frame& f);
  void end(const Value& value);
  void fail_expression();
  void begin(const code::Statement& s, Frame& f);
  void end_statement(bool returned);
  void fail_statement();
  void begin_rule(Rule& rule);
  void end_rule(Rule& rule);

  Record* make();
  void drop(Record* record);
  void drop_parts(Record* record);
  Record* open(const Frame& f);
  void close(bool keep);
  bool keeps(const Record& parent, const Record& part) const;

  // Coverage.
  struct Lines {
    const ProgramState* program;
    std::vector<std::uint32_t> begins;
    std::vector<std::uint64_t> hits;
    std::vector<bool> covers;  // something on the line can be run
  };
  void own(Lines& lines, const void* node, std::uint32_t begin);
  void own_block(Lines& lines, const code::Block& block);
  void own_expression(Lines& lines, const code::Expression& e);
  void hit(const void* node) {
    const auto found = owners_.find(node);
    if (found != owners_.end()) ++*found->second;
  }

  // Trace.
  void begin_trace(const code::Expression& e, Frame& f);
  void end_trace(std::string_view outcome);
  struct TraceEntry {
    const code::Expression* expression;
    std::size_t line;  // in trace_; SIZE_MAX: not shown
  };

  Observe observe_;
  std::deque<Record> pool_;
  std::vector<Record*> unused_;
  std::vector<Record*> stack_;
  bool has_element_ = false;
  std::uint32_t element_number_ = 0;
  Value element_key_;
  const Record* main_ = nullptr;
  const Record* failed_ = nullptr;

  std::deque<Lines> lines_;
  std::unordered_map<const void*, std::uint64_t*> owners_;

  std::vector<std::string> trace_;
  std::vector<TraceEntry> traced_;
  bool trace_full_ = false;
};

/// Explains the rules of a finished evaluation, `main` first.
std::vector<Explanation> explain(Evaluation& evaluation, const Recorder& recorder,
                                 const Outcome& outcome);

/// The text of an expression on one line, cut where it is long.
std::string source_text(const ProgramState& program, std::uint32_t begin, std::uint32_t end);

}  // namespace sentinel
