#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// \file
/// The outlook of one person under each strategy, for a clinician: as text and JSON.

namespace myelin::report {

/// The probability of having reached something, or of being somewhere, by years since now.
struct OutlookProbability {
  std::string outcome, label;
  std::vector<double> by_year;  ///< [year of Outlook::years]
  bool reached_at_entry = false;
};

/// What may happen once, or again and again.
enum class OutlookKind { probability, expected_number };

/// Something that may happen over the horizon.
struct OutlookEvent {
  std::string outcome, label;
  OutlookKind kind = OutlookKind::probability;
  double value = 0;
};

/// A mean with the range of the middle 80 % of simulated lives.
struct OutlookSpan {
  double mean = 0, low = 0, high = 0;
};

struct StrategyOutlook {
  std::string name, label;
  std::vector<OutlookProbability> probabilities;
  std::vector<OutlookEvent> procedure;  ///< transplantation, its complications, and death from it
  std::vector<OutlookEvent> lifetime;   ///< late effects and adverse events
  OutlookSpan life_years, qalys;        ///< undiscounted; QALYs of the person alone
  double years_before_walking_aid = 0;
};

/// The base, or an alternative.
struct OutlookAnalysis {
  std::string name, label, natural_history;
  std::vector<StrategyOutlook> strategies;
  std::vector<std::vector<double>> more_qalys;  ///< [a][b]: share of lives in which a gives more QALYs than b
};

/// A comparison that the effects of a procedure rest on.
struct OutlookEvidence {
  std::string therapy, versus, effect;
  double ratio = 1;
  std::optional<double> low, high;
  std::string endpoint, population, source, grade;
};

struct Outlook {
  std::string title;
  int age_years = 0;
  std::string sex;
  double edss = 0;
  std::size_t edss_level = 0;  ///< of the model
  std::optional<double> disease_duration_years;
  std::optional<bool> jcv_positive;
  std::vector<int> years;  ///< since now
  double cycle_length_years = 1;
  std::uint64_t patients = 0, seed = 0;
  std::vector<std::string> warnings;  ///< in what the person is outside the limits or the evidence
  std::vector<OutlookEvidence> evidence;
  std::vector<OutlookAnalysis> analyses;
};

/// A paragraph and a table a strategy, in natural frequencies, and what they rest on: plain UTF-8 text.
std::string outlook_text(const Outlook& outlook);

std::string outlook_json(const Outlook& outlook);

}  // namespace myelin::report
