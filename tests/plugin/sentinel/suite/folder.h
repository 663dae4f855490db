// A folder of policies and cases that a test writes, and a machine whose clock stands still.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "plugin/base/file.h"
#include "plugin/base/system.h"

namespace sentinel {

class StillClock : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  }
  std::chrono::steady_clock::time_point steady() const override { return {}; }
  bool sleep(std::chrono::milliseconds time, const base::CancelToken& cancel) const override {
    (void)time;
    return !cancel.cancelled();
  }
};

class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "suite-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = std::filesystem::canonical(name);
    system_.clock = std::make_shared<StillClock>();
    system_.working_directory = folder_;
  }
  void TearDown() override { (void)base::remove_tree(folder_); }

  void write(const std::string& name, std::string_view text) const {
    const base::Path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;  // without fsync: tests write many files
  }

  base::Path folder_;
  base::System system_;
};

}  // namespace sentinel
