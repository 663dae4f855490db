#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <simdjson.h>

#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/data/sharing.h"
#include "plugin/sentinel/data/utf8_check.h"
#include "plugin/sentinel/value/utf8.h"

namespace sentinel {
namespace {

namespace ondemand = simdjson::ondemand;

/// Words for simdjson's codes, in our style.
std::string reason(simdjson::error_code code) {
  switch (code) {
  case simdjson::EMPTY:
    return "the text is empty";
  case simdjson::UTF8_ERROR:
    return "the text is not UTF-8";
  case simdjson::STRING_ERROR:
    return "a string is malformed";
  case simdjson::UNESCAPED_CHARS:
    return "a string holds an unescaped control character";
  case simdjson::UNCLOSED_STRING:
    return "a string is not closed";
  case simdjson::NUMBER_ERROR:
    return "a number is malformed";
  case simdjson::T_ATOM_ERROR:
  case simdjson::F_ATOM_ERROR:
  case simdjson::N_ATOM_ERROR:
    return "`true`, `false` or `null` is misspelled";
  case simdjson::DEPTH_ERROR:
    return "it is nested deeper than 1000 levels";
  case simdjson::CAPACITY:
    return "it is larger than 4 GiB";
  case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
    return "a list or object is not closed";
  case simdjson::TRAILING_CONTENT:
    return "something follows the document";
  case simdjson::MEMALLOC:
    return "there is not enough memory";
  default:
    return "a value, `,`, `:` or closing bracket was expected here";
  }
}

class Reader {
 public:
  /// `sharing`: null, or what makes the values of a frozen document.
  Reader(Arena& arena, bool frozen, Sharing* sharing)
      : arena_(arena), frozen_(frozen), sharing_(sharing) {}

  simdjson::error_code read(ondemand::document& document, Value& out) {
    ondemand::json_type type{};
    if (const auto error = document.type().get(type)) return error;
    if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
      ondemand::value root;
      if (const auto error = document.get_value().get(root)) return error;
      if (const auto error = value(root, out, 1)) return error;
    } else if (const auto error = scalar(document, type, out)) {
      return error;
    }
    // At the end there is no location any more.
    const char* rest = nullptr;
    return document.current_location().get(rest) == simdjson::SUCCESS ? simdjson::TRAILING_CONTENT
                                                                      : simdjson::SUCCESS;
  }

 private:
  simdjson::error_code value(ondemand::value in, Value& out, std::size_t depth) {
    if (depth > kMostNesting) return simdjson::DEPTH_ERROR;
    ondemand::json_type type{};
    if (const auto error = in.type().get(type)) return error;
    if (type == ondemand::json_type::array) return list(in, out, depth);
    if (type == ondemand::json_type::object) return map(in, out, depth);
    return scalar(in, type, out);
  }

  template <class Any>
  simdjson::error_code scalar(Any& in, ondemand::json_type type, Value& out) {
    switch (type) {
    case ondemand::json_type::string: {
      // Of a document it is a result, of a value within one the text itself.
      simdjson::simdjson_result<std::string_view> found(in.raw_json_token());
      std::string_view token;
      if (const auto error = std::move(found).get(token)) return error;
      ondemand::raw_json_string raw;
      if (const auto plain = without_escapes(token.data() + 1)) {
        if (const auto error = in.get_raw_json_string().get(raw)) return error;
        out = string(*plain);
        return simdjson::SUCCESS;
      }
      std::string_view text;
      if (const auto error = in.get_string().get(text)) return error;
      out = string(text);
      return simdjson::SUCCESS;
    }
    case ondemand::json_type::number:
      return number(in, out);
    case ondemand::json_type::boolean: {
      bool boolean = false;
      if (const auto error = in.get_bool().get(boolean)) return error;
      out = Value::boolean(boolean);
      return simdjson::SUCCESS;
    }
    default: {
      bool null = false;
      if (const auto error = in.is_null().get(null)) return error;
      if (!null) return simdjson::N_ATOM_ERROR;
      out = Value::null();
      return simdjson::SUCCESS;
    }
    }
  }

  template <class Any>
  simdjson::error_code number(Any& in, Value& out) {
    std::int64_t integer = 0;
    if (in.get_int64().get(integer) == simdjson::SUCCESS) {
      out = Value::integer(integer);
      return simdjson::SUCCESS;
    }
    double number = 0;
    const auto error = in.get_double().get(number);
    if (error != simdjson::SUCCESS) return error;
    out = Value::number(number);
    return simdjson::SUCCESS;
  }

