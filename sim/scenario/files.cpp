#include "scenario/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <utility>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

namespace fs = std::filesystem;

// Reads an existing regular file; the second part says why it was refused.
std::pair<std::string, std::string> read_regular(const fs::path& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (!fs::exists(status)) return {{}, "there is no such file"};
  if (fs::is_directory(status)) return {{}, "it is a folder"};
  if (!fs::is_regular_file(status)) return {{}, "it is no regular file"};
  const std::uintmax_t bytes = fs::file_size(path, failure);
  if (!failure && bytes > max_file_bytes) return {{}, "it is larger than 16 MiB"};
  std::ifstream stream(path, std::ios::binary);
  std::string text(failure ? 0 : bytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (failure || !stream) {
    throw IoError(fmt::format("cannot read {}: check its permissions and the disk", path.string()));
  }
  return {std::move(text), {}};
}

tl::unexpected<Diagnostics> refuse(SourcePlace place, std::string problem, std::string remedy) {
  return tl::unexpected(Diagnostics{{std::move(place), std::move(problem), std::move(remedy)}});
}

}  // namespace

Folder::Folder(const fs::path& top_file) : top_file_(top_file) {
  std::error_code failure;
  const fs::path folder = top_file.has_parent_path() ? top_file.parent_path() : fs::path(".");
  canonical_ = fs::weakly_canonical(folder, failure);
}

Folder::Folder(std::vector<File> kept) : kept_(std::move(kept)) {}

Result<File> Folder::read_top() const {
  if (!kept_.empty()) return kept_.front();
  auto [text, refusal] = read_regular(top_file_);
  if (!refusal.empty()) {
    return refuse({top_file_.string()}, "cannot read the scenario: " + refusal,
                  "give the path of a scenario's TOML file");
  }
  return File{top_file_.filename().generic_string(), top_file_.string(), std::move(text)};
}

Result<File> Folder::read(const std::string& path, const std::string& base, const SourcePlace& place) const {
  const std::string no_use = fmt::format("cannot use the file {}: ", quote(path));
  if (path.empty() || path.find('\0') != std::string::npos) {
    return refuse(place, no_use + "it is no file name", "write a path, counted from the folder of this file");
  }
  if (!kept_.empty()) {
    const std::string wanted = (fs::path(base) / path).lexically_normal().generic_string();
    const auto found = std::ranges::find(kept_, wanted, &File::relative);
    if (found != kept_.end()) return *found;
    return refuse(place, no_use + "it was not kept with the results", "run the scenario again");
  }
  std::error_code failure;
  const fs::path canonical = fs::weakly_canonical(canonical_ / base / path, failure);
  if (failure) return refuse(place, no_use + failure.message(), "correct the path");
  const fs::path relative = canonical.lexically_relative(canonical_);
  if (relative.empty() || *relative.begin() == "..") {
    return refuse(place, no_use + "it is outside the scenario's folder (a scenario must be complete in one folder)",
                  "copy the file beside the scenario and name the copy");
  }
  auto [text, refusal] = read_regular(canonical);
  if (!refusal.empty()) {
    return refuse(place, no_use + refusal, "correct the path, which counts from the folder of the file that names it");
  }
  return File{relative.generic_string(), (top_file_.parent_path() / relative).generic_string(), std::move(text)};
}

}  // namespace myelin::scenario
