#include "harness/manifest/yaml.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace harness {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Diagnostic;
using base::Span;
using Kind = ConfigNode::Kind;

constexpr std::size_t kDeepest = 100;
// What aliases may add to the tree. A bomb passes it at once, a real manifest never.
constexpr std::size_t kMostAliasNodes = 100'000;
constexpr std::size_t kMostAliasBytes = std::size_t{16} << 20U;

/// Ends the parse from inside an event; the problem has been told.
struct Stop {};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

/// [-+]?[0-9]+
bool is_decimal(std::string_view text) {
  text = without_sign(text);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  text = without_sign(text);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!is_decimal(text.substr(exponent + 1))) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() && part.empty()) return false;
  return std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(part.begin(), part.end(), is_digit);
}

double to_number(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    // from_chars leaves the value alone: too large and too small have to be told apart.
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && text[exponent + 1] == '-';
    number = tiny ? 0 : std::numeric_limits<double>::infinity();
    return text[0] == '-' ? -number : number;
  }
  return number;
}

/// Gives `node` the type that YAML 1.2's core schema sees in the plain scalar `text`.
void set_plain(ConfigNode& node, const std::string& text) {
  const std::string_view view = text;
  node.text = text;
  if (view == "true" || view == "True" || view == "TRUE" || view == "false" || view == "False" ||
      view == "FALSE") {
    node.kind = Kind::Bool;
    node.boolean = view[0] == 't' || view[0] == 'T';
    return;
  }
  int radix = 0;
  if (is_decimal(view)) radix = 10;
  if (view.starts_with("0x")) radix = 16;
  if (view.starts_with("0o")) radix = 8;
  if (radix != 0) {
    std::string_view digits = radix == 10 ? view : view.substr(2);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), node.integer, radix);
    const bool whole = end == digits.data() + digits.size() &&
                       (radix == 10 || (!digits.empty() && digits[0] != '-'));
    if (error == std::errc() && whole) {
      node.kind = Kind::Int;
      node.number = static_cast<double>(node.integer);
      return;
    }
    node.integer = 0;
    if (radix == 10) {
      node.kind = Kind::Float;
      node.number = to_number(view);
      return;
    }
  }
  if (is_float(view)) {
    node.kind = Kind::Float;
    node.number = to_number(view);
    return;
  }
  const std::string_view unsigned_view = without_sign(view);
  if (unsigned_view == ".inf" || unsigned_view == ".Inf" || unsigned_view == ".INF") {
    node.kind = Kind::Float;
    node.number = std::numeric_limits<double>::infinity();
    if (view[0] == '-') node.number = -node.number;
    return;
  }
  if (view == ".nan" || view == ".NaN" || view == ".NAN") {
    node.kind = Kind::Float;
    node.number = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  node.kind = Kind::String;
}

