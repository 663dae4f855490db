#include "plugin/terraform_api/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "plugin/terraform_api/origin.h"

namespace terraform_api {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kDefaultLimit = 30;  // a second, where the server names none
constexpr std::size_t kRunListLimit = 30;  // a minute, by the documentation
constexpr int kMostLimited = 30;           // 429s in a row for one call
constexpr milliseconds kMostPatience = std::chrono::minutes(5);
constexpr int kMostHops = 5;
// A page of a proxy in the middle of its maintenance may be gone the next time.
constexpr int kMostUnreadable = 3;

std::string status_line(const http::Response& response) {
  std::string reason = response.reason;
  std::erase_if(reason, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return std::to_string(response.status) + (reason.empty() ? "" : " " + reason);
}

bool is_html(const http::Response& response) {
  const std::size_t first = response.body.find_first_not_of(" \t\r\n");
  return first != std::string::npos && response.body[first] == '<';
}

// ", saying: …" where it said anything.
std::string said(const http::Response& response) {
  const std::string errors = parse_errors(response.body);
  if (!errors.empty()) return ", saying \"" + errors + "\"";
  return is_html(response) ? ", with an HTML page (of a proxy?)" : "";
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || !std::isfinite(value) ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

milliseconds from_seconds(double seconds) {
  return milliseconds(static_cast<std::int64_t>(std::ceil(std::min(seconds, 1e7) * 1000)));
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), the one form that servers may send, in
/// seconds since 1970: the clock's own unit has no year 9999.
std::optional<double> from_http_date(const std::string& text) {
  std::tm date{};
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  in >> std::get_time(&date, "%a, %d %b %Y %H:%M:%S GMT");
  if (!in) return std::nullopt;
  return static_cast<double>(::timegm(&date));
}

// The archive as it comes: one file, written piece by piece.
class ArchiveFile {
 public:
  explicit ArchiveFile(base::Path path) : path_(std::move(path)) {}
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;
  ~ArchiveFile() {
    if (file_ >= 0) ::close(file_);
  }

  base::Status open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return file_ < 0 ? trouble() : base::Status();
  }
  base::Status write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::write(file_, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return trouble();
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
  }
  base::Status close() {
    const int result = ::close(file_);
    file_ = -1;
    return result == 0 ? base::Status() : trouble();
  }

 private:
  base::Status trouble() const {
    return base::Diagnostic{.what = "the archive cannot be written to `" + path_.string() + "`",
                            .why = std::generic_category().message(errno)};
  }

  base::Path path_;
  int file_ = -1;
};

}  // namespace

// One call of the API, as its messages name it.
struct Client::Call {
  std::string method = "GET";
  std::string path;     // behind /api/v2
  std::string subject;  // "plan `plan-…`"
  std::string body;
  bool is_run_list = false;
  bool may_be_archive = false;
};

Client::Client(const base::System& system, http::Url origin, Token token, ClientOptions options)
    : clock_(system.clock),
      origin_(std::move(origin)),
      host_(credentials_host(origin_)),
      token_(std::move(token)),
      options_(std::move(options)),
      http_(system.environment),
      limiter_(system.clock, kDefaultLimit, std::chrono::seconds(1)),
      run_lists_(system.clock, kRunListLimit, std::chrono::minutes(1)),
      random_(std::random_device()()) {}

milliseconds Client::jittered(milliseconds time) {
  const std::lock_guard lock(random_mutex_);
  return milliseconds(
      std::uniform_int_distribution<std::int64_t>(time.count() / 2, time.count())(random_));
}

std::optional<milliseconds> Client::wait_for(const http::Response& response, int attempt) {
  milliseconds wait{0};
  bool told = false;
  // A reset that is an epoch, or no number, is not what the documentation says: it is not believed.
  constexpr double kMostReset = 3600;
  if (const auto reset = number(response.header("X-RateLimit-Reset"));
      reset && *reset <= kMostReset) {
    wait = from_seconds(*reset);
    told = true;
  }
  const std::string after(response.header("Retry-After"));
  if (const auto seconds = number(after)) {
    wait = std::max(wait, from_seconds(*seconds));
    told = true;
  } else if (const auto then = from_http_date(after)) {
    const std::chrono::duration<double> now = clock_->now().time_since_epoch();
    wait = std::max(wait, from_seconds(*then - now.count()));
    told = true;
  }
  if (told) {
    if (wait > kMostPatience) return std::nullopt;
    // Many were told the same: they come back one after the other.
    return std::max(wait, milliseconds(100)) + jittered(milliseconds(300));
  }
  const int doublings = std::min(attempt - 1, 6);
  return jittered(std::min(milliseconds(500) * (1 << doublings), milliseconds(20'000)));
}

std::string Client::base_path() {
  const std::lock_guard lock(base_mutex_);
  return base_;
}

// HCP Terraform and Terraform Enterprise have their API at /api/v2; asking each time would cost a
// request and a way to fail. So it is asked only where nothing is found there, and once.
bool Client::discover(const std::string& tried, const base::CancelToken& cancel) {
  const std::lock_guard lock(base_mutex_);
  if (base_ != tried) return true;  // another call has found it meanwhile
  if (std::exchange(discovered_, true)) return false;
  const http::Reply reply =
      http_.send({.url = http::origin(origin_) + "/.well-known/terraform.json",
                  .headers = {{"User-Agent", options_.user_agent}},
                  .idle_timeout = options_.idle_timeout},
                 cancel);
  if (!reply || reply.response.status != 200) return false;
  const auto path = parse_discovery(reply.response.body);
  const auto url = path && !path->empty() ? http::resolve_url(origin_, *path)
                                          : base::Result<http::Url>(base::Diagnostic{});
  // The token is for this origin: another one's service is not asked.
  if (!url || http::origin(*url) != http::origin(origin_)) return false;
  std::string found = url->target;
  while (found.ends_with('/'))
    found.pop_back();
  if (found == base_ || found.find('?') != std::string::npos) return false;
  base_ = found;
  return true;
}

Answer<http::Response> Client::send(const Call& call, const base::CancelToken& cancel) {
  std::string base = base_path();
  http::Request request{.method = call.method,
                        .url = http::origin(origin_) + base + call.path,
                        .body = call.body,
                        .digest = call.may_be_archive,
                        .idle_timeout = options_.idle_timeout};
  request.headers = {{"Authorization", "Bearer " + std::string(token_.value.reveal())},
                     {"Accept", "application/vnd.api+json"},
                     {"User-Agent", options_.user_agent}};
  if (call.may_be_archive) request.most_body = options_.most_archive;
  if (call.method != "GET") request.headers.push_back({"Content-Type", "application/vnd.api+json"});

  RateLimiter& limiter = limiter_;
  int limited = 0;
  std::vector<base::Diagnostic> before;  // why the last attempt failed
  for (int attempt = 1;;) {
    http::Reply reply;
    {
      // A run list takes a place in both.
      std::optional<RateLimiter::Place> list_place, place;
      const auto take_places = [&] {
        place.reset();
        list_place.reset();
        if (call.is_run_list) list_place.emplace(run_lists_.enter(cancel));
        place.emplace(limiter.enter(cancel));
        return *place && (!list_place || *list_place);
      };
      if (!take_places()) return cancelled(std::move(before));
      request.before_again = take_places;  // the server may have counted what it did not answer
      reply = http_.send(request, cancel);
    }
    milliseconds wait{0};
    if (!reply) {
      const http::FailureKind kind = reply.failure->kind;
      if (call.method == "POST" && reply.failure->sent) {
        Problem problem = problem_of(call, std::move(*reply.failure), attempt);
        problem.lost = true;
        if (problem.cancelled) problem.diagnostic.causes = std::move(before);
        return problem;
      }
      if (kind == http::FailureKind::Cancelled) return cancelled(std::move(before));
      using enum http::FailureKind;
      const bool may_pass = kind == Connect || kind == Timeout || kind == Connection ||
                            kind == ShortBody || kind == Protocol || kind == Resolve;
      // What is not there at all is not asked for half a minute.
      const int most =
          kind == Connect || kind == Resolve ? std::min(options_.attempts, 3) : options_.attempts;
      if (!may_pass || attempt >= most) {
        return problem_of(call, std::move(*reply.failure), attempt);
      }
      before = {problem_of(call, std::move(*reply.failure), attempt).diagnostic};
      wait = *wait_for({}, attempt);
      ++attempt;
    } else {
      const http::Response& response = reply.response;
      if (const auto limit = number(response.header("X-RateLimit-Limit")); limit && *limit >= 1) {
        // A run list answers with its own, which is for a minute.
        if (!call.is_run_list) limiter.announce(static_cast<std::size_t>(std::min(*limit, 1e6)));
      }
      const int status = response.status;
      if (status == 404 && discover(base, cancel)) {
        base = base_path();
        request.url = http::origin(origin_) + base + call.path;
        continue;
      }
      const bool busy = status == 429 || status == 425;
      if (!busy && (status < 500 || status == 501 || status == 505)) {
        return std::move(reply.response);
      }
      if (!busy && call.method == "POST") {
        Problem problem = problem_of(call, response, attempt);
        problem.lost = true;
        return problem;
      }
      const auto told = wait_for(response, busy ? limited + 1 : attempt);
      if (!told || (busy ? limited >= kMostLimited : attempt >= options_.attempts)) {
        return problem_of(call, response, busy ? limited + 1 : attempt);
      }
      wait = *told;
      before = {problem_of(call, response, busy ? limited + 1 : attempt).diagnostic};
      if (busy) {
        ++limited;
        (call.is_run_list ? run_lists_ : limiter).pause(wait);
        continue;
      }
      ++attempt;
    }
    if (!clock_->sleep(wait, cancel)) return cancelled(std::move(before));
  }
}

Problem Client::problem_of(const Call& call, http::Failure failure, int attempts) const {
  Problem out;
  out.cancelled = failure.kind == http::FailureKind::Cancelled;
  out.diagnostic = std::move(failure.diagnostic);
  if (!out.cancelled) {
    out.diagnostic.why += " (" + call.method + " of " + call.subject +
                          (attempts > 1 ? ", attempt " + std::to_string(attempts) : "") + ")";
  }
  return out;
}

Problem Client::problem_of(const Call& call, const http::Response& response, int attempts) const {
  Problem out{.status = response.status};
  base::Diagnostic& d = out.diagnostic;
  const std::string host = "`" + host_ + "`";
  const std::string answered =
      "it answered " + status_line(response) + " to " + call.method + " of " + call.subject;
  if (response.status == 401) {
    d.what = host + " does not accept the token";
    d.why = "it answered " + status_line(response) + "; the token is that of " + token_.source;
    d.advice = origin_.scheme == "https"
                   ? "run `terraform login " + host_ + "`, or correct that token"
                   : "correct that token";
  } else if (response.status == 404) {
    // "the runs of workspace `x`" are none of them.
    const std::string_view article = call.subject.starts_with("the ")   ? "the "
                                     : call.subject.starts_with("its ") ? "its "
                                                                        : "";
    d.what = host + " shows no " + call.subject.substr(article.size());
    d.why = "it answered " + status_line(response) +
            ", which stands both for what is not there and for what the token (of " +
            token_.source + ") may not see";
    d.advice = "check the name, the host and the token's permissions";
  } else if (response.status == 429 || response.status == 425) {
    d.what = host + " takes no more requests for now";
    const std::string_view after = response.header("Retry-After");
    d.why = answered + (attempts > 1 ? " " + std::to_string(attempts) + " times" : "");
    if (!after.empty()) {
      std::string shown(after.substr(0, 60));
      d.why += " and asks to wait (`Retry-After: " + shown + "`)";
    }
    d.advice = "try again later; is another client using the same account?";
  } else if (response.status >= 500) {
    d.what = host + " is in trouble";
    d.why =
        answered + (attempts > 1 ? " " + std::to_string(attempts) + " times" : "") + said(response);
    d.advice = "try again later";
  } else if (is_redirect(response.status)) {
    d.what = host + " sends us elsewhere";
    const auto to = http::resolve_url(origin_, response.header("Location"));
    d.why = answered + (to ? ", to `" + http::origin(*to) + "`" : std::string()) +
            "; the token goes to no other place";
    d.advice = "is this the host of the API itself, and is no login page before it?";
  } else {
    d.what = host + " refuses " + call.method + " of " + call.subject;
    d.why = "it answered " + status_line(response) + said(response);
  }
  return out;
}

Problem Client::cancelled(std::vector<base::Diagnostic> before) const {
  return {.cancelled = true,
          .diagnostic = {.what = "the request to `" + host_ + "` was cancelled",
                         .causes = std::move(before)}};
}

Problem Client::unreadable(const Call& call, const base::Diagnostic& why) const {
  return Problem{.status = 200,
                 .diagnostic = {.what = "the answer of `" + host_ + "` cannot be understood",
                                .why = "asked for " + call.subject + ", " + why.why,
                                .advice = "is this the host of the API itself?"}};
}

template <class T>
Answer<T> Client::read(const Call& call, base::Result<T> (*parse)(std::string_view),
                       const base::CancelToken& cancel) {
  for (int attempt = 1;; ++attempt) {
    auto response = send(call, cancel);
    if (!response) return std::move(response.problem());
    if (response->status < 200 || response->status > 299) return problem_of(call, *response, 1);
    auto parsed = parse(response->body);
    if (parsed) return std::move(*parsed);
    if (call.method != "GET" || attempt == kMostUnreadable) {
      return unreadable(call, parsed.error());
    }
    if (!clock_->sleep(*wait_for({}, attempt), cancel)) {
      return cancelled({unreadable(call, parsed.error()).diagnostic});
    }
  }
}

Answer<Workspace> Client::workspace(std::string_view organization, std::string_view name,
                                    const base::CancelToken& cancel) {
  // `include` has underscores although every key has hyphens.
  return read(
      {.path = "/organizations/" + http::encode(organization) + "/workspaces/" +
               http::encode(name) + "?include=current_run.plan",
       .subject = "workspace `" + std::string(organization) + "/" + std::string(name) + "`"},
      parse_workspace, cancel);
}

Answer<Run> Client::run(std::string_view id, const base::CancelToken& cancel) {
  return read({.path = "/runs/" + http::encode(id) + "?include=plan,workspace",
               .subject = "run `" + std::string(id) + "`"},
              parse_run, cancel);
}

Answer<Plan> Client::plan(std::string_view id, const base::CancelToken& cancel) {
  return read({.path = "/plans/" + http::encode(id), .subject = "plan `" + std::string(id) + "`"},
              parse_plan, cancel);
}

Answer<Page<Run>> Client::runs(std::string_view workspace, const RunFilter& filter,
                               const base::CancelToken& cancel) {
  std::string query = "?include=plan&page%5Bnumber%5D=" + std::to_string(filter.page) +
                      "&page%5Bsize%5D=" + std::to_string(filter.page_size);
  if (!filter.status.empty()) query += "&filter%5Bstatus%5D=" + http::encode(filter.status);
  if (filter.plan_only) {
    query += "&filter%5Boperation%5D=" +
             http::encode("plan_and_apply,plan_only,save_plan,refresh_only,destroy,empty_apply");
  }
  return read({.path = "/workspaces/" + http::encode(workspace) + "/runs" + query,
               .subject = "the runs of workspace `" + std::string(workspace) + "`",
               .is_run_list = true},
              parse_runs, cancel);
}

Answer<Page<Workspace>> Client::workspaces(std::string_view organization, std::string_view wildcard,
                                           int page, const base::CancelToken& cancel) {
  std::string query = "?page%5Bsize%5D=100&page%5Bnumber%5D=" + std::to_string(page);
  if (!wildcard.empty()) query += "&search%5Bwildcard-name%5D=" + http::encode(wildcard);
  return read({.path = "/organizations/" + http::encode(organization) + "/workspaces" + query,
               .subject = "the workspaces of organization `" + std::string(organization) + "`"},
              parse_workspaces, cancel);
}

Answer<PlanExport> Client::show_export(std::string_view id, const base::CancelToken& cancel) {
  return read({.path = "/plan-exports/" + http::encode(id),
               .subject = "plan export `" + std::string(id) + "`"},
              parse_plan_export, cancel);
}

Answer<PlanExport> Client::create_export(std::string_view plan, const base::CancelToken& cancel) {
  const Call call{.method = "POST",
                  .path = "/plan-exports",
                  .subject = "an export of plan `" + std::string(plan) + "`",
                  .body = create_export_body(plan)};
  auto out = read(call, parse_plan_export, cancel);
  // An answer of success that cannot be read has made an export all the same.
  if (!out && out.problem().status == 200) out.problem().lost = true;
  return out;
}

Answer<Done> Client::delete_export(std::string_view id, const base::CancelToken& cancel) {
  const Call call{.method = "DELETE",
                  .path = "/plan-exports/" + http::encode(id),
                  .subject = "plan export `" + std::string(id) + "`"};
  auto response = send(call, cancel);
  if (!response) return std::move(response.problem());
  // 404: a first answer was lost, or it has expired meanwhile. Either way it is gone.
  if (response->status == 404 || (response->status >= 200 && response->status < 300)) return Done{};
  return problem_of(call, *response, 1);
}

Answer<Done> Client::ping(const base::CancelToken& cancel) {
  const Call call{.path = "/ping", .subject = "its API"};
  auto response = send(call, cancel);
  if (!response) return std::move(response.problem());
  if (response->status >= 200 && response->status < 300) return Done{};
  return problem_of(call, *response, 1);
}

Answer<std::string> Client::account(const base::CancelToken& cancel) {
  return read({.path = "/account/details", .subject = "the token's account"}, parse_user, cancel);
}

// The signed URL behind the redirect. It holds its own authorisation: it gets no header of ours,
// and no message names more of it than its origin. Terraform Enterprise serves it from its own
// host, so that the rule cannot be "another host".
Answer<Archive> Client::follow(const http::Url& from, std::string_view location,
                               const http::Request& blob, const Call& call,
                               const base::CancelToken& cancel) {
  http::Url at = from;
  std::string next(location);
  for (int hop = 0; hop < kMostHops; ++hop) {
    const auto to = http::resolve_url(at, next);
    const auto refuse = [&](std::string why) {
      return Problem{.status = 302,
                     .diagnostic = {.what = "the download of " + call.subject + " is refused",
                                    .why = std::move(why)}};
    };
    if (next.empty()) return refuse("`" + http::origin(at) + "` redirects without a `Location`");
    if (!to) {
      return refuse("`" + http::origin(at) +
                    "` redirects to something that is no URL: " + to.error().why);
    }
    const bool local = origin_.scheme == "http" && http::is_loopback(to->host);
    if (to->scheme != "https" && !local) {
      return refuse("`" + http::origin(at) + "` redirects to plain http (`" + http::origin(*to) +
                    "`)");
    }
    at = *to;
    http::Request request = blob;
    request.url = http::to_text(at);
    auto reply = http_.send(request, cancel);
    if (!reply) {
      Problem problem = problem_of(call, *reply.failure, 1);
      using enum http::FailureKind;
      // Told apart by the caller, which alone may try again from the API's own URL.
      problem.lost = reply.failure->kind == ShortBody;
      problem.status = reply.failure->kind == Connection || reply.failure->kind == Timeout ||
                               reply.failure->kind == Connect || reply.failure->kind == Protocol
                           ? 503
                           : 0;
      return problem;
    }
    if (is_redirect(reply.response.status)) {
      next = reply.response.header("Location");
      continue;
    }
    if (reply.response.status != 200) {
      Problem problem{.status = reply.response.status};
      problem.diagnostic = {.what = "the archive of " + call.subject + " cannot be downloaded",
                            .why = "`" + http::origin(at) + "`, to which `" + host_ +
                                   "` sent us, answered " + status_line(reply.response)};
      return problem;
    }
    return Archive{.bytes = reply.response.body_size, .sha256 = reply.response.sha256};
  }
  return Problem{
      .status = 302,
      .diagnostic = {.what = "the download of " + call.subject + " is refused",
                     .why = "it was redirected more than " + std::to_string(kMostHops) + " times"}};
}

Answer<Archive> Client::download_export(std::string_view id, const base::Path& file,
                                        const std::function<void(std::uint64_t)>& progress,
                                        const base::CancelToken& cancel) {
  const Call call{.path = "/plan-exports/" + http::encode(id) + "/download",
                  .subject = "plan export `" + std::string(id) + "`",
                  .may_be_archive = true};
  const auto api_url = http::parse_url(http::origin(origin_) + base_path() + call.path);
  if (!api_url) return Problem{.diagnostic = api_url.error()};
  bool cut_before = false, refused_before = false;
  std::vector<base::Diagnostic> before;  // why the last attempt failed
  const auto with_before = [&](Problem problem) {
    if (problem.cancelled && problem.diagnostic.causes.empty()) problem.diagnostic.causes = before;
    return problem;
  };
  for (int attempt = 1;; ++attempt) {
    auto response = send(call, cancel);
    if (!response) return with_before(std::move(response.problem()));
    ArchiveFile out(file);
    if (auto status = out.open(); !status) return Problem{.diagnostic = std::move(status.error())};
    std::uint64_t written = 0;
    bool is_page = false;
    const auto take = [&](std::string_view bytes) {
      if (written == 0 && !bytes.empty()) is_page = bytes.front() == '<';
      written += bytes.size();
      if (progress) progress(written);
      return out.write(bytes);
    };
    if (response->status == 200) {  // no redirect: the archive itself
      auto status = take(response->body);
      if (status) status = out.close();
      if (!status) return Problem{.diagnostic = std::move(status.error())};
      // What a page means is told by whoever unpacks it; but it may be gone the next time.
      if (is_page && attempt < kMostUnreadable) {
        if (!clock_->sleep(*wait_for({}, attempt), cancel)) return cancelled();
        continue;
      }
      return Archive{.bytes = response->body_size, .sha256 = response->sha256};
    }
    if (!is_redirect(response->status)) return problem_of(call, *response, attempt);
    const http::Request blob{
        .headers = {{"Accept-Encoding", "identity"}, {"User-Agent", options_.user_agent}},
        .sink = take,
        .digest = true,
        .idle_timeout = options_.idle_timeout,
        .total_timeout = options_.download_timeout,
        .most_body = options_.most_archive};
    auto archive = follow(*api_url, response->header("Location"), blob, call, cancel);
    if (archive) {
      if (auto status = out.close(); !status) {
        return Problem{.diagnostic = std::move(status.error())};
      }
      if (is_page && attempt < kMostUnreadable) {
        if (!clock_->sleep(*wait_for({}, attempt), cancel)) return cancelled();
        continue;
      }
      return archive;
    }
    Problem& problem = archive.problem();
    if (problem.cancelled) return with_before(std::move(problem));
    const int status = problem.status;
    if (problem.lost) {
      if (cut_before) {
        problem.lost = false;
        problem.diagnostic.why += "; it was cut short the second time, too";
        return archive;
      }
      cut_before = true;
      before = {std::move(problem.diagnostic)};
      continue;
    }
    // The signature may have run out on the way: the API gives a new one, once.
    const bool signature = status == 403 || status == 404 || status == 410;
    const bool may_pass = status == 429 || status >= 500;
    if (!(signature && !std::exchange(refused_before, true)) &&
        !(may_pass && attempt < options_.attempts)) {
      return archive;
    }
    before = {std::move(problem.diagnostic)};
    if (!clock_->sleep(*wait_for({}, attempt), cancel)) return cancelled(std::move(before));
  }
}

}  // namespace terraform_api
