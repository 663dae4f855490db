// The `http` import. Documentation: Sentinel, imports/http. Off unless the evaluation may use the
// network.

#include "plugin/http/http.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/type.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kMostRetries = 10;
constexpr std::int64_t kLongestTimeout = 30;  // seconds
constexpr int kMostRedirects = 10;
constexpr seconds kFirstDelay{1};
constexpr seconds kLongestDelay{30};

struct Client : Object {
  const List* accepted;  // null: [200]
  std::int64_t retries;
  std::int64_t timeout;  // seconds
  bool verified;
};

struct Request : Object {
  std::string_view url;
  const Map* headers;  // of strings
  std::string_view body;
};

struct Response : Object {
  std::int64_t status;
  const Map* headers;
  std::string_view body;
};

constexpr Client kDefaultClient{Object{&kHttpClientType}, nullptr, 1, 10, true};

/// The client that a method is called on; the default one for the import's own functions.
const Client& client_of(const NativeCall& call) {
  if (!call.self.is(Kind::Object)) return kDefaultClient;
  return static_cast<const Client&>(*call.self.as_object());
}

const Request& request_of(const Value& value) {
  return static_cast<const Request&>(*value.as_object());
}

Value object_of(Machine& machine, const Client& client) {
  return Value::object(machine.arena().make<Client>(client));
}

Value object_of(Machine& machine, const Request& request) {
  return Value::object(machine.arena().make<Request>(request));
}

List* accepted_codes(Machine& machine, const Client& client) {
  if (client.accepted != nullptr) return copy(machine.arena(), *client.accepted);
  List* list = make_list(machine.arena(), 1);
  list->append(machine.arena(), Value::integer(200));
  return list;
}

Value client_field(Machine& machine, const Object& object, std::string_view name) {
  const auto& client = static_cast<const Client&>(object);
  if (name == "accepted_status_codes") return Value::list(accepted_codes(machine, client));
  if (name == "retries") return Value::integer(client.retries);
  if (name == "timeout") return Value::integer(client.timeout);
  if (name == "certificate_verification") return Value::boolean(client.verified);
  return {};
}

constexpr std::array<std::string_view, 4> kClientFields{
    "accepted_status_codes", "certificate_verification", "retries", "timeout"};

Value request_field(Machine& machine, const Object& object, std::string_view name) {
  const auto& request = static_cast<const Request&>(object);
  if (name == "url") return Value::string(request.url);
  if (name == "headers") return Value::map(copy(machine.arena(), *request.headers));
  if (name == "body") return Value::string(request.body);
  return {};
}

constexpr std::array<std::string_view, 3> kRequestFields{"body", "headers", "url"};

Value response_field(Machine& machine, const Object& object, std::string_view name) {
  const auto& response = static_cast<const Response&>(object);
  if (name == "status_code") return Value::integer(response.status);
  if (name == "headers") return Value::map(copy(machine.arena(), *response.headers));
  if (name == "body") return Value::string(response.body);
  return {};
}

constexpr std::array<std::string_view, 3> kResponseFields{"body", "headers", "status_code"};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_retried(int status) {
  return status >= 500 && status <= 599 && status != 501;
}

/// `Content-Type` for `content-type`: how Go names headers.
std::string canonical(std::string_view name) {
  std::string out(name);
  bool first = true;
  for (char& c : out) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!first && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    first = c == '-';
  }
  return out;
}

bool same_name(std::string_view a, std::string_view b) {
  return canonical(a) == canonical(b);
}

std::string text_of(const http::Failure& failure) {
  std::string text = failure.diagnostic.what;
  if (!failure.diagnostic.why.empty()) text += ": " + failure.diagnostic.why;
  return text;
}

/// One attempt with its redirects, all within the client's time-out.
http::Reply attempt(Machine& machine, http::Client& sender, const Client& client,
                    http::Request request) {
  auto deadline = machine.system().clock->steady() + seconds(client.timeout);
  if (const auto end = machine.deadline()) deadline = std::min(deadline, *end);
  for (int redirects = 0;; ++redirects) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - machine.system().clock->steady());
    request.total_timeout = std::max(left, milliseconds(1));
    request.connect_timeout = request.total_timeout;
    request.idle_timeout = request.total_timeout;
    http::Reply reply = sender.send(request, machine.cancel());
    machine.check();
    if (!reply || !is_redirect(reply.response.status)) return reply;
    const std::string from = request.url;
    if (redirects == kMostRedirects) {
      machine.fail("`" + from + "` redirects once more after " + std::to_string(kMostRedirects) +
                   " redirects");
    }
    const base::Result<http::Url> here = http::parse_url(from);
    const base::Result<http::Url> there =
        here ? http::resolve_url(*here, reply.response.header("Location")) : here;
    if (!there || reply.response.header("Location").empty()) {
      machine.fail("`" + from + "` answered " + std::to_string(reply.response.status) +
                   " without a usable `Location`");
    }
    // What was meant for one server is no business of the next.
    if (http::origin(*here) != http::origin(*there)) {
      std::erase_if(request.headers, [](const http::Header& header) {
        return same_name(header.name, "Authorization") || same_name(header.name, "Cookie");
      });
    }
    if (reply.response.status <= 303 && request.method == "POST") {
      request.method = "GET";
      request.body.clear();
      std::erase_if(request.headers, [](const http::Header& header) {
        return same_name(header.name, "Content-Type");
      });
    }
    request.url = http::to_text(*there);
  }
}

