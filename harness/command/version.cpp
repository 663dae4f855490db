#include "harness/command/command.h"

namespace harness {

std::string_view harness_version() {
  return HARNESS_VERSION;
}

}  // namespace harness
