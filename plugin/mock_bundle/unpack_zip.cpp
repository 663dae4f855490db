// .zip: Poco::Zip inflates. Its own view of an archive is too kind (it accepts a cut directory, and
// does not check what a streamed entry's directory record says), so the directory at the end is
// read here first, and every entry is held against its record there.
#include <algorithm>
#include <fstream>
#include <map>
#include <string>

#include <zlib.h>

#include "plugin/base/library.h"
#include "plugin/mock_bundle/member_writer.h"
#include "plugin/mock_bundle/zip_engine.h"

namespace mock_bundle {
namespace {

constexpr std::size_t kEndSize = 22;
constexpr std::size_t kRecordSize = 46;
constexpr std::size_t kMostComment = 65'535;
constexpr std::uint64_t kMostDirectory = std::uint64_t{64} << 20U;

struct Record {
  bool encrypted = false;
  unsigned method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  unsigned mode = 0;  // of Unix; 0 where the archive was made elsewhere
};

unsigned number16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) |
         static_cast<unsigned>(static_cast<unsigned char>(bytes[at + 1])) << 8U;
}
std::uint32_t number32(std::string_view bytes, std::size_t at) {
  return number16(bytes, at) | number16(bytes, at + 2) << 16U;
}

std::string read_part(std::ifstream& in, std::uint64_t at, std::uint64_t size) {
  std::string out(size, '\0');
  in.clear();
  in.seekg(static_cast<std::streamoff>(at));
  in.read(out.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uint64_t>(in.gcount()) != size)
    throw Refused{"it cannot be read to its end", ""};
  return out;
}

struct End {
  std::size_t entries = 0;
  std::uint64_t at = 0;
  std::uint64_t size = 0;
};

/// The record at the end of a zip, which says where its directory is.
End find_end(std::ifstream& in, std::uint64_t file_size) {
  const std::uint64_t tail_size = std::min<std::uint64_t>(file_size, kEndSize + kMostComment);
  const std::string tail = read_part(in, file_size - tail_size, tail_size);
  for (std::size_t at = tail.size() < kEndSize ? std::string::npos : tail.size() - kEndSize;
       at != std::string::npos; at = at == 0 ? std::string::npos : at - 1) {
    if (tail.compare(at, 4, "PK\x05\x06") != 0) continue;
    if (at + kEndSize + number16(tail, at + 20) != tail.size()) continue;
    End end{.entries = number16(tail, at + 10),
            .at = number32(tail, at + 16),
            .size = number32(tail, at + 12)};
    if (end.entries == 0xffff || end.at == 0xffffffff)
      throw Refused{"it is a zip64, expected a .zip of less than 4 GiB and 65,535 members", ""};
    const std::uint64_t end_at = file_size - tail_size + at;
    if (end.at + end.size != end_at || end.size > kMostDirectory)
      throw damaged("its directory is not where it says");
    return end;
  }
  throw Refused{"it is cut short: the zip has no directory at its end", "fetch it again"};
}

std::map<std::string, Record> read_directory(std::ifstream& in, std::uint64_t file_size,
                                             const UnpackLimits& limits) {
  const End end = find_end(in, file_size);
  if (end.entries > limits.members) {
    throw Refused{"it has more than the allowed " + std::to_string(limits.members) + " members",
                  kMoreMembers};
  }
  const std::string bytes = read_part(in, end.at, end.size);
  std::map<std::string, Record> out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < end.entries; ++i) {
    if (at + kRecordSize > bytes.size() || bytes.compare(at, 4, "PK\x01\x02") != 0)
      throw damaged("its directory is not readable");
    const std::size_t name_size = number16(bytes, at + 28);
    const std::size_t next =
        at + kRecordSize + name_size + number16(bytes, at + 30) + number16(bytes, at + 32);
    if (next > bytes.size()) throw damaged("its directory is not readable");
    std::string name = bytes.substr(at + kRecordSize, name_size);
    const bool unix_made = number16(bytes, at + 4) >> 8U == 3;
    const Record record{.encrypted = (number16(bytes, at + 8) & 1U) != 0,
                        .method = number16(bytes, at + 10),
                        .crc = number32(bytes, at + 16),
                        .packed = number32(bytes, at + 20),
                        .size = number32(bytes, at + 24),
                        .mode = unix_made ? number32(bytes, at + 38) >> 16U : 0};
    const std::string shown = shown_name(name);
    if (!out.emplace(std::move(name), record).second)
      throw Refused{"member `" + shown + "` is there twice", ""};
    at = next;
  }
  if (at != bytes.size()) throw damaged("its directory has something behind its end");
  return out;
}

