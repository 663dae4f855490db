#include "plugin/mock_bundle/unpack.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>
#include <utf8proc.h>

#include "plugin/mock_bundle/member_writer.h"

namespace mock_bundle {
namespace {

constexpr std::size_t kMostName = 1'024;
constexpr std::size_t kMostComponent = 255;

std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMega = std::uint64_t{1} << 20U;
  if (bytes < kMega) return std::to_string(bytes) + " bytes";
  return std::to_string(bytes / kMega) + " MiB";
}

/// Two names that a file system may take for one have one folded form.
std::string folded(const std::string& name) {
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
      static_cast<utf8proc_ssize_t>(name.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  if (size < 0) throw Refused{"member `" + shown_name(name) + "` has a name that is not UTF-8", ""};
  std::string result(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  std::free(out);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc allocates so
  return result;
}

bool begins_with(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  return std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
    return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
  });
}

/// What a file that is no archive seems to be.
Refused not_an_archive(std::string_view head, std::uint64_t size) {
  if (size == 0) return {"the file is empty", ""};
  std::string_view text = head;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  if (begins_with(text, "<!doctype html") || begins_with(text, "<html")) {
    return {"it is a web page, expected a .tar.gz or a .zip",
            "a login page or a proxy may have answered in the place of the archive"};
  }
  if (text.starts_with("<?xml"))
    return {"it is an XML document, expected a .tar.gz or a .zip",
            "the storage may have answered with an error: open the file"};
  if (text.starts_with("{") || text.starts_with("["))
    return {"it is JSON text, expected a .tar.gz or a .zip", ""};
  if (head.size() > 262 && head.substr(257, 5) == "ustar")
    return {"it is a tar that is not compressed, expected a .tar.gz or a .zip",
            "compress it with gzip"};
  return {"its first bytes are neither those of a .tar.gz nor those of a .zip (it has " +
              std::to_string(size) + (size == 1 ? " byte)" : " bytes)"),
          ""};
}

void unpack_any(const base::Path& archive, MemberWriter& writer, const UnpackLimits& limits) {
  std::error_code error;
  const auto status = std::filesystem::status(archive, error);
  if (!std::filesystem::exists(status)) throw Refused{"there is no such file", ""};
  if (!std::filesystem::is_regular_file(status)) throw Refused{"it is not a regular file", ""};
  const std::uint64_t size = std::filesystem::file_size(archive, error);
  if (error) throw Refused{error.message(), ""};
  if (size > limits.bytes) {
    throw Refused{
        "it has " + megabytes(size) + ", more than the allowed " + megabytes(limits.bytes),
        kMoreUnpacked};
  }
  std::ifstream in(archive, std::ios::binary);
  if (!in) throw Refused{std::generic_category().message(errno), ""};
  std::array<char, 512> buffer{};
  in.read(buffer.data(), buffer.size());
  const std::string_view head(buffer.data(), static_cast<std::size_t>(in.gcount()));
  if (head.starts_with("\x1f\x8b")) return unpack_tar_gz(archive, writer, limits);
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06"))
    return unpack_zip(archive, writer, limits);
  throw not_an_archive(head, size);
}

}  // namespace

Refused damaged(const std::string& how) {
  return {"it is damaged: " + how, "fetch it again"};
}

std::string shown_name(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 80)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte >= 0x7f || c == '`' ? '?' : c;
  }
  if (name.size() > 80) out += "…";
  return out;
}

void check_size(std::uint64_t unpacked, std::uint64_t packed, const UnpackLimits& limits) {
  if (unpacked > limits.bytes) {
    throw Refused{"it unpacks to more than the allowed " + megabytes(limits.bytes), kMoreUnpacked};
  }
  if (unpacked > limits.ratio_from && unpacked / limits.ratio > packed) {
    throw Refused{"it unpacks to more than " + std::to_string(limits.ratio) + " times its size",
                  kMoreRatio};
  }
}

MemberWriter::MemberWriter(const base::Path& folder, const UnpackLimits& limits,
                           base::CancelToken cancel)
    : folder_(folder), limits_(limits), cancel_(std::move(cancel)) {}

MemberWriter::~MemberWriter() {
  if (file_ >= 0) ::close(file_);
}

void MemberWriter::count_member() {
  if (cancel_.cancelled()) throw Refused{"stopped while unpacking", ""};
  if (++count_ > limits_.members) {
    throw Refused{"it has more than the allowed " + std::to_string(limits_.members) + " members",
                  kMoreMembers};
  }
}

