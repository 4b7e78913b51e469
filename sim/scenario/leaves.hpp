#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/document.hpp"
#include "scenario/key_index.hpp"

namespace myelin::scenario {

/// A number that takes the place of a parameter's value or of one cell of a table.
struct Edit {
  std::vector<std::string> cell;  ///< a table's index, one text a key column; empty for a parameter
  double value = 0;
  SourcePlace place;
  std::string source;  ///< what its provenance names: `--set` or `default`
};

/// A key of a scenario with its value as written, unchecked.
struct Leaf {
  const KeyRow* row = nullptr;
  std::string path;
  SourcePlace place;                       ///< of the key; line 0 if the value comes from no file
  std::string folder;                      ///< that paths in the value count from, itself from the scenario's folder
  std::shared_ptr<const toml::node> node;  ///< null if the only value is an edit
  std::vector<Edit> edits;                 ///< in the order in which they are made
  std::vector<Formula> entries;            ///< that take the place of entries of a table of formulae

  /// The place of a part of the value.
  SourcePlace place_of(const toml::node& part) const;
};

/// What the files of a scenario say, includes overridden by the files that include them.
struct Leaves {
  std::vector<Leaf> leaves;                             ///< in order of appearance
  std::vector<std::pair<KeyPath, SourcePlace>> tables;  ///< every table that a file opens, once
  std::vector<std::string> meant;                       ///< known keys and tables that a reported mistake was meant for
};

/// What a key outside the schema is taken for.
enum class UnknownKeys { are_mistakes, are_passed_over };

/// Brings the files together. Mistakes are added to `found`: unknown keys, keys and tables mixed up, the same key in
/// two files that one file includes.
Leaves gather(const Documents& documents, const KeyIndex& index, UnknownKeys unknown_keys, Diagnostics& found);

}  // namespace myelin::scenario
