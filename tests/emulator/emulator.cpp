#include "tests/emulator/emulator.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include "tests/emulator/bundle.h"

namespace emulator {
namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr const char* kJsonApi = "application/vnd.api+json";

struct Answer {
  int status = 200;
  std::string type = kJsonApi;
  std::string body;
  std::map<std::string, std::string> headers;
};

Object::Ptr make_object() {
  return new Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

std::string print(const Object::Ptr& object) {
  std::ostringstream out;
  object->stringify(out);
  return std::move(out).str();
}

Answer error(int status, const std::string& title, const std::string& detail = "") {
  Object::Ptr one = make_object();
  // A number in the documentation's sample of a 429, text elsewhere.
  if (status == 429) {
    one->set("detail", detail);
    one->set("status", status);
  } else {
    one->set("status", std::to_string(status));
  }
  one->set("title", title);
  if (status != 429 && !detail.empty()) one->set("detail", detail);
  Array::Ptr errors = new Array;
  errors->add(one);
  Object::Ptr root = make_object();
  root->set("errors", errors);
  return {.status = status, .body = print(root)};
}

Answer not_found() {
  return error(404, "not found");
}

Object::Ptr reference(const std::string& type, const std::string& id) {
  Object::Ptr out = make_object();
  if (id.empty()) {
    out->set("data", Poco::Dynamic::Var());
    return out;
  }
  Object::Ptr data = make_object();
  data->set("id", id);
  data->set("type", type);
  out->set("data", data);
  return out;
}

Object::Ptr resource(const std::string& type, const std::string& id, const Object::Ptr& attributes,
                     const Object::Ptr& relationships, const std::string& self) {
  Object::Ptr out = make_object();
  out->set("id", id);
  out->set("type", type);
  out->set("attributes", attributes);
  out->set("relationships", relationships);
  Object::Ptr links = make_object();
  links->set("self", self);
  out->set("links", links);
  return out;
}

// `*-prod`, `net*`, as the API's wildcard search has it.
bool matches_wildcard(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    for (std::size_t i = 0; i <= name.size(); ++i) {
      if (matches_wildcard(name.substr(i), pattern.substr(1))) return true;
    }
    return false;
  }
  return !name.empty() && name.front() == pattern.front() &&
         matches_wildcard(name.substr(1), pattern.substr(1));
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, by);)
    if (!part.empty()) out.push_back(part);
  return out;
}

std::string gzipped(const std::string& text);

constexpr const char* kHtml =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>\n";

}  // namespace

class Emulator::Inside {
 public:
  explicit Inside(Options options)
      : options_(std::move(options)),
        clock_(options_.clock ? options_.clock : base::real_clock()),
        state_(clock_, options_.timing) {}

  base::Status start();
  void stop();

  // One request of the API's origin or of the archive's.
  void handle(bool archive, Poco::Net::HTTPServerRequest& request,
              Poco::Net::HTTPServerResponse& response);

  Options options_;
  std::shared_ptr<base::Clock> clock_;
  State state_;
  Faults faults_;
  std::uint16_t port_ = 0, archive_port_ = 0;

 private:
  using Query = std::multimap<std::string, std::string>;
  struct Asked {
    std::string method, path, body, token, type;
    Query query;
    std::vector<std::string> parts;  // of the path behind /api/v2
  };

  std::string route_of(const Asked& asked) const;
  Answer answer(const Asked& asked, const std::string& route, const std::optional<Fault>& fault);
  Answer answer_api(const Asked& asked, const std::string& route,
                    const std::optional<Fault>& fault);
  Answer control(const Asked& asked);
  Answer create(const Asked& asked, const std::optional<Fault>& fault);
  Answer show(const ExportData& data, int status = 200) const;
  Answer workspace(const WorkspaceData& data, const Asked& asked) const;
  Answer list_runs(const WorkspaceData& data, const Asked& asked);
  Answer list_workspaces(const std::string& organization, const Asked& asked) const;
  Answer serve_archive(const std::string& secret, const std::optional<Fault>& fault);
  Object::Ptr plan_object(const RunData& run, const std::string& token, bool no_exports) const;
  Object::Ptr run_object(const RunData& run) const;
  Object::Ptr workspace_object(const WorkspaceData& data) const;
  base::Result<std::string> archive_of(const base::Path& folder);
  bool may_read(const std::string& token) const;
  bool may_export(const std::string& token, const RunData& run) const;
  void send(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response,
            Answer answer, const std::optional<Fault>& fault);
  void send_raw(Poco::Net::StreamSocket& socket, const Answer& answer, const Fault& fault);
  void pause(int milliseconds) const;

