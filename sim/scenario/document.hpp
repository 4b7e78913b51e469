#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "scenario/files.hpp"
#include "scenario/toml.hpp"

namespace myelin::scenario {

/// Deepest chain of includes below the top file.
inline constexpr std::size_t max_include_depth = 16;

/// One TOML file of a scenario.
struct Document {
  File file;
  std::shared_ptr<const toml::table> table;
  std::vector<std::size_t> includes;  ///< positions of the files it includes, in their order
};

/// The TOML files of a scenario in order of reading: each after those it includes, the top file last.
struct Documents {
  std::vector<Document> files;
  bool complete = true;  ///< false if a file is missing or malformed, so that an absent key may stand in it
};

/// Reads the top file and all it includes. Mistakes are added to `found`: a file missing, outside the folder,
/// malformed, included twice or by itself, or nested deeper than `max_include_depth`.
Documents read_documents(const Folder& folder, Diagnostics& found);

/// Reads one value as it stands behind `key =` in TOML. What is not exactly one value is taken as text, so that names
/// and units need no second pair of quotes on a command line.
std::shared_ptr<const toml::node> parse_value(const std::string& text);

/// A TOML integer or float as a number; none for any other value.
std::optional<double> number_of(const toml::node& node);

/// The place of a parsed key or value in the file that is shown as `file`.
SourcePlace place_in(const std::string& file, const toml::source_region& region);

}  // namespace myelin::scenario
