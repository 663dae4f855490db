#include "plugin/terraform_api/token.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "plugin/terraform_api/cli_config.h"
#include "plugin/terraform_api/host_name.h"
#include "plugin/terraform_api/origin.h"

namespace terraform_api {
namespace {

constexpr std::string_view kPrefix = "TF_TOKEN_";
constexpr std::uint64_t kMostConfig = std::uint64_t{4} << 20U;

base::Path home_of(const base::System& system) {
  return base::Path(std::string(base::get(system.environment, "HOME")));
}

// Behind TF_TOKEN_: `__` stands for `-`, then `_` for `.`.
std::string host_of_variable(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' && i + 1 < name.size() && name[i + 1] == '_') {
      out += '-';
      ++i;
    } else {
      out += name[i] == '_' ? '.' : name[i];
    }
  }
  return out;
}

std::string shown(const base::System& system, const base::Path& path) {
  const std::string home = home_of(system).string();
  std::string text = path.string();
  if (!home.empty() && text.starts_with(home + "/")) return "~" + text.substr(home.size());
  return text;
}

// The files that Terraform reads, in its order: a later one wins.
std::vector<base::Path> config_files(const base::System& system) {
  for (const std::string_view name : {"TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"}) {
    if (const std::string_view named = base::get(system.environment, name); !named.empty()) {
      const base::Path file = system.working_directory / std::string(named);
      std::error_code unknown;
      // Terraform only warns of a named file that is not there, and goes on without it.
      if (!std::filesystem::exists(file, unknown)) return {};
      return {file};
    }
  }
  std::vector<base::Path> out;
  const base::Path home = home_of(system);
  if (home.empty()) return out;
  std::error_code ignored;
  if (std::filesystem::exists(home / ".terraformrc", ignored)) out.push_back(home / ".terraformrc");
  std::vector<base::Path> more;
  for (auto it = std::filesystem::directory_iterator(home / ".terraform.d", ignored);
       !ignored && it != std::filesystem::directory_iterator(); it.increment(ignored)) {
    const std::string name = it->path().filename().string();
    if (name.ends_with(".tfrc") || name.ends_with(".tfrc.json")) more.push_back(it->path());
  }
  std::ranges::sort(more);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

struct Found {
  std::optional<Token> token;
  std::optional<CliConfig::Helper> helper;
};

base::Result<Found> look_into_files(const base::System& system, const std::string& host) {
  Found out;
  for (const base::Path& path : config_files(system)) {
    auto text = base::read_file(path, kMostConfig);
    if (!text) return std::move(text.error());
    const std::string name = shown(system, path);
    auto config = name.ends_with(".json") ? parse_cli_config_json(*text, name)
                                          : parse_cli_config_hcl(*text, name);
    std::ranges::fill(*text, '\0');
    if (!config) return std::move(config.error());
    for (const auto& [written, token] : config->tokens) {
      if (comparable_host(written) == host) out.token = Token{token, "`" + name + "`"};
    }
    if (config->helper) out.helper = std::move(config->helper);
  }
  return out;
}

base::Result<std::optional<Token>> ask_helper(const base::System& system,
                                              const CliConfig::Helper& helper,
                                              const std::string& host,
                                              const base::CancelToken& cancel) {
  const std::string program = "terraform-credentials-" + helper.name;
  const base::Diagnostic trouble{.what = "the credentials helper `" + helper.name +
                                         "` gives no token for `" + host + "`"};
  if (helper.name.empty() || helper.name.find('/') != std::string::npos) {
    return base::Diagnostic{.what = trouble.what, .why = "its name is no file's name"};
  }
  const base::Path folder = home_of(system) / ".terraform.d" / "plugins";
  std::error_code ignored;
  base::Path path;
  std::vector<base::Path> candidates{folder / program};
  for (auto it = std::filesystem::directory_iterator(folder, ignored);
       !ignored && it != std::filesystem::directory_iterator(); it.increment(ignored)) {
    if (it->is_directory(ignored)) candidates.push_back(it->path() / program);
  }
  for (const base::Path& candidate : candidates) {
    if (path.empty() && std::filesystem::is_regular_file(candidate, ignored)) path = candidate;
  }
  if (path.empty()) {
    return base::Diagnostic{
        .what = trouble.what,
        .why = "there is no program `" + program + "` in `~/.terraform.d/plugins`",
        .advice = "install it there, or take the block out of Terraform's CLI configuration"};
  }
  base::ChildCommand command{.program = path,
                             .arguments = helper.arguments,
                             .environment = system.environment,  // it is the user's own program
                             .working_directory = system.working_directory,
                             .timeout = std::chrono::seconds(30),
                             .most_output = std::uint64_t{1} << 20U};
  command.arguments.insert(command.arguments.end(), {"get", host});
  auto outcome = base::run_child(command, cancel);
  if (!outcome) return std::move(outcome.error());
  if (outcome->timed_out) return base::Diagnostic{.what = trouble.what, .why = "it took over 30 s"};
  if (outcome->exit_code != 0 || outcome->signal != 0) {
    std::string said = outcome->err.substr(0, 500);
    while (!said.empty() && static_cast<unsigned char>(said.back()) <= 0x20)
      said.pop_back();
    return base::Diagnostic{.what = trouble.what,
                            .why = said.empty() ? "it failed without a word" : said};
  }
  // Its answer has the shape of one host's entry.
  auto answer = parse_cli_config_json(R"({"credentials":{"host":)" + outcome->out + "}}", program);
  std::ranges::fill(outcome->out, '\0');
  if (!answer) {
    return base::Diagnostic{.what = trouble.what, .why = "its answer is no JSON object"};
  }
  if (answer->tokens.empty()) return std::optional<Token>();
  return std::optional<Token>(
      Token{answer->tokens.begin()->second, "the credentials helper `" + helper.name + "`"});
}

}  // namespace

