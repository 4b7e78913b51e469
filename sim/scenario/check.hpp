#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "scenario/evidence.hpp"
#include "scenario/files.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Turns leaves into values of the kinds that their rows of the schema give them.
class LeafChecker {
 public:
  /// Mistakes are added to `found`; the folder, the rules and `found` must outlive the checker.
  LeafChecker(const Folder& folder, const EvidenceRules& rules, Diagnostics& found)
      : folder_(folder), rules_(rules), found_(found) {}

  /// The checked value of a leaf; any value if there are mistakes, none if there is nothing to return.
  std::optional<KeyValue> check(const Leaf& leaf);

  /// The CSV files read so far, in the order of reading.
  const std::vector<File>& tables() const { return tables_; }

 private:
  std::optional<KeyValue> check_text(const Leaf& leaf);
  std::optional<KeyValue> check_text_list(const Leaf& leaf);
  std::optional<KeyValue> check_integer(const Leaf& leaf);
  std::optional<KeyValue> check_number_leaf(const Leaf& leaf);
  std::optional<KeyValue> check_number_list(const Leaf& leaf);
  std::optional<KeyValue> check_boolean(const Leaf& leaf);
  std::optional<KeyValue> check_parameter(const Leaf& leaf);
  /// The CSV file that a leaf names; none, with a diagnostic, if it cannot be had.
  std::optional<File> read_file(const Leaf& leaf);
  std::optional<KeyValue> check_table(const Leaf& leaf);
  std::optional<KeyValue> check_formula(const Leaf& leaf);
  std::optional<KeyValue> check_formulas(const Leaf& leaf);
  std::optional<KeyValue> check_formula_matrix(const Leaf& leaf);
  std::optional<KeyValue> check_records(const Leaf& leaf);
  /// A number or text as a formula; none if it is neither.
  std::optional<Formula> formula_of(const Leaf& leaf, const toml::node& node) const;
  void check_choice(const Leaf& leaf, const std::string& text, const toml::node& node);
  std::optional<KeyValue> refuse_kind(const Leaf& leaf, const toml::node& node);

  const Folder& folder_;
  const EvidenceRules& rules_;
  Diagnostics& found_;
  std::vector<File> tables_;
};

}  // namespace myelin::scenario
