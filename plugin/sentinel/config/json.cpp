// JSON with positions, and the two dialects of configuration written in it. Documentation:
// Sentinel, configuration; HCL, "JSON Syntax Specification".
#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "plugin/sentinel/config/document.h"
#include "plugin/sentinel/config/text.h"
#include "plugin/sentinel/value/utf8.h"

namespace sentinel {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Span;

/// Ends the reading; caught in read_json.
struct SyntaxError {
  base::Diagnostic diagnostic;
};

class Reader {
 public:
  explicit Reader(const base::Source& source) : source_(source), text_(source.text()) {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  ConfigNode read() {
    if (is_utf16(text_)) {
      throw SyntaxError{{.what = "the text is UTF-16",
                         .where = base::Location{.file = source_.name()},
                         .advice = "save the file as UTF-8 text"}};
    }
    skip();
    if (at_end()) fail("the file is empty", {offset(at_), offset(at_)});
    ConfigNode node = read_value();
    skip();
    if (!at_end()) fail("found " + found() + " behind the end of the document", here());
    return node;
  }

 private:
  static std::uint32_t offset(std::size_t at) { return static_cast<std::uint32_t>(at); }
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Span here() const { return {offset(at_), offset(std::min(at_ + 1, text_.size()))}; }

  [[noreturn]] void fail(std::string what, Span span) const {
    base::Diagnostic diagnostic;
    diagnostic.what = std::move(what);
    diagnostic.where = source_.locate(span);
    throw SyntaxError{std::move(diagnostic)};
  }

  std::string found() const {
    if (at_end()) return "the end of the file";
    const char c = peek();
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) {
      return "an unexpected character";
    }
    return std::string("`") + c + '`';
  }

  [[noreturn]] void fail_expected(std::string_view expected) const {
    fail("found " + found() + ", expected " + std::string(expected), here());
  }

  void skip() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
      ++at_;
  }

  ConfigNode read_value() {
    if (at_end()) fail_expected("a value");
    if (++values_ > kMostConfigurationValues) {
      fail("the file holds more than " + std::to_string(kMostConfigurationValues) + " values",
           here());
    }
    const char c = peek();
    if (c == '"') return read_string();
    if (c == '{' || c == '[') {
      if (++depth_ > kDeepestConfiguration) {
        fail(
            "values are nested more than " + std::to_string(kDeepestConfiguration) + " levels deep",
            here());
      }
      ConfigNode node = c == '{' ? read_object() : read_list();
      --depth_;
      return node;
    }
    if (c == '-' || (c >= '0' && c <= '9')) return read_number();
    return read_word();
  }

