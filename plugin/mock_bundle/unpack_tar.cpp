// .tar.gz: zlib inflates, because libarchive 3.6's own gzip filter does not verify the checksum;
// libarchive reads the tar. After its end the rest is read too: a tar that is cut exactly between
// two members looks whole to libarchive, and only the missing end marker shows it.
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <zlib.h>

#include "plugin/mock_bundle/member_writer.h"

namespace mock_bundle {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 16U;
constexpr std::size_t kEndMarker = 1'024;  // two blocks of zeros

/// Made once and kept: glibc's own table of locales is no place for many threads to come and go.
locale_t utf8_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

/// In the C locale libarchive refuses names beyond ASCII. This changes the thread's locale only.
class Utf8Names {
 public:
  Utf8Names() {
    if (utf8_locale() != nullptr) before_ = ::uselocale(utf8_locale());
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() {
    if (before_ != nullptr) ::uselocale(before_);
  }

 private:
  locale_t before_ = nullptr;
};

Refused cut() {
  return {"it is cut short: the compressed data has no end", "fetch it again"};
}

/// The inflated bytes of a gzip file, piece by piece. Several gzip members one behind the other
/// are one file, as gzip has it.
class Inflater {
 public:
  Inflater(const base::Path& path, const UnpackLimits& limits)
      : in_(path, std::ios::binary), limits_(limits), packed_(kBuffer), plain_(kBuffer) {
    if (::inflateInit2(&stream_, 15 + 16) != Z_OK) throw Refused{"zlib has no memory", ""};
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  /// The next piece; empty at the end. Throws Refused.
  std::string_view next() {
    stream_.next_out = plain_.data();
    stream_.avail_out = kBuffer;
    while (!ended_ && stream_.avail_out != 0) {
      if (stream_.avail_in == 0 && !read_more()) {
        if (inside_) throw cut();
        ended_ = true;
        break;
      }
      if (!inside_ && !begin_member()) break;
      step();
      if (stream_.avail_out < kBuffer && !inside_) break;
    }
    const std::size_t size = kBuffer - stream_.avail_out;
    unpacked_ += size;
    check_size(unpacked_, packed_count(), slack());
    const std::string_view piece(reinterpret_cast<const char*>(plain_.data()), size);
    remember_tail(piece);
    return piece;
  }

  std::uint64_t packed_count() const { return read_ - stream_.avail_in; }
  /// Whether the last 1,024 bytes seen were zeros.
  bool ends_with_marker() const {
    return tail_.size() == kEndMarker &&
           std::all_of(tail_.begin(), tail_.end(), [](char c) { return c == 0; });
  }

 private:
  bool read_more() {
    in_.read(reinterpret_cast<char*>(packed_.data()), static_cast<std::streamsize>(kBuffer));
    stream_.next_in = packed_.data();
    stream_.avail_in = static_cast<uInt>(in_.gcount());
    read_ += stream_.avail_in;
    return stream_.avail_in != 0;
  }

  /// After the end of a gzip member: another one, or padding. False: the file has ended.
  bool begin_member() {
    while (stream_.avail_in != 0 && *stream_.next_in == 0 && !first_) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return true;  // asks for more
    if (!first_) {
      if (*stream_.next_in != 0x1f) throw damaged("there is something behind its end");
      ::inflateReset(&stream_);
    }
    first_ = false;
    inside_ = true;
    return true;
  }

  void step() {
    if (stream_.avail_in == 0) return;
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      inside_ = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      throw damaged(stream_.msg != nullptr ? stream_.msg : "the compressed data is not readable");
    }
  }

  /// The tar's own headers and padding come on top of what the members hold.
  UnpackLimits slack() const {
    UnpackLimits out = limits_;
    const std::uint64_t overhead = (std::uint64_t{limits_.members} + 64) * 4'096;
    out.bytes = limits_.bytes > UINT64_MAX - overhead ? UINT64_MAX : limits_.bytes + overhead;
    return out;
  }

