#include "cli/shared_file.hpp"

#include <system_error>

#include "core/build_info.hpp"

namespace myelin::cli {

std::filesystem::path shared_file(const std::filesystem::path& relative) {
  std::error_code ignored;
  if (std::filesystem::exists(relative, ignored)) return relative;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored),
                              installed = program.parent_path().parent_path() / "share/myelin" / relative;
  if (!program.empty() && std::filesystem::exists(installed, ignored)) return installed;
  return std::filesystem::path(build_info().source_folder) / relative;
}

}  // namespace myelin::cli