  struct Server {
    std::unique_ptr<Poco::ThreadPool> pool;
    std::unique_ptr<Poco::Net::HTTPServer> server;
  };
  Server serve(bool archive, std::uint16_t port, std::uint16_t& got);

  Server api_, archive_;
  std::mutex archives_mutex_;
  std::map<base::Path, std::string> archives_;
  std::atomic<bool> stopping_{false};
};

namespace {

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  using Handle = std::function<void(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse&)>;
  explicit Handler(Handle handle) : handle_(std::move(handle)) {}
  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    try {
      handle_(request, response);
    } catch (const Poco::Exception&) {
      // The client went away, or a fault closed the connection under the answer.
    }
  }

 private:
  Handle handle_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Handler::Handle handle) : handle_(std::move(handle)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new Handler(handle_);
  }

 private:
  Handler::Handle handle_;
};

}  // namespace

Emulator::Inside::Server Emulator::Inside::serve(bool archive, std::uint16_t port,
                                                 std::uint16_t& got) {
  using namespace Poco::Net;
  const SocketAddress address("127.0.0.1", port);
  ServerSocket socket;
  if (options_.certificate.empty()) {
    socket = ServerSocket(address, 256);
  } else {
    const Context::Ptr context = new Context(Context::TLS_SERVER_USE, options_.key,
                                             options_.certificate, "", Context::VERIFY_NONE);
    socket = SecureServerSocket(address, 256, context);
  }
  got = socket.address().port();
  Server out;
  out.pool = std::make_unique<Poco::ThreadPool>(4, 160);
  HTTPServerParams::Ptr params = new HTTPServerParams;
  params->setMaxThreads(160);
  params->setMaxQueued(1024);
  params->setKeepAliveTimeout({10, 0});
  params->setMaxKeepAliveRequests(0);
  out.server = std::make_unique<HTTPServer>(
      new Factory([this, archive](HTTPServerRequest& request, HTTPServerResponse& response) {
        handle(archive, request, response);
      }),
      *out.pool, socket, params);
  out.server->start();
  return out;
}

base::Status Emulator::Inside::start() {
  if (!options_.data.empty()) {
    if (auto status = state_.load(options_.data); !status) return status;
  }
  try {
    api_ = serve(false, options_.port, port_);
    archive_ = serve(true, 0, archive_port_);
  } catch (const Poco::Exception& error) {
    return base::Diagnostic{
        .what = "the emulator cannot listen on port " + std::to_string(options_.port),
        .why = error.displayText()};
  }
  return {};
}

void Emulator::Inside::stop() {
  stopping_ = true;
  for (Server* server : {&api_, &archive_}) {
    if (!server->server) continue;
    server->server->stopAll(true);
    server->pool->joinAll();
    server->server.reset();
  }
}

void Emulator::Inside::pause(int milliseconds) const {
  for (int waited = 0; waited < milliseconds && !stopping_; waited += 10)
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(10, milliseconds - waited)));
}

bool Emulator::Inside::may_read(const std::string& token) const {
  return std::ranges::find(options_.tokens, token) != options_.tokens.end() ||
         std::ranges::find(options_.readers, token) != options_.readers.end();
}

bool Emulator::Inside::may_export(const std::string& token, const RunData& run) const {
  return run.can_export && std::ranges::find(options_.tokens, token) != options_.tokens.end();
}

