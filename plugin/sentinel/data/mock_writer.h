// Values → mock text, byte for byte as HashiCorp's mock generator writes it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// Appends `value` as a literal, whose first line stands behind `depth` tabs: one item a line, a
/// comma behind each, keys sorted by bytes, values in columns as `sentinel fmt` aligns them. What
/// is no data (functions and the like) is written as `undefined`. Throws ValueTooLarge.
void append_literal(std::string& out, const Value& value, std::size_t depth);

/// One assignment of a mock file: `name = LITERAL` and a line end.
void append_assignment(std::string& out, std::string_view name, const Value& value);

/// Takes the next piece of a text that is too long to be held whole.
using TextSink = std::function<void(std::string_view piece)>;

/// The same without the line end, in pieces of about a megabyte.
void write_assignment(std::string_view name, const Value& value, const TextSink& sink);

/// A whole mock file: the entries of `root`, whose keys are names, in their order. A collection has
/// a blank line before and behind it; scalars stand on consecutive lines.
std::string write_mock(const Map& root);

/// The same, in pieces.
void write_mock(const Map& root, const TextSink& sink);

}  // namespace sentinel
