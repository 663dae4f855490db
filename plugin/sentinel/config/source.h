// What a `source` names: a local path, or something that must be downloaded. Documentation:
// Sentinel, configuration, "Remote Sources".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sentinel {

enum class Getter { Git, Mercurial, Http, S3, Gcs };

/// "git", "hg", "http", "s3", "gcs"
std::string_view name_of(Getter getter);

struct RemoteSource {
  Getter getter = Getter::Http;
  std::string url;       // without getter, subpath and our own query options
  std::string subpath;   // behind `//`: the file in a repository or archive; empty: the URL's own
  std::string ref;       // `ref=` (git), `rev=` (hg)
  std::string checksum;  // `checksum=`
  std::string archive;   // `archive=`: a format, or "false"
  std::string depth;     // `depth=` (git)
  bool ssh_key = false;  // `sshkey=` is there

  bool operator==(const RemoteSource&) const = default;
};

/// Nothing for a local path. Recognised are a getter before `::`, a scheme before `://` (but
/// `file://`), `user@host:path`, and the hosts whose short form go-getter knows (`github.com/a/b`).
std::optional<RemoteSource> parse_remote_source(std::string_view source);

/// `source` without `file://`.
std::string local_path(std::string_view source);

}  // namespace sentinel