void Emulator::Inside::handle(bool archive, Poco::Net::HTTPServerRequest& request,
                              Poco::Net::HTTPServerResponse& response) {
  Asked asked;
  asked.method = request.getMethod();
  const Poco::URI uri(request.getURI());
  asked.path = uri.getPath();
  for (const auto& [key, value] : uri.getQueryParameters())
    asked.query.emplace(key, value);
  asked.type = request.getContentType();
  Poco::StreamCopier::copyToString(request.stream(), asked.body);
  const std::string authorization = request.get("Authorization", "");
  if (authorization.starts_with("Bearer ")) asked.token = authorization.substr(7);
  if (asked.path.starts_with(options_.base)) {
    asked.parts = split(asked.path.substr(options_.base.size()), '/');
  }

  if (asked.path.starts_with("/_emulator/") && !archive) {
    return send(request, response, control(asked), std::nullopt);
  }
  const bool is_archive = archive || asked.path.starts_with("/_archivist/");
  if (!authorization.empty()) {
    state_.count_token(asked.token);
    if (is_archive) state_.count(&Statistics::tokens_at_archive);
  }
  const std::string route = is_archive ? "archive" : route_of(asked);
  std::optional<Fault> fault = faults_.take(route);
  if (fault) state_.count(&Statistics::faults);
  if (fault && fault->kind == "status") {
    if (!is_archive) {
      double ignored = 0;
      (void)state_.count_request(route, 0, ignored);
    }
    Answer made{.status = fault->status, .body = fault->body, .headers = fault->headers};
    if (!fault->body.empty() && fault->body.front() == '<') made.type = "text/html";
    return send(request, response, std::move(made), std::nullopt);
  }
  // The deed is done also where its answer is then lost, and is not where the connection breaks.
  const bool undone = fault && (fault->kind == "reset" || fault->kind == "close" ||
                                fault->kind == "html" || fault->kind == "garbage");
  Answer made = undone ? Answer{} : answer(asked, route, fault);
  if (undone && !is_archive) {
    double ignored = 0;
    (void)state_.count_request(route, 0, ignored);
  }
  if (fault && fault->kind == "html") made = {.type = "text/html", .body = kHtml};
  if (fault && fault->kind == "loop") {
    made = {.status = 302, .headers = {{"Location", request.getURI()}}};
  }
  send(request, response, std::move(made), fault);
}

std::string Emulator::Inside::route_of(const Asked& asked) const {
  const auto& p = asked.parts;
  if (asked.path == "/.well-known/terraform.json") return "discovery";
  if (p.empty()) return "unknown";
  if (p[0] == "ping") return "ping";
  if (p[0] == "plan-exports") {
    if (p.size() == 1) return "create";
    if (p.size() == 3) return "download";
    return asked.method == "DELETE" ? "delete" : "show";
  }
  if (p[0] == "plans") return "plan";
  if (p[0] == "runs") return p.size() == 3 ? "plan" : "run";
  if (p[0] == "workspaces") return p.size() == 3 && p[2] == "runs" ? "runs" : "workspace";
  if (p[0] == "organizations" && p.size() >= 3 && p[2] == "workspaces") {
    return p.size() == 3 ? "workspaces" : "workspace";
  }
  return p[0];
}

Answer Emulator::Inside::answer(const Asked& asked, const std::string& route,
                                const std::optional<Fault>& fault) {
  if (route == "archive") {
    const std::size_t slash = asked.path.rfind('/');
    return serve_archive(asked.path.substr(slash + 1), fault);
  }
  if (route == "discovery") {
    return {
        .type = "application/json",
        .body = "{\"tfe.v2\":\"" + options_.base + "\",\"tfe.v2.1\":\"" + options_.base + "\"}"};
  }
  const bool is_list = route == "runs";
  double reset = 0;
  bool within = state_.count_request(route, options_.limit, reset);
  if (within && is_list) within = state_.count_list(options_.list_limit, reset);
  Answer out = within ? answer_api(asked, route, fault)
                      : error(429, "Too many requests", "You have exceeded the API's rate limit.");
  if (options_.limit != 0) {
    out.headers["X-RateLimit-Limit"] = std::to_string(options_.limit);
    out.headers["X-RateLimit-Reset"] = std::to_string(within ? 0.0 : reset);
  }
  out.headers["TFP-API-Version"] = "2.6";
  out.headers["TFP-AppName"] = "HCP Terraform";
  return out;
}

