// The library behind the client: loaded where it is, and missed in words where it is not.
#include "plugin/http/engine.h"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(Engine, IsLoadedFromBesideTheProgram) {
  const auto maker = load_engine("libharness-http.so");
  ASSERT_TRUE(maker) << base::to_text(maker.error());
  const std::unique_ptr<Engine> engine((*maker)({}, Verify::Strict));
  const Reply reply = engine->send({.url = "ftp://example.org/"}, {});
  ASSERT_TRUE(reply.failure);
  EXPECT_EQ(reply.failure->kind, FailureKind::Refused);
}

TEST(Engine, SaysWhatIsMissing) {
  const auto maker = load_engine("libharness-not-there.so");
  ASSERT_FALSE(maker);
  EXPECT_EQ(base::to_text(maker.error()),
            "`libharness-not-there.so` cannot be loaded: there is no network without it: "
            "libharness-not-there.so: cannot open shared object file: No such file or directory\n"
            "    it belongs to the program: install both together\n");
}

}  // namespace
}  // namespace http