  ConfigNode read_word() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      ConfigNode node;
      node.span = {offset(at_), offset(at_ + word.size())};
      at_ += word.size();
      if (word != "null") node.kind = ConfigNode::Kind::Bool;
      node.boolean = word == "true";
      return node;
    }
    fail_expected("a value");
  }

  ConfigNode read_number() {
    const auto digits = [&] {
      if (peek() < '0' || peek() > '9') fail_expected("a digit");
      while (peek() >= '0' && peek() <= '9')
        ++at_;
    };
    ConfigNode node;
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0' && peek(1) >= '0' && peek(1) <= '9') {
      fail("a number may not begin with `0`", here());
    }
    digits();
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits();
    }
    node.span = {offset(begin), offset(at_)};
    node.text = text_.substr(begin, at_ - begin);
    set_number(node, whole);
    if (!std::isfinite(node.number)) fail("the number is too large", node.span);
    return node;
  }

  std::uint32_t read_hex() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(peek());
      if (digit < 0) fail_expected("four hexadecimal digits");
      code = code * 16 + static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return code;
  }

  ConfigNode read_string() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::String;
    const std::size_t begin = at_++;
    while (true) {
      if (at_end()) fail("the text is not closed", {offset(begin), offset(begin + 1)});
      const char c = peek();
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) {
        fail("found a control character in a text, expected an escape", here());
      }
      ++at_;
      if (c != '\\') {
        node.text += c;
        continue;
      }
      const char escape = peek();
      ++at_;
      switch (escape) {
      case '"':
      case '\\':
      case '/':
        node.text += escape;
        break;
      case 'b':
        node.text += '\b';
        break;
      case 'f':
        node.text += '\f';
        break;
      case 'n':
        node.text += '\n';
        break;
      case 'r':
        node.text += '\r';
        break;
      case 't':
        node.text += '\t';
        break;
      case 'u': {
        std::uint32_t code = read_hex();
        if (code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
          const std::size_t back = at_;
          at_ += 2;
          const std::uint32_t low = read_hex();
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
          } else {
            at_ = back;
          }
        }
        // Half of a surrogate pair becomes the replacement character, as Go's reader makes it.
        if (!append_utf8(node.text, code)) append_utf8(node.text, 0xFFFD);
        break;
      }
      default:
        at_ = std::min(at_, text_.size());
        fail("unknown escape", {offset(at_ - 1), offset(at_)});
      }
    }
    ++at_;
    node.span = {offset(begin), offset(at_)};
    replace_invalid_utf8(node.text);
    return node;
  }

  ConfigNode read_list() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::List;
    const std::size_t begin = at_++;
    skip();
    if (peek() == ']') {
      ++at_;
    } else {
      while (true) {
        skip();
        node.items.push_back(read_value());
        skip();
        const char c = peek();
        if (c != ',' && c != ']') fail_expected("`,` or `]`");
        ++at_;
        if (c == ']') break;
      }
    }
    node.span = {offset(begin), offset(at_)};
    return node;
  }

  ConfigNode read_object() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::Map;
    const std::size_t begin = at_++;
    skip();
    if (peek() == '}') {
      ++at_;
    } else {
      while (true) {
        skip();
        if (peek() != '"') fail_expected("a key in quotes");
        ConfigNode key = read_string();
        ConfigEntry entry;
        entry.key = std::move(key.text);
        entry.key_span = key.span;
        skip();
        if (peek() != ':') fail_expected("`:` behind the key");
        ++at_;
        skip();
        entry.value = read_value();
        node.entries.push_back(std::move(entry));
        skip();
        const char c = peek();
        if (c != ',' && c != '}') fail_expected("`,` or `}`");
        ++at_;
        if (c == '}') break;
      }
    }
    node.span = {offset(begin), offset(at_)};
    return node;
  }

  const base::Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t values_ = 0;
};

bool is_map(const ConfigNode& node) {
  return node.kind == ConfigNode::Kind::Map;
}

/// HCL's JSON: a text under `//` is a comment.
bool is_comment(const ConfigEntry& entry) {
  return entry.key == "//" && entry.value.kind == ConfigNode::Kind::String;
}

/// The one entry of a map that is no comment.
const ConfigEntry* only_entry(const ConfigNode& node) {
  if (!is_map(node)) return nullptr;
  const ConfigEntry* out = nullptr;
  for (const ConfigEntry& entry : node.entries) {
    if (is_comment(entry)) continue;
    if (out != nullptr) return nullptr;
    out = &entry;
  }
  return out;
}

/// `{ "data": … }` or `{ "module": { "source": … } }`, and nothing else; a list stands for blocks.
bool is_modern_mock(const ConfigNode& node) {
  if (node.kind == ConfigNode::Kind::List) {
    return !node.items.empty() && std::all_of(node.items.begin(), node.items.end(), is_modern_mock);
  }
  const ConfigEntry* only = only_entry(node);
  if (only == nullptr) return false;
  if (only->key == "data") return true;
  const ConfigNode& module = only->value;
  const ConfigNode& body =
      module.kind == ConfigNode::Kind::List && module.items.size() == 1 ? module.items[0] : module;
  return only->key == "module" && is_map(body) && body.find("source") != nullptr;
}

bool is_modern_setting(const ConfigNode& node) {
  if (node.kind == ConfigNode::Kind::List) {
    return node.items.size() == 1 && is_modern_setting(node.items[0]);
  }
  const ConfigEntry* only = only_entry(node);
  return only != nullptr && only->key == "value";
}

/// The old dialect was read into a record of Go's, which takes keys in any case.
std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_legacy(const ConfigNode& root) {
  for (const ConfigEntry& entry : root.entries) {
    const std::string key = lower(entry.key);
    if (key == "modules" || key == "imports") return true;
    if (!is_map(entry.value)) continue;
    const std::vector<ConfigEntry>& inner = entry.value.entries;
    if (key == "test" && !inner.empty() && entry.value.find("rules") == nullptr) return true;
    const auto differs = [&](bool (*modern)(const ConfigNode&)) {
      return std::any_of(inner.begin(), inner.end(), [&](const ConfigEntry& one) {
        return !is_comment(one) && !modern(one.value);
      });
    };
    if (key == "mock" && differs(is_modern_mock)) return true;
    if ((key == "global" || key == "param") && differs(is_modern_setting)) return true;
  }
  return false;
}