Answer Emulator::Inside::answer_api(const Asked& asked, const std::string& route,
                                    const std::optional<Fault>& fault) {
  if (asked.parts.empty()) return not_found();
  if (route == "ping") return {.status = 204};
  if (!may_read(asked.token)) {
    state_.count(&Statistics::unauthorized);
    return error(401, "unauthorized");
  }
  const auto& p = asked.parts;
  const std::string& method = asked.method;
  if (route == "create") return method == "POST" ? create(asked, fault) : not_found();
  if (route == "show" || route == "delete" || route == "download") {
    const auto data = state_.find_export(p[1]);
    const auto run = data ? state_.run_of_plan(data->plan) : std::nullopt;
    if (!run || !may_export(asked.token, *run)) return not_found();
    if (route == "show") return method == "GET" ? show(*data) : not_found();
    if (route == "delete") return state_.remove(p[1]) ? Answer{.status = 204} : not_found();
    if (p[2] != "download" || state_.status(*data) != "finished") return not_found();
    const std::string path = "/_archivist/v1/object/" + state_.sign(data->id);
    Answer out{.status = 302};
    out.headers["Location"] =
        options_.archive_on_own_host
            ? path
            : (options_.certificate.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
                  std::to_string(archive_port_) + path;
    if (fault && fault->kind == "location") out.headers["Location"] = fault->body;
    return out;
  }
  if (method != "GET") return not_found();
  const bool no_exports = fault && fault->kind == "no-exports";
  if (p[0] == "plans" && p.size() == 2) {
    const auto run = state_.run_of_plan(p[1]);
    if (!run) return not_found();
    Object::Ptr root = make_object();
    root->set("data", plan_object(*run, asked.token, no_exports));
    return {.body = print(root)};
  }
  if (p[0] == "runs" && p.size() >= 2) {
    const auto run = state_.run(p[1]);
    if (!run) return not_found();
    Object::Ptr root = make_object();
    if (p.size() == 3 && p[2] == "plan") {
      root->set("data", plan_object(*run, asked.token, no_exports));
      return {.body = print(root)};
    }
    if (p.size() != 2) return not_found();
    root->set("data", run_object(*run));
    Array::Ptr included = new Array;
    const auto include = asked.query.find("include");
    for (const std::string& what :
         split(include == asked.query.end() ? "" : include->second, ',')) {
      if (what == "plan") {
        included->add(plan_object(*run, asked.token, no_exports));
      } else if (what == "workspace") {
        included->add(workspace_object(*state_.workspace(run->organization, run->workspace)));
      } else if (what != "created_by" && what != "configuration_version" &&
                 what != "cost_estimate" && what != "apply") {
        return error(400, "Invalid include parameter", what);
      }
    }
    if (included->size() > 0) root->set("included", included);
    return {.body = print(root)};
  }
  if (p[0] == "workspaces" && p.size() >= 2) {
    const auto data = state_.workspace_by_id(p[1]);
    if (!data) return not_found();
    return route == "runs" ? list_runs(*data, asked) : workspace(*data, asked);
  }
  if (p[0] == "organizations" && p.size() == 3 && p[2] == "workspaces") {
    return list_workspaces(p[1], asked);
  }
  if (p[0] == "organizations" && p.size() == 4 && p[2] == "workspaces") {
    const auto data = state_.workspace(p[1], p[3]);
    return data ? workspace(*data, asked) : not_found();
  }
  if (p[0] == "organizations" && p.size() == 3 && p[2] == "entitlement-set") {
    if (!state_.has_organization(p[1])) return not_found();
    return {.body = R"({"data":{"id":"org-emulator","type":"entitlement-sets","attributes":)"
                    R"({"policy-enforcement":true,"sentinel":true}}})"};
  }
  if (p[0] == "account" && p.size() == 2 && p[1] == "details") {
    return {.body = R"({"data":{"id":"user-emulator","type":"users","attributes":)"
                    R"({"username":"emulator","is-service-account":false}}})"};
  }
  return not_found();
}

Answer Emulator::Inside::create(const Asked& asked, const std::optional<Fault>& fault) {
  if (!asked.type.starts_with(kJsonApi)) {
    return error(415, "unsupported media type", "the body must be application/vnd.api+json");
  }
  std::string plan, type;
  try {
    const auto root = Poco::JSON::Parser().parse(asked.body).extract<Object::Ptr>();
    const auto data = root->getObject("data");
    type = data->getObject("attributes")->getValue<std::string>("data-type");
    plan = data->getObject("relationships")
               ->getObject("plan")
               ->getObject("data")
               ->getValue<std::string>("id");
  } catch (const std::exception&) {
    return error(422, "invalid attribute", "the body is not a plan export's");
  }
  if (type != "sentinel-mock-bundle-v0") {
    return error(422, "invalid attribute", "Data type is not included in the list");
  }
  const auto run = state_.run_of_plan(plan);
  if (!run || !may_export(asked.token, *run)) return not_found();
  if (run->plan_status != "finished" || !run->is_exportable) {
    return error(422, "invalid attribute", "Plan is not exportable");
  }
  const auto made =
      state_.create(plan, fault && fault->kind == "state" ? fault->body : std::string("finished"));
  if (!made) {
    return error(422, "invalid attribute",
                 "Plan already has a pending or downloadable export of this data type");
  }
  return show(*made, 201);
}

Answer Emulator::Inside::show(const ExportData& data, int status) const {
  const std::string now = state_.status(data);
  const auto at = [&](std::chrono::milliseconds later) {
    std::string text = base::to_rfc3339(data.created_at + later);
    text.replace(text.size() - 1, 1, "+00:00");
    return text;
  };
  const Timing& timing = state_.timing();
  Object::Ptr times = make_object();
  if (now != "pending") times->set("queued-at", at(timing.pending));
  const auto made = timing.pending + timing.queued;
  if (now == "finished" || now == "expired") {
    times->set("finished-at", at(made));
    times->set("expired-at", at(made + timing.lifetime));  // also while it is still ahead
  } else if (now == "errored" || now == "canceled") {
    times->set(now + "-at", at(made));
  }
  Object::Ptr attributes = make_object();
  attributes->set("data-type", "sentinel-mock-bundle-v0");
  attributes->set("status", now);
  attributes->set("status-timestamps", times);
  if (now == "errored") attributes->set("error-message", "the plan's provider schemas are missing");
  Object::Ptr relationships = make_object();
  relationships->set("plan", reference("plans", data.plan));
  const std::string self = "/api/v2/plan-exports/" + data.id;
  Object::Ptr object = resource("plan-exports", data.id, attributes, relationships, self);
  if (now == "finished") object->getObject("links")->set("download", self + "/download");
  Object::Ptr root = make_object();
  root->set("data", object);
  return {.status = status, .body = print(root)};
}

Object::Ptr Emulator::Inside::plan_object(const RunData& run, const std::string& token,
                                          bool no_exports) const {
  Object::Ptr attributes = make_object();
  attributes->set("status", run.plan_status);
  attributes->set("has-changes", true);
  Object::Ptr actions = make_object();
  actions->set("is-exportable", run.plan_status == "finished" && run.is_exportable);
  attributes->set("actions", actions);
  Object::Ptr permissions = make_object();
  permissions->set("can-export", may_export(token, run));
  attributes->set("permissions", permissions);
  Object::Ptr relationships = make_object();
  Array::Ptr list = new Array;
  for (const ExportData& data : state_.exports_of(run.plan)) {
    Object::Ptr one = make_object();
    one->set("id", data.id);
    one->set("type", "plan-exports");
    list->add(one);
  }
  Object::Ptr exports = make_object();
  if (no_exports) {
    exports->set("data", Poco::Dynamic::Var());
  } else {
    exports->set("data", list);
  }
  relationships->set("exports", exports);
  return resource("plans", run.plan, attributes, relationships, "/api/v2/plans/" + run.plan);
}

Object::Ptr Emulator::Inside::run_object(const RunData& run) const {
  Object::Ptr attributes = make_object();
  attributes->set("status", run.status);
  attributes->set("created-at", run.created_at);
  attributes->set("message", run.message);
  attributes->set("is-destroy", false);
  attributes->set("plan-only", run.plan_only);
  attributes->set("source", "tfe-api");
  Object::Ptr relationships = make_object();
  relationships->set("plan", reference("plans", run.plan));
  const auto workspace = state_.workspace(run.organization, run.workspace);
  relationships->set("workspace", reference("workspaces", workspace ? workspace->id : ""));
  return resource("runs", run.id, attributes, relationships, "/api/v2/runs/" + run.id);
}

Object::Ptr Emulator::Inside::workspace_object(const WorkspaceData& data) const {
  Object::Ptr attributes = make_object();
  attributes->set("name", data.name);
  attributes->set("execution-mode", data.execution_mode);
  attributes->set("auto-apply", false);
  attributes->set("locked", false);
  Object::Ptr relationships = make_object();
  relationships->set("organization", reference("organizations", data.organization));
  // A speculative run is never the current one.
  std::string current;
  for (const std::string& id : data.runs) {
    const auto run = state_.run(id);
    if (current.empty() && run && !run->plan_only) current = id;
  }
  relationships->set("current-run", reference("runs", current));
  return resource("workspaces", data.id, attributes, relationships,
                  "/api/v2/organizations/" + data.organization + "/workspaces/" + data.name);
}

Answer Emulator::Inside::workspace(const WorkspaceData& data, const Asked& asked) const {
  Object::Ptr object = workspace_object(data);
  Object::Ptr root = make_object();
  root->set("data", object);
  const auto current =
      object->getObject("relationships")->getObject("current-run")->getObject("data");
  const auto run = current ? state_.run(current->getValue<std::string>("id")) : std::nullopt;
  Array::Ptr included = new Array;
  const auto include = asked.query.find("include");
  for (const std::string& what : split(include == asked.query.end() ? "" : include->second, ',')) {
    if (what != "current_run" && what != "current_run.plan" && what != "organization") {
      return error(400, "Invalid include parameter", what);
    }
    if (run && what != "organization") included->add(run_object(*run));
    if (run && what == "current_run.plan") included->add(plan_object(*run, asked.token, false));
  }
  if (included->size() > 0) root->set("included", included);
  return {.body = print(root)};
}

namespace {

// The part of `items` that the query's page names, and its `meta`.
template <class T>
std::vector<T> page_of(const std::vector<T>& items,
                       const std::multimap<std::string, std::string>& query, Object::Ptr root) {
  const auto number = [&](const std::string& key, int otherwise) {
    const auto found = query.find(key);
    return found == query.end() ? otherwise : std::max(1, std::atoi(found->second.c_str()));
  };
  const int page = number("page[number]", 1);
  const int size = std::min(100, number("page[size]", 20));
  const int total = static_cast<int>(items.size());
  const int pages = std::max(1, (total + size - 1) / size);
  Object::Ptr pagination = make_object();
  pagination->set("current-page", page);
  pagination->set("page-size", size);
  if (page < pages) {
    pagination->set("next-page", page + 1);
  } else {
    pagination->set("next-page", Poco::Dynamic::Var());
  }
  pagination->set("total-pages", pages);
  pagination->set("total-count", total);
  Object::Ptr meta = make_object();
  meta->set("pagination", pagination);
  root->set("meta", meta);
  std::vector<T> out;
  for (int i = (page - 1) * size; i < std::min(total, page * size); ++i)
    out.push_back(items[static_cast<std::size_t>(i)]);
  return out;
}

}  // namespace

Answer Emulator::Inside::list_runs(const WorkspaceData& data, const Asked& asked) {
  const auto operation = asked.query.find("filter[operation]");
  const bool speculative =
      operation != asked.query.end() && operation->second.find("plan_only") != std::string::npos;
  const auto status = asked.query.find("filter[status]");
  std::vector<RunData> runs;
  for (const std::string& id : data.runs) {
    const auto run = state_.run(id);
    if (!run || (run->plan_only && !speculative)) continue;
    if (status != asked.query.end()) {
      const auto wanted = split(status->second, ',');
      if (std::ranges::find(wanted, run->status) == wanted.end()) continue;
    }
    runs.push_back(*run);
  }
  Object::Ptr root = make_object();
  Array::Ptr list = new Array, included = new Array;
  for (const RunData& run : page_of(runs, asked.query, root)) {
    list->add(run_object(run));
    const auto include = asked.query.find("include");
    if (include != asked.query.end() && include->second == "plan") {
      included->add(plan_object(run, asked.token, false));
    }
  }
  root->set("data", list);
  if (included->size() > 0) root->set("included", included);
  return {.body = print(root)};
}

Answer Emulator::Inside::list_workspaces(const std::string& organization,
                                         const Asked& asked) const {
  if (!state_.has_organization(organization)) return not_found();
  std::vector<WorkspaceData> found;
  const auto wildcard = asked.query.find("search[wildcard-name]");
  const auto name = asked.query.find("search[name]");
  for (const WorkspaceData& data : state_.workspaces(organization)) {
    if (wildcard != asked.query.end() && !matches_wildcard(data.name, wildcard->second)) continue;
    if (name != asked.query.end() && data.name.find(name->second) == std::string::npos) continue;
    found.push_back(data);
  }
  Object::Ptr root = make_object();
  Array::Ptr list = new Array;
  for (const WorkspaceData& data : page_of(found, asked.query, root))
    list->add(workspace_object(data));
  root->set("data", list);
  return {.body = print(root)};
}

Answer Emulator::Inside::serve_archive(const std::string& secret,
                                       const std::optional<Fault>& fault) {
  const auto id = state_.signed_export(secret);
  const auto data = id ? state_.find_export(*id) : std::nullopt;
  const auto run = data ? state_.run_of_plan(data->plan) : std::nullopt;
  if (!run) return {.status = 403, .type = "text/plain", .body = "signature expired\n"};
  auto archive = archive_of(run->folder);
  if (!archive) return {.status = 500, .type = "text/plain", .body = archive.error().what};
  if (fault && fault->kind == "cut-archive") archive->resize(archive->size() / 2);
  if (fault && fault->kind == "damage") (*archive)[archive->size() / 2] ^= 0x55;
  state_.count(&Statistics::downloads);
  return {.type = "application/octet-stream", .body = std::move(*archive)};
}

// A large bundle is packed once: a benchmark measures who downloads it.
base::Result<std::string> Emulator::Inside::archive_of(const base::Path& folder) {
  constexpr std::size_t kLarge = std::size_t{8} << 20U;
  const std::lock_guard lock(archives_mutex_);
  if (const auto found = archives_.find(folder); found != archives_.end()) return found->second;
  auto archive = pack_bundle(folder);
  if (archive && archive->size() > kLarge) archives_[folder] = *archive;
  return archive;
}

Answer Emulator::Inside::control(const Asked& asked) {
  if (asked.path == "/_emulator/statistics") {
    return {.type = "application/json", .body = to_json(state_.statistics())};
  }
  if (asked.path != "/_emulator/faults") return not_found();
  if (asked.method == "DELETE") {
    faults_.clear();
    return {.status = 204};
  }
  try {
    const auto root = Poco::JSON::Parser().parse(asked.body);
    Array::Ptr list;
    if (root.type() == typeid(Array::Ptr)) {
      list = root.extract<Array::Ptr>();
    } else {
      list = new Array;
      list->add(root);
    }
    for (const auto& value : *list) {
      const auto object = value.extract<Object::Ptr>();
      Fault fault;
      fault.route = object->optValue<std::string>("route", fault.route);
      fault.kind = object->optValue<std::string>("kind", "");
      fault.times = object->optValue<int>("times", fault.times);
      fault.percent = object->optValue<int>("percent", fault.percent);
      fault.skip = object->optValue<int>("skip", fault.skip);
      fault.status = object->optValue<int>("status", fault.status);
      fault.body = object->optValue<std::string>("body", "");
      fault.milliseconds = object->optValue<int>("milliseconds", 0);
      if (const auto headers = object->getObject("headers")) {
        for (const auto& [key, text] : *headers)
          fault.headers[key] = text.convert<std::string>();
      }
      if (auto status = faults_.add(std::move(fault)); !status) {
        return error(422, "unknown fault", status.error().what);
      }
    }
  } catch (const Poco::Exception& e) {
    return error(422, "not a fault", e.displayText());
  }
  return {.status = 204};
}

namespace {

std::string gzipped(const std::string& text) {
  // Stored blocks: no compressor is needed to be valid gzip.
  const auto crc = [&] {
    std::uint32_t value = 0xffffffffU;
    for (const char c : text) {
      value ^= static_cast<unsigned char>(c);
      for (int i = 0; i < 8; ++i)
        value = (value >> 1U) ^ (0xedb88320U & (0U - (value & 1U)));
    }
    return ~value;
  }();
  std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
  std::size_t at = 0;
  do {
    const std::size_t size = std::min<std::size_t>(text.size() - at, 0xffff);
    out += at + size == text.size() ? '\x01' : '\x00';
    const auto n = static_cast<std::uint16_t>(size), m = static_cast<std::uint16_t>(~n);
    for (const std::uint16_t v : {n, m}) {
      out += static_cast<char>(v & 0xffU);
      out += static_cast<char>(v >> 8U);
    }
    out += text.substr(at, size);
    at += size;
  } while (at < text.size());
  for (const std::uint32_t v : {crc, static_cast<std::uint32_t>(text.size())}) {
    for (unsigned i = 0; i < 4; ++i)
      out += static_cast<char>((v >> (8 * i)) & 0xffU);
  }
  return out;
}

void send_all(Poco::Net::StreamSocket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const int size = socket.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void reset(Poco::Net::StreamSocket& socket) {
  socket.setLinger(true, 0);
  socket.close();
}

}  // namespace

void Emulator::Inside::send(Poco::Net::HTTPServerRequest& request,
                            Poco::Net::HTTPServerResponse& response, Answer answer,
                            const std::optional<Fault>& fault) {
  if (fault) {
    for (const auto& [name, value] : fault->headers)
      answer.headers[name] = value;
    if (fault->kind == "delay") pause(fault->milliseconds);
    if (fault->kind == "gzip") {
      answer.body = gzipped(answer.body);
      answer.headers["Content-Encoding"] = "gzip";
    }
    constexpr std::string_view kRaw[] = {"reset",         "close",       "lost",    "short",
                                         "reset-in-body", "cut-chunk",   "chunked", "long",
                                         "slow",          "slow-header", "stall",   "garbage"};
    if (std::ranges::find(kRaw, fault->kind) != std::end(kRaw)) {
      auto& raw = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request);
      Poco::Net::StreamSocket socket = raw.detachSocket();
      send_raw(socket, answer, *fault);
      return;
    }
  }
  response.setStatus(std::to_string(answer.status));
  response.setReason(Poco::Net::HTTPResponse::getReasonForStatus(
      static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status)));
  for (const auto& [name, value] : answer.headers)
    response.set(name, value);
  if (answer.status != 204) response.setContentType(answer.type);
  response.sendBuffer(answer.body.data(), answer.body.size());
}

