// `harness doctor`: what this machine has, and what is missing for plan exports. Says where a token
// comes from, never the token.
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/service.h"
#include "harness/command/signal.h"
#include "harness/manifest/manifest.h"
#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "plugin/base/temporary_folder.h"
#include "plugin/http/http.h"
#include "plugin/policy_runtime/sentinel_cli/sentinel_cli.h"
#include "plugin/terraform_api/client.h"
#include "plugin/terraform_api/locate.h"
#include "plugin/terraform_api/origin.h"
#include "plugin/terraform_api/token.h"

namespace harness {
namespace {

enum class Mark { Good, Note, Bad };

// Lines as they become known, and the worst of them.
class Findings {
 public:
  void add(Mark mark, std::string_view topic, const std::string& text) {
    constexpr std::array<std::string_view, 3> kMarks = {"ok  ", "note", "BAD "};
    constexpr std::size_t kWidth = 14;
    std::string line(kMarks[static_cast<std::size_t>(mark)]);
    line += "  " + std::string(topic) + std::string(kWidth - std::min(kWidth, topic.size()), ' ');
    good_ = write_out(line + text + "\n") && good_;
    if (mark == Mark::Bad) bad_ = true;
  }
  void add(std::string_view topic, const base::Diagnostic& problem) {
    std::string text = problem.what;
    if (!problem.why.empty()) text += ": " + problem.why;
    if (!problem.advice.empty()) text += " (" + problem.advice + ")";
    add(Mark::Bad, topic, text);
  }
  bool bad() const { return bad_; }
  bool good_output() const { return good_; }