/// The offset of the first byte that is not part of a UTF-8 character, or of a control character.
std::optional<std::size_t> first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f) return at;
      ++at;
      continue;
    }
    std::size_t more = 0;
    std::uint32_t point = 0;
    if (byte >= 0xc2 && byte <= 0xdf) {
      more = 1;
      point = byte & 0x1fU;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      more = 2;
      point = byte & 0x0fU;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      more = 3;
      point = byte & 0x07U;
    } else {
      return at;
    }
    if (at + more >= text.size()) return at;
    for (std::size_t i = 1; i <= more; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if ((next & 0xc0U) != 0x80U) return at;
      point = (point << 6U) | (next & 0x3fU);
    }
    const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return at;
    at += more + 1;
  }
  return std::nullopt;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const Locator& locator, std::string_view text, std::vector<Diagnostic>& problems)
      : locator_(locator), text_(text), problems_(problems) {}

  std::optional<ConfigNode> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      stop(span_of(mark), "a second document", "a manifest is one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    ConfigNode node;
    node.span = null_span(skip_properties(offset(mark)));
    add(std::move(node), anchor, 0);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      stop(span_of(mark), "an alias inside what it stands for", "a value cannot contain itself");
    }
    alias_nodes_ += found->second.nodes;
    alias_bytes_ += found->second.bytes;
    if (alias_nodes_ > kMostAliasNodes || alias_bytes_ > kMostAliasBytes) {
      stop(span_of(mark), "aliases expand to more than a manifest can hold",
           "write the values out, or use `defaults`");
    }
    ConfigNode copy = found->second.node;
    add(std::move(copy), 0, found->second.depth);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    const std::size_t begin = skip_properties(offset(mark));
    ConfigNode node;
    node.span = scalar_span(begin, value);
    if (tag == "?") {
      set_plain(node, value);
    } else {
      node.kind = Kind::String;
      node.text = value;
    }
    plain_ = tag == "?";
    add(std::move(node), anchor, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    start(mark, tag, anchor, Kind::List);
  }
  void OnSequenceEnd() override { finish(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    start(mark, tag, anchor, Kind::Map);
  }
  void OnMapEnd() override { finish(); }

 private:
  struct Frame {
    ConfigNode node;
    YAML::anchor_t anchor = 0;
    std::size_t depth = 0;  // of what it holds
    bool has_key = false;   // a Map: the last entry waits for its value
    bool bad_key = false;   // … and its key has been refused
    std::map<std::string, Span, std::less<>> keys;
  };
  struct Anchored {
    ConfigNode node;
    std::size_t depth = 0;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return std::min(text_.size(), static_cast<std::size_t>(std::max(mark.pos, 0)));
  }
  static Span span(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  Span span_of(const YAML::Mark& mark) const { return span(offset(mark), offset(mark) + 1); }

  void tell(Span where, std::string what, std::string advice) {
    problems_.push_back(
        {.what = std::move(what), .where = locator_.locate(where), .advice = std::move(advice)});
  }
  [[noreturn]] void stop(Span where, std::string what, std::string advice) {
    tell(where, std::move(what), std::move(advice));
    throw Stop();
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    tell(span_of(mark), "a tag (`" + tag + "`)", "a manifest has none; quote what has to be text");
  }

  /// The mark of a node with an anchor or a tag is that of the anchor or tag.
  std::size_t skip_properties(std::size_t at) const {
    while (at < text_.size() && (text_[at] == '&' || text_[at] == '!')) {
      while (at < text_.size() && !is_blank(text_[at]))
        ++at;
      while (at < text_.size()) {
        if (text_[at] == '#') {
          at = std::min(text_.find('\n', at), text_.size());
        } else if (is_blank(text_[at])) {
          ++at;
        } else {
          break;
        }
      }
    }
    return at;
  }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  Span scalar_span(std::size_t begin, const std::string& value) {
    if (begin >= text_.size()) return span(begin, begin);
    const char first = text_[begin];
    if (first == '"' || first == '\'') {
      for (std::size_t at = begin + 1; at < text_.size(); ++at) {
        if (text_[at] == '\\' && first == '"') {
          ++at;
        } else if (text_[at] == first) {
          if (first == '\'' && at + 1 < text_.size() && text_[at + 1] == first) {
            ++at;
          } else {
            return span(begin, at + 1);
          }
        }
      }
      // yaml-cpp takes the end of the file for the closing quote.
      stop(span(begin, begin + 1), "a quote that is not closed",
           std::string("add the closing `") + first + "`");
    }
    if (text_.substr(begin).starts_with(value)) return span(begin, begin + value.size());
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    return span(begin, end);
  }

  /// Of an empty value the mark is that of the next token, maybe lines below: its key is shown.
  Span null_span(std::size_t at) const {
    constexpr std::string_view kNulls[] = {"null", "Null", "NULL", "~"};
    for (const std::string_view word : kNulls) {
      if (text_.substr(at).starts_with(word)) return span(at, at + word.size());
    }
    if (!stack_.empty() && stack_.back().has_key) {
      return stack_.back().node.entries.back().key_span;
    }
    return span(at, at + 1);
  }

  void start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    refuse_tag(mark, tag);
    if (stack_.size() >= kDeepest) {
      stop(span_of(mark), "lists and maps nested too deep",
           "at most " + std::to_string(kDeepest) + " levels");
    }
    const std::size_t begin = skip_properties(offset(mark));
    Frame frame;
    frame.node.kind = kind;
    frame.node.span = span(begin, begin + 1);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }

  void finish() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(frame.node), frame.anchor, frame.depth + 1);
  }

  /// Nodes and bytes of text of a tree, for the bound on aliases.
  static std::pair<std::size_t, std::size_t> weigh(const ConfigNode& node) {
    std::pair<std::size_t, std::size_t> sum{1, node.text.size()};
    for (const ConfigNode& item : node.items) {
      const auto [nodes, bytes] = weigh(item);
      sum = {sum.first + nodes, sum.second + bytes};
    }
    for (const ConfigEntry& entry : node.entries) {
      const auto [nodes, bytes] = weigh(entry.value);
      sum = {sum.first + nodes, sum.second + bytes + entry.key.size()};
    }
    return sum;
  }

  /// A finished node takes its place. `depth`: the levels below it.
  void add(ConfigNode node, YAML::anchor_t anchor, std::size_t depth) {
    const bool plain = std::exchange(plain_, false);
    if (stack_.size() + depth > kDeepest) {
      stop(node.span, "lists and maps nested too deep",
           "at most " + std::to_string(kDeepest) + " levels");
    }
    if (anchor != 0) {
      const auto [nodes, bytes] = weigh(node);
      anchored_nodes_ += nodes;
      if (anchored_nodes_ > kMostAliasNodes) {
        stop(node.span, "more under anchors than a manifest can hold", "write the values out");
      }
      anchors_[anchor] = {node, depth, nodes, bytes};
    }
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    frame.depth = std::max(frame.depth, depth);
    frame.node.span.end = std::max(frame.node.span.end, node.span.end);
    if (frame.node.kind == Kind::List) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      add_key(frame, node, plain);
    } else {
      frame.has_key = false;
      frame.node.entries.back().value = std::move(node);
      if (std::exchange(frame.bad_key, false)) frame.node.entries.pop_back();
    }
  }

  void add_key(Frame& frame, const ConfigNode& node, bool plain) {
    frame.has_key = true;
    ConfigEntry entry;
    entry.key_span = node.span;
    if (node.kind == Kind::Null || node.kind == Kind::List || node.kind == Kind::Map) {
      tell(node.span, std::string(base::kind_name(node.kind)) + " as a key", "a key is text");
      frame.bad_key = true;
      frame.node.entries.push_back(std::move(entry));
      return;
    }
    entry.key = node.text;
    if (plain && entry.key == "<<") {
      tell(node.span, "a merge key (`<<`)", "YAML 1.2 has none; use `defaults`");
      frame.bad_key = true;
    } else if (const auto [first, fresh] = frame.keys.emplace(entry.key, node.span); !fresh) {
      tell(node.span, "key `" + entry.key + "` stands twice in one map",
           "first on line " + std::to_string(locator_.locate(first->second).line));
      frame.bad_key = true;
    }
    frame.node.entries.push_back(std::move(entry));
  }

  const Locator& locator_;
  std::string_view text_;
  std::vector<Diagnostic>& problems_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::optional<ConfigNode> root_;
  int documents_ = 0;
  bool plain_ = false;  // the scalar just read was plain
  std::size_t alias_nodes_ = 0;
  std::size_t alias_bytes_ = 0;
  std::size_t anchored_nodes_ = 0;
};

