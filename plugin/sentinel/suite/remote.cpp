#include "plugin/sentinel/suite/remote.h"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "plugin/digest/sha256.h"
#include "plugin/http/http.h"

namespace sentinel {
namespace {

constexpr int kMostRedirects = 10;
constexpr std::chrono::minutes kGitTimeout{5};
constexpr std::array<std::string_view, 10> kArchives = {
    ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip", ".gz", ".bz2", ".xz"};

base::Diagnostic refused(std::string what, std::string advice = {}) {
  base::Diagnostic out;
  out.what = std::move(what);
  out.advice = std::move(advice);
  return out;
}

class Fetcher {
 public:
  Fetcher(base::Path folder, const base::System& system, base::CancelToken cancel,
          bool local_repositories)
      : folder_(std::move(folder)),
        system_(system),
        cancel_(std::move(cancel)),
        local_repositories_(local_repositories) {}

  base::Result<base::Path> fetch(const RemoteSource& source) {
    // One at a time: sources are few, and two of them often name one repository.
    const std::lock_guard lock(mutex_);
    const std::string key = source.url + '\n' + source.ref + '\n' + source.subpath;
    if (const auto found = done_.find(key); found != done_.end()) return found->second;
    auto fetched = source.getter == Getter::Git    ? fetch_git(source)
                   : source.getter == Getter::Http ? fetch_http(source)
                                                   : refuse_getter(source);
    done_.emplace(key, fetched);
    return fetched;
  }

 private:
  static base::Result<base::Path> refuse_getter(const RemoteSource& source) {
    return refused("`" + std::string(name_of(source.getter)) + "` sources are not supported",
                   "git, http and https are");
  }

  base::Result<base::Path> fetch_http(const RemoteSource& source) {
    const std::string path = source.url.substr(0, source.url.find('?'));
    bool archive = !source.archive.empty() && source.archive != "false";
    if (source.archive != "false") {
      for (const std::string_view ending : kArchives)
        archive = archive || path.ends_with(ending);
    }
    if (archive || !source.subpath.empty()) {
      return refused("archives are not supported as sources", "name the file itself");
    }
    std::string expected = source.checksum;
    if (const std::size_t colon = expected.find(':'); colon != std::string::npos) {
      if (expected.substr(0, colon) != "sha256") {
        return refused("checksums of type `" + expected.substr(0, colon) + "` are not supported",
                       "`sha256` is");
      }
      expected = expected.substr(colon + 1);
    }
    http::Client client(system_.environment);
    http::Request request;
    request.url = source.url;
    http::Reply reply;
    for (int redirects = 0;; ++redirects) {
      reply = client.send(request, cancel_);
      if (!reply) return std::move(reply.failure->diagnostic);
      const int status = reply.response.status;
      if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) break;
      if (redirects == kMostRedirects) return refused("too many redirects");
      const auto from = http::parse_url(request.url);
      if (!from) return from.error();
      const auto to = http::resolve_url(*from, reply.response.header("Location"));
      if (!to) return to.error();
      request.url = http::to_text(*to);
    }
    if (reply.response.status != 200) {
      return refused("the server answered " + std::to_string(reply.response.status) + ' ' +
                     reply.response.reason);
    }
    if (!expected.empty() && digest::sha256(reply.response.body) != expected) {
      return refused("the checksum differs", "got sha256:" + digest::sha256(reply.response.body));
    }
    const base::Path file =
        folder_ / digest::sha256(source.url).substr(0, 16) / base::Path(path).filename();
    const base::Status written = base::write_file(file, reply.response.body);
    if (!written) return written.error();
    return file;
  }

  base::Result<base::Path> fetch_git(const RemoteSource& source) {
    const auto git = base::find_program("git", system_.environment, {});
    if (!git) return refused("there is no `git` program on PATH");
    const base::Path repository =
        folder_ / digest::sha256(source.url + '\n' + source.ref).substr(0, 16);
    if (!fetched_.contains(repository.native())) {
      base::Status status = base::remove_tree(repository);
      if (status) status = base::make_folders(repository);
      if (!status) return status.error();
      const std::string ref = source.ref.empty() ? "HEAD" : source.ref;
      const std::string depth = source.depth.empty() ? "1" : source.depth;
      for (const std::vector<std::string>& words :
           {std::vector<std::string>{"init", "-q"},
            {"fetch", "-q", "--depth", depth, "--", source.url, ref},
            {"checkout", "-q", "FETCH_HEAD"}}) {
        status = run(*git, words, repository);
        if (!status) return status.error();
      }
      fetched_.emplace(repository.native(), true);
    }
    if (source.subpath.empty()) {
      return refused("no file of the repository is named", "add `//PATH` to the source");
    }
    return base::resolve_inside(repository, repository, source.subpath);
  }

  base::Status run(const base::Path& git, const std::vector<std::string>& words,
                   const base::Path& folder) const {
    base::ChildCommand command;
    command.program = git;
    command.arguments = words;
    command.environment = system_.environment;
    command.environment["GIT_TERMINAL_PROMPT"] = "0";
    // `ext::` and other transports run commands of the source's choosing.
    command.environment["GIT_ALLOW_PROTOCOL"] =
        local_repositories_ ? "file:git:http:https:ssh" : "git:http:https:ssh";
    command.working_directory = folder;
    command.timeout = kGitTimeout;
    const auto outcome = base::run_child(command, cancel_);
    if (!outcome) return outcome.error();
    if (outcome->timed_out) return refused("`git " + words[0] + "` took too long");
    if (outcome->exit_code != 0 || outcome->signal != 0) {
      base::Diagnostic out = refused("`git " + words[0] + "` failed");
      out.why = outcome->err.substr(0, outcome->err.find_last_not_of("\n ") + 1);
      return out;
    }
    return {};
  }

  base::Path folder_;
  const base::System& system_;
  base::CancelToken cancel_;
  bool local_repositories_;
  std::mutex mutex_;
  std::map<std::string, base::Result<base::Path>> done_;
  std::map<std::string, bool> fetched_;
};

}  // namespace

RemoteFetcher make_remote_fetcher(const base::Path& folder, const base::System& system,
                                  const base::CancelToken& cancel, bool local_repositories) {
  auto fetcher = std::make_shared<Fetcher>(folder, system, cancel, local_repositories);
  return [fetcher](const RemoteSource& source) { return fetcher->fetch(source); };
}

}  // namespace sentinel