/// What the proxy of the configuration, if there is one, makes of the environment.
base::Environment environment_of(Machine& machine) {
  base::Environment environment = machine.system().environment;
  const Value& configuration = machine.state(kHttp).configuration;
  if (!configuration.is(Kind::Map)) return environment;
  const Value* proxy = configuration.as_map()->find("proxy_address");
  if (proxy == nullptr || proxy->is(Kind::Null)) return environment;
  if (!proxy->is(Kind::String)) {
    machine.fail("`proxy_address` in the configuration of import `http` has type " +
                 std::string(kind_name(proxy->kind())) + ", not a string");
  }
  for (const char* name : {"NO_PROXY", "no_proxy", "http_proxy", "https_proxy"})
    environment.erase(name);
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY"})
    environment[name] = proxy->as_string();
  return environment;
}

bool accepts(const Client& client, int status) {
  if (client.accepted == nullptr) return status == 200;
  return std::any_of(client.accepted->begin(), client.accepted->end(),
                     [&](const Value& code) { return code.to_double() == status; });
}

Value response_of(Machine& machine, const http::Response& response) {
  Arena& arena = machine.arena();
  Map* headers = make_map(arena, response.headers.size());
  for (const http::Header& header : response.headers) {
    const Value name = arena.string(canonical(header.name));
    const Value* before = headers->find(name);
    std::string value = before == nullptr ? "" : std::string(before->as_string()) + ",";
    headers->set(arena, name, arena.string(value + header.value));
  }
  return Value::object(arena.make<Response>(Object{&kHttpResponseType}, response.status, headers,
                                            arena.string(response.body).as_string()));
}

Value send(NativeCall& call, std::string_view function, std::string method) {
  Machine& machine = call.machine;
  if (!machine.state(kHttp).network_allowed) {
    machine.fail("`" + std::string(function) +
                 "` needs the network, which is off: pass `--allow-network` to allow it");
  }
  const Client& client = client_of(call);
  http::Request request;
  request.method = std::move(method);
  bool accept = false;
  if (call.at(0).is(Kind::String)) {
    request.url = call.string(0);
  } else {
    if (call.at(0).as_object()->type != &kHttpRequestType) {
      machine.fail("`" + std::string(function) + "` got a " +
                   std::string(call.at(0).as_object()->type->name) + ", not a URL or a request");
    }
    const Request& given = request_of(call.at(0));
    request.url = given.url;
    request.body = given.body;
    for (const MapEntry& header : *given.headers) {
      accept = accept || same_name(header.key.as_string(), "Accept");
      request.headers.push_back(
          {std::string(header.key.as_string()), std::string(header.value.as_string())});
    }
  }
  if (!accept) request.headers.push_back({"Accept", "*/*"});

  http::Client sender(environment_of(machine),
                      client.verified ? http::Verify::Strict : http::Verify::Nothing);
  milliseconds delay = kFirstDelay;
  for (std::int64_t retries = 0;; ++retries) {
    const http::Reply reply = attempt(machine, sender, client, request);
    const bool again = reply ? is_retried(reply.response.status)
                             : reply.failure->kind == http::FailureKind::Timeout;
    if (again && retries < client.retries) {
      milliseconds wait = delay;
      if (const auto end = machine.deadline()) {
        const auto left = *end - machine.system().clock->steady();
        wait = std::min(wait, std::chrono::ceil<milliseconds>(left));
      }
      machine.system().clock->sleep(wait, machine.cancel());
      machine.check();
      delay = std::min<milliseconds>(delay * 2, kLongestDelay);
      continue;
    }
    const std::string tries =
        retries == 0 ? "" : " after " + std::to_string(retries + 1) + " attempts";
    if (!reply) machine.fail(text_of(*reply.failure) + tries);
    if (!accepts(client, reply.response.status)) {
      const base::Result<http::Url> url = http::parse_url(request.url);
      machine.fail("`" + (url ? http::origin(*url) : request.url) + "` answered " +
                   std::to_string(reply.response.status) + tries +
                   ", which is not among the accepted status codes");
    }
    return response_of(machine, reply.response);
  }
}

Value get(NativeCall& call) {
  return send(call, "http.get", "GET");
}
Value post(NativeCall& call) {
  return send(call, "http.post", "POST");
}
Value send_request(NativeCall& call) {
  return send(call, "http.send", "GET");
}

Value accept_status_codes(NativeCall& call) {
  const List& codes = *call.at(0).as_list();
  for (const Value& code : codes) {
    if (!code.is_number()) {
      call.machine.fail("`accept_status_codes` found a " + std::string(kind_name(code.kind())) +
                        " in its list, which may hold only status codes");
    }
  }
  Client client = client_of(call);
  client.accepted = copy(call.machine.arena(), codes);
  return object_of(call.machine, client);
}

