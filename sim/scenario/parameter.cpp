#include "scenario/parameter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

const std::vector<std::string> labels = {"versus", "endpoint", "confirmation", "population"};

class ParameterReader {
 public:
  ParameterReader(const Leaf& leaf, const EvidenceRules& rules, Diagnostics& found)
      : leaf_(leaf),
        table_(*leaf.node->as_table()),
        rules_(rules),
        found_(found),
        unit_(wanted_unit(*leaf.row, rules)),
        row_(with_range_of_unit(*leaf.row, in_scenario_prices(given_unit(leaf), rules))) {}

  /// The unit as it is written; empty if there is none.
  static std::string given_unit(const Leaf& leaf) {
    const toml::node* node = leaf.node->as_table()->get("unit");
    return node != nullptr && node->is_string() ? node->as_string()->get() : std::string();
  }

  /// What turns the numbers, which are read as they are written, into the unit of the parameter.
  const PriceConversion& conversion() const { return conversion_; }

  Parameter read() {
    report_unknown_fields();
    const bool as_given = leaf_.row->unit == unit_as_given;
    if (const auto unit = required("unit")) {
      conversion_ = as_given ? check_given_unit(leaf_.path, *unit, rules_, place("unit"), found_)
                             : check_unit(leaf_.path, *unit, unit_, rules_, place("unit"), found_);
    }
    Parameter parameter;
    const auto value = number("value");
    if (!table_.contains("value")) {
      found_.push_back({leaf_.place, leaf_.path + ": value is missing", "add value = a number"});
    }
    parameter.value = value.value_or(0);
    parameter.unit = as_given ? row_.unit : unit_.value_or(leaf_.row->unit);
    Provenance& provenance = parameter.provenance;
    if (const auto source = required("source")) {
      check_source(leaf_.path, *source, rules_, place("source"), found_);
      provenance.source = *source;
    }
    if (const auto grade = required("grade")) {
      check_grade(leaf_.path, *grade, place("grade"), found_);
      provenance.grade = *grade;
    }
    provenance.distribution = text("distribution").value_or("");
    provenance.note = text("note").value_or("");
    provenance.low = number("low");
    provenance.high = number("high");
    if (value) {
      check_order(leaf_.path, *value, provenance, place("value"), found_);
      provenance.spread = check_distribution(leaf_.path, *value, provenance, place("distribution"), found_);
    }
    for (const std::string& label : labels) {
      if (const auto given = text(label)) parameter.labels[label] = *given;
    }
    return parameter;
  }

 private:
  SourcePlace place(const std::string& field) const {
    const toml::node* node = table_.get(field);
    return node == nullptr ? leaf_.place : leaf_.place_of(*node);
  }

  void report_unknown_fields() {
    std::vector<std::string> known = {"value", "unit", "source", "grade", "low", "high", "distribution", "note"};
    known.insert(known.end(), labels.begin(), labels.end());
    for (const auto& [key, node] : table_) {
      const std::string field(key.str());
      if (std::find(known.begin(), known.end(), field) != known.end()) continue;
      const SourcePlace key_place = leaf_.place.line == 0 ? leaf_.place : place_in(leaf_.place.file, key.source());
      found_.push_back({key_place, fmt::format("{}: unknown field {}", leaf_.path, quote(field)),
                        did_you_mean(field, known, "remove it; the fields are " + listed(known))});
    }
  }

  // A number field as written; none if it is absent or invalid.
  std::optional<double> number(const std::string& field) {
    const toml::node* node = table_.get(field);
    if (node == nullptr) return std::nullopt;
    const auto given = number_of(*node);
    if (!given) {
      found_.push_back(
          {place(field), fmt::format("{}: {} must be a number", leaf_.path, field), "write a number without quotes"});
    }
    const bool valid = given && check_number(leaf_.path, *given, conversion_, row_, place(field), found_);
    return valid ? given : std::nullopt;
  }

  // A text field; none if it is absent or of the wrong type.
  std::optional<std::string> text(const std::string& field) {
    const toml::node* node = table_.get(field);
    if (node == nullptr) return std::nullopt;
    if (const auto* given = node->as_string()) return given->get();
    found_.push_back({place(field), fmt::format("{}: {} must be text", leaf_.path, field), "write it between quotes"});
    return std::nullopt;
  }

  // The text of a field that must be there, empty if it is absent; none if it is of the wrong type.
  std::optional<std::string> required(const std::string& field) {
    return table_.contains(field) ? text(field) : std::optional<std::string>("");
  }

  const Leaf& leaf_;
  const toml::table& table_;
  const EvidenceRules& rules_;
  Diagnostics& found_;
  std::optional<std::string> unit_;
  KeyRow row_;
  PriceConversion conversion_;
};

}  // namespace

Parameter read_parameter(const Leaf& leaf, const EvidenceRules& rules, Diagnostics& found) {
  std::optional<Parameter> parameter;
  PriceConversion conversion;
  if (leaf.node) {
    ParameterReader reader(leaf, rules, found);
    parameter = reader.read();
    conversion = reader.conversion();
  }
  for (const Edit& edit : leaf.edits) {
    check_number(leaf.path, edit.value, conversion,
                 parameter ? with_range_of_unit(*leaf.row, parameter->unit) : *leaf.row, edit.place, found);
    if (parameter) {
      parameter->provenance = replaced(parameter->value, parameter->provenance, edit.source);
      parameter->value = edit.value;
    } else {
      const std::string unit = wanted_unit(*leaf.row, rules).value_or(leaf.row->unit);
      parameter = Parameter{edit.value, unit, {edit.source, "assumption", {}, {}, {}, {}}, {}};
    }
  }
  if (!parameter) return {};
  parameter->value = converted(parameter->value, conversion);
  parameter->provenance = converted(parameter->provenance, conversion);
  return std::move(*parameter);
}

}  // namespace myelin::scenario
