// Configuration text → blocks, whatever it was written in. HCL (native syntax, constant
// expressions) and JSON (both dialects) become the same list of blocks with the position of every
// key and value; configuration.h gives them meaning.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/source.h"

namespace sentinel {

/// A span in a source: the place of something in one of several merged files.
struct Place {
  base::SourcePtr source;  // null: given on the command line, not in a file
  base::Span span;

  std::optional<base::Location> locate() const;
};

struct BlockLabel {
  std::string text;
  base::Span span;
};

/// `mock "tfplan/v2" { … }`. Nested blocks are entries of `body` like attributes are: `module { …
/// }` and `module = { … }` mean the same wherever they are allowed.
struct ConfigBlock {
  std::string type;
  base::SourcePtr source;
  base::Span span;  // type and labels
  std::vector<BlockLabel> labels;
  base::ConfigNode body;  // always a Map
  std::vector<base::SourcePtr>
      origins;  // of each entry of `body`: an override comes from another file

  Place place() const { return {source, span}; }
  Place place_of(std::size_t entry) const { return {origins[entry], body.entries[entry].key_span}; }
  Place value_place(std::size_t entry) const {
    return {origins[entry], body.entries[entry].value.span};
  }
};

struct Document {
  std::vector<ConfigBlock> blocks;
  bool legacy = false;  // the JSON of before 0.16, whose blocks have been brought into today's form
  std::vector<std::string> warnings;
};

/// Values nested deeper than this are an error.
inline constexpr int kDeepestConfiguration = 200;
/// So are more values than this in one file: a tree takes a hundred times the text of `[0,0,0…`.
inline constexpr std::size_t kMostConfigurationValues = 2'000'000;

/// So are expressions in expressions.
inline constexpr int kDeepestExpression = 300;
/// Expressions that have to be kept until their value is wanted: in `for`, behind conditions.
inline constexpr std::size_t kMostExpressions = 100'000;
/// Bytes of text that expressions of one file may make together.
inline constexpr std::size_t kMostComputedText = std::size_t{64} << 20U;

/// HCL's native syntax with constant expressions: operators, conditions, templates, `for`, elements
/// of lists and objects, but no variables and no functions. The first error ends the reading: what
/// was read before it is returned.
Document read_hcl(const base::SourcePtr& source, std::vector<base::Diagnostic>& errors);

/// JSON. Tells the two dialects apart: bare or textual mocks, `modules`, `imports`, `test` without
/// `rules`, and settings that are bare values are the legacy one.
Document read_json_configuration(const base::SourcePtr& source,
                                 std::vector<base::Diagnostic>& errors);

/// Any JSON text as a tree. Null where it does not parse: `errors` then has one more.
/// Duplicate keys are kept, in order.
std::optional<base::ConfigNode> read_json(const base::SourcePtr& source,
                                          std::vector<base::Diagnostic>& errors);

/// Puts the attributes of the blocks of `overrides` in the place of those with the same type and
/// labels in `document`. A block that is not there to override is an error.
void apply_override(Document& document, const Document& overrides,
                    std::vector<base::Diagnostic>& errors);

}  // namespace sentinel
