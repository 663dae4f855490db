// Texts that standard imports read: the first byte chooses the function. Besides "no crash": what
// is read and written again reads as the same.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/value/collection.h"
#include "plugin/sentinel/value/native.h"
#include "plugin/sentinel/value/operation.h"

namespace {

using namespace sentinel;

struct Failed {};

class FuzzMachine : public Machine {
 public:
  FuzzMachine() : Machine(memory_, system_) { system_.clock = base::real_clock(); }

  Value call(const Value& /*function*/, std::span<const Value> /*arguments*/) override { fail(""); }
  [[noreturn]] void fail(std::string /*message*/) override { throw Failed(); }
  void print(std::string_view /*line*/) override {}
  ImportState& state(const ImportRow& /*import*/) override { return state_; }
  Value writable(const Value& collection) override { return collection; }

 private:
  Arena memory_{std::size_t{256} << 20U};
  base::System system_;
  ImportState state_;
};

const FunctionRow& find(std::span<const FunctionRow> rows, std::string_view name) {
  for (const FunctionRow& row : rows) {
    if (row.name == name) return row;
  }
  std::abort();
}

/// The result, or nothing where the text is refused.
std::optional<Value> run(Machine& machine, const FunctionRow& row, std::span<const Value> arguments,
                         const Value& self = Value()) {
  try {
    NativeCall call{machine, arguments, self};
    return row.run(call);
  } catch (const Failed&) {
    return std::nullopt;
  }
}

std::optional<Value> run(Machine& machine, const ImportRow& import, std::string_view name,
                         std::initializer_list<Value> arguments) {
  return run(machine, find(import.functions, name), {arguments.begin(), arguments.size()});
}

Value field(Machine& machine, const Value& object, std::string_view name) {
  return object.as_object()->type->field(machine, *object.as_object(), name);
}

std::optional<Value> method(Machine& machine, const Value& self, std::string_view name,
                            std::initializer_list<Value> arguments = {}) {
  return run(machine, find(self.as_object()->type->methods, name),
             {arguments.begin(), arguments.size()}, self);
}

void demand(bool holds) {
  if (!holds) std::abort();
}

void decimal(Machine& machine, std::string_view text) {
  const std::size_t cut = text.find(' ');
  const auto a = run(machine, kDecimal, "new", {Value::string(text.substr(0, cut))});
  if (!a) return;
  const Value written = field(machine, *a, "string");
  const auto again = run(machine, kDecimal, "new", {written});
  demand(again && equal(field(machine, *again, "string"), written));
  for (const char* name : {"sqrt", "ceil", "floor", "abs", "neg"})
    demand(method(machine, *a, name).has_value());
  // These take milliseconds, so one of them.
  constexpr std::array<std::string_view, 3> kSlow{"exp", "ln", "log10"};
  demand(method(machine, *a, kSlow.at(text.size() % kSlow.size())).has_value());
  if (cut == std::string_view::npos) return;
  const auto b = run(machine, kDecimal, "new", {Value::string(text.substr(cut + 1))});
  if (!b) return;
  for (const char* name : {"add", "sub", "mul", "div", "mod", "pow"})
    demand(method(machine, *a, name, {*b}).has_value());
  // Of three orders one holds, but for a NaN.
  int orders = 0;
  for (const char* name : {"lt", "is", "gt"})
    orders += method(machine, *a, name, {*b})->as_bool() ? 1 : 0;
  const bool nan = to_text(*a) == "NaN" || to_text(*b) == "NaN";
  demand(orders == (nan ? 0 : 1));
}

void version(Machine& machine, std::string_view text) {
  const std::size_t cut = text.find('|');
  const auto v = run(machine, kVersion, "new", {Value::string(text.substr(0, cut))});
  if (!v) return;
  const auto again = run(machine, kVersion, "new", {field(machine, *v, "version")});
  demand(again && method(machine, *again, "compare", {*v})->as_int() == 0);
  if (cut != std::string_view::npos)
    method(machine, *v, "satisfies", {Value::string(text.substr(cut + 1))});
}

void json(Machine& machine, std::string_view text) {
  const bool valid = run(machine, kJson, "valid", {Value::string(text)})->as_bool();
  const auto value = run(machine, kJson, "unmarshal", {Value::string(text)});
  demand(valid == value.has_value());
  if (!value) return;
  const auto written = run(machine, kJson, "marshal", {*value});
  if (!written) return;
  const auto again = run(machine, kJson, "unmarshal", {*written});
  demand(again && equal(*again, *value));
}

void time(Machine& machine, std::string_view text) {
  const auto t = run(machine, kTime, "load", {Value::string(text)});
  if (!t) return;
  to_text(*t);
  const std::int64_t offset = field(machine, *t, "zone").as_int();
  demand(offset >= -90'000 && offset <= 90'000);
  const auto later = method(machine, *t, "add", {Value::integer(1)});
  demand(later && method(machine, *later, "after", {*t})->as_bool());
}

void base64(Machine& machine, std::string_view text) {
  for (const auto& [encode, decode] :
       {std::pair("encode", "decode"), std::pair("urlencode", "urldecode")}) {
    const auto encoded = run(machine, kBase64, encode, {Value::string(text)});
    demand(run(machine, kBase64, decode, {*encoded})->as_string() == text);
    run(machine, kBase64, decode, {Value::string(text)});
  }
}

void sockaddr(Machine& machine, std::string_view text) {
  const std::size_t cut = text.find(' ');
  const Value outer = Value::string(text.substr(0, cut));
  const Value inner = Value::string(cut == std::string_view::npos ? "" : text.substr(cut + 1));
  run(machine, kSockaddr, "is_contained", {outer, inner});
  const bool four = run(machine, kSockaddr, "is_ipv4", {outer})->as_bool();
  const bool six = run(machine, kSockaddr, "is_ipv6", {outer})->as_bool();
  demand(!four || !six);
  if (four || six) demand(run(machine, kSockaddr, "is_contained", {outer, outer})->as_bool());
}

void strings(Machine& machine, std::string_view text) {
  const std::size_t cut = text.find('|');
  const Value all = Value::string(text.substr(0, cut));
  const Value part = Value::string(cut == std::string_view::npos ? "" : text.substr(cut + 1));
  const auto pieces = run(machine, kStrings, "split", {all, part});
  demand(run(machine, kStrings, "join", {*pieces, part})->as_string() == all.as_string());
  for (const char* name : {"trim", "trim_left", "trim_right", "trim_prefix", "trim_suffix"})
    run(machine, kStrings, name, {all, part});
  run(machine, kStrings, "replace", {all, part, part});
  const auto lower = run(machine, kStrings, "to_lower", {all});
  run(machine, kStrings, "to_upper", {*lower});
  run(machine, kStrings, "trim_space", {all});
}

/// `path|JSON`.
void maps(Machine& machine, std::string_view text) {
  const std::size_t cut = text.find('|');
  if (cut == std::string_view::npos) return;
  const auto object = run(machine, kJson, "unmarshal", {Value::string(text.substr(cut + 1))});
  if (!object || !object->is(Kind::Map)) return;
  const std::string before = to_text(*object);
  const Value path = Value::string(text.substr(0, cut));
  List* paths = make_list(machine.arena(), 1);
  paths->append(machine.arena(), path);
  const auto found = run(machine, kMaps, "get", {*object, path});
  run(machine, kMaps, "omit", {*object, Value::list(paths)});
  run(machine, kMaps, "pick", {*object, Value::list(paths)});
  run(machine, kMaps, "unset", {*object, path});
  const auto changed = run(machine, kMaps, "set", {*object, path, Value::integer(7)});
  if (changed && path.as_string().find('*') == std::string_view::npos) {
    const auto back = run(machine, kMaps, "get", {*changed, path});
    demand(back && equal(*back, Value::integer(7)));
  }
  demand(!found || found->is_undefined() ||
         run(machine, kMaps, "has", {*object, path})->as_bool() ||
         path.as_string().find('*') != std::string_view::npos);
  demand(to_text(*object) == before);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  using Target = void (*)(Machine&, std::string_view);
  constexpr std::array<Target, 8> kTargets{decimal, version,  json,    time,
                                           base64,  sockaddr, strings, maps};
  FuzzMachine machine;
  kTargets.at(bytes[0] % kTargets.size())(machine, text);
  return 0;
}
