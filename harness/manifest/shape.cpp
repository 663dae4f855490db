#include "harness/manifest/shape.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <re2/re2.h>

namespace harness {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Diagnostic;
using base::Span;
using NodeKind = ConfigNode::Kind;
using Kind = Shape::Kind;

/// "`a`, `b` or `c`"
std::string alternatives(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += base::in_ticks(words[i]);
  }
  return out;
}

/// "`a`, `b`, `c`"
std::string listed(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words)
    out += (out.empty() ? "" : ", ") + base::in_ticks(word);
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string_view near = base::nearest_name(word, known);
  return near.empty() ? "" : "did you mean " + base::in_ticks(near) + "?";
}

/// A value as a message shows it: short, and without line ends.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out;
  for (const char c : text) {
    if (out.size() >= kMost && (static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
      out += "…";
      break;
    }
    out += c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
  }
  return base::in_ticks(out);
}

class Checker {
 public:
  Checker(const Locator& locator, std::vector<Diagnostic>& problems)
      : locator_(locator), problems_(problems) {}

  /// `label` is how messages call the value: "`policy`", "an item of `tags`".
  void check(const ConfigNode& node, const Shape& shape, const std::string& label) {
    if (templated_ && node.kind == NodeKind::String && node.text.find("${") != std::string::npos) {
      return;
    }
    switch (shape.kind) {
    case Kind::Any:
      return;
    case Kind::One:
      if ((node.kind != NodeKind::Int && node.kind != NodeKind::Float) || node.number != 1) {
        wrong(node, shape, label);
      }
      return;
    case Kind::True:
      if (node.kind != NodeKind::Bool || !node.boolean) wrong(node, shape, label);
      return;
    case Kind::Bool:
      if (node.kind != NodeKind::Bool) wrong(node, shape, label);
      return;
    case Kind::Text:
      return check_text(node, shape, label);
    case Kind::Word:
      return check_word(node, shape, label);
    case Kind::List:
      if (node.kind != NodeKind::List) return wrong(node, shape, label);
      if (node.items.empty() && !shape.empty)
        tell(node.span, label + " is an empty list, expected " + std::string(shape.what) +
                            " with one entry at least");
      for (const ConfigNode& item : node.items)
        check(item, *shape.item, "an item of " + label);
      return;
    case Kind::Map:
      return check_map(node, shape, label);
    case Kind::Object:
      return check_object(node, shape, label);
    case Kind::Choice:
      return check_choice(node, shape, label);
    case Kind::Either:
      return check_either(node, shape, label);
    }
  }

 private:
  void tell(Span where, std::string what, std::string advice = {}) {
    problems_.push_back(
        {.what = std::move(what), .where = locator_.locate(where), .advice = std::move(advice)});
  }

  void wrong(const ConfigNode& node, const Shape& shape, const std::string& label) {
    const bool scalar =
        node.kind == NodeKind::Int || node.kind == NodeKind::Float || node.kind == NodeKind::Bool;
    // Quoting helps where the text itself would do.
    const Shape& first = shape.kind == Kind::Either ? *shape.shapes[0] : shape;
    const bool text = scalar && first.kind == Kind::Text &&
                      (first.pattern.empty() || matches(node.text, first.pattern));
    std::string found(base::kind_name(node.kind));
    if (scalar || node.kind == NodeKind::String) found = shown(node.text) + ", " + found;
    const bool map = shape.kind == Kind::Object || shape.kind == Kind::Choice;
    std::string advice(shape.advice);
    if (advice.empty() && text) advice = "quote it: \"" + node.text + "\"";
    tell(map ? start_of(node) : node.span,
         label + " is " + found + ", expected " + (map ? "a map" : std::string(shape.what)),
         std::move(advice));
  }

  static Span start_of(const ConfigNode& node) {
    return node.kind == NodeKind::List ? Span{node.span.begin, node.span.begin + 1} : node.span;
  }

