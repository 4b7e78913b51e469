#pragma once

#include <filesystem>

namespace myelin::cli {

/// A file of the project's own, `scenarios/...`: below the current folder, else where the program was installed
/// (../share/myelin from its executable), else below the folder that it was built from. If there is none, the last.
std::filesystem::path shared_file(const std::filesystem::path& relative);

}  // namespace myelin::cli
