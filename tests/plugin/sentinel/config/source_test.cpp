#include "plugin/sentinel/config/source.h"

#include <gtest/gtest.h>

namespace sentinel {
namespace {

/// `git https://x//f@v1`, or `local`.
std::string shown(std::string_view source) {
  const auto remote = parse_remote_source(source);
  if (!remote) return "local " + local_path(source);
  std::string out = std::string(name_of(remote->getter)) + ' ' + remote->url;
  if (!remote->subpath.empty()) out += " file " + remote->subpath;
  if (!remote->ref.empty()) out += " ref " + remote->ref;
  if (!remote->checksum.empty()) out += " checksum " + remote->checksum;
  if (!remote->archive.empty()) out += " archive " + remote->archive;
  if (!remote->depth.empty()) out += " depth " + remote->depth;
  if (remote->ssh_key) out += " with a key";
  return out;
}

TEST(Source, TellsLocalPathsFromRemoteOnes) {
  struct Case {
    const char* source;
    const char* result;
  };
  constexpr Case kCases[] = {
      {"../../m.sentinel", "local ../../m.sentinel"},
      {"mocks/a:b@c.sentinel", "local mocks/a:b@c.sentinel"},
      {"./a@b:c.sentinel", "local ./a@b:c.sentinel"},
      {"/abs/x.sentinel", "local /abs/x.sentinel"},
      {"file:///abs/x.sentinel", "local /abs/x.sentinel"},
      {"https://example.com/a/f.sentinel?checksum=sha256:abc&token=1",
       "http https://example.com/a/f.sentinel?token=1 checksum sha256:abc"},
      {"http::https://example.com/f", "http https://example.com/f"},
      {"git::https://example.com/r.git//a/f.sentinel?ref=v1&depth=3&sshkey=x",
       "git https://example.com/r.git file a/f.sentinel ref v1 depth 3 with a key"},
      {"git@example.com:o/r.git//f.sentinel", "git git@example.com:o/r.git file f.sentinel"},
      {"ssh://git@example.com/r//f", "git ssh://git@example.com/r file f"},
      {"github.com/o/r//f.sentinel", "git https://github.com/o/r file f.sentinel"},
      {"hg::https://example.com/r?rev=3", "hg https://example.com/r ref 3"},
      {"s3::https://s3.amazonaws.com/b/f", "s3 https://s3.amazonaws.com/b/f"},
      {"gcs::https://www.googleapis.com/b/f", "gcs https://www.googleapis.com/b/f"},
      {"https://example.com/a.zip//f?archive=zip",
       "http https://example.com/a.zip file f archive zip"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.source);
    EXPECT_EQ(shown(c.source), c.result);
  }
}

}  // namespace
}  // namespace sentinel
