// What a manifest may look like, as tables: one row a key. The check of a tree against them, the
// words of its messages and the published JSON Schema all come from these rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/manifest/yaml.h"
#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"

namespace harness {

struct Shape;

/// A key of an object.
struct Key {
  std::string_view name;
  const Shape* shape;
  std::string_view help;  // for the schema and the reference
  bool required = false;
};

/// One way an object may be: recognised by `key`, which it must have.
struct Option {
  std::string_view key;
  const Shape* object;
};

/// What a value may be. Only the fields that `kind` names are used.
struct Shape {
  enum class Kind {
    Any,     // data of the user's
    One,     // the number 1
    True,    // the word true
    Bool,    // true or false
    Text,    // `pattern`, `empty`
    Word,    // one of `words`
    List,    // `item`, `empty`
    Map,     // of the user's names: `pattern` for keys, `item` for values, `empty`
    Object,  // of `keys`; `at_least_one`, `not_both`, `needed_if_true`
    Choice,  // one of the objects `options`
    Either,  // the first of `shapes` that takes values of the kind found
  };

  Kind kind = Kind::Any;
  std::string_view what;        // "a mock's name", "a test": for messages
  std::string_view definition;  // its name among the schema's definitions; empty: written in place
  std::string_view pattern;     // RE2 and ECMAScript alike, matched whole
  bool empty = false;           // may be empty
  std::string_view advice;      // where a value of another kind stands; empty: what is usual
  std::span<const std::string_view> words{};
  const Shape* item = nullptr;
  std::span<const Key> keys{};
  std::span<const Option> options{};
  std::span<const Shape* const> shapes{};
  bool at_least_one = false;                     // an object without any key says nothing
  std::span<const std::string_view> not_both{};  // two keys that exclude each other
  std::string_view true_key{};                   // where this key is `true` …
  std::string_view needed_if_true{};             // … this one is needed
};

extern const Shape kManifestShape;
extern const Shape kIncludedShape;

/// Adds what is wrong with `node` to `problems`. A case that still has its `each` may hold text
/// with
/// `${` wherever another type is wanted.
void check_shape(const base::ConfigNode& node, const Shape& shape, const Locator& locator,
                 std::vector<base::Diagnostic>& problems);

/// The JSON Schema of the manifest (draft 2020-12), ending in a line end.
std::string manifest_schema();

}  // namespace harness
