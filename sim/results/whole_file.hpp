#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

/// \file
/// Files that are whole or absent. A line of text with the SHA-256 of everything before it ends the file; HDF5 ignores
/// what follows its own data. Without it a damaged byte can give wrong numbers, or crash the HDF5 library, which trusts
/// the sizes it reads.

namespace myelin::results {

/// Writes `content` and its checksum to `path` by way of a temporary file beside it. Throws IoError, leaving nothing
/// behind, if any step fails.
void write_whole_file(const std::filesystem::path& path, std::span<const std::byte> content);

/// The same for a text that others read, without a checksum.
void write_whole_text(const std::filesystem::path& path, std::string_view text);

/// Whether the file ends in a checksum: none, one that its content meets, or one that it does not meet.
enum class Checksum { absent, good, bad };

/// Checks the content of a file against the checksum at its end. Throws IoError (without its name) if it cannot be
/// read.
Checksum verify_checksum(const std::filesystem::path& path);

}  // namespace myelin::results
