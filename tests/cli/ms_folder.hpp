#pragma once

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "results/example.hpp"

/// \file
/// A copy of the MS scenarios, to be changed by tests.

namespace myelin::cli::test {

using results::test::file_bytes;
using results::test::put_file;
using results::test::TemporaryFolder;

class MsFolder {
 public:
  MsFolder() {
    std::filesystem::copy(MYELIN_SOURCE_DIR "/scenarios/ms", folder_ / "ms", std::filesystem::copy_options::recursive);
  }

  std::string path(const std::string& file) const { return (folder_ / ("ms/" + file)).string(); }
  std::string base_case() const { return path("base_case_uk.toml"); }

  /// Replaces the first `from` after the first `section`.
  void change(const std::string& file, const std::string& section, const std::string& from,
              const std::string& to) const {
    std::string text = file_bytes(path(file));
    const std::size_t begin = text.find(section), at = text.find(from, begin);
    if (begin == std::string::npos || at == std::string::npos) throw std::runtime_error(from + " is not in " + file);
    put_file(path(file), text.replace(at, from.size(), to));
  }

  /// The number of the line on which the first `from` after the first `section` stands.
  std::size_t line_of(const std::string& file, const std::string& section, const std::string& from) const {
    const std::string text = file_bytes(path(file));
    const std::size_t at = text.find(from, text.find(section));
    if (at == std::string::npos) throw std::runtime_error(from + " is not in " + file);
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace myelin::cli::test
