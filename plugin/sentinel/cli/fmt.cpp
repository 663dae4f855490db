// `sentinel fmt`. Documentation: Sentinel, commands, fmt.
#include <istream>
#include <iterator>
#include <memory>
#include <ostream>

#include "plugin/base/file.h"
#include "plugin/sentinel/cli/command.h"
#include "plugin/sentinel/cli/flags.h"
#include "plugin/sentinel/syntax/formatter.h"

namespace sentinel {
namespace {

struct Options {
  bool write = true;
  bool check = false;
};

/// One file. False: it could not be read, or would not parse.
bool format_file(const std::string& name, const Options& options, const CommandContext& context,
                 bool& differs) {
  const bool standard = name == "-";
  std::string text;
  if (standard) {
    text.assign(std::istreambuf_iterator<char>(context.streams.in), {});
  } else {
    auto read = base::read_file(context.system.working_directory / name);
    if (!read) {
      context.streams.err << base::to_text(read.error());
      return false;
    }
    text = std::move(*read);
  }
  const auto source = std::make_shared<const base::Source>(standard ? "<stdin>" : name, text);
  const FormatResult formatted = format(source);
  if (!formatted.errors.empty()) {
    for (const base::Diagnostic& error : formatted.errors) {
      context.streams.err << base::to_text(error);
    }
    return false;
  }
  if (options.check) {
    if (formatted.text != text) {
      differs = true;
      context.streams.out << name << '\n';
    }
    return true;
  }
  if (standard || !options.write) {
    context.streams.out << formatted.text;
    return true;
  }
  if (formatted.text == text) return true;
  // A link stays one: what it leads to is rewritten.
  std::error_code error;
  const base::Path path = context.system.working_directory / name;
  const base::Path target = std::filesystem::canonical(path, error);
  const base::Status written = base::write_file(error ? path : target, formatted.text);
  if (!written) {
    context.streams.err << base::to_text(written.error());
    return false;
  }
  context.streams.out << name << '\n';
  return true;
}

}  // namespace

int run_fmt(const std::vector<std::string>& arguments, const CommandContext& context) {
  Options options;
  std::optional<bool> colour;
  Flags flags;
  flags.add("write", &options.write);
  flags.add("check", &options.check);
  flags.add("color", &colour);
  if (const auto wrong = flags.parse(arguments)) return refuse(*wrong, "fmt", context);
  if (flags.rest().empty()) return refuse("no file given, expected at least one", "fmt", context);
  bool good = true;
  bool differs = false;
  for (const std::string& name : flags.rest()) {
    good = format_file(name, options, context, differs) && good;
  }
  if (!good) return kOtherError;
  return differs ? kFailed : kPassed;
}

}  // namespace sentinel
