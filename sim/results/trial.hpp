#pragma once

#include <cstdint>
#include <functional>

/// \file
/// Reading what nobody vouches for. The HDF5 library trusts the sizes and addresses in a file: one that is made to harm
/// can make it crash, go in circles or ask for all memory, and no check of ours comes before the library's own parsing.

namespace myelin::results {

/// Bytes of values that a file of `file_bytes` may hold: many times what any run packs into one.
std::uint64_t most_value_bytes(std::uintmax_t file_bytes);

/// Does `read` in a child process whose memory and computing time have limits that grow with the size of the file, so
/// that this process can then do it without harm. Throws IoError: the one that `read` threw, or that the library failed
/// on the file, or that a limit was reached.
void try_in_child(std::uintmax_t file_bytes, const std::function<void()>& read);

}  // namespace myelin::results
