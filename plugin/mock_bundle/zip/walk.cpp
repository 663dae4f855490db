#include <istream>
#include <iterator>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Zip/ZipArchive.h>
#include <Poco/Zip/ZipStream.h>

#include "plugin/mock_bundle/zip_engine.h"

namespace mock_bundle {
namespace {

void walk(std::istream& in, ZipVisitor& visitor) {
  const Poco::Zip::ZipArchive archive(in);
  visitor.begin(
      static_cast<std::size_t>(std::distance(archive.headerBegin(), archive.headerEnd())));
  std::vector<char> buffer(std::size_t{1} << 16U);
  for (auto entry = archive.headerBegin(); entry != archive.headerEnd(); ++entry) {
    if (!visitor.begin_entry(entry->first)) continue;
    in.clear();
    Poco::Zip::ZipInputStream stream(in, entry->second);
    while (stream) {
      stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto size = static_cast<std::size_t>(stream.gcount());
      if (size == 0) break;
      visitor.bytes({buffer.data(), size});
    }
    visitor.end_entry(!stream.bad());
  }
}

}  // namespace
}  // namespace mock_bundle

extern "C" __attribute__((visibility("default"))) bool harness_walk_zip(
    std::istream& archive, mock_bundle::ZipVisitor& visitor, std::string& why) {
  try {
    mock_bundle::walk(archive, visitor);
    return true;
  } catch (const Poco::Exception& exception) {
    why = exception.message().empty() ? exception.name() : exception.message();
    return false;
  }
}
