// `archive:` a bundle that somebody downloaded, .tar.gz or .zip.
#pragma once

#include "plugin/mock_bundle/unpack.h"
#include "plugin/mock_source/mock_source.h"

namespace mock_source {

/// `shown`: the file's name in messages.
std::unique_ptr<MockSource> make_archive(base::Path file, std::string shown,
                                         mock_bundle::UnpackLimits limits);

}  // namespace mock_source
