#include "models/ms/person.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/ms/network.hpp"
#include "models/ms/therapy.hpp"

namespace myelin::ms {

namespace {

/// Inclusion criteria of the randomised trials of transplantation: MIST (Burt et al., JAMA 2019; 321: 165-174) took
/// people of 18 to 55 years with EDSS 2 to 6. A half more is allowed for, as cohorts have it.
constexpr int youngest_studied_years = 18, oldest_studied_years = 55;
constexpr double highest_edss_studied = 6.5;

constexpr int oldest_years = 110;
constexpr double highest_edss = 9.5;

/// A text that is a finite number and nothing else.
std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return good ? std::optional(value) : std::nullopt;
}

class Reader {
 public:
  /// A number in a range; a multiple of `step` where that is not 0.
  double number(const char* option, const std::string& text, double low, double high, double step, const char* what) {
    const std::optional<double> value = number_in(text);
    const bool good = value && *value >= low && *value <= high && (step == 0 || std::fmod(*value, step) == 0);
    if (!good) refuse(option, text, what);
    return good ? *value : low;
  }

  bool choice(const char* option, const std::string& text, const std::string& yes, const std::string& no) {
    if (text != yes && text != no) refuse(option, text, fmt::format("'{}' or '{}'", yes, no));
    return text == yes;
  }

  void refuse(const char* option, const std::string& text, const std::string& what) {
    found.push_back({{option, 0, 0},
                     text.empty() ? "nothing is said of it" : fmt::format("'{}' cannot be used", text),
                     "give " + what});
  }

  Diagnostics found;
};

/// The distinct procedures of strategies, by name.
std::vector<std::string> procedures_of(const ParameterSet& parameters, const std::vector<std::string>& strategies) {
  std::vector<std::string> procedures;
  for (const std::string& strategy : strategies) {
    for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) {
      const bool is_new = std::ranges::find(procedures, line) == procedures.end();
      if (is_new && parameters.text("therapies." + line + ".kind") == "procedure") procedures.push_back(line);
    }
  }
  return procedures;
}

std::string label_of(const ParameterSet& parameters, const std::string& therapy) {
  return therapy == "none" ? "no treatment" : parameters.text("therapies." + therapy + ".label");
}

}  // namespace

Result<Person> read_person(const PersonText& text) {
  Reader reader;
  Person person;
  person.age_years =
      static_cast<int>(reader.number("--age", text.age, 0, oldest_years, 1, "an age in whole years, from 0 to 110"));
  person.is_female = reader.choice("--sex", text.sex, "female", "male");
  person.edss = reader.number("--edss", text.edss, 0, highest_edss, 0.5, "an EDSS from 0 to 9.5 in halves");
  if (!text.duration.empty()) {
    const bool age_is_known =
        std::ranges::none_of(reader.found, [](const Diagnostic& d) { return d.place.file == "--age"; });
    person.disease_duration_years =
        reader.number("--duration", text.duration, 0, age_is_known ? person.age_years : oldest_years, 0,
                      "the years since the first symptom, not above the age");
  }
  if (!text.jcv.empty()) person.jcv_positive = reader.choice("--jcv", text.jcv, "positive", "negative");
  if (!reader.found.empty()) return tl::unexpected(reader.found);
  return person;
}

Result<std::vector<std::string>> overrides_of(const Person& person, const ParameterSet& parameters) {
  Diagnostics found;
  const double last_age = parameters.number("population.start_age") + parameters.number("analysis.horizon_years");
  if (person.age_years >= last_age) {
    found.push_back({{"--age", 0, 0},
                     fmt::format("the scenario ends at age {:g}", last_age),
                     "give a lower age, or a longer analysis.horizon_years"});
  }
  std::vector<std::string> overrides = {fmt::format("population.start_age={}", person.age_years),
                                        fmt::format("population.female_share={}", person.is_female ? 1 : 0),
                                        fmt::format("analysis.horizon_years={}", last_age - person.age_years),
                                        "analysis.follow_up=true"};
  for (std::size_t level = 0; level < edss_count; ++level)
    overrides.push_back(fmt::format("population.start_edss[{}]={}", level, level == person.edss_level() ? 1 : 0));
  const auto put = [&](const char* option, const std::string& key, double value) {
    if (parameters.has(key)) return overrides.push_back(fmt::format("{}={}", key, value));
    found.push_back(
        {{option, 0, 0}, fmt::format("nothing in the scenario depends on it (there is no '{}')", key), "leave it out"});
  };
  if (person.disease_duration_years) put("--duration", "population.disease_duration", *person.disease_duration_years);
  if (person.jcv_positive) put("--jcv", "population.jcv_positive", *person.jcv_positive ? 1 : 0);
  if (!found.empty()) return tl::unexpected(found);
  return overrides;
}

