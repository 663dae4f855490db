// Why a rule has its value: records → explanations. Logic is followed down to what decided;
// operands are named with their values, and with their place in a mock where they come from one.
#include <algorithm>
#include <unordered_map>

#include "plugin/sentinel/eval/recorder.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using code::Op;
using code::StatementOp;

constexpr std::size_t kMostCauses = 8;
constexpr std::size_t kDeepestCause = 60;

std::string word(const Value& value) {
  if (value.is(Kind::Bool)) return value.as_bool() ? "true" : "false";
  if (value.is_undefined()) return "undefined";
  return std::string(kind_name(value.kind()));
}

bool is_true(const Record& record) {
  return record.value.is(Kind::Bool) && record.value.as_bool();
}
bool is_false(const Record& record) {
  return record.value.is(Kind::Bool) && !record.value.as_bool();
}

/// `"key"` or `number` of a list's element, for notes: counted from 1.
std::string element_name(const Value& key, std::uint32_t number, std::size_t of) {
  std::string name;
  if (key.is(Kind::String)) name = quote(key.as_string()) + " (";
  name += std::to_string(number + 1) + " of " + std::to_string(of);
  if (key.is(Kind::String)) name += ")";
  return name;
}

std::size_t size_of(const Value& collection) {
  if (collection.is(Kind::List)) return collection.as_list()->size;
  if (collection.is(Kind::Map)) return collection.as_map()->size;
  return 0;
}

