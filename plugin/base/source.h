// A source text with its name, and byte ranges in it. Line and column are computed only to be
// shown.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "plugin/base/diagnostic.h"

namespace base {

/// A half-open range of 0-based byte offsets.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool operator==(const Span&) const = default;
};

/// A text and the name it is shown under (usually a path as the user wrote it). Immutable; shared
/// by whatever holds positions in it. At most 4 GiB.
class Source {
 public:
  Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }

  /// Line, column (both 1-based, the column in bytes) and the quoted line of a range. Linear in the
  /// offset.
  Location locate(Span span) const;
  Location locate(std::uint32_t offset) const { return locate({offset, offset + 1}); }

 private:
  std::string name_;
  std::string text_;
};

using SourcePtr = std::shared_ptr<const Source>;

}  // namespace base
