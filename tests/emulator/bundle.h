// A mock bundle as the service packs one: a flat .tar.gz.
#pragma once

#include <string>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace emulator {

/// The files of `folder` that belong into a bundle (*.sentinel, sentinel.hcl), packed.
base::Result<std::string> pack_bundle(const base::Path& folder);

}  // namespace emulator
