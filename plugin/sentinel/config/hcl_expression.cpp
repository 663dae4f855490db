#include "plugin/sentinel/config/hcl_expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "plugin/sentinel/config/document.h"
#include "plugin/sentinel/config/text.h"

namespace sentinel {
namespace {

using base::ConfigNode;
using base::Span;
using Kind = HclExpression::Kind;
using NodeKind = ConfigNode::Kind;

bool is_number(const ConfigNode& node) {
  return node.kind == NodeKind::Int || node.kind == NodeKind::Float;
}

long double parse_number(std::string_view text) {
  long double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// As literals are written, with a sign.
bool is_number_text(std::string_view text) {
  const auto digits = [&] {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!digits()) return false;
  }
  return text.empty();
}

std::string number_text(const ConfigNode& node) {
  if (node.kind == NodeKind::Int) return std::to_string(node.integer);
  char buffer[1100];
  const long double exact = parse_number(node.text);
  const auto written =
      exact == std::trunc(exact)
          ? std::to_chars(buffer, buffer + sizeof buffer, exact, std::chars_format::fixed)
          : std::to_chars(buffer, buffer + sizeof buffer, node.number, std::chars_format::fixed);
  return {buffer, written.ptr};
}

/// HCL's `==`: values of different kinds are not equal.
bool equal(const ConfigNode& a, const ConfigNode& b) {
  if (is_number(a) && is_number(b)) return parse_number(a.text) == parse_number(b.text);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case NodeKind::Null:
    return true;
  case NodeKind::Bool:
    return a.boolean == b.boolean;
  case NodeKind::String:
    return a.text == b.text;
  case NodeKind::List:
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
  default:
    break;
  }
  // Of equal keys the last counts.
  std::map<std::string_view, const ConfigNode*> left;
  std::map<std::string_view, const ConfigNode*> right;
  for (const base::ConfigEntry& entry : a.entries)
    left.insert_or_assign(entry.key, &entry.value);
  for (const base::ConfigEntry& entry : b.entries)
    right.insert_or_assign(entry.key, &entry.value);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first && equal(*one.second, *other.second);
                    });
}

class Evaluator {
 public:
  Evaluator(const base::Source& source, HclBudget& budget) : source_(source), budget_(budget) {}

  /// `level`: how deep the value will stand in others.
  ConfigNode evaluate(const HclExpression& e, int level) {
    const Depth depth(*this, e.span);
    ConfigNode value = compute(e, level);
    value.span = e.span;
    return value;
  }

 private:
  [[noreturn]] void fail(std::string what, Span span, std::string advice = {}) const {
    if (unseen_) throw HclError{};  // finding the line would be for nothing
    fail_hcl(source_, std::move(what), span, std::move(advice));
  }

  void count(Span span, std::size_t bytes = 0) {
    if (budget_.values == 0) {
      fail("the file holds more than " + std::to_string(kMostConfigurationValues) + " values",
           span);
    }
    --budget_.values;
    if (bytes > budget_.bytes) {
      fail("the texts that are computed here are longer than " +
               std::to_string(kMostComputedText >> 20U) + " MiB together",
           span);
    }
    budget_.bytes -= bytes;
  }

  /// Counts nesting: the ranks of operators make several levels out of one parenthesis.
  class Depth {
   public:
    Depth(Evaluator& evaluator, Span span) : evaluator_(evaluator) {
      if (evaluator.depth_ >= kDeepestExpression) {
        evaluator.fail("expressions are nested more than " + std::to_string(kDeepestExpression) +
                           " levels deep",
                       span);
      }
      ++evaluator.depth_;
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { --evaluator_.depth_; }

   private:
    Evaluator& evaluator_;
  };

  void check_level(int level, Span span) const {
    if (level <= kDeepestConfiguration) return;
    fail("values are nested more than " + std::to_string(kDeepestConfiguration) + " levels deep",
         span);
  }

  ConfigNode copy(const ConfigNode& node, int level, Span span) {
    check_level(level, span);
    count(span, node.text.size());
    ConfigNode out;
    out.kind = node.kind;
    out.boolean = node.boolean;
    out.integer = node.integer;
    out.number = node.number;
    out.text = node.text;
    out.span = node.span;
    out.items.reserve(node.items.size());
    for (const ConfigNode& item : node.items)
      out.items.push_back(copy(item, level + 1, span));
    out.entries.reserve(node.entries.size());
    for (const base::ConfigEntry& entry : node.entries) {
      count(span, entry.key.size());
      out.entries.push_back({entry.key, entry.key_span, copy(entry.value, level + 1, span)});
    }
    return out;
  }

