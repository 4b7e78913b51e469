#include "report/export.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cli/common.hpp"
#include "cli/text_file.hpp"
#include "core/contract.hpp"
#include "report/export_psa.hpp"
#include "results/results.hpp"

/// \file
/// The command that gives a finished run to other tools: a folder of CSV files, all of them or none.

namespace myelin::cli {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at(const fs::path& path, const std::error_code& failure) {
  throw IoError(fmt::format("cannot write '{}' ({}) -- choose another folder with --to, or free some space",
                            path.string(), failure.message()));
}

/// Where files wait until all are whole. What was not published goes away with it.
class Stage {
 public:
  explicit Stage(const fs::path& folder) : folder_(folder), is_new_(!fs::exists(folder)) {
    const std::string suffix = ".tmp." + std::to_string(::getpid());
    path_ = is_new_ ? fs::path(folder_.string() + suffix) : folder_ / ("myelin_export" + suffix);
    std::error_code failure;
    fs::create_directory(path_, failure);
    if (failure) fail_at(folder_, failure);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  fs::path operator/(const std::string& name) const { return path_ / name; }

  /// A new folder appears at once; into one that is there the files go one by one, and out again if one cannot.
  void publish(const std::vector<report::ExportFile>& files) {
    std::error_code failure;
    if (is_new_) {
      fs::rename(path_, folder_, failure);
      if (failure) fail_at(folder_, failure);
      return;
    }
    for (auto file = files.begin(); file != files.end(); ++file) {
      fs::rename(path_ / file->name, folder_ / file->name, failure);
      if (!failure) continue;
      std::error_code ignored;
      std::for_each(files.begin(), file,
                    [&](const report::ExportFile& moved) { fs::remove(folder_ / moved.name, ignored); });
      fail_at(folder_ / file->name, failure);
    }
  }

 private:
  fs::path folder_;
  bool is_new_;
  fs::path path_;
};

/// The folder without a slash at its end, so that names can be put behind it.
fs::path folder_named(const std::string& text) {
  const fs::path path = fs::path(text).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

/// Each file of an export that is in the folder already.
Diagnostics files_in_the_way(const fs::path& folder) {
  Diagnostics problems;
  for (const std::string& name : report::export_file_names()) {
    if (fs::exists(fs::symlink_status(folder / name)))
      problems.push_back({{(folder / name).string(), 0, 0},
                          "the file is there already, and an export overwrites nothing",
                          "name another folder with --to, or move the file away"});
  }
  return problems;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Ends the command as our bug if what was written would lead to another decision than the run.
void read_back(const results::RunResults& run, const Stage& stage) {
  if (!report::has_draws(run)) return;
  const std::vector<std::string> differences = report::psa_disagreements(
      run, {text_of(stage / report::psa_parameters_name), text_of(stage / report::psa_costs_name),
            text_of(stage / report::psa_effects_name)});
  for (const std::string& difference : differences) fmt::print(stderr, "{}\n", difference);
  if (!differences.empty()) fail_contract("exported draws lead to the decision of the run", __FILE__, __LINE__);
}

void print_notes(const results::RunResults& run, const std::vector<report::ExportFile>& files) {
  if (!report::has_draws(run)) {
    const std::vector<std::string>& all = report::export_file_names();
    fmt::print(stderr,
               "note: the run has no parameter draws, so there is no {} -- `myelin run --draws 1000` makes them\n",
               fmt::join(all.begin() + static_cast<std::ptrdiff_t>(files.size()), all.end(), ", "));
  }
  for (const report::ExportFile& file : files) {
    if (file.formula_like.empty()) continue;
    fmt::print(stderr,
               "note: {}: {} cell{} a spreadsheet would take for a formula, '{}' for one; the text stays as the "
               "scenario has it -- import such columns as text\n",
               file.name, file.formula_like.size(), file.formula_like.size() == 1 ? "" : "s",
               file.formula_like.front());
  }
}

}  // namespace

int export_run(const Options& options) {
  const results::RunResults run = results::read(options.results);
  const fs::path folder = folder_named(options.to);
  if (const Diagnostics problems = files_in_the_way(folder); !problems.empty())
    return report_problems(problems, "; nothing was written");
  const Result<std::vector<report::ExportFile>> files = report::export_files(run);
  if (!files) return report_problems(files.error(), "; nothing was written");
  {
    Stage stage(folder);
    for (const report::ExportFile& file : *files) write_text_file(stage / file.name, file.text);
    read_back(run, stage);
    stage.publish(*files);
  }
  print_notes(run, *files);
  for (const report::ExportFile& file : *files) fmt::print("{:<20}  {}\n", file.name, file.content);
  return exit_good;
}

}  // namespace myelin::cli