/// A setting between 0 and `most`; numbers of JSON are floats.
std::int64_t setting(NativeCall& call, std::string_view name, std::int64_t least,
                     std::int64_t most) {
  const double number = call.at(0).to_double();
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most))) {
    call.machine.fail("`" + std::string(name) + "` got " + to_text(call.at(0)) +
                      ", not a number from " + std::to_string(least) + " to " +
                      std::to_string(most));
  }
  return static_cast<std::int64_t>(number);
}

Value with_retries(NativeCall& call) {
  Client client = client_of(call);
  client.retries = setting(call, "with_retries", 0, kMostRetries);
  return object_of(call.machine, client);
}

Value with_timeout(NativeCall& call) {
  Client client = client_of(call);
  client.timeout = setting(call, "with_timeout", 1, kLongestTimeout);
  return object_of(call.machine, client);
}

Value without_certificate_verification(NativeCall& call) {
  Client client = client_of(call);
  client.verified = false;
  return object_of(call.machine, client);
}

Value new_request(NativeCall& call) {
  Machine& machine = call.machine;
  return object_of(
      machine, Request{Object{&kHttpRequestType}, call.string(0), make_map(machine.arena()), ""});
}

/// The request with one header set, in place of one whose name differs at most in case.
Value with(NativeCall& call, std::string_view name, std::string_view value) {
  Arena& arena = call.machine.arena();
  Request request = request_of(call.self);
  Map* headers = make_map(arena, request.headers->size + 1);
  for (const MapEntry& header : *request.headers) {
    if (!same_name(header.key.as_string(), name)) headers->set(arena, header.key, header.value);
  }
  headers->set(arena, Value::string(name), Value::string(value));
  request.headers = headers;
  return object_of(call.machine, request);
}

Value with_header(NativeCall& call) {
  return with(call, call.string(0), call.string(1));
}

Value with_basic_auth(NativeCall& call) {
  // Base64 of `user:password`, by the function that policies use.
  Arena& arena = call.machine.arena();
  const std::array<Value, 1> pair{
      arena.string(std::string(call.string(0)) + ":" + std::string(call.string(1)))};
  NativeCall encode{call.machine, pair, Value()};
  const Value encoded = kBase64.functions[0].run(encode);
  const Value header = arena.string("Basic " + std::string(encoded.as_string()));
  return with(call, "Authorization", header.as_string());
}

Value with_body(NativeCall& call) {
  Request request = request_of(call.self);
  request.body = call.string(0);
  return object_of(call.machine, request);
}

constexpr std::uint16_t kUrlOrRequest = kString | kObject;

constexpr FunctionRow kClientMethods[] = {
    {"get", 1, 1, {kUrlOrRequest}, get, "the response to a GET of a URL or request"},
    {"post", 1, 1, {kUrlOrRequest}, post, "the response to a POST of a URL or request"},
    {"send", 1, 1, {kObject}, send_request, "the response to a request"},
    {"accept_status_codes",
     1,
     1,
     {kList},
     accept_status_codes,
     "a client that takes responses with these codes"},
    {"with_retries",
     1,
     1,
     {kNumber},
     with_retries,
     "a client that tries again at most so often, up to 10 times"},
    {"with_timeout",
     1,
     1,
     {kNumber},
     with_timeout,
     "a client that waits at most so many seconds, up to 30"},
    {"without_certificate_verification",
     0,
     0,
     {},
     without_certificate_verification,
     "a client that takes any certificate"},
};

constexpr FunctionRow kRequestMethods[] = {
    {"with_header", 2, 2, {kString, kString}, with_header, "the request with a header set"},
    {"with_basic_auth",
     2,
     2,
     {kString, kString},
     with_basic_auth,
     "the request with user name and password"},
    {"with_body", 1, 1, {kString}, with_body, "the request with a body"},
};

// A client's functions, with the default client, and `request`.
constexpr FunctionRow kFunctions[] = {
    {"request", 1, 1, {kString}, new_request, "a request for a URL"},
    kClientMethods[0],
    kClientMethods[1],
    kClientMethods[2],
    kClientMethods[3],
    kClientMethods[4],
    kClientMethods[5],
    kClientMethods[6],
};
static_assert(std::size(kFunctions) == std::size(kClientMethods) + 1);

Value member(Machine& machine, std::string_view name) {
  if (name == "client") return object_of(machine, kDefaultClient);
  if (name == "methodGet") return Value::string("GET");
  if (name == "methodPost") return Value::string("POST");
  return client_field(machine, kDefaultClient, name);
}

}  // namespace

constinit const ObjectType kHttpClientType{"client", kClientMethods, client_field,
                                           nullptr,  nullptr,        kClientFields};
constinit const ObjectType kHttpRequestType{"request", kRequestMethods, request_field,
                                            nullptr,   nullptr,         kRequestFields};
constinit const ObjectType kHttpResponseType{"response", {},      response_field,
                                             nullptr,    nullptr, kResponseFields};

constinit const ImportRow kHttp{"http", kFunctions, member, "data from HTTP servers"};

}  // namespace sentinel
