// The standard imports, in one list: what `import "strings"` may name.
#pragma once

#include <span>
#include <string_view>

#include "plugin/sentinel/value/native.h"

namespace sentinel {

/// In the order of their names.
std::span<const ImportRow* const> imports();

/// Null where no standard import is called `name`.
const ImportRow* find_import(std::string_view name);

/// The version of HashiCorp's runtime whose language and imports these are: `runtime.version`.
constexpr std::string_view kRuntimeVersion = "0.40.0";

/// A name that an import or a type of object offers besides its functions.
struct MemberRow {
  std::string_view owner;  // "time", or "timespace" for a type
  std::string_view name;
  std::string_view help;
};

/// All of them, for the reference page and for messages.
std::span<const MemberRow> import_members();

/// The type of the objects that an import makes: its methods are documented like functions.
struct TypeRow {
  std::string_view import;
  const ObjectType* type;
};

std::span<const TypeRow> import_types();

}  // namespace sentinel
