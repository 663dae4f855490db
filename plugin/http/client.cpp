#include <algorithm>
#include <utility>

#include "plugin/base/library.h"
#include "plugin/http/engine.h"
#include "plugin/http/http.h"

namespace http {
namespace {

const base::Result<EngineMaker*>& engine() {
  static const base::Result<EngineMaker*> loaded = load_engine("libharness-http.so");
  return loaded;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto small = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return small(x) == small(y);
  });
}

std::string_view Response::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const Header& h) { return same_name(h.name, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

bool Response::has_header(std::string_view name) const {
  return std::ranges::any_of(headers, [&](const Header& h) { return same_name(h.name, name); });
}

base::Result<EngineMaker*> load_engine(const char* library) {
  return base::load_function<EngineMaker>(library, "harness_make_http_engine",
                                          "there is no network without it");
}

Client::Client(const base::Environment& environment, Verify verify)
    : engine_(engine() ? (*engine())(environment, verify) : nullptr) {}
Client::~Client() = default;

Reply Client::send(const Request& request, const base::CancelToken& cancel) {
  if (engine_ != nullptr) return engine_->send(request, cancel);
  return {.response = {},
          .failure = Failure{.kind = FailureKind::Setting, .diagnostic = engine().error()}};
}

}  // namespace http
