// Archives of mocks, .tar.gz and .zip, into a folder. An archive is hostile until proved
// otherwise: it may come from a pull request, or be a login page that a proxy answered with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

/// Bounds of one archive; options raise them.
struct UnpackLimits {
  std::size_t members = 1'000;                          // files and folders
  std::uint64_t bytes = std::uint64_t{2} << 30U;        // unpacked, all together
  std::uint64_t ratio = 200;                            // unpacked to packed,
  std::uint64_t ratio_from = std::uint64_t{10} << 20U;  // looked at beyond this many bytes
};

/// A file of an archive.
struct Member {
  std::string name;  // relative, with `/`
  std::uint64_t size = 0;
  std::string sha256;

  bool operator==(const Member&) const = default;
};

/// Unpacks `archive` into `folder`, which must exist and be empty, and gives back its files in the
/// order of their names. The kind is told by the first bytes, not by the name.
///
/// Refused: links, devices, sparse and encrypted files; names that are absolute, hold `..`, a
/// backslash or a control character, are no UTF-8, or stand there twice (upper and lower case
/// being the same); an archive that is cut, damaged or has something behind its end; one beyond
/// `limits`. `shown` is the archive's name in messages.
///
/// On an error `folder` may hold some members: unpack into a staging folder and rename.
base::Result<std::vector<Member>> unpack(const base::Path& archive, const base::Path& folder,
                                         const std::string& shown, const UnpackLimits& limits,
                                         const base::CancelToken& cancel);

}  // namespace mock_bundle
