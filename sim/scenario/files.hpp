#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"

namespace myelin::scenario {

/// Largest file that a scenario may name, in bytes.
inline constexpr std::size_t max_file_bytes = 16u << 20;

/// A file of a scenario, read whole.
struct File {
  std::string relative;  ///< path from the folder of the top file, with forward slashes
  std::string shown;  ///< path as messages show it: from where the program was started, as the user wrote the top file
  std::string text;

  /// The folder of the file, from the folder of the top file; empty for that folder itself.
  std::string folder() const { return std::filesystem::path(relative).parent_path().generic_string(); }
};

/// The folder of a scenario's top file, on disk or as it was kept. Nothing outside it is read, so that a scenario is
/// complete in one folder.
class Folder {
 public:
  Folder(const std::filesystem::path& top_file);
  /// The files of a scenario that was read before, the top file first.
  explicit Folder(std::vector<File> kept);

  /// The top file; a diagnostic if it is missing, no regular file or too large. Throws IoError if it cannot be read.
  Result<File> read_top() const;

  /// The file `path`, counted from `base` (itself counted from this folder); a diagnostic at `place`, where the path
  /// was written, if it is missing, no regular file, too large or outside the folder. Throws IoError if it cannot be
  /// read.
  Result<File> read(const std::string& path, const std::string& base, const SourcePlace& place) const;

 private:
  std::vector<File> kept_;           // empty where the files are on disk
  std::filesystem::path top_file_;   // as the user wrote it
  std::filesystem::path canonical_;  // of its folder
};

}  // namespace myelin::scenario
