#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/key_index.hpp"
#include "scenario/leaves.hpp"
#include "scenario/scenario.hpp"

/// \file
/// Reference cases: what an agency asks of an analysis, as data. A scenario that names one is refused where it
/// contradicts it, and takes from it what it leaves out.

namespace myelin::scenario {

/// The texts of which a key of the scenario must have one.
struct AcceptedTexts {
  std::string key;                  ///< such as `analysis.perspective`
  std::vector<std::string> one_of;  ///< not empty; the first is given to a scenario that leaves the key out
  Provenance provenance;
};

/// Thresholds that belong together.
struct ThresholdSet {
  std::string name, label;
  std::vector<double> per_qaly;  ///< willingness to pay for a QALY in the currency of the reference case; not empty
  Provenance provenance;
};

/// QALYs gained count `weight` times if the absolute or the proportional shortfall reaches its cut-off.
struct SeverityLevel {
  std::string name;
  Parameter absolute_from;      ///< QALYs that patients lose against the general population
  Parameter proportional_from;  ///< the same as a share of the general population's QALYs, 0 to 1
  Parameter weight;             ///< at least 1
};

/// Outcomes that an analysis must have.
struct RequiredOutcomes {
  std::vector<std::string> names;  ///< not empty
  Provenance provenance;
};

/// An analysis that departs from the reference case in a way that the agency knows.
struct NonReferenceAnalysis {
  std::string name, label;
  std::vector<std::string> set;  ///< what it changes, each as key=value
  Provenance provenance;
};

/// What an agency asks of an analysis. The provenance of each part names one of `sources`, and its note says why.
struct ReferenceCase {
  std::string name;   ///< by which messages call it
  std::string title;  ///< in a line
  std::vector<SourceRecord> sources;
  std::optional<Parameter> discount_cost, discount_qaly;  ///< per year, at all times
  std::vector<AcceptedTexts> texts;                       ///< perspective, currency, prices and other keys of text
  std::vector<ThresholdSet> thresholds;       ///< a scenario has all of one set, the first if it gives none itself
  std::optional<Parameter> horizon_at_least;  ///< years
  std::optional<Parameter> alive_at_horizon_at_most;  ///< proportion of patients
  std::vector<RequiredOutcomes> outcomes;
  bool probabilistic = false;           ///< the base case is the mean over draws of the parameters
  std::vector<SeverityLevel> severity;  ///< from mild to severe, each cut-off and weight above the one before
  std::vector<NonReferenceAnalysis> alternatives;
};

/// What is known of an analysis that has run.
struct Conduct {
  std::uint64_t parameter_draws = 1;       ///< 1: at the means of the parameters alone
  std::optional<double> alive_at_horizon;  ///< largest proportion of any strategy; none if it was not counted
};

/// The reference cases that come with the program: name and TOML text. Written by CMake from
/// scenarios/reference_cases, since nothing outside a scenario's folder is read.
const std::vector<std::pair<std::string, std::string>>& built_in_reference_cases();

/// The keys of a file that states a reference case.
const Schema& reference_case_schema();

/// Reads a reference case from TOML; or gives all mistakes with line and column, the file named as `shown_name`.
Result<ReferenceCase> read_reference_case(const std::string& text, const std::string& shown_name);

/// A diagnostic for each key of a scenario that contradicts the reference case, at the place of the key. Keys that are
/// absent or not sound are passed over.
Diagnostics contradictions(const ReferenceCase& reference_case, const ParameterSet& parameters);

/// A diagnostic at `place`, where the scenario names the reference case, for each required outcome that is not among
/// `outcomes`.
Diagnostics missing_outcomes(const ReferenceCase& reference_case, const std::vector<std::string>& outcomes,
                             const SourcePlace& place);

/// What the reference case asks of the conduct of an analysis and was not done; a sentence each, to be shown beside the
/// results.
std::vector<std::string> remarks(const ReferenceCase& reference_case, const Conduct& conduct);

/// The leaves of keys that the scenario leaves out and the reference case states: discount rates, texts, thresholds.
/// `index` must have the common schema and outlive the leaves. Their place is the key of `as_source`, and the
/// provenance of a discount rate has it as source.
std::vector<Leaf> fill_in(const ReferenceCase& reference_case, const Leaves& leaves, const KeyIndex& index);

/// The reference case as a row of the scenario's list of sources, with the key `reference case NAME`.
SourceRecord as_source(const ReferenceCase& reference_case);

}  // namespace myelin::scenario