void Emulator::Inside::send_raw(Poco::Net::StreamSocket& socket, const Answer& answer,
                                const Fault& fault) {
  const std::string& kind = fault.kind;
  if (kind == "reset") return reset(socket);
  if (kind == "close" || kind == "lost") {
    socket.close();
    return;
  }
  if (kind == "garbage") {
    send_all(socket, "220 mail.example ESMTP ready\r\n\r\n");
    socket.close();
    return;
  }
  const bool chunked = kind == "cut-chunk" || kind == "chunked";
  std::string header = "HTTP/1.1 " + std::to_string(answer.status) + " Whatever\r\n";
  for (const auto& [name, value] : answer.headers)
    header += name + ": " + value + "\r\n";
  header += "Content-Type: " + answer.type + "\r\n";
  header += chunked ? "Transfer-Encoding: chunked\r\n"
                    : "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  header += "\r\n";
  const std::string_view body = answer.body;
  const std::string_view half = body.substr(0, body.size() / 2);
  const auto drip = [&](std::string_view text) {
    for (std::size_t i = 0; i < text.size() && !stopping_; ++i) {
      send_all(socket, text.substr(i, 1));
      pause(fault.milliseconds);
    }
  };
  if (kind == "slow-header") {
    drip(header);
    send_all(socket, body);
  } else {
    send_all(socket, header);
  }
  if (chunked) {
    std::ostringstream size;
    size << std::hex << body.size() << "\r\n";
    send_all(socket, size.str());
    send_all(socket, kind == "chunked" ? body : half);
    if (kind == "chunked") send_all(socket, "\r\n0\r\n\r\n");
  } else if (kind == "slow") {
    drip(body);
  } else if (kind == "long") {
    send_all(socket, body);
    send_all(socket, "and more of it");
  } else if (kind == "stall") {
    send_all(socket, half);
    pause(fault.milliseconds);
  } else if (kind == "short") {
    send_all(socket, half);
  } else if (kind == "reset-in-body") {
    send_all(socket, half);
    pause(50);  // a reset overtakes what was sent
    return reset(socket);
  }
  socket.shutdownSend();
  socket.close();
}