 private:
  bool bad_ = false;
  bool good_ = true;
};

void look_for_sentinel(const Context& context, Findings& out) {
  const base::Path root = base::repository_root(context.system.working_directory);
  const auto program = base::find_program("sentinel", context.system.environment, root);
  if (!program) {
    out.add(Mark::Note, "sentinel", "not on PATH: the built-in runtime is used");
    return;
  }
  base::TemporaryFolder home;
  if (base::Status made = home.make(context.system.environment, "harness-doctor-"); !made)
    return out.add("sentinel", made.error());
  auto runtime = policy_runtime::open_sentinel_cli(
      {.program = *program,
       .environment = base::child_environment(context.system.environment, home.path(), {})},
      context.cancel);
  if (!runtime) return out.add("sentinel", runtime.error());
  out.add(Mark::Good, "sentinel", (*runtime)->info().version + ", " + program->string());
}

void look_at_network(const Context& context, const http::Url& origin, Findings& out) {
  const std::string proxy = http::proxy_for(context.system.environment, origin);
  if (!proxy.empty()) {
    // Its user and password stay out of sight.
    const std::size_t at = proxy.rfind('@');
    out.add(Mark::Good, "proxy", at == std::string::npos ? proxy : "..." + proxy.substr(at));
  }
  for (const std::string_view name : {"SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    const std::string_view value = base::get(context.system.environment, name);
    if (!value.empty()) {
      out.add(Mark::Good, "certificates", std::string(name) + " is " + std::string(value));
    }
  }
}

/// A client for `origin` with its token, if there is one and the service takes it.
std::unique_ptr<terraform_api::Client> look_at_service(const Context& context,
                                                       const http::Url& origin, Findings& out) {
  look_at_network(context, origin, out);
  auto token = terraform_api::find_token(context.system, origin, context.cancel);
  if (!token) {
    out.add("token", token.error());
    return nullptr;
  }
  if (!token->has_value()) {
    out.add("token", terraform_api::no_token(context.system, origin));
    return nullptr;
  }
  const std::string source = (*token)->source;
  if ((*token)->value.empty()) {
    out.add(Mark::Bad, "token", source + " is empty");
    return nullptr;
  }
  auto client = std::make_unique<terraform_api::Client>(
      context.system, origin, std::move(**token), terraform_api::ClientOptions{.attempts = 2});
  out.add(Mark::Good, "token", "that of " + source + ", for " + client->host());
  const auto began = std::chrono::steady_clock::now();
  if (auto answer = client->ping(context.cancel); !answer) {
    out.add("host", answer.problem().diagnostic);
    return nullptr;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  out.add(Mark::Good, "host",
          http::origin(origin) + " answers in " + std::to_string(took.count()) + " ms");
  auto account = client->account(context.cancel);
  if (account) {
    out.add(Mark::Good, "account", *account);
  } else if (account.problem().status == 404) {
    out.add(Mark::Note, "account", "the token is no user's and no team's: it may not export mocks");
  } else {
    out.add("account", account.problem().diagnostic);
    return nullptr;
  }
  return client;
}

// What the manifest asks for, as far as this token may.
void look_at_mocks(const Context& context, const Manifest& manifest, const http::Url& origin,
                   terraform_api::Client& client, Findings& out) {
  constexpr int kMost = 10;  // each costs two requests
  int looked = 0;
  for (const Mock& mock : manifest.mocks) {
    const auto* settings = std::get_if<PlanExportMock>(&mock.kind);
    if (settings == nullptr) continue;
    if (++looked > kMost) {
      out.add(Mark::Note, "mock", "more mocks of plan exports were not looked at");
      return;
    }
    terraform_api::Place place{.organization = settings->organization,
                               .workspace = settings->workspace,
                               .select = settings->select == PlanExportMock::Select::LatestApplied
                                             ? terraform_api::Select::LatestApplied
                                             : terraform_api::Select::LatestPlanned,
                               .plan_only = settings->plan_only,
                               .run = settings->run,
                               .plan = settings->plan};
    if (!settings->url.empty()) {
      auto page = terraform_api::parse_run_page(settings->url);
      if (!page) {
        out.add("mock " + mock.name, page.error());
        continue;
      }
      if (http::origin(page->origin) != http::origin(origin)) {
        out.add(Mark::Note, "mock " + mock.name, "is on another host, which was not asked");
        continue;
      }
      place.run = page->run;
    }
    auto found = terraform_api::find_plan(client, place, context.cancel);
    if (!found) {
      out.add("mock " + mock.name, found.problem().diagnostic);
      continue;
    }
    auto plan = client.plan(found->plan, context.cancel);
    if (!plan) {
      out.add("mock " + mock.name, plan.problem().diagnostic);
    } else if (auto why = terraform_api::why_not_exportable(client, *plan)) {
      out.add("mock " + mock.name, *why);
    } else {
      out.add(plan->can_export ? Mark::Good : Mark::Note, "mock " + mock.name,
              found->plan + (found->run.empty() ? "" : " of " + found->run) +
                  (plan->can_export ? " can be exported"
                                    : " can be read; whether it may be exported is not told"));
    }
  }
}

}  // namespace

int doctor_command(const Arguments& arguments, Context& context) {
  const auto& words = arguments.words();
  const auto file =
      words.empty() ? find_manifest(context.system.working_directory)
                    : base::Result<base::Path>(
                          (context.system.working_directory / words.front()).lexically_normal());
  std::error_code error;
  if (!words.empty() && !std::filesystem::exists(*file, error)) {
    show_problem({.what = "there is no manifest `" + words.front() + "`",
                  .advice = "without a name, `harness doctor` looks for tests.yaml"});
    return kExitUsage;
  }
  const SignalWatch signals(context.cancel);
  Findings out;
  out.add(Mark::Good, "harness", std::string(harness_version()));
  look_for_sentinel(context, out);

  // The manifest is looked at where there is one and it can be read; `check` says what is wrong.
  std::optional<Manifest> manifest;
  if (file) {
    std::vector<base::Diagnostic> problems;
    manifest =
        read_manifest(*file, {.working_directory = context.system.working_directory}, problems);
    if (!problems.empty()) manifest.reset();
    if (!manifest) out.add(Mark::Bad, "manifest", "has errors: see `harness check`");
  }
  auto origin = service_of(context.system);
  if (manifest && manifest->terraform) {
    const Terraform& terraform = *manifest->terraform;
    if (!terraform.address.empty()) {
      origin = terraform_api::origin_of_address(terraform.address);
    } else if (!terraform.hostname.empty()) {
      origin = terraform_api::origin_of_host(terraform.hostname);
    }
  }
  if (!origin) {
    out.add("host", origin.error());
  } else if (auto client = look_at_service(context, *origin, out); client && manifest) {
    look_at_mocks(context, *manifest, *origin, *client, out);
  }
  if (const int code = exit_code_of(context.cancel)) return code;
  if (!out.good_output()) return kExitRuntime;
  return out.bad() ? kExitMock : kExitPassed;
}

}  // namespace harness