bool is_identifier(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string step_text(const Value& key, bool of_map, bool first) {
  std::string text;
  if (key.is(Kind::String) && of_map) {
    if (!is_identifier(key.as_string())) return "[" + quote(key.as_string()) + "]";
    text = first ? "" : ".";
    text += key.as_string();
    return text;
  }
  text = "[";
  append_text(text, key, true);
  return text + "]";
}

/// What identifies a value within frozen data: where its items or bytes stand.
const void* address_of(const Value& value) {
  switch (value.kind()) {
  case Kind::List: {
    const List& list = *value.as_list();
    return list.size == 0 ? static_cast<const void*>(&list) : list.items;
  }
  case Kind::Map: {
    const Map& map = *value.as_map();
    return map.size == 0 ? static_cast<const void*>(&map) : map.entries;
  }
  case Kind::String:
    return value.as_string().empty() ? nullptr : value.as_string().data();
  default:
    return nullptr;
  }
}

struct Found {
  std::string import;
  std::string path;
  bool known = false;
};

/// Finds values in the mocks by their addresses: first all are asked for, then one walk over the
/// data answers.
class Places {
 public:
  void want(const void* address) {
    if (address != nullptr) found_.try_emplace(address);
  }
  const Found* find(const void* address) const {
    const auto at = found_.find(address);
    return at == found_.end() || !at->second.known ? nullptr : &at->second;
  }
  void walk(std::string_view import, const Value& root) {
    import_ = import;
    path_.clear();
    descend(root, 0, true);
  }
  bool empty() const { return found_.empty(); }

 private:
  void descend(const Value& value, std::size_t depth, bool root) {
    if (depth > kMostNesting) return;
    const auto at = root ? found_.end() : found_.find(address_of(value));
    if (at != found_.end() && !at->second.known) at->second = {std::string(import_), path_, true};
    const std::size_t length = path_.size();
    if (value.is(Kind::List)) {
      const List& list = *value.as_list();
      for (std::uint32_t i = 0; i < list.size; ++i) {
        const Value& item = list.items[i];
        if (!item.is(Kind::List) && !item.is(Kind::Map) && !item.is(Kind::String)) continue;
        path_ += "[" + std::to_string(i) + "]";
        descend(item, depth + 1, false);
        path_.resize(length);
      }
    } else if (value.is(Kind::Map)) {
      for (const MapEntry& entry : *value.as_map()) {
        const Value& item = entry.value;
        if (!item.is(Kind::List) && !item.is(Kind::Map) && !item.is(Kind::String)) continue;
        path_ += step_text(entry.key, true, path_.empty());
        descend(item, depth + 1, false);
        path_.resize(length);
      }
    }
  }

  std::unordered_map<const void*, Found> found_;
  std::string_view import_;
  std::string path_;
};

class Explainer {
 public:
  Explainer(Evaluation& evaluation, Places& places) : evaluation_(evaluation), places_(places) {}

  Explanation of_rule(const Rule& rule) {
    Explanation e;
    if (rule.record != nullptr && !rule.record->parts.empty()) {
      const Record& record = *rule.record;
      const Record& last = *record.parts.back();
      if (rule.code->when != nullptr && last.expression == rule.code->when) {
        e = of(last);
        e.note = last.done ? word(last.value) + ": the rule does not apply" : e.note;
      } else {
        e = of(last);
      }
    } else {
      e.where = locate(*rule.program, rule.code->assignment, rule.code->assignment + 1);
      e.note = rule.state == Rule::State::Done ? word(rule.value) : "error";
    }
    // What decides may stand in another rule.
    if (!e.rule.empty() && e.rule != rule.code->name) e.note = e.rule + ": " + e.note;
    e.rule = rule.code->name;
    return e;
  }

  Explanation of(const Record& r) {
    if (++depth_ > kDeepestCause) {
      --depth_;
      return at(r, word(r.value));
    }
    Explanation e = r.done ? explain(r) : of_error(r);
    --depth_;
    return e;
  }

  /// The deepest part that failed, with the operands that it had by then.
  Explanation of_error(const Record& r) {
    const Record* failed = &r;
    std::vector<const Rule*> seen;  // a rule that needs itself leads back to itself
    for (;;) {
      const auto inner = std::find_if(failed->parts.rbegin(), failed->parts.rend(),
                                      [](const Record* part) { return !part->done; });
      if (inner != failed->parts.rend()) {
        failed = *inner;
        continue;
      }
      // A rule keeps its record for itself.
      if (failed->rule != nullptr && failed->rule->record != nullptr &&
          failed->rule->record != failed && !failed->rule->record->done &&
          std::find(seen.begin(), seen.end(), failed->rule) == seen.end()) {
        seen.push_back(failed->rule);
        failed = failed->rule->record;
        continue;
      }
      break;
    }
    Explanation e = at(*failed, "error");
    if (const Record* used = used_by(*failed); used != nullptr && used->value.is_undefined()) {
      if (const std::string reason = missing(used->value); !reason.empty())
        e.note += reason + near_name(*used);
    }
    add_operands(e, *failed);
    return e;
  }

 private:
  base::Location locate(const ProgramState& program, std::uint32_t begin, std::uint32_t end) {
    return source(*program.program).locate({begin, end});
  }

  /// What a failed part indexes, calls or goes through, where it came to its value; else null.
  static const Record* used_by(const Record& failed) {
    const Op op = failed.expression == nullptr ? Op::Constant : failed.expression->op;
    const bool uses = failed.statement != nullptr
                          ? failed.statement->op == StatementOp::For
                          : op == Op::Index || op == Op::IndexName || op == Op::Call;
    if (!uses || failed.parts.empty() || !failed.parts[0]->done) return nullptr;
    return failed.parts[0];
  }

  /// Of a quantifier its word is enough: the rest may go on for lines.
  static std::uint32_t pointed_end(const code::Expression& e) {
    return e.op == Op::All || e.op == Op::Any ? e.begin + 3 : e.end;
  }

  Explanation at(const Record& r, std::string note) {
    Explanation e;
    if (r.expression != nullptr)
      e.where = locate(*r.program, r.expression->begin, pointed_end(*r.expression));
    else if (r.statement != nullptr)
      e.where =
          locate(*r.program, r.statement->begin,
                 r.statement->op == StatementOp::For ? r.statement->begin + 3 : r.statement->end);
    e.note = std::move(note);
    return e;
  }

  Explanation explain(const Record& r) {
    switch (r.expression->op) {
    case Op::And:
    case Op::Or:
      return of_logic(r);
    case Op::Not:
      if (!r.parts.empty()) return of(*r.parts[0]);
      break;
    case Op::Else:
      if (!r.parts.empty()) return of(*r.parts.back());
      break;
    case Op::All:
    case Op::Any:
      return of_quantifier(r);
    case Op::Local:
    case Op::Outer:
    case Op::Package:
    case Op::SelectImport:
      if (r.rule != nullptr && r.rule->record != nullptr) return of_rule(*r.rule);
      break;
    case Op::Call:
    case Op::CallMember:
    case Op::CallImport:
      return of_call(r);
    default:
      break;
    }
    return leaf(r);
  }

  /// The operands of a chain of one operator: `a or b or c`.
  static void chain(const Record& r, Op op, std::vector<const Record*>& out) {
    if (!r.done || r.expression->op != op) {
      out.push_back(&r);
      return;
    }
    for (const Record* part : r.parts)
      chain(*part, op, out);
  }

  Explanation of_logic(const Record& r) {
    const bool is_and = r.expression->op == Op::And;
    std::vector<const Record*> operands;
    chain(r, r.expression->op, operands);
    // One operand decided: it alone is worth telling.
    const bool decided_by_one =
        r.value.is_undefined() || (r.value.is(Kind::Bool) && r.value.as_bool() != is_and);
    if (decided_by_one) {
      for (const Record* operand : operands) {
        const bool same = r.value.is_undefined() ? operand->value.is_undefined()
                          : is_and               ? is_false(*operand)
                                                 : is_true(*operand);
        if (same) return of(*operand);
      }
    }
    Explanation e = at(r, is_and ? "true: all operands are true" : "false: no operand is true");
    for (const Record* operand : operands)
      if (e.causes.size() < kMostCauses) e.causes.push_back(of(*operand));
    return e;
  }

  Explanation of_quantifier(const Record& r) {
    const bool is_all = r.expression->op == Op::All;
    std::vector<const Record*> elements;
    const Record* collection = nullptr;
    for (const Record* part : r.parts) {
      if (part->element)
        elements.push_back(part);
      else
        collection = part;
    }
    const std::size_t size = collection == nullptr ? 0 : size_of(collection->value);
    const std::string value = word(r.value);
    Explanation e = at(r, value);
    if (size == 0) {
      e.note = value + ": the collection is empty";
      if (collection != nullptr) add_operand(e, *collection);
      return e;
    }
    if (r.value.is(Kind::Bool) && r.value.as_bool() == is_all) {
      if (is_all) {
        e.note = value + ": " + all_elements(size, "true");
        if (collection != nullptr) add_operand(e, *collection);
        return e;
      }
      e.note = value + ": " +
               (size == 1 ? "the one element is false"
                          : "none of " + std::to_string(size) + " elements is true");
      for (const Record* element : elements) {
        Explanation cause = of(*element);
        cause.note =
            "element " + element_name(element->key, element->number, size) + " is " + cause.note;
        e.causes.push_back(std::move(cause));
      }
      if (e.causes.size() == 1 && e.causes[0].causes.empty()) {
        e.operands = std::move(e.causes[0].operands);
        e.causes.clear();
      }
      return e;
    }
    const Record* decided = nullptr;
    for (const Record* element : elements) {
      const bool same = r.value.is_undefined() ? element->value.is_undefined()
                        : is_all               ? is_false(*element)
                                               : is_true(*element);
      if (same) decided = element;
      if (same && r.value.is_undefined()) break;
    }
    if (decided == nullptr) return e;
    e.note =
        value + ": element " + element_name(decided->key, decided->number, size) + " is " + value;
    Explanation cause = of(*decided);
    if (cause.causes.empty() && cause.note == value) {
      e.operands = std::move(cause.operands);
    } else {
      e.causes.push_back(std::move(cause));
    }
    return e;
  }

  static std::string all_elements(std::size_t size, const std::string& value) {
    return size == 1 ? "the one element is " + value
                     : "all " + std::to_string(size) + " elements are " + value;
  }

  Explanation of_call(const Record& r) {
    const Record* returned = nullptr;
    for (const Record* part : r.parts)
      if (part->statement != nullptr && part->returned) returned = part;
    Explanation e = leaf(r);
    if (returned == nullptr) return e;
    if (e.operands.size() > kMostCauses) e.operands.resize(kMostCauses);
    add_return(e, *returned);
    return e;
  }

  /// How a function came to its `return`: the element and the condition that led there, and the
  /// value.
  void add_return(Explanation& e, const Record& statement) {
    switch (statement.statement->op) {
    case StatementOp::Return:
      if (statement.parts.empty()) return;
      if (statement.parts[0]->expression->op == Op::Constant) {
        Explanation cause = at(statement, "returned " + word(statement.parts[0]->value));
        e.causes.push_back(std::move(cause));
      } else {
        e.causes.push_back(of(*statement.parts[0]));
      }
      return;
    case StatementOp::If:
    case StatementOp::Case:
      for (const Record* part : statement.parts) {
        if (part->statement != nullptr)
          add_return(e, *part);
        else if (part->expression->op != Op::Constant && e.causes.size() < kMostCauses)
          e.causes.push_back(of(*part));
      }
      return;
    case StatementOp::For: {
      const Record* collection = statement.parts.empty() ? nullptr : statement.parts[0];
      const std::size_t size = collection == nullptr ? 0 : size_of(collection->value);
      Explanation cause =
          at(statement, "in element " + element_name(statement.key, statement.number, size));
      for (const Record* part : statement.parts)
        if (part->statement != nullptr) add_return(cause, *part);
      e.causes.push_back(std::move(cause));
      return;
    }
    default:
      return;
    }
  }

  Explanation leaf(const Record& r) {
    Explanation e = at(r, word(r.value));
    if (r.value.is_undefined()) e.note += missing(r.value) + near_name(r);
    add_operands(e, r);
    // A condition inside a comparison may hide the reason: `f(x) is true`.
    for (const Record* part : r.parts) {
      if (e.causes.size() >= kMostCauses || part->statement != nullptr) continue;
      const bool condition = part->value.is(Kind::Bool) || part->value.is_undefined();
      const Op op = part->expression->op;
      const bool has_history = op == Op::Call || op == Op::CallMember || op == Op::CallImport ||
                               op == Op::All || op == Op::Any || part->rule != nullptr;
      if (condition && has_history && part->done) {
        Explanation cause = of(*part);
        if (!cause.causes.empty() || part->rule != nullptr || op == Op::All || op == Op::Any)
          e.causes.push_back(std::move(cause));
      }
    }
    return e;
  }

  /// `: there is no "tags"`, for an undefined value whose origin is known.
  std::string missing(const Value& value) {
    if (!value.has_origin() || value.origin_module() >= evaluation_.programs().size()) return {};
    const base::Source& text = source(*evaluation_.programs()[value.origin_module()].program);
    const std::string_view rest = text.text().substr(value.origin_offset());
    std::size_t length = 0;
    while (length < rest.size() && is_identifier(rest.substr(0, length + 1)))
      ++length;
    if (length == 0 || rest.substr(0, length) == "undefined") return {};
    return ": `" + std::string(rest.substr(0, length)) + "` is undefined";
  }

  /// `; did you mean "from_port"?`, where the map that was asked has such a key.
  static std::string near_name(const Record& r) {
    const Record* found = &r;
    if (found->base.is_undefined()) {
      const auto part = std::find_if(r.parts.begin(), r.parts.end(), [](const Record* one) {
        return one->expression != nullptr && one->value.is_undefined() && one->base.is(Kind::Map);
      });
      if (part == r.parts.end()) return {};
      found = *part;
    }
    if (!found->base.is(Kind::Map)) return {};
    const code::Expression& selector =
        found->missing == nullptr ? *found->expression : *found->missing;
    std::string_view name;
    if (selector.op == Op::Index && found->index.is(Kind::String)) {
      name = found->index.as_string();
    } else if (selector.op == Op::Select || selector.op == Op::IndexName) {
      name = static_cast<const code::Select&>(selector).name;
    }
    std::vector<std::string_view> keys;
    for (const MapEntry& entry : *found->base.as_map()) {
      if (keys.size() == 200) break;
      if (entry.key.is(Kind::String)) keys.push_back(entry.key.as_string());
    }
    const std::string_view near = base::nearest_name(name, keys);
    return near.empty() ? std::string() : "; did you mean " + quote(near) + "?";
  }

  void add_operands(Explanation& e, const Record& r) {
    if (r.expression == nullptr) {
      for (const Record* part : r.parts)
        if (part->expression != nullptr && part->done) add_operand(e, *part);
      return;
    }
    switch (r.expression->op) {
    case Op::Constant:
    case Op::FrozenLiteral:
    case Op::UndefinedLiteral:
    case Op::Rule:
      return;
    case Op::Local:
    case Op::Outer:
    case Op::Package:
    case Op::Free:
    case Op::Import:
    case Op::Select:
    case Op::SelectImport:
    case Op::Index:
    case Op::IndexName:
    case Op::Slice:
    case Op::Filter:
    case Op::MapTo:
      if (r.done) {
        add_operand(e, r);
        return;
      }
      break;
    default:
      break;
    }
    for (const Record* part : r.parts)
      if (part->expression != nullptr && part->done) add_operand(e, *part);
  }

  void add_operand(Explanation& e, const Record& r) {
    switch (r.expression->op) {
    case Op::Constant:
    case Op::FrozenLiteral:
    case Op::UndefinedLiteral:
    case Op::Function:
    case Op::ListLiteral:
    case Op::MapLiteral:
      return;
    default:  // of `x.y else ""` the whole, and x.y where it was there
      break;
    }
    if (r.value.is(Kind::Function) || r.value.is(Kind::Module)) return;
    ExplainedOperand operand;
    const code::Expression& shown = r.missing == nullptr ? *r.expression : *r.missing;
    operand.expression = source_text(*r.program, shown.begin, shown.end);
    for (const ExplainedOperand& known : e.operands)
      if (known.expression == operand.expression) return;
    operand.value = evaluation_.settled(r.value);
    place(operand, r);
    e.operands.push_back(std::move(operand));
    // `length(x)` says little without x.
    const Op op = r.expression->op;
    if (op == Op::Call || op == Op::CallImport || op == Op::CallMember) {
      for (const Record* part : r.parts)
        if (part->expression != nullptr && part->done && e.operands.size() < kMostCauses)
          add_operand(e, *part);
    }
  }

  void place(ExplainedOperand& operand, const Record& r) {
    const Record* record = &r;
    // Of `x else y`, what was taken.
    while (record->expression->op == Op::Else && !record->parts.empty())
      record = record->parts.back();
    const void* own = address_of(record->value);
    places_.want(own);
    if (const Found* found = places_.find(own)) {
      operand.import = found->import;
      operand.mock_path = found->path;
      return;
    }
    const code::Expression& selector =
        record->missing == nullptr ? *record->expression : *record->missing;
    const Op op = selector.op;
    if (op != Op::Select && op != Op::IndexName && op != Op::Index) return;
    const void* base = address_of(record->base);
    places_.want(base);
    const Found* found = places_.find(base);
    if (found == nullptr) return;
    const Value key = op == Op::Index
                          ? record->index
                          : Value::string(static_cast<const code::Select&>(selector).name);
    operand.import = found->import;
    operand.mock_path = found->path + step_text(key, record->base.is(Kind::Map), false);
  }

  Evaluation& evaluation_;
  Places& places_;
  std::size_t depth_ = 0;
};

}  // namespace

