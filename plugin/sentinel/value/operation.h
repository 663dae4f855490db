// What the language says about values without looking at programs: equality, order, membership,
// printing. Sections: Sentinel specification, "Comparison operators", "Set operators".
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// `a == b` for values that are both defined: numbers by value, different kinds are unequal, lists
/// in order, maps as sets of entries. Rules must have been evaluated by the caller.
/// Throws ValueTooLarge for what cannot be walked (arena.h).
bool equal(const Value& a, const Value& b);

/// Numbers by value, strings by bytes; everything else, and NaN, is unordered.
std::partial_ordering order(const Value& a, const Value& b);

/// A hash that agrees with `equal` for map keys.
std::uint64_t hash_key(const Value& key);

/// How `print` and messages show a value. A string at the top stands bare, inside a collection it
/// is quoted; elements are separated by blanks; map entries are ordered by key (observed:
/// `{"references": ["aws_subnet.main.id" "aws_subnet.main"]}`). All printing throws ValueTooLarge
/// for what is too deep or gives more than 256 MiB.
std::string to_text(const Value& value);
void append_text(std::string& out, const Value& value, bool quote_strings);

/// The form of `string(1.5)` and of `print` for a float: six decimals, `1.500000`.
std::string fixed_float(double number);
/// Shortest form that reads back, as Go's %v / strconv 'g' -1 would print: `1.5`, `1e+21`.
std::string shortest_float(double number);

/// A string as a Sentinel literal, with quotes and escapes.
std::string quote(std::string_view text);

/// The JSON text of data, keys sorted by bytes, two-space indent per level when `indent`.
/// Undefined, functions and the like become null; numbers and escapes as Go's encoding/json
/// writes them.
std::string to_json(const Value& value, bool indent);

/// The several-line form of a trace: one element a line without commas, map entries in insertion
/// order, strings quoted. Every line begins with `indent` blanks; no line end at the end.
std::string to_trace_text(const Value& value, std::size_t indent);

}  // namespace sentinel