  const RE2& compiled(std::string_view pattern) {
    std::unique_ptr<RE2>& slot = patterns_[pattern];
    if (!slot) slot = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()));
    return *slot;
  }

  bool matches(std::string_view text, std::string_view pattern) {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled(pattern));
  }

  void check_text(const ConfigNode& node, const Shape& shape, const std::string& label) {
    if (node.kind != NodeKind::String) return wrong(node, shape, label);
    if (node.text.empty() && !shape.empty) {
      return tell(node.span, label + " is empty, expected " + std::string(shape.what));
    }
    if (!shape.pattern.empty() && !matches(node.text, shape.pattern)) {
      tell(node.span, label + " is " + shown(node.text) + ", expected " + std::string(shape.what));
    }
  }

  void check_word(const ConfigNode& node, const Shape& shape, const std::string& label) {
    const std::vector<std::string_view> words(shape.words.begin(), shape.words.end());
    if (node.kind != NodeKind::String) return wrong(node, shape, label);
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return;
    tell(node.span, label + " is " + shown(node.text) + ", expected " + alternatives(words),
         did_you_mean(node.text, words));
  }

  void check_map(const ConfigNode& node, const Shape& shape, const std::string& label) {
    if (node.kind != NodeKind::Map) return wrong(node, shape, label);
    if (node.entries.empty() && !shape.empty) {
      tell(node.span, label + " is an empty map, expected " + std::string(shape.what));
    }
    for (const ConfigEntry& entry : node.entries) {
      if (!shape.pattern.empty() && !matches(entry.key, shape.pattern)) {
        tell(entry.key_span, "name " + shown(entry.key) + " in " + label,
             "a name here has the form `" +
                 std::string(shape.pattern.substr(1, shape.pattern.size() - 2)) + "`");
      }
      check(entry.value, *shape.item, base::in_ticks(entry.key));
    }
  }

  static std::vector<std::string_view> names(const Shape& object) {
    std::vector<std::string_view> out;
    for (const Key& key : object.keys)
      out.push_back(key.name);
    return out;
  }

  void check_object(const ConfigNode& node, const Shape& shape, const std::string& label) {
    if (node.kind != NodeKind::Map) return wrong(node, shape, label);
    const bool outer = templated_;
    if (node.find("each") != nullptr && shape.definition == "case") templated_ = true;
    std::set<std::string_view> unknown_near;  // required keys that a typo stands for
    for (const ConfigEntry& entry : node.entries) {
      const auto key = std::find_if(shape.keys.begin(), shape.keys.end(),
                                    [&](const Key& k) { return k.name == entry.key; });
      if (key == shape.keys.end()) {
        unknown(entry, shape.what, names(shape), unknown_near);
        continue;
      }
      // A row's values are data: nothing in them is a template.
      const bool inner = templated_;
      if (entry.key == "each") templated_ = false;
      check(entry.value, *key->shape, base::in_ticks(key->name));
      templated_ = inner;
    }
    templated_ = outer;
    for (const Key& key : shape.keys) {
      if (!key.required || node.find(key.name) != nullptr) continue;
      // One typo is one message.
      if (unknown_near.contains(key.name)) continue;
      tell(start(node), std::string(shape.what) + " without " + base::in_ticks(key.name),
           std::string(key.help));
    }
    if (shape.at_least_one && node.entries.empty()) {
      tell(node.span, label + " is an empty map, expected " + alternatives(names(shape)));
    }
    if (shape.not_both.size() == 2 && node.find(shape.not_both[0]) != nullptr) {
      for (const ConfigEntry& entry : node.entries) {
        if (entry.key != shape.not_both[1]) continue;
        tell(entry.key_span,
             base::in_ticks(entry.key) + " beside " + base::in_ticks(shape.not_both[0]),
             "one of the two");
      }
    }
    if (!shape.true_key.empty() && node.find(shape.needed_if_true) == nullptr) {
      const ConfigNode* flag = node.find(shape.true_key);
      if (flag != nullptr && flag->kind == NodeKind::Bool && flag->boolean) {
        tell(start(node),
             base::in_ticks(std::string(shape.true_key) + ": true") + " without " +
                 base::in_ticks(shape.needed_if_true),
             "name what to remove");
      }
    }
  }

  /// Where a map begins: its first key rather than its brace, and on one line.
  static Span start(const ConfigNode& node) {
    if (node.entries.empty()) return {node.span.begin, node.span.begin + 1};
    return node.entries.front().key_span;
  }

  void unknown(const ConfigEntry& entry, std::string_view what,
               const std::vector<std::string_view>& known,
               std::set<std::string_view>& unknown_near) {
    std::string advice = did_you_mean(entry.key, known);
    const std::string_view near = base::nearest_name(entry.key, known);
    if (!near.empty()) unknown_near.insert(near);
    if (advice.empty()) advice = "known here: " + listed(known);
    tell(entry.key_span, "unknown key " + shown(entry.key) + " in " + std::string(what),
         std::move(advice));
  }

  void check_choice(const ConfigNode& node, const Shape& shape, const std::string& label) {
    if (node.kind != NodeKind::Map) return wrong(node, shape, label);
    const Option* chosen = nullptr;
    for (const ConfigEntry& entry : node.entries) {
      for (const Option& option : shape.options) {
        if (option.key != entry.key) continue;
        if (chosen == nullptr) {
          chosen = &option;
        } else {
          tell(entry.key_span,
               base::in_ticks(entry.key) + " beside " + base::in_ticks(chosen->key) + " in " +
                   std::string(shape.what),
               "one of the two");
          return;
        }
      }
    }
    if (chosen != nullptr) return check_object(node, *chosen->object, label);
    std::vector<std::string_view> kinds;
    for (const Option& option : shape.options)
      kinds.push_back(option.key);
    // With the kind misspelt, the rest is checked as if it were not.
    for (const ConfigEntry& entry : node.entries) {
      const std::string_view near = base::nearest_name(entry.key, kinds);
      if (near.empty() || is_known(entry.key, shape)) continue;
      for (const Option& option : shape.options) {
        if (option.key == near) return check_object(node, *option.object, label);
      }
    }
    tell(start(node), std::string(shape.what) + " without " + alternatives(kinds),
         "say which kind it is");
  }

  static bool is_known(std::string_view key, const Shape& choice) {
    return std::any_of(choice.options.begin(), choice.options.end(), [&](const Option& option) {
      const std::span<const Key> keys = option.object->keys;
      return std::any_of(keys.begin(), keys.end(), [&](const Key& k) { return k.name == key; });
    });
  }

  void check_either(const ConfigNode& node, const Shape& shape, const std::string& label) {
    for (const Shape* one : shape.shapes) {
      if (takes(*one, node.kind)) return check(node, *one, label);
    }
    wrong(node, shape, label);
  }

  static bool takes(const Shape& shape, NodeKind kind) {
    switch (shape.kind) {
    case Kind::Text:
    case Kind::Word:
      return kind == NodeKind::String;
    case Kind::True:
    case Kind::Bool:
      return kind == NodeKind::Bool;
    case Kind::List:
      return kind == NodeKind::List;
    case Kind::Map:
    case Kind::Object:
    case Kind::Choice:
      return kind == NodeKind::Map;
    case Kind::Any:
    case Kind::One:
    case Kind::Either:
      return true;
    }
    return false;
  }

  const Locator& locator_;
  std::vector<Diagnostic>& problems_;
  std::map<std::string_view, std::unique_ptr<RE2>> patterns_;
  bool templated_ = false;
};