std::string MemberWriter::checked_name(std::string_view name, bool folder) {
  const std::string shown = "member `" + shown_name(name) + "`";
  std::string_view rest = name;
  if (rest.starts_with('/')) throw Refused{shown + " has an absolute name", ""};
  if (rest.size() > kMostName)
    throw Refused{
        shown + " has a name of " + std::to_string(rest.size()) + " bytes, more than 1024", ""};
  while (rest.starts_with("./"))
    rest.remove_prefix(2);
  if (folder) {
    while (rest.ends_with('/'))
      rest.remove_suffix(1);
    if (rest.empty() || rest == ".") return {};
  }
  std::string clean;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = std::min(rest.find('/', at), rest.size());
    const std::string_view part = rest.substr(at, end - at);
    if (part == "..") throw Refused{shown + " leaves the folder by `..`", ""};
    if (part.empty() || part == ".") throw Refused{shown + " has an empty part in its name", ""};
    if (part.size() > kMostComponent)
      throw Refused{shown + " has a part of more than 255 bytes in its name", ""};
    for (const char c : part) {
      if (c == '\\') throw Refused{shown + " has a backslash in its name", ""};
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        throw Refused{shown + " has a control character in its name", ""};
    }
    const bool last = end == rest.size();
    clean += part;
    const std::string key = folded(clean);
    const auto [entry, fresh] = seen_.try_emplace(key, !last || folder);
    if (!fresh && (!entry->second || (last && !folder)))
      throw Refused{shown + " is there twice (upper and lower case count as the same)", ""};
    if (!last || folder) {
      const base::Path path = folder_ / clean;
      std::error_code error;
      std::filesystem::create_directory(path, error);
      if (error)
        throw Refused{"folder `" + shown_name(clean) + "` cannot be made: " + error.message(), ""};
    }
    if (last) return clean;
    clean += '/';
    at = end + 1;
  }
}

void MemberWriter::add_folder(std::string_view name) {
  count_member();
  checked_name(name, true);
}

void MemberWriter::begin_file(std::string_view name, std::uint64_t declared) {
  count_member();
  current_ = {.name = checked_name(name, false)};
  declared_ = declared;
  if (declared > limits_.bytes || written_ + declared > limits_.bytes) {
    throw Refused{"it unpacks to more than the allowed " + megabytes(limits_.bytes), kMoreUnpacked};
  }
  const base::Path path = folder_ / current_.name;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file_ < 0) {
    throw Refused{"member `" + shown_name(name) +
                      "` cannot be written: " + std::generic_category().message(errno),
                  ""};
  }
  digest_.emplace();
}

void MemberWriter::write(std::string_view bytes, std::uint64_t packed) {
  if (cancel_.cancelled()) throw Refused{"stopped while unpacking", ""};
  current_.size += bytes.size();
  written_ += bytes.size();
  if (current_.size > declared_)
    throw Refused{"member `" + shown_name(current_.name) + "` is longer than the archive says", ""};
  check_size(written_, packed, limits_);
  digest_->update(bytes);
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      throw Refused{"member `" + shown_name(current_.name) +
                        "` cannot be written: " + std::generic_category().message(errno),
                    ""};
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void MemberWriter::end_file() {
  if (current_.size != declared_) {
    throw Refused{"it is cut short: member `" + shown_name(current_.name) + "` has " +
                      std::to_string(current_.size) + " of " + std::to_string(declared_) + " bytes",
                  "fetch it again"};
  }
  ::close(file_);
  file_ = -1;
  current_.sha256 = digest_->finish();
  digest_.reset();
  members_.push_back(std::move(current_));
}

std::vector<Member> MemberWriter::finish() {
  if (members_.empty()) throw Refused{"it holds no files", ""};
  std::sort(members_.begin(), members_.end(),
            [](const Member& a, const Member& b) { return a.name < b.name; });
  return std::move(members_);
}

base::Result<std::vector<Member>> unpack(const base::Path& archive, const base::Path& folder,
                                         const std::string& shown, const UnpackLimits& limits,
                                         const base::CancelToken& cancel) {
  try {
    MemberWriter writer(folder, limits, cancel);
    unpack_any(archive, writer, limits);
    return writer.finish();
  } catch (const Refused& refused) {
    return base::Diagnostic{.what = "archive `" + shown + "` cannot be unpacked",
                            .why = refused.why,
                            .advice = refused.advice};
  }
}

}  // namespace mock_bundle