  ConfigNode compute(const HclExpression& e, int level) {
    check_level(level, e.span);
    switch (e.kind) {
    case Kind::Literal:
      return copy(e.literal, level, e.span);
    case Kind::List:
      return list(e, level);
    case Kind::Object:
      return object(e, level);
    case Kind::Text:
      return text(e, level);
    case Kind::Variable:
      return variable(e, level);
    case Kind::Call:
      fail("`" + shorten(e.name) + "` is called: functions may not be called here", e.span,
           "write its result out");
    case Kind::Not:
      return boolean(!to_bool(evaluate(e.parts[0], level), "the operand of `!`"), e.span);
    case Kind::Minus:
      return number(-to_number(evaluate(e.parts[0], level), "the operand of `-`"), e.span);
    case Kind::Chain:
      return chain(e, level);
    case Kind::Conditional:
      return conditional(e, level);
    case Kind::Access:
      return access(evaluate(e.parts[0], level), e, 1, e.parts.size());
    case Kind::ForList:
      return for_list(e, level);
    case Kind::ForObject:
      return for_object(e, level);
    case Kind::ForText:
      return for_text(e, level);
    case Kind::Attribute:
    case Kind::Splat:
    case Kind::AttributeSplat:
      break;  // steps of Access
    }
    return {};
  }

  ConfigNode boolean(bool value, Span span) {
    count(span);
    ConfigNode out;
    out.kind = NodeKind::Bool;
    out.boolean = value;
    return out;
  }

  ConfigNode number(long double value, Span span) {
    count(span);
    constexpr long double kPastInts = 9223372036854775808.0L;
    ConfigNode out;
    if (value == std::trunc(value) && value >= -kPastInts && value < kPastInts) {
      out.kind = NodeKind::Int;
      out.integer = static_cast<std::int64_t>(value);
      out.number = static_cast<double>(value);
      out.text = std::to_string(out.integer);
      return out;
    }
    out.kind = NodeKind::Float;
    out.number = static_cast<double>(value);
    if (!std::isfinite(out.number)) fail("the number is too large", span);
    char buffer[64];
    const auto written =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    out.text.assign(buffer, written.ptr);
    return out;
  }

  static ConfigNode string(std::string value) {
    ConfigNode out;
    out.kind = NodeKind::String;
    out.text = std::move(value);
    return out;
  }

  // `what` is the value's part in the sentence, as in "the left side of `+`".
  long double to_number(const ConfigNode& node, const std::string& what) const {
    const bool fits =
        is_number(node) || (node.kind == NodeKind::String && is_number_text(node.text));
    if (!fits) fail(what + " is " + described(node) + ", expected a number", node.span);
    return parse_number(node.text);
  }

  bool to_bool(const ConfigNode& node, const std::string& what) const {
    if (node.kind == NodeKind::Bool) return node.boolean;
    if (node.kind == NodeKind::String) {
      if (node.text == "true" || node.text == "1") return true;
      if (node.text == "false" || node.text == "0") return false;
    }
    fail(what + " is " + described(node) + ", expected true or false", node.span);
  }

  std::string to_text(const ConfigNode& node, const std::string& what) const {
    switch (node.kind) {
    case NodeKind::String:
      return node.text;
    case NodeKind::Bool:
      return node.boolean ? "true" : "false";
    case NodeKind::Int:
    case NodeKind::Float:
      return number_text(node);
    default:
      fail(what + " is " + described(node) + ", expected text", node.span);
    }
  }

  static std::string described(const ConfigNode& node) {
    if (node.kind == NodeKind::Null) return "null";
    return std::string(base::kind_name(node.kind));
  }

  ConfigNode list(const HclExpression& e, int level) {
    count(e.span);
    ConfigNode out;
    out.kind = NodeKind::List;
    for (const HclExpression& item : e.parts)
      out.items.push_back(evaluate(item, level + 1));
    return out;
  }

  ConfigNode object(const HclExpression& e, int level) {
    count(e.span);
    ConfigNode out;
    out.kind = NodeKind::Map;
    for (std::size_t i = 0; i < e.parts.size(); i += 2) {
      base::ConfigEntry entry;
      entry.key = to_text(evaluate(e.parts[i], level), "the key");
      entry.key_span = e.parts[i].span;
      entry.value = evaluate(e.parts[i + 1], level + 1);
      out.entries.push_back(std::move(entry));
    }
    return out;
  }

  ConfigNode text(const HclExpression& e, int level) {
    std::string out;
    for (const HclExpression& part : e.parts) {
      const std::string piece = to_text(evaluate(part, level), "what is put into the text");
      count(part.span, piece.size());
      out += piece;
    }
    return string(std::move(out));
  }

  ConfigNode variable(const HclExpression& e, int level) {
    for (auto binding = scope_.rbegin(); binding != scope_.rend(); ++binding) {
      if (binding->name == e.name) return copy(*binding->value, level, e.span);
    }
    fail("`" + shorten(e.name) + "` is a variable: variables may not be used here", e.span,
         "put text in quotes");
  }

