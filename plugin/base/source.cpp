#include "plugin/base/source.h"

#include <algorithm>

namespace base {

Location Source::locate(Span span) const {
  const std::string_view all = text_;
  const std::size_t offset = std::min<std::size_t>(span.begin, all.size());
  const std::string_view before = all.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  std::size_t end = std::min(all.find('\n', offset), all.size());
  Location out;
  out.file = name_;
  out.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
  out.column = static_cast<std::uint32_t>(offset - begin + 1);
  const std::size_t stop = std::min<std::size_t>(std::max(span.end, span.begin), end);
  out.length = static_cast<std::uint32_t>(stop > offset ? stop - offset : 1);
  if (end > begin && all[end - 1] == '\r') --end;
  // A location is kept and copied: of a very long line (minified data) only a stretch is worth it.
  constexpr std::size_t kMost = 4096;
  if (end - begin <= kMost) out.source_line = std::string(all.substr(begin, end - begin));
  return out;
}

}  // namespace base
