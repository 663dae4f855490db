// The direct reader of mocks against the parser, and the writer against the reader: what is data
// one way is the same data the other.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/mock_writer.h"
#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/data/literal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sentinel;
  const auto source = std::make_shared<const base::Source>(
      "mock.sentinel", std::string(reinterpret_cast<const char*>(bytes), size));
  const auto data = read_data(source);
  if (!data) return 0;
  const Value root = Value::map((*data)->root);
  Arena arena;
  const auto expected = read_long_way(arena, source);
  if (!expected || to_text(*expected) != to_text(root)) std::abort();
  const std::string written = write_mock(*(*data)->root);
  const auto again = read_data(std::make_shared<const base::Source>("again.sentinel", written));
  if (!again || write_mock(*(*again)->root) != written) std::abort();
  return 0;
}
