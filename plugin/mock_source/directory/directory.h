// `directory:` a folder of mock files as it stands.
#pragma once

#include "plugin/mock_source/mock_source.h"

namespace mock_source {

/// `shown`: the folder's name in messages.
std::unique_ptr<MockSource> make_directory(base::Path folder, std::string shown);

}  // namespace mock_source
