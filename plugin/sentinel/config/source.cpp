#include "plugin/sentinel/config/source.h"

#include <array>

namespace sentinel {
namespace {

struct Short {
  std::string_view host;
  int segments;  // of the path that make the repository
};
constexpr std::array<Short, 3> kShort = {
    {{"github.com/", 2}, {"gitlab.com/", 2}, {"bitbucket.org/", 2}}};

bool is_word(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '-' || c == '.';
    if (!good) return false;
  }
  return true;
}

std::optional<Getter> getter_of(std::string_view word) {
  if (word == "git") return Getter::Git;
  if (word == "hg") return Getter::Mercurial;
  if (word == "http" || word == "https") return Getter::Http;
  if (word == "s3") return Getter::S3;
  if (word == "gcs" || word == "gcp" || word == "gs") return Getter::Gcs;
  return std::nullopt;
}

/// Takes the query options that are ours out of `url`.
void take_options(RemoteSource& out) {
  const std::size_t mark = out.url.find('?');
  if (mark == std::string::npos) return;
  std::string rest;
  std::string_view query = std::string_view(out.url).substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view option = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(option.find('='), option.size());
    const std::string_view key = option.substr(0, equals);
    const std::string value(option.substr(std::min(equals + 1, option.size())));
    if (key == "ref" || key == "rev") {
      out.ref = value;
    } else if (key == "checksum") {
      out.checksum = value;
    } else if (key == "archive") {
      out.archive = value;
    } else if (key == "depth") {
      out.depth = value;
    } else if (key == "sshkey") {
      out.ssh_key = true;
    } else {
      rest += (rest.empty() ? "?" : "&") + std::string(option);
    }
  }
  out.url = out.url.substr(0, mark) + rest;
}

/// Takes `//file` out of `url`; what begins a URL is no subpath.
void take_subpath(RemoteSource& out) {
  const std::size_t scheme = out.url.find("://");
  const std::size_t from = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t query = std::min(out.url.find('?'), out.url.size());
  const std::size_t at = out.url.find("//", from);
  if (at == std::string::npos || at > query) return;
  out.subpath = out.url.substr(at + 2, query - at - 2);
  out.url = out.url.substr(0, at) + out.url.substr(query);
}

}  // namespace

std::string_view name_of(Getter getter) {
  switch (getter) {
  case Getter::Git:
    return "git";
  case Getter::Mercurial:
    return "hg";
  case Getter::Http:
    return "http";
  case Getter::S3:
    return "s3";
  case Getter::Gcs:
    return "gcs";
  }
  return "";
}

std::optional<RemoteSource> parse_remote_source(std::string_view source) {
  RemoteSource out;
  std::optional<Getter> forced;
  if (const std::size_t mark = source.find("::");
      mark != std::string_view::npos && is_word(source.substr(0, mark))) {
    forced = getter_of(source.substr(0, mark));
    if (source.substr(0, mark) == "file") return std::nullopt;
    if (forced) source.remove_prefix(mark + 2);
  }
  const std::size_t scheme = source.find("://");
  const std::size_t at = source.find('@');
  const std::size_t colon = source.find(':');
  const std::size_t slash = source.find('/');
  out.url = source;
  if (scheme != std::string_view::npos && is_word(source.substr(0, scheme))) {
    const std::string_view word = source.substr(0, scheme);
    if (word == "file" && !forced) return std::nullopt;
    out.getter = forced            ? *forced
                 : word == "ssh"   ? Getter::Git
                 : getter_of(word) ? *getter_of(word)
                                   : Getter::Http;
    // An https URL that ends in `.git` is still http to go-getter: only `git::` forces it.
  } else if (!source.starts_with('.') && !source.starts_with('/') && at != std::string_view::npos &&
             colon != std::string_view::npos && at < colon &&
             (slash == std::string_view::npos || colon < slash)) {
    out.getter = forced.value_or(Getter::Git);  // git@host:path
  } else {
    const Short* known = nullptr;
    for (const Short& one : kShort) {
      if (source.starts_with(one.host)) known = &one;
    }
    if (known != nullptr) {
      out.getter = forced.value_or(Getter::Git);
      out.url = "https://" + std::string(source);
    } else if (!forced) {
      return std::nullopt;
    } else {
      out.getter = *forced;
    }
  }
  take_subpath(out);
  take_options(out);
  return out;
}

std::string local_path(std::string_view source) {
  for (const std::string_view prefix : {"file::", "file://"}) {
    if (source.starts_with(prefix)) source.remove_prefix(prefix.size());
  }
  return std::string(source);
}

}  // namespace sentinel
