// A disk that gets full at any stage of a refresh or a run: old or new, nothing half-written,
// exit 4.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "tests/emulator/emulator.h"
#include "tests/end_to_end/repository.h"

namespace end_to_end {
namespace {

constexpr const char* kRun = "run-8F5JFydVYAmtTjET";

/// A mock of about 120 kB that does not pack well.
std::string large_mock(unsigned seed) {
  std::mt19937 random(seed);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  std::string out = "x = \"";
  for (int i = 0; i < 120'000; ++i)
    out += static_cast<char>('a' + static_cast<int>(random() % 26));
  return out + "\"\n";
}

/// A repository on a file system of its own, two mebibytes large.
class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (::mount("tmpfs", repository_.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
      GTEST_SKIP() << "no file system can be mounted here: " << std::strerror(errno);
    }
    mounted_ = true;
    emulator_ = std::make_unique<emulator::Emulator>(emulator::Options{.tokens = {"good-token"}});
    ASSERT_TRUE(emulator_->start());
    std::filesystem::create_directory(repository_.path() / ".git");
    repository_.write("p.sentinel", "main = true\n");
    repository_.write("tests.yaml", "version: 1\nterraform: { address: \"" + emulator_->address() +
                                        "\", organization: acme }\nmocks:\n"
                                        "  network: { plan-export: { workspace: network-prod } }\n"
                                        "tests:\n  - policy: p.sentinel\n"
                                        "    cases: [ { name: a, mocks: network } ]\n");
    repository_.set("TFE_ADDRESS", emulator_->address());
    repository_.set("TFE_TOKEN", "good-token");
    repository_.set("TMPDIR", repository_.outside("scratch").string());
    serve(1);
  }

  void TearDown() override {
    if (mounted_) ::umount2(repository_.path().c_str(), MNT_DETACH);
  }

  void serve(unsigned seed) {
    const base::Path folder = repository_.outside("bundle");
    std::ofstream(folder / "mock-tfplan-v2.sentinel") << large_mock(seed);
    emulator_->state().add({.id = kRun,
                            .organization = "acme",
                            .workspace = "network-prod",
                            .created_at = "2026-11-20T10:00:00.000Z",
                            .folder = folder});
  }

  /// Fills the disk up to `kibibytes`.
  void leave(std::uint64_t kibibytes) const {
    std::filesystem::remove(repository_.path() / "filler");
    struct statvfs about {};
    ASSERT_EQ(::statvfs(repository_.path().c_str(), &about), 0);
    const std::uint64_t free = about.f_bavail * about.f_frsize;
    if (free <= kibibytes * 1024) return;
    repository_.write("filler", std::string(free - kibibytes * 1024, '.'));
  }

  void forget() const {
    for (const char* name : {".harness", "fixtures", "tests.lock.json", "filler"})
      std::filesystem::remove_all(repository_.path() / name);
  }

  /// No temporary file, and a fixture that agrees with the lock or none of both.
  void expect_tidy() const {
    EXPECT_TRUE(repository_.is_tidy());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(repository_.path())) {
      const std::string name = entry.path().filename().string();
      EXPECT_FALSE(name.starts_with(".harness-")) << entry.path();
    }
    EXPECT_EQ(repository_.has("fixtures/network/mock-tfplan-v2.sentinel"),
              repository_.has("tests.lock.json"));
  }

  Repository repository_;
  std::unique_ptr<emulator::Emulator> emulator_;
  bool mounted_ = false;
};

TEST_F(FullDisk, LeavesNothingOfANewFixture) {
  bool failed = false;
  bool recorded = false;
  for (const std::uint64_t kibibytes : {0U, 40U, 100U, 160U, 200U, 240U, 600U}) {
    SCOPED_TRACE(kibibytes);
    forget();
    leave(kibibytes);
    const auto out = repository_.harness({"refresh"});
    expect_tidy();
    if (out.exit_code == 0) {
      recorded = true;
      EXPECT_TRUE(repository_.has("tests.lock.json"));
      continue;
    }
    failed = true;
    EXPECT_EQ(out.exit_code, 4) << out.out << out.err;
    EXPECT_NE(out.err.find("No space left on device"), std::string::npos) << out.err;
    EXPECT_FALSE(repository_.has("tests.lock.json"));
    EXPECT_FALSE(repository_.has("fixtures/network"));
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(recorded);
}

TEST_F(FullDisk, LeavesTheOldFixtureOrTheNew) {
  ASSERT_EQ(repository_.harness({"refresh"}).exit_code, 0);
  const std::string old = large_mock(1);
  serve(2);
  for (const std::uint64_t kibibytes : {0U, 60U, 140U, 220U}) {
    SCOPED_TRACE(kibibytes);
    leave(kibibytes);
    const auto out = repository_.harness({"refresh"});
    expect_tidy();
    const std::string now = repository_.read("fixtures/network/mock-tfplan-v2.sentinel");
    EXPECT_EQ(now, out.exit_code == 0 ? large_mock(2) : old);
    EXPECT_TRUE(out.exit_code == 0 || out.exit_code == 4) << out.exit_code << out.err;
    if (out.exit_code == 0) break;
  }
  leave(1'000);
  EXPECT_EQ(repository_.harness({"run", "--frozen", "--runtime", "builtin"}).exit_code, 0);
}

TEST_F(FullDisk, IsTheHarnessesFailureNotThePolicys) {
  leave(40);
  const auto first = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ(first.exit_code, 4) << first.out << first.err;
  EXPECT_NE((first.out + first.err).find("No space left on device"), std::string::npos)
      << first.out << first.err;
  expect_tidy();

  // A report that cannot be written leaves the one before.
  forget();
  ASSERT_EQ(
      repository_.harness({"run", "--runtime", "builtin", "--report", "json=r.json"}).exit_code, 0);
  const std::string before = repository_.read("r.json");
  leave(0);
  const auto full = repository_.harness({"run", "--runtime", "builtin", "--report", "json=r.json"});
  EXPECT_EQ(full.exit_code, 4) << full.out << full.err;
  EXPECT_NE((full.out + full.err).find("No space left on device"), std::string::npos)
      << full.out << full.err;
  EXPECT_EQ(repository_.read("r.json"), before);
  expect_tidy();
}

}  // namespace
}  // namespace end_to_end
