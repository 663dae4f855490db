// What a Sentinel expression evaluates to: 16 bytes, trivially copied, passed in two registers.
//
// A Value never owns. Strings, lists and maps live in an Arena (arena.h): that of the evaluation
// that made them, or a frozen one that pure-data mocks were read into and that many evaluations
// share.
//
//   kind        payload
//   Undefined   where it was first created: 32-bit offset (size_) and module number (aux_)
//   Null, Bool, Int (int64), Float (double)
//   String      pointer and length (size_): any bytes, not zero-terminated
//   List, Map   pointer to the List or Map, which have identity: assigning shares them
//   Function    a function literal with its scope, or a native function
//   Rule        a rule that is evaluated when it is first read
//   Object      a value of a standard import that has fields and methods: decimal, version, time …
//   Module      an import's name; not a value that a policy may store, but static data is one
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sentinel {

enum class Kind : std::uint8_t {
  Undefined,
  Null,
  Bool,
  Int,
  Float,
  String,
  List,
  Map,
  Function,
  Rule,
  Object,
  Module,
};

/// The name `types.type_of` and error messages use: "undefined", "null", "bool" …
std::string_view kind_name(Kind kind);

struct List;
struct Map;
struct Function;  // eval/ and native.h
struct Rule;      // eval/
struct Object;    // native.h
struct Module;    // eval/

class Value {
 public:
  /// Undefined of unknown origin.
  Value() : kind_(Kind::Undefined), flag_(0), aux_(0), size_(0), integer_(0) {}

  /// `offset`: byte offset of the expression that was first undefined; `module`: which program of
  /// the evaluation it stands in.
  static Value undefined(std::uint32_t offset, std::uint16_t module) {
    Value v;
    v.aux_ = module;
    v.flag_ = 1;
    v.size_ = offset;
    return v;
  }
  static Value null() { return Value(Kind::Null); }
  static Value boolean(bool b) {
    Value v(Kind::Bool);
    v.integer_ = b ? 1 : 0;
    return v;
  }
  static Value integer(std::int64_t i) {
    Value v(Kind::Int);
    v.integer_ = i;
    return v;
  }
  static Value number(double d) {
    Value v(Kind::Float);
    v.number_ = d;
    return v;
  }
  /// Borrows the bytes: they must live as long as the value's arena.
  static Value string(std::string_view s) {
    Value v(Kind::String);
    v.size_ = static_cast<std::uint32_t>(s.size());
    v.bytes_ = s.data();
    return v;
  }
  /// A string whose bytes stand in a buffer that `concatenate` (collection.h) made.
  static Value extensible_string(std::string_view s) {
    Value v = string(s);
    v.flag_ = 1;
    return v;
  }
  static Value list(List* list) {
    Value v(Kind::List);
    v.list_ = list;
    return v;
  }
  static Value map(Map* map) {
    Value v(Kind::Map);
    v.map_ = map;
    return v;
  }
  static Value function(Function* function) {
    Value v(Kind::Function);
    v.function_ = function;
    return v;
  }
  static Value rule(Rule* rule) {
    Value v(Kind::Rule);
    v.rule_ = rule;
    return v;
  }
  static Value object(Object* object) {
    Value v(Kind::Object);
    v.object_ = object;
    return v;
  }
  static Value module(Module* module) {
    Value v(Kind::Module);
    v.module_ = module;
    return v;
  }

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_undefined() const { return kind_ == Kind::Undefined; }
  bool is_number() const { return kind_ == Kind::Int || kind_ == Kind::Float; }

  // Each may be called only on a value of its kind.
  bool as_bool() const { return integer_ != 0; }
  std::int64_t as_int() const { return integer_; }
  double as_float() const { return number_; }
  std::string_view as_string() const { return {bytes_, size_}; }
  bool is_extensible() const { return flag_ != 0; }
  List* as_list() const { return list_; }
  Map* as_map() const { return map_; }
  Function* as_function() const { return function_; }
  Rule* as_rule() const { return rule_; }
  Object* as_object() const { return object_; }
  Module* as_module() const { return module_; }
  /// Of an Int or Float.
  double to_double() const { return kind_ == Kind::Int ? static_cast<double>(integer_) : number_; }

  /// Of an Undefined: whether and where its origin is known.
  bool has_origin() const { return flag_ != 0; }
  std::uint32_t origin_offset() const { return size_; }
  std::uint16_t origin_module() const { return aux_; }

 private:
  explicit Value(Kind kind) : kind_(kind), flag_(0), aux_(0), size_(0), integer_(0) {}

  Kind kind_;
  std::uint8_t flag_;
  std::uint16_t aux_;
  std::uint32_t size_;
  // NOLINTBEGIN(readability-identifier-naming): private, though in an anonymous union
  union {
    std::int64_t integer_;
    double number_;
    const char* bytes_;
    List* list_;
    Map* map_;
    Function* function_;
    Rule* rule_;
    Object* object_;
    Module* module_;
  };
  // NOLINTEND(readability-identifier-naming)
};

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

}  // namespace sentinel
