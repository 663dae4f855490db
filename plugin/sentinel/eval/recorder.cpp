#include "plugin/sentinel/eval/recorder.h"

#include <algorithm>

#include "plugin/sentinel/resolve/visit.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using code::Op;
using code::StatementOp;

/// Elements that are kept where each of them made a quantifier false.
constexpr std::size_t kKeptElements = 3;
constexpr std::size_t kMostTraceLines = 20'000;
constexpr std::size_t kMostTraceWidth = 160;
constexpr std::size_t kMostSourceText = 100;

bool is_quantifier(const Record& record) {
  return record.expression != nullptr &&
         (record.expression->op == Op::All || record.expression->op == Op::Any ||
          record.expression->op == Op::Filter || record.expression->op == Op::MapTo);
}

/// Whether `part` only leads to `whole`: the x of `x.name`, the f of `f(…)`.
bool leads_to(const code::Expression& whole, const code::Expression& part) {
  switch (whole.op) {
  case Op::Select:
  case Op::IndexName:
    return true;
  case Op::Index:
    return static_cast<const code::Index&>(whole).base == &part;
  case Op::Call:
    return static_cast<const code::Call&>(whole).callee == &part;
  default:
    return false;
  }
}

}  // namespace

std::string source_text(const ProgramState& program, std::uint32_t begin, std::uint32_t end) {
  const std::string_view text = source(*program.program).text().substr(begin, end - begin);
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
    if (out.size() >= kMostSourceText) break;
  }
  if (out.size() >= kMostSourceText) {
    // Not through the middle of a character.
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80)
      out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0) out.pop_back();
    out += "…";
  }
  return out;
}

// Records.

Record* Recorder::make() {
  if (unused_.empty()) return &pool_.emplace_back();
  Record* record = unused_.back();
  unused_.pop_back();
  std::vector<Record*> room = std::move(record->parts);
  room.clear();
  *record = Record();
  record->parts = std::move(room);
  return record;
}

void Recorder::drop(Record* record) {
  drop_parts(record);
  unused_.push_back(record);
}

void Recorder::drop_parts(Record* record) {
  for (Record* part : record->parts)
    drop(part);
  record->parts.clear();
}

Record* Recorder::open(const Frame& f) {
  Record* record = make();
  record->program = f.program;
  if (has_element_) {
    // A quantifier's body is the record itself; a loop's body is many statements of one record.
    record->element = true;
    record->number = element_number_;
    record->key = element_key_;
    has_element_ = false;
  }
  stack_.push_back(record);
  return record;
}

/// Whether `part`, which is closed, says anything about how `parent` comes to its value.
bool Recorder::keeps(const Record& parent, const Record& part) const {
  if (!part.done) return true;
  if (parent.statement != nullptr) return part.statement == nullptr || part.returned;
  if (!is_quantifier(parent) || !part.element) return true;
  const bool is_false = part.value.is(Kind::Bool) && !part.value.as_bool();
  switch (parent.expression->op) {
  case Op::All:
    return !part.value.is(Kind::Bool) || is_false;
  case Op::Any:
    return !is_false || parent.parts.size() <= kKeptElements;
  default:
    return part.value.is_undefined();
  }
}

void Recorder::close(bool keep) {
  Record* record = stack_.back();
  stack_.pop_back();
  if (stack_.empty()) {
    if (!record->done) {
      if (failed_ == nullptr) failed_ = record;
    } else if (record != main_) {
      drop(record);
    }
    return;
  }
  Record* parent = stack_.back();
  if (keep && keeps(*parent, *record)) {
    parent->parts.push_back(record);
  } else {
    drop(record);
  }
}

namespace {

/// A selector that found nothing, or an inner one of which did.
bool is_missing(const Record& record) {
  if (!record.value.is_undefined() || record.expression == nullptr) return false;
  const Op op = record.expression->op;
  return op == Op::Select || op == Op::IndexName || op == Op::Index;
}

}  // namespace

void Recorder::begin(const code::Expression& e, Frame& f) {
  if (observe_.coverage) hit(&e);
  if (observe_.trace) begin_trace(e, f);
  if (!explains()) return;
  open(f)->expression = &e;
}

void Recorder::end(const Value& value) {
  if (observe_.trace) {
    std::string text;
    if (traced_.back().line != SIZE_MAX) {
      // A list may hold itself: what the policy does with it is no error for being looked at.
      try {
        append_text(text, value, true);
      } catch (const ValueTooLarge& large) {
        text = "(" + std::string(large.what) + ")";
      }
    }
    end_trace(text);
  }
  if (!explains()) return;
  Record* record = stack_.back();
  record->value = value;
  record->done = true;
  // Operands that only lead to the value they hold need no history of their own.
  switch (record->expression->op) {
  case Op::Select:
  case Op::IndexName:
  case Op::Index:
    if (record->parts.empty()) break;
    if (const Record& inner = *record->parts[0]; is_missing(inner)) {
      record->missing = inner.missing == nullptr ? inner.expression : inner.missing;
      record->base = inner.base;
      record->index = inner.index;
    } else {
      record->base = inner.value;
      if (record->parts.size() > 1) record->index = record->parts[1]->value;
    }
    drop_parts(record);
    break;
  case Op::Slice:
  case Op::ListLiteral:
  case Op::MapLiteral:
    drop_parts(record);
    break;
  default:
    break;
  }
  close(true);
}

void Recorder::fail_expression() {
  if (observe_.trace) end_trace("(error)");
  if (!explains()) return;
  has_element_ = false;
  close(true);
}

