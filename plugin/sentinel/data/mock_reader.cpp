// The direct reader: mock text → frozen values.
//
// A mock is megabytes of lines such as
//
//     \t\t\t\t"associate_public_ip_address":  null,
//
// so what is fast here is finding the end of a run of blanks and of a string (16 bytes at a time),
// and seeing that a map has the keys of the map before it (one comparison instead of a search for
// the closing quote, and no check of their order). Items are collected on one stack and moved to
// the arena when their collection is complete, so collections have no spare room.
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <emmintrin.h>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/sharing.h"
#include "plugin/sentinel/data/utf8_check.h"

namespace sentinel {
namespace {

/// Deeper data is left to the parser, whose bound is higher.
constexpr std::size_t kMostDepth = 200;

/// Imports that a mock may name without using them (HashiCorp's generator writes them).
constexpr std::array<std::string_view, 13> kHarmlessImports = {
    "base64", "collection", "collection/lists", "collection/maps", "decimal",
    "http",   "json",       "runtime",          "strings",         "time",
    "types",  "units",      "version"};

/// Names that mean something else than a variable, or could.
constexpr std::array<std::string_view, 45> kTakenNames = {
    "all",     "and",       "any",      "append",  "as",      "bool",   "break",   "case",
    "compare", "contains",  "continue", "default", "defined", "delete", "else",    "empty",
    "error",   "false",     "filter",   "float",   "for",     "func",   "if",      "import",
    "in",      "int",       "is",       "keys",    "length",  "map",    "matches", "not",
    "null",    "or",        "param",    "print",   "range",   "return", "rule",    "string",
    "true",    "undefined", "values",   "when",    "xor"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c);
}

class Reader {
 public:
  /// `sharing`: null, or what makes the values.
  explicit Reader(FrozenData& out, Sharing* sharing = nullptr)
      : out_(out),
        sharing_(sharing),
        begin_(out.source->text().data()),
        at_(begin_),
        end_(at_ + out.source->text().size()),
        wide_end_(out.source->text().size() >= 16 ? end_ - 16 : at_ - 1) {}

  /// Adds the assignments. What comes back is where the first statement begins that is none; the
  /// text's size where there is no such.
  std::size_t read(std::vector<DataAssignment>& out) {
    statement_ = at_;
    return read_all(out) ? offset(end_) : offset(statement_);
  }

 private:
  // The text ends in a zero byte that is not part of it (std::string's), so one byte may be looked
  // at anywhere up to `end_`.

  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }

  bool read_all(std::vector<DataAssignment>& out) {
    stack_.reserve(1024);
    std::vector<std::string_view> imports;
    if (!skip_space()) return false;
    while (at_ != end_) {
      statement_ = at_;
      const std::string_view name = word();
      if (name.empty()) return false;
      DataAssignment assignment{.name = name, .span = {}, .value = {}};
      if (name == "import") {
        if (!out.empty() || !import(imports)) return false;
      } else {
        for (std::string_view taken : kTakenNames)
          if (name == taken) return false;
        for (std::string_view taken : imports)
          if (name == taken) return false;
        skip_blanks();
        if (*at_ != '=') return false;
        ++at_;
        skip_blanks();
        if (!value(assignment.value, 0, Value())) return false;
        assignment.span = {offset(name.data()), offset(at_)};
      }
      if (!end_statement()) return false;
      if (name != "import") out.push_back(assignment);
    }
    return true;
  }

  void skip_blanks() {
    while (*at_ == ' ' || *at_ == '\t')
      ++at_;
  }