/// Writes shapes as JSON Schema. Shapes with a definition's name are written once, under `$defs`;
/// once more with the suffix `-row` for cases with `each`, where `${x}` may stand for any value.
class SchemaWriter {
 public:
  std::string write(const Shape& root) {
    out_ = "{\n";
    indent_ = 1;
    member("$schema", string("https://json-schema.org/draft/2020-12/schema"));
    member("title", string("harness manifest (tests.yaml)"));
    object_body(root, false, {});
    out_ += ",\n";
    pad();
    out_ += "\"$defs\": {\n";
    ++indent_;
    // Definitions name further ones, so the list grows while it is written.
    bool first = true;
    while (!waiting_.empty()) {
      const auto [name, what] = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      written_.insert(name);
      if (!std::exchange(first, false)) out_ += ",\n";
      pad();
      out_ += string(name) + ": ";
      value(*what.first, what.second, {}, true);
    }
    out_ += "\n";
    --indent_;
    pad();
    out_ += "}\n}\n";
    return std::move(out_);
  }

 private:
  void pad() { out_.append(indent_ * 2, ' '); }

  static std::string string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

  void member(std::string_view key, std::string_view json) {
    pad();
    out_ += string(key) + ": " + std::string(json) + ",\n";
  }

  static std::string strings(std::span<const std::string_view> words) {
    std::string out = "[";
    for (const std::string_view word : words)
      out += (out.size() > 1 ? ", " : "") + string(word);
    return out + "]";
  }