void check_kind(const std::string& name, const Record& record) {
  constexpr unsigned kType = 0170000;
  constexpr unsigned kFolder = 0040000;
  constexpr unsigned kFile = 0100000;
  constexpr unsigned kLink = 0120000;
  const std::string shown = "member `" + shown_name(name) + "`";
  const unsigned type = record.mode & kType;
  if (type == kLink) throw Refused{shown + " is a link", ""};
  if (type != 0 && type != kFile && type != kFolder)
    throw Refused{shown + " is neither a file nor a folder", ""};
  if ((type == kFolder) != name.ends_with('/') && type != 0)
    throw damaged(shown + " is both a file and a folder");
  if (record.encrypted) throw Refused{shown + " is encrypted", ""};
  if (record.method != 0 && record.method != 8)
    throw Refused{shown + " is packed in a way other than `deflate`", ""};
}

/// Holds each entry against its record in the directory, and writes it.
class Unpacker : public ZipVisitor {
 public:
  Unpacker(const std::map<std::string, Record>& directory, MemberWriter& writer)
      : directory_(directory), writer_(writer) {}

  void begin(std::size_t entries) override {
    if (entries != directory_.size()) throw damaged("its directory does not list what it holds");
  }

  bool begin_entry(const std::string& name) override {
    const auto record = directory_.find(name);
    if (record == directory_.end()) throw damaged("its directory does not list what it holds");
    if (name.ends_with('/')) {
      writer_.add_folder(name);
      return false;
    }
    writer_.begin_file(name, record->second.size);
    record_ = record;
    packed_ += record->second.packed;
    crc_ = ::crc32(0, nullptr, 0);
    return true;
  }

  void bytes(std::string_view part) override {
    crc_ =
        ::crc32(crc_, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size()));
    writer_.write(part, packed_);
  }

  void end_entry(bool whole) override {
    const std::string shown = "member `" + shown_name(record_->first) + "`";
    if (!whole) throw damaged(shown + " cannot be inflated");
    writer_.end_file();
    if (crc_ != record_->second.crc)
      throw damaged(shown + " does not have the checksum that the archive says");
  }

 private:
  const std::map<std::string, Record>& directory_;
  MemberWriter& writer_;
  std::map<std::string, Record>::const_iterator record_;  // of the entry that is being read
  std::uint64_t packed_ = 0;                              // bytes of the archive read so far
  uLong crc_ = 0;
};

ZipWalker* zip_walker() {
  static const base::Result<ZipWalker*> loaded = base::load_function<ZipWalker>(
      "libharness-zip.so", "harness_walk_zip", "a .zip cannot be read without it");
  if (loaded) return *loaded;
  throw Refused{loaded.error().what + ": " + loaded.error().why, loaded.error().advice};
}

}  // namespace

void unpack_zip(const base::Path& archive_path, MemberWriter& writer, const UnpackLimits& limits) {
  std::error_code error;
  const std::uint64_t file_size = std::filesystem::file_size(archive_path, error);
  std::ifstream in(archive_path, std::ios::binary);
  if (error || !in) throw Refused{"it cannot be read", ""};
  const auto directory = read_directory(in, file_size, limits);
  for (const auto& [name, record] : directory)
    check_kind(name, record);
  ZipWalker* const walk = zip_walker();
  Unpacker unpacker(directory, writer);
  try {
    in.clear();
    in.seekg(0);
    std::string why;
    if (!walk(in, unpacker, why)) throw damaged(why);
  } catch (const std::ios_base::failure&) {
    throw damaged("an entry is not readable");
  }
}

}  // namespace mock_bundle