  simdjson::error_code list(ondemand::value& in, Value& out, std::size_t depth) {
    ondemand::array items;
    if (const auto error = in.get_array().get(items)) return error;
    const std::size_t base = stack_.size();
    for (auto next : items) {
      ondemand::value element;
      if (const auto error = next.get(element)) return error;
      Value item;
      if (const auto error = value(element, item, depth + 1)) return error;
      stack_.push_back(item);
    }
    if (sharing_ != nullptr) {
      out = sharing_->list(std::span(stack_).subspan(base));
      stack_.resize(base);
      return simdjson::SUCCESS;
    }
    List* list = make_list(arena_, stack_.size() - base);
    list->size = list->capacity;
    list->frozen = frozen_;
    if (list->size != 0) {
      std::memcpy(static_cast<void*>(list->items), &stack_[base], list->size * sizeof(Value));
    }
    stack_.resize(base);
    out = Value::list(list);
    return simdjson::SUCCESS;
  }

  simdjson::error_code map(ondemand::value& in, Value& out, std::size_t depth) {
    ondemand::object fields;
    if (const auto error = in.get_object().get(fields)) return error;
    const std::size_t base = stack_.size();
    bool sorted = true;
    for (auto next : fields) {
      ondemand::raw_json_string raw;
      if (const auto error = next.key().get(raw)) return error;
      std::string_view name;
      if (const auto plain = without_escapes(raw.raw())) {
        name = *plain;
      } else if (const auto error = next.unescaped_key().get(name)) {
        return error;
      }
      const Value key = string(name);
      sorted = sorted &&
               (stack_.size() == base || stack_[stack_.size() - 2].as_string() < key.as_string());
      ondemand::value element;
      if (const auto error = next.value().get(element)) return error;
      stack_.push_back(key);
      Value item;
      if (const auto error = value(element, item, depth + 1)) return error;
      stack_.push_back(item);
    }
    if (sharing_ != nullptr) {
      out = sharing_->map(std::span(stack_).subspan(base), sorted);
      stack_.resize(base);
      return simdjson::SUCCESS;
    }
    const std::size_t count = (stack_.size() - base) / 2;
    Map* map = make_map(arena_, count);
    map->sorted = sorted && frozen_;
    for (std::size_t i = base; i < stack_.size(); i += 2)
      map->set(arena_, stack_[i], stack_[i + 1]);
    map->frozen = frozen_;
    stack_.resize(base);
    out = Value::map(map);
    return simdjson::SUCCESS;
  }

  /// The text of a string that begins at `at`, behind its quote, where nothing in it is escaped:
  /// it need not be copied to the parser's buffer, which keeps all that ever was.
  static std::optional<std::string_view> without_escapes(const char* at) {
    const char* end = at;
    while (*end != '"' && *end != '\\')
      ++end;
    if (*end != '"') return std::nullopt;
    return std::string_view(at, static_cast<std::size_t>(end - at));
  }

  /// Keys and short texts stand in a document again and again: the last of each kind is shared.
  Value string(std::string_view text) {
    if (sharing_ != nullptr) return sharing_->string(text);
    constexpr std::size_t kLongest = 64;
    if (text.size() > kLongest) return arena_.string(text);
    Value& seen = seen_[std::hash<std::string_view>()(text) % kSeen];
    if (!seen.is(Kind::String) || seen.as_string() != text) seen = arena_.string(text);
    return seen;
  }

  static constexpr std::size_t kSeen = 4096;

  Arena& arena_;
  bool frozen_;
  Sharing* sharing_;
  std::vector<Value> stack_;
  std::vector<Value> seen_{kSeen};
};

/// The code unit of an escape `\uXXXX` at the beginning of `text`.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  if (error != std::errc() || end != text.data() + 6) return std::nullopt;
  return unit;
}