void Recorder::begin(const code::Statement& s, Frame& f) {
  if (observe_.coverage) hit(&s);
  if (!explains()) return;
  open(f)->statement = &s;
}

void Recorder::end_statement(bool returned) {
  if (!explains()) return;
  Record* record = stack_.back();
  record->done = true;
  record->returned = returned;
  // `main = …` that is no rule has no other place to be explained from.
  if (stack_.size() == 1 && record->statement->op == StatementOp::Assign &&
      record->program->number == 0 && !record->parts.empty()) {
    const auto& assign = static_cast<const code::Assign&>(*record->statement);
    const auto& slots = record->program->program->slots;
    if (assign.place.slot < slots.size() && slots[assign.place.slot] == "main") main_ = record;
  }
  close(returned);
}

void Recorder::fail_statement() {
  if (!explains()) return;
  has_element_ = false;
  close(true);
}

void Recorder::begin_rule(Rule& rule) {
  if (!explains()) return;
  has_element_ = false;
  Record* record = make();
  record->program = rule.program;
  record->expression = rule.code;
  stack_.push_back(record);
}

void Recorder::end_rule(Rule& rule) {
  if (!explains()) return;
  Record* record = stack_.back();
  stack_.pop_back();
  record->done = record->parts.empty() || record->parts.back()->done;
  if (record->done && !record->parts.empty()) record->value = record->parts.back()->value;
  rule.record = record;
}

void Recorder::element(std::uint32_t number, const Value& key) {
  if (!explains()) return;
  Record* of = stack_.back();
  of->visited = number + 1;
  if (of->statement != nullptr) {
    of->number = number;
    of->key = key;
    return;
  }
  has_element_ = true;
  element_number_ = number;
  element_key_ = key;
}

void Recorder::read(const Rule& rule) {
  if (explains() && !stack_.empty()) stack_.back()->rule = &rule;
}

// Coverage.

void Recorder::own(Lines& lines, const void* node, std::uint32_t begin) {
  const auto after = std::upper_bound(lines.begins.begin(), lines.begins.end(), begin);
  const auto line = static_cast<std::size_t>(after - lines.begins.begin()) - 1;
  if (lines.covers[line]) return;
  lines.covers[line] = true;
  owners_.emplace(node, &lines.hits[line]);
}

void Recorder::own_expression(Lines& lines, const code::Expression& e) {
  // A function literal is not run where it stands, and constants are there before the run.
  if (e.op != Op::Constant && e.op != Op::Rule && e.op != Op::Function) own(lines, &e, e.begin);
  code::visit(
      e, [&](const code::Expression& inner) { own_expression(lines, inner); },
      [&](const code::Block& inner) { own_block(lines, inner); });
}

void Recorder::own_block(Lines& lines, const code::Block& block) {
  for (const code::Statement* s : block) {
    own(lines, s, s->begin);
    code::visit(
        *s, [&](const code::Expression& inner) { own_expression(lines, inner); },
        [&](const code::Block& inner) { own_block(lines, inner); });
  }
}

void Recorder::add_program(const ProgramState& program) {
  if (!observe_.coverage) return;
  Lines& lines = lines_.emplace_back();
  lines.program = &program;
  const std::string_view text = source(*program.program).text();
  lines.begins.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') lines.begins.push_back(static_cast<std::uint32_t>(i + 1));
  lines.hits.resize(lines.begins.size());
  lines.covers.resize(lines.begins.size());
  own_block(lines, program.program->body);
}

std::vector<CoveredLine> Recorder::coverage() const {
  std::vector<CoveredLine> covered;
  for (const Lines& lines : lines_) {
    for (std::size_t i = 0; i < lines.hits.size(); ++i) {
      if (!lines.covers[i]) continue;
      covered.push_back({source(*lines.program->program).name(), static_cast<std::uint32_t>(i + 1),
                         lines.hits[i]});
    }
  }
  return covered;
}

// Trace.

void Recorder::begin_trace(const code::Expression& e, Frame& f) {
  TraceEntry entry{&e, SIZE_MAX};
  bool shown = e.op != Op::Constant && e.op != Op::Function && e.op != Op::Rule &&
               e.op != Op::FrozenLiteral && e.op != Op::UndefinedLiteral;
  if (shown && !traced_.empty()) shown = !leads_to(*traced_.back().expression, e);
  if (shown && trace_.size() >= kMostTraceLines) {
    if (!trace_full_) trace_.push_back("… cut after " + std::to_string(kMostTraceLines) + " lines");
    trace_full_ = true;
  } else if (shown) {
    entry.line = trace_.size();
    const base::Location where = source(*f.program->program).locate(e.begin);
    std::string line =
        where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + " ";
    const auto depth = static_cast<std::size_t>(std::count_if(
        traced_.begin(), traced_.end(), [](const TraceEntry& t) { return t.line != SIZE_MAX; }));
    line.append(2 * std::min<std::size_t>(depth, 30), ' ');
    line += source_text(*f.program, e.begin, e.end);
    trace_.push_back(std::move(line));
  }
  traced_.push_back(entry);
}

void Recorder::end_trace(std::string_view outcome) {
  const TraceEntry entry = traced_.back();
  traced_.pop_back();
  if (entry.line == SIZE_MAX) return;
  std::string& line = trace_[entry.line];
  line += " = ";
  line += outcome.substr(0, kMostTraceWidth);
  if (outcome.size() > kMostTraceWidth) line += "…";
}

}  // namespace sentinel
