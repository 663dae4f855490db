// The API of one origin, with one token: calls that retry, keep the server's rate, and whose errors
// a person can act on. Facts: HCP Terraform's API documentation (plan exports, plans, runs).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/http/http.h"
#include "plugin/terraform_api/rate.h"
#include "plugin/terraform_api/resource.h"
#include "plugin/terraform_api/token.h"

namespace terraform_api {

/// Why a call gave nothing.
struct Problem {
  int status = 0;          // the server's last; 0: it gave no answer
  bool lost = false;       // a request that changes something was sent and its answer never came
  bool cancelled = false;  // the causes say what went wrong before, if anything did
  base::Diagnostic diagnostic;
};

/// What a call gave, or the problem.
template <class T>
class [[nodiscard]] Answer {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` is the point
  Answer(T value) : value_(std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): `return problem;` is the point
  Answer(Problem problem) : problem_(std::move(problem)) {}

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  Problem& problem() { return problem_; }
  const Problem& problem() const { return problem_; }

 private:
  std::optional<T> value_;
  Problem problem_;
};

struct Done {};

/// A downloaded archive.
struct Archive {
  std::uint64_t bytes = 0;
  std::string sha256;  // hex
};

struct ClientOptions {
  std::string user_agent = "harness/1.0";
  std::uint64_t most_archive = std::uint64_t{2} << 30U;  // bytes
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(30)};
  std::chrono::milliseconds download_timeout{std::chrono::minutes(15)};
  int attempts = 7;  // of a call that meets 5xx or a broken connection
};

/// Which runs a list shows.
struct RunFilter {
  std::string status;      // "applied"; empty: any
  bool plan_only = false;  // speculative runs as well, which the API leaves out by default
  int page = 1;
  int page_size = 20;
};

/// Thread-safe; shared by all mocks of one origin, so that they share its rate.
class Client {
 public:
  Client(const base::System& system, http::Url origin, Token token, ClientOptions options = {});

  const http::Url& origin() const { return origin_; }
  const std::string& host() const { return host_; }
  const std::string& token_source() const { return token_.source; }
  const base::Clock& clock() const { return *clock_; }
  /// Requests a second that the server takes, as far as it has said.
  std::size_t limit() const { return limiter_.limit(); }

  Answer<Workspace> workspace(std::string_view organization, std::string_view name,
                              const base::CancelToken& cancel);
  Answer<Run> run(std::string_view id, const base::CancelToken& cancel);
  Answer<Plan> plan(std::string_view id, const base::CancelToken& cancel);
  /// Newest first, each with its plan. Limited to 30 a minute, which is kept.
  Answer<Page<Run>> runs(std::string_view workspace, const RunFilter& filter,
                         const base::CancelToken& cancel);
  /// `wildcard` as the API has it: `*-prod`, `net*`.
  Answer<Page<Workspace>> workspaces(std::string_view organization, std::string_view wildcard,
                                     int page, const base::CancelToken& cancel);

  Answer<PlanExport> show_export(std::string_view id, const base::CancelToken& cancel);
  /// Sent once, whatever comes: `lost` says that an export may have been made all the same. A
  /// status of 422 may mean that there is one already.
  Answer<PlanExport> create_export(std::string_view plan, const base::CancelToken& cancel);
  Answer<Done> delete_export(std::string_view id, const base::CancelToken& cancel);
  /// Writes the archive to `file`. The redirect is followed by hand, without the token. A body that
  /// ends early is fetched once more, from the API's own URL.
  Answer<Archive> download_export(std::string_view id, const base::Path& file,
                                  const std::function<void(std::uint64_t bytes)>& progress,
                                  const base::CancelToken& cancel);
  /// Says nothing but that the host is there.
  Answer<Done> ping(const base::CancelToken& cancel);
  /// Whose token it is: the name of its user, or of the service account of its team.
  Answer<std::string> account(const base::CancelToken& cancel);

  /// Sleeps on the system's clock. False: cancelled.
  bool wait(std::chrono::milliseconds time, const base::CancelToken& cancel) const {
    return clock_->sleep(time, cancel);
  }
  /// A random time from half of it to the whole, for waits of many that began together.
  std::chrono::milliseconds jittered(std::chrono::milliseconds time);

 private:
  struct Call;
  std::string base_path();
  /// After a first 404: whether the service says that its API is elsewhere on its origin.
  bool discover(const std::string& tried, const base::CancelToken& cancel);
  Answer<http::Response> send(const Call& call, const base::CancelToken& cancel);
  /// How long to wait after a 429 or 5xx; empty: longer than anybody wants to.
  std::optional<std::chrono::milliseconds> wait_for(const http::Response& response, int attempt);
  Problem problem_of(const Call& call, const http::Response& response, int attempts) const;
  Problem problem_of(const Call& call, http::Failure failure, int attempts) const;
  /// `before`: why the attempt before the cancelled one failed.
  Problem cancelled(std::vector<base::Diagnostic> before = {}) const;
  Problem unreadable(const Call& call, const base::Diagnostic& why) const;
  Answer<Archive> follow(const http::Url& from, std::string_view location,
                         const http::Request& blob, const Call& call,
                         const base::CancelToken& cancel);
  template <class T>
  Answer<T> read(const Call& call, base::Result<T> (*parse)(std::string_view),
                 const base::CancelToken& cancel);

  std::shared_ptr<base::Clock> clock_;
  http::Url origin_;
  std::string host_;
  Token token_;
  ClientOptions options_;
  http::Client http_;
  RateLimiter limiter_;
  RateLimiter run_lists_;
  std::mutex base_mutex_;
  std::string base_ = "/api/v2";
  bool discovered_ = false;
  std::mutex random_mutex_;
  std::minstd_rand random_;
};

}  // namespace terraform_api