class Blocks {
 public:
  Blocks(base::SourcePtr source, std::vector<base::Diagnostic>& errors)
      : source_(std::move(source)), errors_(errors) {}

  Document read(const ConfigNode& root) {
    document_.legacy = is_legacy(root);
    for (const ConfigEntry& entry : root.entries) {
      if (entry.key == "//") continue;  // HCL's JSON: a comment
      if (document_.legacy) {
        add_legacy(entry);
      } else {
        add_modern(entry, entry.value);
      }
    }
    return std::move(document_);
  }

 private:
  void report(Span span, std::string what, std::string advice = {}) {
    base::Diagnostic diagnostic;
    diagnostic.what = std::move(what);
    diagnostic.where = source_->locate(span);
    diagnostic.advice = std::move(advice);
    errors_.push_back(std::move(diagnostic));
  }

  void add(std::string type, Span type_span, std::vector<BlockLabel> labels, ConfigNode body) {
    ConfigBlock block;
    block.type = std::move(type);
    block.source = source_;
    block.span = labels.empty() ? type_span : labels.back().span;
    block.labels = std::move(labels);
    block.body = std::move(body);
    block.origins.assign(block.body.entries.size(), source_);
    if (document_.legacy) {
      // Read into a record: of equal keys the last counts.
      std::string key = block.type;
      for (const BlockLabel& label : block.labels)
        key += ' ' + label.text;
      const auto [place, is_new] = places_.emplace(std::move(key), document_.blocks.size());
      if (!is_new) {
        document_.blocks[place->second] = std::move(block);
        return;
      }
    }
    document_.blocks.push_back(std::move(block));
  }

  static ConfigNode wrap(std::string key, Span key_span, ConfigNode value) {
    ConfigNode out;
    out.kind = ConfigNode::Kind::Map;
    out.span = value.span;
    out.entries.push_back({std::move(key), key_span, std::move(value)});
    return out;
  }

  /// Labels are nested keys; a list stands for several blocks, null for none.
  void add_modern(const ConfigEntry& type, const ConfigNode& value) {
    if (value.kind == ConfigNode::Kind::Null) return;
    if (value.kind == ConfigNode::Kind::List) {
      for (const ConfigNode& item : value.items)
        add_modern(type, item);
      return;
    }
    if (!is_map(value)) {
      report(value.span, "`" + shorten(type.key) + "` is " +
                             std::string(base::kind_name(value.kind)) + ", expected an object");
      return;
    }
    if (type.key == "test" || type.key == "sentinel") {
      add(type.key, type.key_span, {}, value);
      return;
    }
    for (const ConfigEntry& label : value.entries) {
      if (is_comment(label)) continue;
      if (type.key == "import" && is_kind(label.key) && holds_blocks(label.value)) {
        for (const ConfigEntry& name : label.value.entries) {
          add_bodies(type, {{label.key, label.key_span}, {name.key, name.key_span}}, name.value);
        }
      } else {
        add_bodies(type, {{label.key, label.key_span}}, label.value);
      }
    }
  }

  static bool is_kind(std::string_view label) {
    return label == "module" || label == "plugin" || label == "static";
  }
  static bool holds_blocks(const ConfigNode& value) {
    return is_map(value) &&
           std::all_of(value.entries.begin(), value.entries.end(), [](const ConfigEntry& entry) {
             return is_map(entry.value) || entry.value.kind == ConfigNode::Kind::List;
           });
  }

  void add_bodies(const ConfigEntry& type, std::vector<BlockLabel> labels, const ConfigNode& body) {
    if (body.kind == ConfigNode::Kind::Null) return;
    if (body.kind == ConfigNode::Kind::List) {
      for (const ConfigNode& item : body.items)
        add_bodies(type, labels, item);
      return;
    }
    if (!is_map(body)) {
      report(body.span, "`" + shorten(labels.back().text) + "` is " +
                            std::string(base::kind_name(body.kind)) + ", expected an object");
      return;
    }
    add(type.key, type.key_span, std::move(labels), with_single_blocks(body));
  }