Emulator::Emulator(Options options) : inside_(std::make_unique<Inside>(std::move(options))) {}
Emulator::~Emulator() {
  stop();
}
base::Status Emulator::start() {
  return inside_->start();
}
void Emulator::stop() {
  inside_->stop();
}
std::uint16_t Emulator::port() const {
  return inside_->port_;
}
State& Emulator::state() {
  return inside_->state_;
}
Faults& Emulator::faults() {
  return inside_->faults_;
}
Statistics Emulator::statistics() const {
  return inside_->state_.statistics();
}

std::string Emulator::address() const {
  return (inside_->options_.certificate.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
         std::to_string(inside_->port_);
}

std::string Emulator::archive_address() const {
  return (inside_->options_.certificate.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
         std::to_string(inside_->archive_port_);
}

std::string to_json(const Statistics& statistics) {
  Object::Ptr root = make_object();
  Object::Ptr creates = make_object();
  for (const auto& [plan, count] : statistics.creates)
    creates->set(plan, count);
  root->set("creates", creates);
  root->set("deletes", statistics.deletes);
  root->set("live-exports", statistics.live_exports);
  root->set("downloads", statistics.downloads);
  root->set("tokens-at-archive", statistics.tokens_at_archive);
  root->set("unauthorized", statistics.unauthorized);
  root->set("over-limit", statistics.over_limit);
  root->set("faults", statistics.faults);
  root->set("most-requests-per-second", statistics.most_per_second);
  root->set("most-run-lists-per-minute", statistics.most_lists_per_minute);
  Object::Ptr requests = make_object();
  int total = 0;
  for (const auto& [route, count] : statistics.requests) {
    requests->set(route, count);
    total += count;
  }
  root->set("requests", requests);
  root->set("all-requests", total);
  return print(root) + "\n";
}

}  // namespace emulator