std::vector<Milestone> milestones_of(const Person& person, const ParameterSet& parameters) {
  const bool progressive = parameters.text("population.start_phenotype") != "RRMS";
  std::vector<Milestone> milestones = {
      {"reached.edss_6", "need a walking aid (sustained EDSS 6)", person.edss_level() >= 6},
      {"reached.edss_7", "need a wheelchair (sustained EDSS 7)", person.edss_level() >= 7}};
  if (parameters.text("natural_history.structure") == "rrms_spms")
    milestones.push_back({"reached.spms", "have progressive MS", progressive});
  milestones.push_back({"reached.relapse", "have had a relapse", false});
  milestones.push_back({"deaths", "have died", false});
  return milestones;
}

PossibleEvents possible_events(const ParameterSet& parameters, const std::string& strategy) {
  PossibleEvents events;
  const auto add = [](std::vector<PossibleEvent>& to, const std::string& outcome, const std::string& label,
                      bool recurs) {
    if (std::ranges::find(to, outcome, &PossibleEvent::outcome) == to.end()) to.push_back({outcome, label, recurs});
  };
  const auto add_later = [&](const char* kind, const auto& list, const auto& recurs) {
    for (const auto& event : list) {
      add(events.lifetime, kind + event.name, event.label, recurs(event));
      if (event.fatality > 0) add(events.lifetime, "deaths." + event.name, "death from " + event.label, false);
    }
  };
  const auto add_adverse_events = [&](const std::string& drug) {
    add_later("adverse_event.", read_therapy(parameters, drug).adverse_events,
              [](const AdverseEvent&) { return true; });
  };
  for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) {
    const Therapy therapy = read_therapy(parameters, line);
    add_adverse_events(line);
    if (therapy.kind != TherapyKind::procedure) continue;
    add(events.procedure, "transplants", "transplanted", false);
    for (const Complication& complication : therapy.procedure.complications)
      add(events.procedure, "complication." + complication.name, complication.label, false);
    add(events.procedure, "deaths.procedure", "death from the procedure", false);
    add_later("late_effect.", therapy.procedure.late_effects, [](const LateEffect& effect) { return effect.recurs; });
    if (!therapy.procedure.bridging.empty()) add_adverse_events(therapy.procedure.bridging);
  }
  return events;
}

std::vector<StatedComparison> comparisons_of_procedures(const ParameterSet& parameters,
                                                        const std::vector<std::string>& strategies) {
  const Network network(parameters);
  std::vector<StatedComparison> comparisons;
  for (const std::string& procedure : procedures_of(parameters, strategies)) {
    for (const char* effect : {"worsening", "pira", "relapse", "improvement"}) {
      const std::string key = network.comparison(procedure, effect);
      if (key.empty()) continue;
      const Parameter& stated = parameters.parameter(key);
      const auto text = [&](const char* name) {
        const auto found = stated.labels.find(name);
        return found == stated.labels.end() ? std::string{} : found->second;
      };
      comparisons.push_back({.therapy = label_of(parameters, procedure),
                             .versus = label_of(parameters, network.comparator(procedure, effect)),
                             .effect = effect,
                             .ratio = stated.value,
                             .low = stated.provenance.low,
                             .high = stated.provenance.high,
                             .endpoint = text("endpoint"),
                             .population = text("population"),
                             .source = stated.provenance.source,
                             .grade = stated.provenance.grade});
    }
  }
  return comparisons;
}

std::vector<std::string> warnings_about(const Person& person, const ParameterSet& parameters,
                                        const std::vector<std::string>& strategies) {
  std::vector<std::string> warnings;
  for (const std::string& procedure : procedures_of(parameters, strategies)) {
    const Therapy therapy = read_therapy(parameters, procedure);
    const Eligibility& limits = therapy.procedure.eligibility;
    std::vector<std::string> beyond;
    if (person.age_years < limits.lowest_age.value_or(0))
      beyond.push_back(fmt::format("is younger than {}", *limits.lowest_age));
    if (limits.highest_age && person.age_years > *limits.highest_age)
      beyond.push_back(
          fmt::format("is older than the {} years that the limits of age and duration allow", *limits.highest_age));
    if (limits.highest_edss && static_cast<int>(person.edss_level()) > *limits.highest_edss)
      beyond.push_back(fmt::format("has an EDSS above {}", *limits.highest_edss));
    if (!beyond.empty()) {
      warnings.push_back(
          fmt::format("This person is not eligible for {} in this scenario (the person {}), and gets the "
                      "next therapy of the strategy instead.",
                      therapy.label, fmt::join(beyond, " and ")));
    }
  }
  if (person.age_years < youngest_studied_years || person.age_years > oldest_studied_years) {
    warnings.push_back(fmt::format(
        "The person's age is outside the evidence: randomised trials of transplantation took people of {} to "
        "{} years. What follows is extrapolated.",
        youngest_studied_years, oldest_studied_years));
  }
  if (person.edss > highest_edss_studied) {
    warnings.push_back(
        fmt::format("The person's EDSS is outside the evidence, in which hardly anybody was above {}. "
                    "What follows is extrapolated.",
                    highest_edss_studied));
  }
  return warnings;
}

}  // namespace myelin::ms
