#include "cli/text_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "core/diagnostic.hpp"

namespace myelin::cli {

void write_text_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
  errno = 0;
  std::ofstream file(temporary, std::ios::binary);
  file << text;
  file.close();
  std::error_code failure;
  if (!file) {
    failure = {errno, std::generic_category()};
  } else {
    std::filesystem::rename(temporary, path, failure);
  }
  if (!failure && file) return;
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  throw IoError(fmt::format("cannot write '{}' ({}) -- choose another folder or free some space", path.string(),
                            failure.message()));
}

}  // namespace myelin::cli