  ConfigNode chain(const HclExpression& e, int level) {
    ConfigNode left = evaluate(e.parts[0], level);
    for (std::size_t i = 1; i < e.parts.size(); ++i) {
      const ConfigNode right = evaluate(e.parts[i], level);
      const Span span{e.parts[0].span.begin, e.parts[i].span.end};
      left = operate(left, e.operators[i - 1], right, span);
      left.span = span;
    }
    return left;
  }

  ConfigNode operate(const ConfigNode& left, std::string_view op, const ConfigNode& right,
                     Span span) {
    if (op == "==") return boolean(equal(left, right), span);
    if (op == "!=") return boolean(!equal(left, right), span);
    const std::string left_side = "the left side of `" + std::string(op) + '`';
    const std::string right_side = "the right side of `" + std::string(op) + '`';
    if (op == "&&" || op == "||") {
      const bool a = to_bool(left, left_side);
      const bool b = to_bool(right, right_side);
      return boolean(op == "&&" ? a && b : a || b, span);
    }
    const long double a = to_number(left, left_side);
    const long double b = to_number(right, right_side);
    if (op == "<") return boolean(a < b, span);
    if (op == "<=") return boolean(a <= b, span);
    if (op == ">") return boolean(a > b, span);
    if (op == ">=") return boolean(a >= b, span);
    if (op == "+") return number(a + b, span);
    if (op == "-") return number(a - b, span);
    if (op == "*") return number(a * b, span);
    if (b == 0) fail("division by zero", span);
    return number(op == "/" ? a / b : std::fmod(a, b), span);
  }

  /// HCL computes both sides to find their common type, but forgets what goes wrong in the side
  /// that is not taken.
  ConfigNode conditional(const HclExpression& e, int level) {
    const bool taken = to_bool(evaluate(e.parts[0], level), "the condition of `?`");
    ConfigNode value = evaluate(e.parts[taken ? 1 : 2], level);
    std::optional<ConfigNode> other;
    const std::size_t names = scope_.size();
    const bool was_unseen = std::exchange(unseen_, true);
    try {
      other = evaluate(e.parts[taken ? 2 : 1], level);
    } catch (const HclError&) {
      constexpr std::size_t kCost = 20;  // in values: errors take time
      budget_.values -= std::min(budget_.values, kCost);
      scope_.resize(names);
    }
    unseen_ = was_unseen;
    if (!other) return value;
    if (value.kind == other->kind || (is_number(value) && is_number(*other)) ||
        value.kind == NodeKind::Null || other->kind == NodeKind::Null) {
      return value;
    }
    const auto is_scalar = [](const ConfigNode& node) {
      return node.kind == NodeKind::Bool || node.kind == NodeKind::String || is_number(node);
    };
    if (is_scalar(value) && is_scalar(*other) &&
        (value.kind == NodeKind::String || other->kind == NodeKind::String)) {
      return string(to_text(value, "the value"));
    }
    if (!taken) std::swap(value, *other);
    fail("the sides of a condition are " + described(value) + " and " + described(*other) +
             ", expected values of one kind",
         {e.parts[1].span.begin, e.parts[2].span.end});
  }

  ConfigNode access(ConfigNode value, const HclExpression& e, std::size_t step, std::size_t end) {
    const Depth depth(*this, e.span);
    for (; step < end; ++step) {
      const HclExpression& part = e.parts[step];
      if (part.kind == Kind::Splat || part.kind == Kind::AttributeSplat) {
        std::size_t behind = step + 1;
        while (behind < end &&
               (part.kind == Kind::Splat || e.parts[behind].kind == Kind::Attribute))
          ++behind;
        ConfigNode all;
        all.kind = NodeKind::List;
        all.span = e.span;
        if (value.kind != NodeKind::List) {
          // What is no list counts as a list of one, null as an empty one.
          if (value.kind != NodeKind::Null) {
            all.items.push_back(access(std::move(value), e, step + 1, behind));
          }
        } else {
          for (ConfigNode& item : value.items) {
            count(part.span);
            all.items.push_back(access(std::move(item), e, step + 1, behind));
          }
        }
        value = std::move(all);
        step = behind - 1;
        continue;
      }
      value = part.kind == Kind::Attribute ? element(std::move(value), part.name, part.span)
                                           : element(std::move(value), part);
      value.span = {e.span.begin, part.span.end};
    }
    return value;
  }

  /// By a key.
  ConfigNode element(ConfigNode value, std::string_view key, Span span) const {
    if (value.kind != NodeKind::Map) {
      fail(described(value) + " has no key `" + shorten(key) + '`', span);
    }
    for (auto entry = value.entries.rbegin(); entry != value.entries.rend(); ++entry) {
      if (entry->key == key) {
        ConfigNode found = std::move(entry->value);
        return found;
      }
    }
    fail("the map has no key `" + shorten(key) + '`', span);
  }