  /// A block inside a block may be written as a list of one.
  static ConfigNode with_single_blocks(ConfigNode body) {
    for (ConfigEntry& entry : body.entries) {
      if (entry.key != "module" || entry.value.kind != ConfigNode::Kind::List ||
          entry.value.items.size() != 1) {
        continue;
      }
      ConfigNode only = std::move(entry.value.items[0]);
      entry.value = std::move(only);
    }
    return body;
  }

  void add_legacy(const ConfigEntry& entry) {
    const std::string key = lower(entry.key);
    const ConfigNode& value = entry.value;
    // The old dialect was read into a record, which passes over keys that it does not have.
    constexpr std::array<std::string_view, 10> kKnown = {"mock",    "global",  "param",  "test",
                                                         "modules", "imports", "module", "import",
                                                         "policy",  "sentinel"};
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      document_.warnings.push_back(base::to_text(source_->locate(entry.key_span)) +
                                   ": unknown key `" + shorten(entry.key) + "` is ignored");
      return;
    }
    if (value.kind == ConfigNode::Kind::Null) return;
    if (!is_map(value)) {
      report(value.span, "`" + shorten(entry.key) + "` is " +
                             std::string(base::kind_name(value.kind)) + ", expected an object");
      return;
    }
    if (key == "test") {
      const ConfigNode* rules = value.find("rules");
      add("test", entry.key_span, {},
          wrap("rules", entry.key_span, rules != nullptr && is_map(*rules) ? *rules : value));
      return;
    }
    for (const ConfigEntry& one : value.entries) {
      if (is_comment(one)) continue;
      std::vector<BlockLabel> labels = {{one.key, one.key_span}};
      if (key == "mock") {
        const bool path = one.value.kind == ConfigNode::Kind::String;
        add("mock", entry.key_span, std::move(labels),
            is_map(one.value) && is_modern_mock(one.value) ? with_single_blocks(one.value)
            : path ? wrap("module", one.key_span, wrap("source", one.key_span, one.value))
                   : wrap("data", one.key_span, one.value));
      } else if (key == "global" || key == "param") {
        add(key, entry.key_span, std::move(labels), wrap("value", one.key_span, one.value));
      } else if (key == "modules") {
        add("module", entry.key_span, std::move(labels), with_source(one));
      } else if (key == "imports") {
        add("import", entry.key_span, std::move(labels), one.value);
      } else {
        add_modern({key, entry.key_span, {}}, value);
        return;
      }
    }
    if (key != "mock" && key != "global" && key != "param" && key != "modules" &&
        key != "imports" && value.entries.empty()) {
      add_modern({key, entry.key_span, {}}, value);
    }
  }

  /// `{ "path": … }` → `{ "source": … }`.
  ConfigNode with_source(const ConfigEntry& module) {
    ConfigNode out = module.value;
    if (out.kind == ConfigNode::Kind::String) {
      return wrap("source", module.key_span, module.value);
    }
    if (!is_map(out)) {
      report(out.span, "module `" + shorten(module.key) + "` is " +
                           std::string(base::kind_name(out.kind)) + ", expected an object");
      out = ConfigNode();
      out.kind = ConfigNode::Kind::Map;
    }
    for (ConfigEntry& entry : out.entries) {
      if (entry.key == "path") entry.key = "source";
    }
    return out;
  }

  base::SourcePtr source_;
  std::vector<base::Diagnostic>& errors_;
  Document document_;
  std::unordered_map<std::string, std::size_t> places_;  // of legacy blocks
};

}  // namespace

std::optional<ConfigNode> read_json(const base::SourcePtr& source,
                                    std::vector<base::Diagnostic>& errors) {
  try {
    return Reader(*source).read();
  } catch (SyntaxError& error) {
    errors.push_back(std::move(error.diagnostic));
    return std::nullopt;
  }
}

Document read_json_configuration(const base::SourcePtr& source,
                                 std::vector<base::Diagnostic>& errors) {
  const std::optional<ConfigNode> root = read_json(source, errors);
  if (!root) return {};
  if (!is_map(*root)) {
    base::Diagnostic diagnostic;
    diagnostic.what =
        "the file holds " + std::string(base::kind_name(root->kind)) + ", expected an object";
    diagnostic.where = source->locate(root->span);
    errors.push_back(std::move(diagnostic));
    return {};
  }
  return Blocks(source, errors).read(*root);
}

}  // namespace sentinel
