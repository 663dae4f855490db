#include "harness/command/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/command/console.h"
#include "harness/command/settings.h"
#include "harness/report/github.h"
#include "harness/report/markdown.h"
#include "plugin/base/file.h"

namespace harness {
namespace {

bool is_stdout(const ReportRequest& request) {
  return request.path.empty();
}

std::string rendered(const RunReport& report, const FormatRow& format, const TextOptions& text) {
  return format.render == nullptr ? render_text(report, text) : format.render(report);
}

std::optional<base::Diagnostic> two_in_one_place(const std::vector<ReportRequest>& requests,
                                                 const base::Path& working_directory) {
  if (std::count_if(requests.begin(), requests.end(), is_stdout) > 1) {
    return base::Diagnostic{.what = "there are two reports for standard output",
                            .advice = "give one of them a path: `--report json=result.json`"};
  }
  std::map<base::Path, const FormatRow*> files;
  for (const ReportRequest& request : requests) {
    const base::Path file = file_of(request);
    if (file.empty()) continue;
    const auto [other, fresh] = files.emplace(file, request.format);
    if (fresh) continue;
    return base::Diagnostic{
        .what = "there are two reports for " +
                base::in_ticks(base::display_path(request.path, working_directory)) + ", " +
                base::in_ticks(other->second->name) + " and " +
                base::in_ticks(request.format->name),
        .advice = "give one of them another path"};
  }
  return std::nullopt;
}

/// 0, or why not all of it could be written.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno != EINTR) return errno;
    if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

/// All of the text or nothing, as base::write_file does it, but without waiting for the disk: a
/// report is soon made again. What is no file, as /dev/null or a pipe, is written to and stays.
base::Status write_report(const base::Path& path, std::string_view text) {
  const auto failed = [&path](int why) {
    return base::Diagnostic{.what = "cannot write `" + path.string() + "`",
                            .why = std::generic_category().message(why)};
  };
  std::error_code ignored;
  const auto about = std::filesystem::status(path, ignored);
  const bool in_place = std::filesystem::exists(about) && !std::filesystem::is_regular_file(about);
  if (!in_place) {
    if (auto made = base::make_folders(path.parent_path()); !made) return made;
  }
  std::string staged =
      (path.parent_path() / (".harness-" + path.filename().string() + ".XXXXXX")).string();
  const int descriptor = in_place ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)
                                  : ::mkostemp(staged.data(), O_CLOEXEC);
  if (descriptor < 0) return failed(errno);
  int error = write_all(descriptor, text);
  if (error == 0 && !in_place && ::fchmod(descriptor, 0644) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && !in_place && std::rename(staged.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  if (!in_place) ::unlink(staged.c_str());
  return failed(error);
}

constexpr std::size_t kMostSummary = 1'000'000;  // bytes; GitHub drops a longer one whole

/// GitHub Actions shows annotations and a summary by itself: neither needs a token.
void tell_github(const RunReport& report, const Context& context, bool stdout_taken) {
  const std::string annotations = render_github(report);
  if (stdout_taken)
    write_err(annotations);
  else
    write_out(annotations);
  const std::string_view path = base::get(context.system.environment, "GITHUB_STEP_SUMMARY");
  if (path.empty()) return;
  std::ofstream summary{base::Path(path), std::ios::app | std::ios::binary};
  summary << render_markdown_within(report, kMostSummary) << "\n";
  summary.close();
  if (summary) return;
  show_problem(
      {.what = "warning: the summary of the run was not written to `" + std::string(path) + "`",
       .why = "`GITHUB_STEP_SUMMARY` names a file that cannot be written"});
}

}  // namespace

base::Result<std::vector<ReportRequest>> report_requests(const Arguments& arguments,
                                                         const Context& context) {
  std::vector<ReportRequest> out;
  for (const std::string& text : arguments.values("report")) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const std::string path = equals == std::string::npos ? "-" : text.substr(equals + 1);
    const FormatRow* format = find_format(name);
    if (format == nullptr) {
      std::vector<std::string_view> names;
      std::string list;
      for (const FormatRow& row : formats()) {
        names.push_back(row.name);
        list += (list.empty() ? "" : ", ") + std::string(row.name);
      }
      const std::string_view near = base::nearest_name(name, names);
      return base::Diagnostic{
          .what = "unknown report format `" + name + "`, expected one of " + list,
          .advice = near.empty() ? "" : "did you mean `" + std::string(near) + "`?"};
    }
    if (path.empty()) {
      return base::Diagnostic{.what = "the report `" + text + "` names no path"};
    }
    out.push_back({.format = format,
                   .path = path == "-" ? base::Path() : context.system.working_directory / path});
  }
  if (const std::string_view bazel = base::get(context.system.environment, "XML_OUTPUT_FILE");
      !bazel.empty()) {
    const ReportRequest wanted{.format = find_format("junit"),
                               .path = context.system.working_directory / bazel};
    if (std::none_of(out.begin(), out.end(), [&wanted](const ReportRequest& one) {
          return one.format == wanted.format && one.path == wanted.path;
        }))
      out.push_back(wanted);
  }
  if (auto problem = two_in_one_place(out, context.system.working_directory))
    return std::move(*problem);
  return out;
}

base::Path file_of(const ReportRequest& request) {
  if (is_stdout(request)) return {};
  std::error_code ignored;
  // Twice: what is left without a folder that is not there yet, and its `..`, may be a link.
  const base::Path plain = std::filesystem::weakly_canonical(request.path, ignored);
  const auto about = std::filesystem::status(plain, ignored);
  if (std::filesystem::exists(about) && !std::filesystem::is_regular_file(about)) return {};
  return std::filesystem::weakly_canonical(plain, ignored);
}

const ReportRequest* request_of_coverage(const std::vector<ReportRequest>& requests) {
  const auto found = std::find_if(requests.begin(), requests.end(),
                                  [](const ReportRequest& one) { return one.format->of_coverage; });
  return found == requests.end() ? nullptr : &*found;
}

TextOptions text_options(const Arguments& arguments, const Context& context,
                         const base::Terminal& terminal) {
  TextOptions out;
  out.width = terminal.interactive ? terminal.width : 120;
  out.colour = use_colour(arguments, context.system.environment, terminal);
  out.utf8 = terminal.utf8;
  out.verbosity = arguments.has("quiet") ? -1 : static_cast<int>(arguments.count("verbose"));
  out.trace = arguments.has("trace");
  if (const auto durations = number_option(arguments, "durations"); durations && *durations)
    out.durations = **durations;
  return out;
}

bool write_reports(const RunReport& report, const std::vector<ReportRequest>& requests,
                   const Arguments& arguments, const Context& context) {
  bool good = true;
  bool stdout_taken = false;
  for (const ReportRequest& request : requests) {
    if (is_stdout(request) && request.format->render != nullptr) stdout_taken = true;
  }
  const base::Terminal& terminal = stdout_taken ? context.system.err : context.system.out;
  const std::string text = render_text(report, text_options(arguments, context, terminal));
  if (stdout_taken) {
    write_err(text);
  } else if (!write_out(text)) {
    show_problem({.what = "standard output cannot be written"});
    good = false;
  }
  for (const ReportRequest& request : requests) {
    if (is_stdout(request)) {
      if (request.format->render == nullptr) continue;
      if (write_out(request.format->render(report))) continue;
      show_problem({.what = "standard output cannot be written"});
      good = false;
      continue;
    }
    TextOptions plain = text_options(arguments, context, context.system.out);
    plain.colour = false;
    plain.utf8 = true;
    plain.width = 120;
    if (auto written = write_report(request.path, rendered(report, *request.format, plain));
        !written) {
      show_problem(written.error());
      good = false;
    }
  }
  const bool asked = std::any_of(requests.begin(), requests.end(), [](const ReportRequest& one) {
    return one.format->name == "github";
  });
  if (base::get(context.system.environment, "GITHUB_ACTIONS") == "true" &&
      !arguments.has("no-ci") && !asked)
    tell_github(report, context, stdout_taken);
  return good;
}

}  // namespace harness