/// Makes U+FFFD of halves of surrogate pairs that stand alone, as Go's encoding/json does. The
/// text keeps its length. Whether there were any.
bool replace_lone_surrogates(char* text, std::size_t size) {
  bool found = false;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    if (text[i] != '\\') continue;
    const std::optional<unsigned> unit = escaped_unit({text + i, size - i});
    if (!unit) {
      ++i;  // the escaped character
      continue;
    }
    if (*unit >= 0xD800 && *unit <= 0xDFFF) {
      const std::optional<unsigned> next =
          i + 6 <= size ? escaped_unit({text + i + 6, size - i - 6}) : std::nullopt;
      if (*unit <= 0xDBFF && next && *next >= 0xDC00 && *next <= 0xDFFF) {
        i += 6;
      } else {
        std::copy_n("FFFD", 4, text + i + 2);
        found = true;
      }
    }
    i += 5;
  }
  return found;
}

enum class Make { Own, Frozen, Shared };

base::Result<Value> read(Arena& arena, simdjson::padded_string padded, std::string_view name,
                         Make make) {
  base::Diagnostic problem;
  if (padded.size() > UINT32_MAX - simdjson::SIMDJSON_PADDING) {
    problem.what = std::string("`").append(name) + "` cannot be read";
    problem.why = reason(simdjson::CAPACITY);
    return problem;
  }
  ondemand::parser parser;
  ondemand::document document;
  Value out;
  bool walked = false;
  const auto walk = [&] {
    const simdjson::error_code error = parser.iterate(padded).get(document);
    walked = error == simdjson::SUCCESS;
    if (!walked) return error;
    Sharing sharing(arena);
    return Reader(arena, make != Make::Own, make == Make::Shared ? &sharing : nullptr)
        .read(document, out);
  };
  simdjson::error_code error = walk();
  if (error == simdjson::STRING_ERROR && replace_lone_surrogates(padded.data(), padded.size()))
    error = walk();
  if (error == simdjson::SUCCESS) return out;
  problem.what = "invalid JSON";
  problem.why = reason(error);
  const std::string_view text = padded;
  const base::Source source{std::string(name), std::string(text)};
  const char* place = nullptr;
  if (error == simdjson::UTF8_ERROR) {
    std::size_t good = 0;
    while (good < text.size() && sequence_length(text.substr(good)) != 0)
      good += sequence_length(text.substr(good));
    problem.where = source.locate(static_cast<std::uint32_t>(good));
  } else if (walked && document.current_location().get(place) == simdjson::SUCCESS) {
    const auto offset = static_cast<std::size_t>(place - padded.data());
    problem.where = source.locate(static_cast<std::uint32_t>(std::min(offset, padded.size())));
  } else {
    problem.where = source.locate(static_cast<std::uint32_t>(padded.size()));
  }
  return problem;
}

// A file may have a byte order mark; the argument of `json.unmarshal` may not.
std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

base::Result<Value> read_file_text(FrozenData& data, std::string_view name,
                                   simdjson::padded_string padded, Make make) {
  if (is_utf16(padded)) {
    return base::Diagnostic{.what = "invalid JSON",
                            .where = base::Location{.file = std::string(name)},
                            .why = "the text is UTF-16",
                            .advice = "save the file as UTF-8 text"};
  }
  auto out = read(data.arena, std::move(padded), name, make);
  if (!out && out.error().why == reason(simdjson::UTF8_ERROR))
    out.error().advice = "save the file as UTF-8 text";
  return out;
}

}  // namespace

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

base::Result<Value> read_json(Arena& arena, std::string_view text, std::string_view name) {
  return read(arena, simdjson::padded_string(text), name, Make::Own);
}

base::Result<FrozenDocument> read_frozen_json(base::SourcePtr source) {
  auto data = std::make_shared<FrozenData>();
  base::Result<Value> value = read_file_text(
      *data, source->name(), simdjson::padded_string(without_mark(source->text())), Make::Frozen);
  if (!value) return std::move(value.error());
  data->source = std::move(source);
  if (value->is(Kind::Map)) data->root = value->as_map();
  return FrozenDocument{std::move(data), *value};
}

base::Result<FrozenDocument> read_frozen_json(std::string_view name, std::string text) {
  auto data = std::make_shared<FrozenData>();
  simdjson::padded_string padded(without_mark(text));
  std::string().swap(text);
  base::Result<Value> value = read_file_text(*data, name, std::move(padded), Make::Shared);
  if (!value) return std::move(value.error());
  if (value->is(Kind::Map)) data->root = value->as_map();
  return FrozenDocument{std::move(data), *value};
}

}  // namespace sentinel