std::vector<Explanation> explain(Evaluation& evaluation, const Recorder& recorder,
                                 const Outcome& outcome) {
  Places places;
  std::vector<Explanation> explanations;
  const auto run = [&] {
    explanations.clear();
    Explainer explainer(evaluation, places);
    bool main = false;
    for (const Rule* rule : evaluation.begun_rules()) {
      if (rule->program->number != 0) continue;
      Explanation e = explainer.of_rule(*rule);
      if (rule->state != Rule::State::Done && outcome.error && !e.note.starts_with("error: "))
        e.note = "error: " + outcome.error->message;
      main = main || rule->code->name == "main";
      explanations.push_back(std::move(e));
    }
    if (!main && outcome.error && recorder.failed_record() != nullptr) {
      Explanation e = explainer.of_error(*recorder.failed_record());
      e.rule = "main";
      if (!e.note.starts_with("error: ")) e.note = "error: " + outcome.error->message;
      explanations.push_back(std::move(e));
    } else if (!main && recorder.main_record() != nullptr) {
      Explanation e = explainer.of(*recorder.main_record()->parts.back());
      e.rule = "main";
      explanations.push_back(std::move(e));
    }
  };
  // Once to learn which values need a place, once more when the places are known.
  run();
  if (!places.empty()) {
    for (const ImportBinding& binding : evaluation.inputs().imports) {
      if (binding.kind == ImportBinding::Kind::Data || binding.kind == ImportBinding::Kind::Static)
        places.walk(binding.path, binding.data.value);
    }
    for (const ProgramState& program : evaluation.programs()) {
      if (program.number == 0) continue;
      const auto binding =
          std::find_if(evaluation.inputs().imports.begin(), evaluation.inputs().imports.end(),
                       [&](const ImportBinding& b) { return b.module == program.program; });
      if (binding == evaluation.inputs().imports.end()) continue;
      Map* members = make_map(evaluation.arena());
      for (std::size_t i = 0; i < program.program->slots.size(); ++i) {
        const Value& value = program.frame->slots()[i];
        if (value.is(Kind::List) || value.is(Kind::Map) || value.is(Kind::String))
          members->set(evaluation.arena(), Value::string(program.program->slots[i]), value);
      }
      places.walk(binding->path, Value::map(members));
    }
    run();
  }
  std::stable_partition(explanations.begin(), explanations.end(),
                        [](const Explanation& e) { return e.rule == "main"; });
  return explanations;
}

}  // namespace sentinel