  void remember_tail(std::string_view piece) {
    if (piece.size() >= kEndMarker) {
      tail_.assign(piece.end() - kEndMarker, piece.end());
      return;
    }
    tail_.append(piece);
    if (tail_.size() > kEndMarker) tail_.erase(0, tail_.size() - kEndMarker);
  }

  std::ifstream in_;
  const UnpackLimits& limits_;
  std::vector<Bytef> packed_;
  std::vector<Bytef> plain_;
  z_stream stream_{};
  std::uint64_t read_ = 0;
  std::uint64_t unpacked_ = 0;
  bool first_ = true;
  bool inside_ = false;
  bool ended_ = false;
  std::string tail_;
};

/// What libarchive's callback works on. An exception must not pass through C: it waits here.
struct Feed {
  Inflater& inflater;
  std::optional<Refused> refused;
};

la_ssize_t read_piece(archive* handle, void* data, const void** out) {
  Feed& feed = *static_cast<Feed*>(data);
  try {
    const std::string_view piece = feed.inflater.next();
    *out = piece.data();
    return static_cast<la_ssize_t>(piece.size());
  } catch (const Refused& refused) {
    feed.refused = refused;
    archive_set_error(handle, EIO, "refused");
    return -1;
  }
}

/// Anything but success is a refusal: libarchive's warnings mean a changed name or lost data.
void demand(int code, archive* handle, const Feed& feed) {
  if (feed.refused) throw Refused(*feed.refused);
  if (code == ARCHIVE_OK) return;
  const char* text = archive_error_string(handle);
  throw damaged(text != nullptr ? text : "the tar is not readable");
}

void unpack_entry(archive* handle, archive_entry* entry, MemberWriter& writer, Feed& feed) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) {
    const char* raw = archive_entry_pathname(entry);
    throw Refused{
        "member `" + shown_name(raw != nullptr ? raw : "") + "` has a name that is not UTF-8", ""};
  }
  const std::string shown = "member `" + shown_name(name) + "`";
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr ||
      archive_entry_filetype(entry) == AE_IFLNK) {
    throw Refused{shown + " is a link", ""};
  }
  if (archive_entry_filetype(entry) == AE_IFDIR) return writer.add_folder(name);
  if (archive_entry_filetype(entry) != AE_IFREG)
    throw Refused{shown + " is neither a file nor a folder", ""};
  if (archive_entry_sparse_count(entry) > 0) throw Refused{shown + " is a sparse file", ""};
  if (archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) < 0)
    throw damaged(shown + " has no size");

  writer.begin_file(name, static_cast<std::uint64_t>(archive_entry_size(entry)));
  la_int64_t position = 0;
  while (true) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(handle, &block, &size, &offset);
    if (code == ARCHIVE_EOF) break;
    demand(code, handle, feed);
    if (offset != position) throw Refused{shown + " is a sparse file", ""};
    writer.write({static_cast<const char*>(block), size}, feed.inflater.packed_count());
    position += static_cast<la_int64_t>(size);
  }
  writer.end_file();
}

struct CloseArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

}  // namespace

void unpack_tar_gz(const base::Path& archive_path, MemberWriter& writer,
                   const UnpackLimits& limits) {
  const Utf8Names utf8;
  Inflater inflater(archive_path, limits);
  Feed feed{inflater, std::nullopt};
  const std::unique_ptr<archive, CloseArchive> handle(archive_read_new());
  if (!handle) throw Refused{"libarchive has no memory", ""};
  archive_read_support_filter_none(handle.get());
  archive_read_support_format_tar(handle.get());
  const int opened = archive_read_open(handle.get(), &feed, nullptr, read_piece, nullptr);
  if (opened != ARCHIVE_OK && !feed.refused)
    throw Refused{"it is compressed with gzip, but holds no tar", ""};
  demand(opened, handle.get(), feed);
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle.get(), &entry);
    if (code == ARCHIVE_EOF) break;
    demand(code, handle.get(), feed);
    unpack_entry(handle.get(), entry, writer, feed);
  }
  while (!inflater.next().empty()) {
  }
  if (!inflater.ends_with_marker())
    throw Refused{"it is cut short: the tar has no end marker", "fetch it again"};
}

}  // namespace mock_bundle
