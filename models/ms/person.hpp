#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"

/// \file
/// One person with relapsing MS in the place of a scenario's population, what they may reach, and what is known of
/// people like them.

namespace myelin::ms {

/// What a clinician wrote of a person, as options of the command line have it; empty where nothing was written.
struct PersonText {
  std::string age, sex, edss, duration, jcv;
};

struct Person {
  int age_years = 0;
  bool is_female = false;
  double edss = 0;  ///< 0 to 9.5 in halves
  std::optional<double> disease_duration_years;
  std::optional<bool> jcv_positive;  ///< antibodies against JC virus

  /// The model's EDSS has whole levels: a half counts as the level below.
  std::size_t edss_level() const { return static_cast<std::size_t>(edss); }
};

/// Reads a person: an age in whole years, `female` or `male`, an EDSS from 0 to 9.5 in halves, years of disease not
/// above the age, and `positive` or `negative` for antibodies against JC virus; the last two may be empty. Gives every
/// mistake.
Result<Person> read_person(const PersonText& text);

/// The `key=value` that put the person in the place of the scenario's population, followed to the age at which the
/// scenario ends, with what a first relapse needs. A person at or beyond that age, or a duration or antibodies of which
/// the scenario knows nothing, are mistakes.
Result<std::vector<std::string>> overrides_of(const Person& person, const ParameterSet& parameters);

/// Something that a person may reach, counted by an outcome of the model.
struct Milestone {
  std::string outcome;  ///< `deaths` is the model's total
  std::string label;
  bool reached_at_entry = false;
};

/// What the outlook of a person tells by years since now: disability, progressive MS, relapse, death.
std::vector<Milestone> milestones_of(const Person& person, const ParameterSet& parameters);

/// Something that a strategy may bring, counted by an outcome of the model.
struct PossibleEvent {
  std::string outcome, label;
  bool recurs = false;  ///< its expectation is a number of events, not a probability
};

struct PossibleEvents {
  std::vector<PossibleEvent> procedure;  ///< transplantation, its complications, death from it
  std::vector<PossibleEvent> lifetime;   ///< late effects, adverse events, and deaths from them
};

/// What the therapies of a strategy may bring; nothing twice.
PossibleEvents possible_events(const ParameterSet& parameters, const std::string& strategy);

/// A comparison by which a procedure of the strategies enters the network of effects.
struct StatedComparison {
  std::string therapy, versus;  ///< labels
  std::string effect;           ///< `worsening`, ...
  double ratio = 1;
  std::optional<double> low, high;
  std::string endpoint, population, source, grade;
};

/// What the outlook under the procedures of the strategies rests on.
std::vector<StatedComparison> comparisons_of_procedures(const ParameterSet& parameters,
                                                        const std::vector<std::string>& strategies);

/// In what the person is outside the limits of eligibility of the strategies' procedures, or outside those who were
/// studied, each in a sentence. From the parameters with the person's overrides.
std::vector<std::string> warnings_about(const Person& person, const ParameterSet& parameters,
                                        const std::vector<std::string>& strategies);

}  // namespace myelin::ms
