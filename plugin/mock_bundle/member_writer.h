// Where both kinds of archive put their members: every check on names, sizes and numbers, once.
// Internal to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/digest/sha256.h"
#include "plugin/mock_bundle/unpack.h"

namespace mock_bundle {

/// Thrown inside this folder only, caught by `unpack`: the reason why an archive is refused.
struct Refused {
  std::string why;
  std::string advice;
};

/// The options that raise the limits, as advice.
inline constexpr const char* kMoreMembers =
    "`--max-members` allows more, if the archive is trusted";
inline constexpr const char* kMoreUnpacked =
    "`--max-unpacked` allows more, if the archive is trusted";
inline constexpr const char* kMoreRatio = "`--max-ratio` allows more, if the archive is trusted";

/// What a damaged archive is refused with.
Refused damaged(const std::string& how);

/// A name for a message: cut at 80 bytes, what cannot be shown replaced by `?`.
std::string shown_name(std::string_view name);

class MemberWriter {
 public:
  MemberWriter(const base::Path& folder, const UnpackLimits& limits, base::CancelToken cancel);
  MemberWriter(const MemberWriter&) = delete;
  MemberWriter& operator=(const MemberWriter&) = delete;
  ~MemberWriter();

  // All of these throw Refused.
  void add_folder(std::string_view name);
  /// `declared`: what the archive says its size is.
  void begin_file(std::string_view name, std::uint64_t declared);
  /// `packed`: bytes of the archive read so far.
  void write(std::string_view bytes, std::uint64_t packed);
  void end_file();

  /// Files in the order of their names.
  std::vector<Member> finish();

 private:
  std::string checked_name(std::string_view name, bool folder);
  void count_member();

  base::Path folder_;
  const UnpackLimits& limits_;
  base::CancelToken cancel_;
  std::map<std::string, bool> seen_;  // folded name → it is a folder that may be named again
  std::vector<Member> members_;
  std::size_t count_ = 0;
  std::uint64_t written_ = 0;
  int file_ = -1;
  Member current_;
  std::uint64_t declared_ = 0;
  std::optional<digest::Sha256> digest_;
};

/// Throws Refused when `unpacked` bytes out of `packed` are beyond the limits.
void check_size(std::uint64_t unpacked, std::uint64_t packed, const UnpackLimits& limits);

void unpack_tar_gz(const base::Path& archive, MemberWriter& writer, const UnpackLimits& limits);
void unpack_zip(const base::Path& archive, MemberWriter& writer, const UnpackLimits& limits);

}  // namespace mock_bundle