  /// `in_place`: this is the definition itself. `help`: the description of the key.
  void value(const Shape& shape, bool templated, std::string_view help, bool in_place = false) {
    if (!shape.definition.empty() && !in_place) {
      std::string name(shape.definition);
      if (templated) name += "-row";
      if (!written_.contains(name)) waiting_[name] = {&shape, templated};
      out_ += "{";
      if (!help.empty()) out_ += "\"description\": " + string(help) + ", ";
      out_ += "\"$ref\": " + string("#/$defs/" + name) + "}";
      return;
    }
    if (shape.definition == "case" && in_place) return write_case(shape);
    out_ += "{\n";
    ++indent_;
    if (!help.empty()) member("description", string(help));
    if (templated && shape.kind != Kind::Any) {
      pad();
      out_ += "\"anyOf\": [\n";
      ++indent_;
      pad();
      out_ += R"({"type": "string", "pattern": "\\$\\{"},)";
      out_ += "\n";
      pad();
      out_ += "{\n";
      ++indent_;
      body(shape, true);
      close("}");
      out_ += "\n";
      --indent_;
      pad();
      out_ += "]";
    } else {
      body(shape, templated);
    }
    close("}");
  }

  void close(std::string_view bracket) {
    if (out_.ends_with(",\n")) out_.erase(out_.size() - 2);
    out_ += "\n";
    --indent_;
    pad();
    out_ += bracket;
  }

  void body(const Shape& shape, bool templated) {
    switch (shape.kind) {
    case Kind::Any:
      return;
    case Kind::One:
      return member("const", "1");
    case Kind::True:
      return member("const", "true");
    case Kind::Bool:
      return member("type", string("boolean"));
    case Kind::Text:
      member("type", string("string"));
      if (!shape.pattern.empty()) {
        member("pattern", string(shape.pattern));
      } else if (!shape.empty) {
        member("minLength", "1");
      }
      return;
    case Kind::Word:
      return member("enum", strings(shape.words));
    case Kind::List:
      member("type", string("array"));
      if (!shape.empty) member("minItems", "1");
      pad();
      out_ += "\"items\": ";
      value(*shape.item, templated, {});
      return;
    case Kind::Map:
      member("type", string("object"));
      if (!shape.empty) member("minProperties", "1");
      if (!shape.pattern.empty()) {
        member("propertyNames", "{\"pattern\": " + string(shape.pattern) + "}");
      }
      pad();
      out_ += "\"additionalProperties\": ";
      value(*shape.item, templated, {});
      return;
    case Kind::Object:
      return object_body(shape, templated, {});
    case Kind::Choice: {
      std::vector<const Shape*> objects;
      for (const Option& option : shape.options)
        objects.push_back(option.object);
      return several("oneOf", objects, templated);
    }
    case Kind::Either:
      return several("anyOf", {shape.shapes.begin(), shape.shapes.end()}, templated);
    }
  }

  void several(std::string_view keyword, const std::vector<const Shape*>& shapes, bool templated) {
    pad();
    out_ += string(keyword) + ": [\n";
    ++indent_;
    for (const Shape* shape : shapes) {
      pad();
      value(*shape, templated, {});
      out_ += shape == shapes.back() ? "\n" : ",\n";
    }
    --indent_;
    pad();
    out_ += "]";
  }

  /// The keywords of an object; `without` and `need` bend it for the two forms of a case.
  void object_body(const Shape& shape, bool templated, std::string_view without,
                   std::string_view need = {}) {
    member("type", string("object"));
    member("additionalProperties", "false");
    std::vector<std::string_view> required;
    for (const Key& key : shape.keys) {
      if (key.required || key.name == need) required.push_back(key.name);
    }
    if (!required.empty()) member("required", strings(required));
    if (shape.at_least_one) member("minProperties", "1");
    if (!shape.not_both.empty()) {
      member("not", "{\"required\": " + strings(shape.not_both) + "}");
    }
    if (!shape.true_key.empty()) {
      member("if", "{\"required\": [" + string(shape.true_key) + "], \"properties\": {" +
                       string(shape.true_key) + ": {\"const\": true}}}");
      member("then", "{\"required\": [" + string(shape.needed_if_true) + "]}");
    }
    pad();
    out_ += "\"properties\": {\n";
    ++indent_;
    bool first = true;
    for (const Key& key : shape.keys) {
      if (key.name == without) continue;
      if (!std::exchange(first, false)) out_ += ",\n";
      pad();
      out_ += string(key.name) + ": ";
      value(*key.shape, templated && key.name != "each", key.help);
    }
    out_ += "\n";
    --indent_;
    pad();
    out_ += "}";
  }

  void write_case(const Shape& shape) {
    out_ += "{\n";
    ++indent_;
    pad();
    out_ += "\"oneOf\": [\n";
    ++indent_;
    pad();
    out_ += "{\n";
    ++indent_;
    object_body(shape, false, "each");
    close("},");
    out_ += "\n";
    pad();
    out_ += "{\n";
    ++indent_;
    object_body(shape, true, {}, "each");
    close("}");
    out_ += "\n";
    --indent_;
    pad();
    out_ += "]";
    close("}");
  }

  std::string out_;
  std::size_t indent_ = 0;
  std::map<std::string, std::pair<const Shape*, bool>> waiting_;
  std::set<std::string> written_;
};

}  // namespace

void check_shape(const ConfigNode& node, const Shape& shape, const Locator& locator,
                 std::vector<Diagnostic>& problems) {
  Checker(locator, problems).check(node, shape, std::string(shape.what));
}

std::string manifest_schema() {
  return SchemaWriter().write(kManifestShape);
}

}  // namespace harness
