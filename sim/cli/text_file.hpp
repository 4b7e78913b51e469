#pragma once

#include <filesystem>
#include <string>

namespace myelin::cli {

/// Writes text to a file whole or not at all, by way of a temporary file beside it. Throws IoError if it cannot.
void write_text_file(const std::filesystem::path& path, const std::string& text);

}  // namespace myelin::cli
