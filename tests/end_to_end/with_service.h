// A policy repository and, on loopback, the service that its mocks come from.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "tests/emulator/emulator.h"
#include "tests/end_to_end/repository.h"

namespace end_to_end {

class WithService : public testing::Test {
 protected:
  /// Starts the service, or another one in its place, with no run in it. The repository's token is
  /// `good-token`; `reader-token` may not export.
  void start(emulator::Options options = {}) {
    emulator_.reset();
    options.tokens = {"good-token"};
    options.readers = {"reader-token"};
    emulator_ = std::make_unique<emulator::Emulator>(std::move(options));
    ASSERT_TRUE(emulator_->start());
    repository_.set("TFE_ADDRESS", emulator_->address());
    repository_.set("TFE_TOKEN", "good-token");
    repository_.set("TMPDIR", repository_.outside("scratch").string());
  }

  std::unique_ptr<emulator::Emulator> emulator_;
  Repository repository_;
};

}  // namespace end_to_end