/// yaml-cpp's words, where ours say better what is wrong and what to do.
struct Words {
  std::string_view theirs;
  std::string_view what;
  std::string_view advice;
};

constexpr Words kWords[] = {
    {"illegal map value", "a `:` where no value can begin",
     "is the indentation right, with blanks and no tabs? quote text that has `: ` in it"},
    {"illegal map key", "a key where none can be", "is the indentation right?"},
    {"illegal block entry", "an entry of a list where none can be",
     "is the indentation right, with blanks and no tabs?"},
    {"illegal tab when looking for indentation", "a tab as indentation", "use blanks"},
    {"illegal flow end", "a closing bracket without its opening one", ""},
    {"bad file", "lists and maps nested too deep", ""},
    {"unknown token", "a character that cannot begin a value", "quote the text"},
    {"end of map not found", "a line that does not fit into the map above it",
     "is the indentation right?"},
    {"end of map flow not found", "a map whose `}` is missing", ""},
    {"end of sequence not found", "a line that does not fit into the list above it",
     "is the indentation right?"},
    {"end of sequence flow not found", "a list whose `]` is missing", ""},
    {"the referenced anchor is not defined", "an alias (`*name`) without its anchor",
     "quote text that begins with `*`"},
    {"alias not found after *", "a `*` without a name", "quote text that begins with `*`"},
    {"illegal EOF in scalar", "text that is not closed", ""},
};