  /// Blanks, line ends and comments.
  bool skip_space() {
    for (;;) {
      while (at_ <= wide_end_) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
        const __m128i space =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
        const auto other = static_cast<unsigned>(~_mm_movemask_epi8(space)) & 0xFFFFU;
        if (other != 0) {
          at_ += std::countr_zero(other);
          break;
        }
        at_ += 16;
      }
      while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')
        ++at_;
      if (*at_ != '#' && *at_ != '/') return true;
      if (!comment()) return false;
    }
  }

  bool comment() {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    if (rest[0] == '#' || rest.starts_with("//")) {
      const std::size_t line_end = rest.find('\n');
      at_ = line_end == std::string_view::npos ? end_ : at_ + line_end;
      return true;
    }
    if (!rest.starts_with("/*")) return false;
    const std::size_t close = rest.find("*/", 2);
    if (close == std::string_view::npos) return false;
    at_ += close + 2;
    return true;
  }

  /// After a whole statement: a line end, `;`, a comment to the line's end, or the end.
  bool end_statement() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')
      ++at_;  // a CR alone ends no line
    if (*at_ == ';') {
      ++at_;
    } else if (at_ != end_ && *at_ != '\n' && *at_ != '#' && !(*at_ == '/' && at_[1] == '/')) {
      return false;
    }
    return skip_space();
  }

  std::string_view word() {
    const char* begin = at_;
    if (!is_letter(*at_)) return {};
    while (is_word(*at_))
      ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  bool import(std::vector<std::string_view>& imports) {
    skip_blanks();
    Value path;
    if (*at_ != '"' || !string(path)) return false;
    for (std::string_view name : kHarmlessImports) {
      if (path.as_string() != name) continue;
      imports.push_back(name.substr(name.rfind('/') + 1));
      return true;
    }
    return false;
  }

  /// `model`: what is likely to look like it, or undefined.
  bool value(Value& out, std::size_t depth, const Value& model) {
    switch (*at_) {
    case '"':
      return string(out);
    case '{':
      return map(out, depth + 1, model);
    case '[':
      return list(out, depth + 1, model);
    case '`':
      return raw_string(out);
    case 't':
      return keyword(out, "true", Value::boolean(true));
    case 'n':
      return keyword(out, "null", Value::null());
    case 'f':
      return keyword(out, "false", Value::boolean(false));
    case 'u':
      return keyword(out, "undefined", Value());
    default:
      return number(out);
    }
  }

  bool keyword(Value& out, const char* spelling, Value value) {
    for (; *spelling != 0; ++spelling, ++at_)
      if (*at_ != *spelling) return false;
    out = value;
    return !is_word(*at_);
  }

  bool number(Value& out) {
    const char* begin = at_;
    const bool negative = *at_ == '-';
    if (negative) ++at_;
    const char* digits = at_;
    std::uint64_t size = 0;
    while (is_digit(*at_)) {
      size = size * 10 + static_cast<std::uint64_t>(*at_ - '0');
      ++at_;
    }
    const auto count = at_ - digits;
    if (count == 0) return false;
    if (*at_ == '.' || *at_ == 'e' || *at_ == 'E') return decimal(out, begin);
    if (*digits == '0' && count == 1 && (*at_ == 'x' || *at_ == 'X')) {
      digits = ++at_;
      const auto [stop, error] = std::from_chars(at_, end_, size, 16);
      if (error != std::errc() || stop == digits) return false;
      at_ = stop;
    } else if (*digits == '0' && count > 1) {
      const auto [stop, error] = std::from_chars(digits, at_, size, 8);
      if (error != std::errc() || stop != at_) return false;
    } else if (count > 18) {
      const auto [stop, error] = std::from_chars(digits, at_, size);
      if (error != std::errc()) return false;
    }
    if (is_word(*at_) || size > INT64_MAX) return false;
    const auto number = static_cast<std::int64_t>(size);
    out = Value::integer(negative ? -number : number);
    return true;
  }

  bool decimal(Value& out, const char* begin) {
    double number = 0;
    const auto [stop, error] = std::from_chars(begin, end_, number);
    if (error != std::errc() || stop < at_ || is_word(*stop) || *stop == '.') return false;
    at_ = stop;
    out = Value::number(number);
    return true;
  }

  /// At the opening quote.
  bool string(Value& out) {
    const char* begin = at_ + 1;
    const char* p = begin;
    for (;;) {
      if (p > wide_end_) {
        while (*p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20)
          ++p;
        break;
      }
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      const __m128i stop =
          _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                       _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes));
      const auto found = static_cast<unsigned>(_mm_movemask_epi8(stop));
      if (found != 0) {
        p += std::countr_zero(found);
        break;
      }
      p += 16;
    }
    if (*p != '"') return escaped_string(out, p);
    out = Value::string({begin, static_cast<std::size_t>(p - begin)});
    at_ = p + 1;
    return true;
  }

  /// A string with escapes or tabs; `p`: the first of them.
  bool escaped_string(Value& out, const char* p) {
    const char* begin = at_ + 1;
    const char* close = p;
    bool escapes = false;
    for (; *close != '"'; ++close) {
      if (*close == '\\') {
        escapes = true;
        ++close;
      }
      if (static_cast<unsigned char>(*close) < 0x20 && *close != '\t') return false;
    }
    at_ = close + 1;
    if (!escapes) {
      out = Value::string({begin, static_cast<std::size_t>(close - begin)});
      return true;
    }
    // The value is never longer than its spelling.
    char* bytes = out_.arena.array<char>(static_cast<std::size_t>(close - begin));
    std::memcpy(bytes, begin, static_cast<std::size_t>(p - begin));
    char* to = bytes + (p - begin);
    while (p != close) {
      if (*p != '\\') {
        *to++ = *p++;
        continue;
      }
      if (!escape(p, close, to)) return false;
    }
    out = Value::string({bytes, static_cast<std::size_t>(to - bytes)});
    return true;
  }

  /// At a backslash; moves both pointers on.
  static bool escape(const char*& p, const char* close, char*& to) {
    ++p;
    const char kind = *p++;
    constexpr std::string_view kLetters = "abfnrtv\\\"";
    constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\\"";
    if (const std::size_t i = kLetters.find(kind); i != std::string_view::npos) {
      *to++ = kBytes[i];
      return true;
    }
    const auto take = [&p, close](std::ptrdiff_t count, int base, std::uint32_t& code) {
      if (close - p < count) return false;
      const auto [stop, error] = std::from_chars(p, p + count, code, base);
      if (error != std::errc() || stop != p + count) return false;
      p = stop;
      return true;
    };
    std::uint32_t code = 0;
    if (kind >= '0' && kind <= '7') {
      --p;
      if (!take(3, 8, code) || code > 255) return false;
      *to++ = static_cast<char>(code);
      return true;
    }
    if (kind == 'x') {
      if (!take(2, 16, code)) return false;
      *to++ = static_cast<char>(code);
      return true;
    }
    if ((kind != 'u' && kind != 'U') || !take(kind == 'u' ? 4 : 8, 16, code)) return false;
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    const auto tail = [&to](std::uint32_t bits) {
      *to++ = static_cast<char>(0x80U | (bits & 0x3FU));
    };
    if (code < 0x80) {
      *to++ = static_cast<char>(code);
    } else if (code < 0x800) {
      *to++ = static_cast<char>(0xC0U | (code >> 6U));
      tail(code);
    } else if (code < 0x10000) {
      *to++ = static_cast<char>(0xE0U | (code >> 12U));
      tail(code >> 6U);
      tail(code);
    } else {
      *to++ = static_cast<char>(0xF0U | (code >> 18U));
      tail(code >> 12U);
      tail(code >> 6U);
      tail(code);
    }
    return true;
  }

  bool raw_string(Value& out) {
    const char* begin = at_ + 1;
    const std::string_view rest(begin, static_cast<std::size_t>(end_ - begin));
    const std::size_t length = rest.find_first_of("`\r");
    if (length == std::string_view::npos || rest[length] != '`') return false;
    const std::string_view text = rest.substr(0, length);
    if (text.find('\0') != std::string_view::npos) return false;
    out = Value::string(text);
    at_ = begin + length + 1;
    return true;
  }

  /// After an item: `,` and what space follows, or the closing bracket on the same line (at a line
  /// end the language would end the statement).
  bool after_item(char close, bool& done) {
    if (*at_ != ',') skip_blanks();
    if (*at_ == ',') {
      ++at_;
      if (!skip_space()) return false;
      done = *at_ == close;
      return true;
    }
    done = true;
    return *at_ == close;
  }

  bool list(Value& out, std::size_t depth, const Value& model) {
    if (depth > kMostDepth) return false;
    ++at_;
    const std::size_t base = stack_.size();
    Value item;
    if (model.is(Kind::List) && model.as_list()->size != 0) item = model.as_list()->items[0];
    if (!skip_space()) return false;
    for (bool done = *at_ == ']'; !done;) {
      if (!value(item, depth, item) || !after_item(']', done) || too_large()) return false;
      stack_.push_back(item);
    }
    ++at_;
    if (sharing_ != nullptr) {
      out = sharing_->list(std::span(stack_).subspan(base));
      stack_.resize(base);
      return true;
    }
    // Empty ones have an identity, too: an evaluation that adds to one adds to no other.
    List* list = make_list(out_.arena, stack_.size() - base);
    list->size = list->capacity;
    list->frozen = true;
    if (list->size != 0) {
      std::memcpy(static_cast<void*>(list->items), &stack_[base], list->size * sizeof(Value));
    }
    stack_.resize(base);
    out = Value::list(list);
    return true;
  }

  bool map(Value& out, std::size_t depth, const Value& like) {
    if (depth > kMostDepth) return false;
    ++at_;
    const std::size_t base = stack_.size();
    const Map* model = like.is(Kind::Map) ? like.as_map() : models_[depth];
    std::uint32_t count = 0;
    bool alike = model != nullptr;  // so far, the keys are the model's
    bool sorted = true;
    if (!skip_space()) return false;
    for (bool done = *at_ == '}'; !done; ++count) {
      Value key;
      Value value;
      if (alike && count < model->size && same_key(model->entries[count].key)) {
        key = model->entries[count].key;
        value = model->entries[count].value;
        at_ += key.as_string().size() + 2;
      } else {
        if (alike) {
          alike = false;
          sorted = count == 0 || model->sorted || ascending(base);
        }
        if (*at_ == '"') {
          if (!string(key)) return false;
        } else if (!other_key(key)) {
          return false;
        }
        if (sorted) {
          sorted = key.is(Kind::String) &&
                   (count == 0 || stack_[stack_.size() - 2].as_string() < key.as_string());
        }
      }
      if (*at_ != ':') {
        skip_blanks();
        if (*at_ != ':') return false;
      }
      ++at_;
      skip_blanks_after_colon();
      // The value's own items go onto the stack behind the key and are gone again after it.
      stack_.push_back(key);
      if (!this->value(value, depth, value) || !after_item('}', done) || too_large()) return false;
      stack_.push_back(value);
    }
    ++at_;
    if (alike) sorted = model->sorted || (count != model->size && ascending(base));
    if (sharing_ != nullptr) {
      out = sharing_->map(std::span(stack_).subspan(base), sorted || count == 0);
      stack_.resize(base);
      models_[depth] = out.as_map();
      return true;
    }
    Map* map = make_map(out_.arena, count);
    if (sorted || count == 0) {
      map->size = count;
      map->sorted = true;
      if (count != 0) {
        std::memcpy(static_cast<void*>(map->entries), &stack_[base], count * sizeof(MapEntry));
      }
    } else {
      for (std::size_t i = base; i < stack_.size(); i += 2)
        map->set(out_.arena, stack_[i], stack_[i + 1]);
    }
    map->frozen = true;
    stack_.resize(base);
    models_[depth] = map;
    out = Value::map(map);
    return true;
  }

  /// Two bytes of text can become a value: a file of some hundred megabytes must not need more than
  /// a few gigabytes.
  bool too_large() const {
    constexpr std::size_t kMostOpen = std::size_t{64} << 20U;
    constexpr std::size_t kMostBytes = std::size_t{3} << 30U;
    return stack_.size() >= kMostOpen || out_.arena.used() > kMostBytes;
  }

  /// Whether the text goes on with `key`, one of a model's. Only keys that are views of the text
  /// between two quotes are spelled as they are.
  bool same_key(const Value& key) const {
    if (!key.is(Kind::String) || *at_ != '"') return false;
    const std::string_view text = key.as_string();
    const auto offset = static_cast<std::size_t>(text.data() - begin_);
    return offset < static_cast<std::size_t>(end_ - begin_) && text.data()[-1] == '"' &&
           static_cast<std::size_t>(end_ - at_) > text.size() + 1 && at_[text.size() + 1] == '"' &&
           std::memcmp(at_ + 1, text.data(), text.size()) == 0;
  }

  bool ascending(std::size_t base) const {
    for (std::size_t i = base; i < stack_.size(); i += 2) {
      if (!stack_[i].is(Kind::String)) return false;
      if (i != base && !(stack_[i - 2].as_string() < stack_[i].as_string())) return false;
    }
    return true;
  }

  bool other_key(Value& key) {
    if (*at_ == '{' || *at_ == '[') return false;
    return value(key, 0, Value()) && !key.is_undefined() && !key.is(Kind::Null);
  }

  void skip_blanks_after_colon() {
    if (*at_ == ' ' && at_[1] != ' ' && at_[1] != '\t') {
      ++at_;
      return;
    }
    while (at_ <= wide_end_) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
      const auto other =
          static_cast<unsigned>(~_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')))) &
          0xFFFFU;
      if (other != 0) {
        at_ += std::countr_zero(other);
        break;
      }
      at_ += 16;
    }
    skip_blanks();
  }

  FrozenData& out_;
  Sharing* sharing_;
  const char* begin_;
  const char* at_;
  const char* end_;
  const char* wide_end_;             // the last place where 16 bytes may be loaded
  const char* statement_ = nullptr;  // where the one that is read begins
  std::vector<Value> stack_;
  std::array<const Map*, kMostDepth + 1> models_{};  // the last map at each depth
};

}  // namespace

DataBeginning read_data_beginning(base::SourcePtr source) {
  DataBeginning out;
  auto data = std::make_shared<FrozenData>();
  data->source = std::move(source);
  const std::string_view text = data->source->text();
  if (text.find('\0') == std::string_view::npos && is_utf8(text)) {
    Sharing sharing(data->arena);
    out.end = Reader(*data, &sharing).read(out.assignments);
  }
  out.data = std::move(data);
  return out;
}

std::optional<FrozenDataPtr> read_data(base::SourcePtr source) {
  if (source->text().find('\0') != std::string_view::npos || !is_utf8(source->text())) {
    return std::nullopt;
  }
  auto data = std::make_shared<FrozenData>();
  data->source = std::move(source);
  std::vector<DataAssignment> assignments;
  if (Reader(*data).read(assignments) != data->source->text().size()) return std::nullopt;
  Map* root = make_map(data->arena, 8);
  for (const DataAssignment& one : assignments)
    root->set(data->arena, Value::string(one.name), one.value);
  root->frozen = true;
  data->root = root;
  return data;
}

}  // namespace sentinel
