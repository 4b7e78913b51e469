#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "results/types.hpp"

/// \file
/// The results file of a run (HDF5) and the digests of what it holds.

namespace myelin::results {

/// Writes a run to `path`, replacing what is there; at any moment the file at `path` is whole or absent.
/// Throws IoError, leaving nothing behind, if the disk is full, the folder cannot be written, or a text holds a NUL.
void write(const RunResults& results, const std::filesystem::path& path);

/// Reads back exactly what `write` was given. Throws IoError if the file is missing, truncated, damaged, of another
/// filetype or of a newer version, or if a dataset is missing or has the wrong type or shape (the text names it).
RunResults read(const std::filesystem::path& path);

/// SHA-256 in hexadecimal over every analysis, deterministic sensitivity analyses included: its names, units, shapes
/// and numbers (as IEEE 754 bytes). Wording (labels, descriptions, reasons), the scenario, its settings, the engine and
/// the program that ran it are left out.
std::string digest(const RunResults& results);

/// (strategy, SHA-256) of each strategy alone over all analyses, in order of first appearance; increments and
/// sensitivity analyses are left out, so that a digest does not depend on the other strategies of the run.
std::vector<std::pair<std::string, std::string>> digest_by_strategy(const RunResults& results);

/// The format of the results file as a page of text: every attribute and dataset with type, axes, units and meaning.
std::string describe_schema();

}  // namespace myelin::results
