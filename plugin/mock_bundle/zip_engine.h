// The door between `unpack` and Poco::Zip. Poco's libraries cost every start 2 ms, and few commands
// have a .zip: what needs them is a library of its own, which the first .zip loads. Internal to
// this folder.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace mock_bundle {

/// Is told what a zip holds, entry by entry. What it throws ends the walk and reaches the caller.
class ZipVisitor {
 public:
  ZipVisitor() = default;
  ZipVisitor(const ZipVisitor&) = delete;
  ZipVisitor& operator=(const ZipVisitor&) = delete;
  virtual ~ZipVisitor() = default;

  /// How many entries there will be.
  virtual void begin(std::size_t entries) = 0;
  /// An entry. False: it has no bytes, a folder.
  virtual bool begin_entry(const std::string& name) = 0;
  virtual void bytes(std::string_view part) = 0;
  /// After the last bytes of an entry that has some. `whole`: they could be read to their end.
  virtual void end_entry(bool whole) = 0;
};

/// The one symbol of the library, `harness_walk_zip`. False: the archive is damaged, and `why` says
/// how.
using ZipWalker = bool(std::istream& archive, ZipVisitor& visitor, std::string& why);

}  // namespace mock_bundle