  /// By the value of `index`.
  ConfigNode element(ConfigNode value, const HclExpression& index) {
    const ConfigNode at = evaluate(index, 0);
    if (value.kind == NodeKind::Map) {
      return element(std::move(value), to_text(at, "the key"), index.span);
    }
    if (value.kind != NodeKind::List) fail(described(value) + " has no elements", index.span);
    const long double number = to_number(at, "the index");
    const std::size_t size = value.items.size();
    if (number != std::trunc(number) || number < 0 || number >= static_cast<long double>(size)) {
      fail("there is no element " + number_or_text(at) + " in a list of " + std::to_string(size),
           index.span);
    }
    ConfigNode found = std::move(value.items[static_cast<std::size_t>(number)]);
    return found;
  }

  std::string number_or_text(const ConfigNode& node) const {
    return shorten(to_text(node, "the index"));
  }

  /// Runs `visit` for each element of the collection of a For* whose condition holds, with its
  /// names in scope.
  template <typename Visit>
  void each(const HclExpression& e, int level, const Visit& visit) {
    ConfigNode computed;
    if (e.parts[0].kind != Kind::Literal) computed = evaluate(e.parts[0], level);
    const ConfigNode& collection = e.parts[0].kind == Kind::Literal ? e.parts[0].literal : computed;
    const auto run = [&](const ConfigNode& key, const ConfigNode& value) {
      count(e.span);
      scope_.push_back({e.name, &value});
      if (!e.second.empty()) scope_.push_back({e.second, &key});
      if (to_bool(evaluate(e.parts[2], level), "the condition of `if`")) visit();
      scope_.resize(scope_.size() - (e.second.empty() ? 1 : 2));
    };
    if (collection.kind == NodeKind::List) {
      for (std::size_t i = 0; i < collection.items.size(); ++i)
        run(number(static_cast<long double>(i), e.span), collection.items[i]);
    } else if (collection.kind == NodeKind::Map) {
      std::map<std::string_view, const ConfigNode*> sorted;
      for (const base::ConfigEntry& entry : collection.entries)
        sorted.insert_or_assign(entry.key, &entry.value);
      for (const auto& [key, value] : sorted) {
        count(e.span, key.size());
        run(string(std::string(key)), *value);
      }
    } else {
      fail("`for` over " + described(collection) + ", expected a list or a map", e.parts[0].span);
    }
  }

  ConfigNode for_list(const HclExpression& e, int level) {
    ConfigNode out;
    out.kind = NodeKind::List;
    each(e, level, [&] { out.items.push_back(evaluate(e.parts[1], level + 1)); });
    return out;
  }

  ConfigNode for_object(const HclExpression& e, int level) {
    ConfigNode out;
    out.kind = NodeKind::Map;
    std::map<std::string, std::size_t> places;
    each(e, level, [&] {
      const HclExpression& key_part = e.parts[3];
      std::string key = to_text(evaluate(key_part, level), "the key");
      ConfigNode value = evaluate(e.parts[1], level + (e.grouped ? 2 : 1));
      const auto [place, is_new] = places.emplace(key, out.entries.size());
      if (!is_new && !e.grouped) {
        fail("`for` makes the key `" + shorten(key) + "` twice", key_part.span,
             "`...` behind the value makes lists of the values of equal keys");
      }
      if (is_new) out.entries.push_back({std::move(key), key_part.span, {}});
      ConfigNode& into = out.entries[place->second].value;
      if (!e.grouped) {
        into = std::move(value);
        return;
      }
      into.kind = NodeKind::List;
      into.span = e.span;
      into.items.push_back(std::move(value));
    });
    return out;
  }

  ConfigNode for_text(const HclExpression& e, int level) {
    std::string out;
    each(e, level, [&] {
      const std::string piece = to_text(evaluate(e.parts[1], level), "the text");
      count(e.span, piece.size());
      out += piece;
    });
    return string(std::move(out));
  }

  struct Binding {
    std::string_view name;
    const ConfigNode* value;
  };

  const base::Source& source_;
  HclBudget& budget_;
  std::vector<Binding> scope_;
  int depth_ = 0;
  bool unseen_ = false;  // in the side of a condition that is not taken
};

}  // namespace

void fail_hcl(const base::Source& source, std::string what, Span span, std::string advice) {
  base::Diagnostic diagnostic;
  diagnostic.what = std::move(what);
  diagnostic.where = source.locate(span);
  diagnostic.advice = std::move(advice);
  throw HclError{std::move(diagnostic)};
}

ConfigNode evaluate_hcl(const base::Source& source, HclExpression&& expression, HclBudget& budget) {
  if (expression.kind == Kind::Literal) return std::move(expression.literal);
  return Evaluator(source, budget).evaluate(expression, 0);
}

}  // namespace sentinel