Diagnostic in_our_words(const std::string& message) {
  for (const Words& row : kWords) {
    if (message == row.theirs) {
      return {.what = std::string(row.what), .advice = std::string(row.advice)};
    }
  }
  return {.what = message};
}

/// Directives would change how the text is read, and yaml-cpp passes over those it does not know.
std::optional<std::size_t> find_directive(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (line.starts_with('%') && !line.starts_with("%YAML 1.")) return at;
    const bool passed = first == std::string_view::npos || line[first] == '#' || line[0] == '%';
    if (!passed) return std::nullopt;
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

Locator::Locator(base::SourcePtr source) : source_(std::move(source)) {
  lines_.push_back(0);
  const std::string_view text = source_->text();
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    lines_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

base::Location Locator::locate(Span span) const {
  const auto size = static_cast<std::uint32_t>(source_->text().size());
  // An empty last line has nothing to quote: show the end of the line before.
  span.begin = std::min(span.begin, size);
  span.end = std::max(span.end, span.begin);
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), span.begin);
  const std::uint32_t begin = *std::prev(after);
  std::uint32_t end = after == lines_.end() ? size : *after - 1;
  base::Location out;
  out.file = source_->name();
  out.line = static_cast<std::uint32_t>(after - lines_.begin());
  out.column = span.begin - begin + 1;
  const std::string_view text = source_->text();
  if (end > begin && text[end - 1] == '\r') --end;
  const std::uint32_t stop = std::min(span.end, end);
  out.length = stop > span.begin ? stop - span.begin : 1;
  constexpr std::uint32_t kMost =
      4096;  // of a very long line only a stretch would be worth quoting
  if (end - begin <= kMost) out.source_line = std::string(text.substr(begin, end - begin));
  return out;
}

base::Location Locator::whole() const {
  return {.file = source_->name()};
}

std::optional<ConfigNode> read_yaml(const Locator& locator, const base::Source& source,
                                    std::vector<Diagnostic>& problems) {
  const std::string_view text = source.text();
  const auto offset_span = [](std::size_t at) {
    return Span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + 1)};
  };
  if (const auto bad = first_bad_byte(text)) {
    base::Location where = locator.locate(offset_span(*bad));
    where.source_line.clear();  // raw bytes would reach the terminal
    problems.push_back({.what = "a byte that is no text",
                        .where = std::move(where),
                        .why = "a manifest is YAML in UTF-8",
                        .advice = "save it as UTF-8 text"});
    return std::nullopt;
  }
  if (const auto at = find_directive(text)) {
    problems.push_back({.what = "a directive (`%`)",
                        .where = locator.locate(offset_span(*at)),
                        .advice = "a manifest has none"});
    return std::nullopt;
  }
  const std::size_t before = problems.size();
  Builder builder(locator, text, problems);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    Diagnostic problem = in_our_words(error.msg);
    const std::size_t at = error.mark.pos < 0 ? 0 : static_cast<std::size_t>(error.mark.pos);
    problem.where = locator.locate(offset_span(std::min(at, text.size())));
    problems.push_back(std::move(problem));
    return std::nullopt;
  }
  std::optional<ConfigNode> root = builder.take();
  if (!root || root->kind == Kind::Null) {
    if (problems.size() == before) {
      problems.push_back({.what = "the file is empty",
                          .where = locator.whole(),
                          .advice = "a manifest begins with `version: 1`"});
    }
    return std::nullopt;
  }
  return root;
}

}  // namespace harness
