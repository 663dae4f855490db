// Expressions of HCL's native syntax as trees, and their values. Configuration has no variables
// and no functions, so every expression is a constant; names exist only inside of `for`. The reader
// of HCL asks for the value of data at once: only what stands in a `for` or behind a condition
// is ever kept as a tree. Documentation: HCL, "HCL Native Syntax Specification", expressions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/source.h"

namespace sentinel {

/// What is wrong in an HCL file. Ends its reading: thrown here, caught in read_hcl.
struct HclError {
  base::Diagnostic diagnostic;
};

[[noreturn]] void fail_hcl(const base::Source& source, std::string what, base::Span span,
                           std::string advice = {});

struct HclExpression {
  enum class Kind {
    Literal,
    List,            // parts: items
    Object,          // parts: key, value, key, value …
    Text,            // parts: pieces of a template
    Variable,        // name
    Call,            // name
    Not,             // parts: operand
    Minus,           // parts: operand
    Chain,           // parts: operands of operators of one rank, from left to right
    Conditional,     // parts: condition, then, else
    Access,          // parts: value, then steps: Attribute, Splat, AttributeSplat, else an index
    Attribute,       // name
    Splat,           // `[*]`: every step behind it is for each element
    AttributeSplat,  // `.*`: the attributes behind it are
    ForList,         // parts: collection, item, condition
    ForObject,       // parts: collection, item, condition, key
    ForText,         // parts: collection, item, condition
  };

  Kind kind = Kind::Literal;
  base::Span span;
  base::ConfigNode literal;
  std::string name;                         // of For*: the name of the value
  std::string second;                       // of For*: the name of the key; may be empty
  bool grouped = false;                     // of ForObject: `…` behind the item
  std::vector<std::string_view> operators;  // of Chain: one less than parts; static texts
  std::vector<HclExpression> parts;
};

/// What one file may still take: every value that is read or computed counts, and so does every
/// byte of text that is computed. `[for a in x : [for b in x : …` is small and its value is not.
struct HclBudget {
  std::size_t values;
  std::size_t bytes;
};

/// The value of an expression. Throws HclError where it has none, names the place in `source`.
/// Operands are converted as HCL does it: "1" is a number where one is needed, 1 is a text.
/// Both sides of a condition must be of one kind; what is wrong in the side that is not taken
/// does not matter. Objects are walked in the order of their keys. Numbers are computed with
/// 64 bits of precision or more (HCL: 512).
base::ConfigNode evaluate_hcl(const base::Source& source, HclExpression&& expression,
                              HclBudget& budget);

}  // namespace sentinel