std::string token_variable(std::string_view host) {
  std::string out(kPrefix);
  for (const char c : host) {
    if (c == '-') {
      out += "__";
    } else {
      out += c == '.' ? '_' : c;
    }
  }
  return out;
}

base::Result<std::optional<Token>> find_token(const base::System& system, const http::Url& origin,
                                              const base::CancelToken& cancel) {
  const std::string host = credentials_host(origin);
  // Terraform's credentials are for https. A plain address gets none of them unless it is named
  // with its port, so that whoever takes a port of this machine gets nothing.
  const bool named = origin.scheme == "https" || host.find(':') != std::string::npos;
  if (named) {
    for (const auto& [name, value] : system.environment) {
      if (!name.starts_with(kPrefix)) continue;
      const std::string_view written = std::string_view(name).substr(kPrefix.size());
      if (comparable_host(host_of_variable(written)) == host) {
        return std::optional<Token>(Token{base::Secret(value), "`" + name + "`"});
      }
    }
    auto files = look_into_files(system, host);
    if (!files) return std::move(files.error());
    if (files->token) return std::move(files->token);
    if (files->helper && origin.scheme == "https") {
      auto answer = ask_helper(system, *files->helper, host, cancel);
      if (!answer || answer->has_value()) return answer;
    }
  }
  if (const auto found = system.environment.find("TFE_TOKEN");
      found != system.environment.end() && !found->second.empty()) {
    const std::string_view address = base::get(system.environment, "TFE_ADDRESS");
    auto meant = address.empty() ? origin_of_host(kPublicHost) : origin_of_address(address);
    if (meant && http::origin(*meant) == http::origin(origin)) {
      return std::optional<Token>(Token{base::Secret(found->second), "`TFE_TOKEN`"});
    }
  }
  return std::optional<Token>();
}

base::Diagnostic no_token(const base::System& system, const http::Url& origin) {
  const std::string host = credentials_host(origin);
  const bool secure = origin.scheme == "https";
  base::Diagnostic out{.what = "there is no token for `" + host + "`"};
  out.why = "looked at " + (secure ? "`" + token_variable(host) + "`, " : std::string()) +
            "Terraform's CLI configuration and `TFE_TOKEN`";
  if (!base::get(system.environment, "TFE_TOKEN").empty()) {
    const std::string_view address = base::get(system.environment, "TFE_ADDRESS");
    out.why += " (which is for `" +
               (address.empty() ? "https://" + std::string(kPublicHost)
                                : std::string(address.substr(0, address.find_first_of("?#@")))) +
               "` alone)";
  }
  out.advice =
      secure ? "run `terraform login " + host + "`, or set `" + token_variable(host) + "`"
             : "set `TFE_ADDRESS` to `" + http::origin(origin) + "` and `TFE_TOKEN` to its token";
  return out;
}

}  // namespace terraform_api
