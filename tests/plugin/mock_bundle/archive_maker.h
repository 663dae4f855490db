// Makes archives, broken ones too, for tests.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace archive_maker {

struct Entry {
  std::string name;
  std::string content;
  char type = '0';  // of tar: '0' file, '1' hard link, '2' link, '3' device, '5' folder, '6' FIFO
  std::string target;
};

/// The header block of a member that says it has `size` bytes.
inline std::string tar_block(const Entry& entry, std::uint64_t size) {
  std::string block(512, '\0');
  const auto put = [&block](std::size_t at, std::string_view text) {
    block.replace(at, text.size(), text);
  };
  const auto octal = [](std::uint64_t number, int width) {
    char text[24];
    std::snprintf(text, sizeof text, "%0*llo", width, static_cast<unsigned long long>(number));
    return std::string(text);
  };
  put(0, std::string_view(entry.name).substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(size, 11));
  put(136, octal(1'700'000'000, 11));
  put(148, "        ");
  block[156] = entry.type;
  put(157, entry.target);
  put(257, "ustar");
  block[263] = '0';
  block[264] = '0';
  unsigned sum = 0;
  for (const char c : block)
    sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  block[154] = '\0';
  block[155] = ' ';
  return block;
}

inline std::string tar_header(const std::string& name, std::uint64_t size) {
  return tar_block({name, ""}, size);
}

/// The header block and padded content of one member.
inline std::string tar_entry(const Entry& entry) {
  std::string out = tar_block(entry, entry.content.size()) + entry.content;
  out.resize((out.size() + 511) / 512 * 512, '\0');
  return out;
}

inline std::string tar(const std::vector<Entry>& entries) {
  std::string out;
  for (const Entry& entry : entries)
    out += tar_entry(entry);
  return out + std::string(1024, '\0');
}

inline std::string deflated(std::string_view plain, int window_bits) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return out;
}

inline std::string gzip(std::string_view plain) {
  return deflated(plain, 15 + 16);
}
inline std::string tar_gz(const std::vector<Entry>& entries) {
  return gzip(tar(entries));
}

inline void append16(std::string& out, unsigned number) {
  out += static_cast<char>(number & 0xffU);
  out += static_cast<char>(number >> 8U & 0xffU);
}
inline void append32(std::string& out, std::uint64_t number) {
  append16(out, static_cast<unsigned>(number & 0xffffU));
  append16(out, static_cast<unsigned>(number >> 16U & 0xffffU));
}

/// `mode` of every member; `flags`: bit 0 says that they are encrypted.
inline std::string zip(const std::vector<Entry>& entries, unsigned mode = 0100644,
                       unsigned flags = 0) {
  std::string out;
  std::string directory;
  for (const Entry& entry : entries) {
    const std::string packed = deflated(entry.content, -15);
    std::string common;
    append16(common, 20);
    append16(common, flags);
    append16(common, 8);
    append32(common, 0);
    append32(common, ::crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()),
                             static_cast<uInt>(entry.content.size())));
    append32(common, packed.size());
    append32(common, entry.content.size());
    append16(common, static_cast<unsigned>(entry.name.size()));
    append16(common, 0);
    const std::size_t at = out.size();
    out += "PK\x03\x04" + common + entry.name + packed;
    directory += "PK\x01\x02";
    append16(directory, 20U | 3U << 8U);
    directory += common;
    append16(directory, 0);
    append16(directory, 0);
    append16(directory, 0);
    append32(directory, std::uint64_t{mode} << 16U);
    append32(directory, at);
    directory += entry.name;
  }
  std::string end = "PK\x05\x06";
  append32(end, 0);
  append16(end, static_cast<unsigned>(entries.size()));
  append16(end, static_cast<unsigned>(entries.size()));
  append32(end, directory.size());
  append32(end, out.size());
  append16(end, 0);
  return out + directory + end;
}

}  // namespace archive_maker
