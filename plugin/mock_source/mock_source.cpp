#include "plugin/mock_source/mock_source.h"

namespace mock_source {

MockSource::~MockSource() = default;

}  // namespace mock_source
