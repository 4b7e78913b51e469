#include "models/ms/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/ms/network.hpp"
#include "program/timing_settings.hpp"

namespace myelin::ms {

namespace {

ByEdss by_edss(const ParameterSet& parameters, const std::string& path) {
  ByEdss values{};
  std::ranges::copy(parameters.table(path).values, values.begin());
  return values;
}

double number_or(const ParameterSet& parameters, const std::string& path, double fallback) {
  return parameters.has(path) ? parameters.number(path) : fallback;
}

/// The values of women, then of men, each from age 0.
void read_by_sex(const ParameterSet& parameters, const std::string& path, std::vector<double> (&by_sex)[2]) {
  const std::vector<double>& values = parameters.table(path).values;
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  by_sex[0].assign(values.begin(), values.begin() + half);
  by_sex[1].assign(values.begin() + half, values.end());
}

NaturalHistory read_natural_history(const ParameterSet& parameters) {
  const std::string& variant = parameters.text("natural_history.variant");
  NaturalHistory history;
  history.rrms_intensities_per_year = read_edss_matrix(parameters, "natural_history.rrms_intensities", 0);
  history.spms_probabilities_per_year = read_edss_matrix(parameters, "natural_history.spms_probabilities", 1);
  if (parameters.has("natural_history.ppms_probabilities"))
    history.ppms_probabilities_per_year = read_edss_matrix(parameters, "natural_history.ppms_probabilities", 1);
  if (parameters.text("natural_history.structure") == "rrms_spms")
    history.conversion_probability_per_year = by_edss(parameters, "natural_history.conversion");
  history.edss_step_at_conversion = static_cast<int>(parameters.integer("natural_history.edss_step_at_conversion"));
  history.effect_on_conversion = parameters.boolean("natural_history.effect_on_conversion");
  history.effect_on_progressive = effect_on_progressive(parameters);
  history.speed = parameters.number("natural_history.variants." + variant + ".speed");
  history.conversion_speed =
      number_or(parameters, "natural_history.variants." + variant + ".conversion", history.speed);
  const std::string heterogeneity = "natural_history.heterogeneity.";
  history.heterogeneity = {number_or(parameters, heterogeneity + "frailty_log_sd", 0),
                           number_or(parameters, heterogeneity + "ratio_per_relapse", 1),
                           number_or(parameters, heterogeneity + "ratio_per_year_at_edss", 1)};
  return history;
}

ByEdss read_mortality_multiplier(const ParameterSet& parameters) {
  const std::string& variant = parameters.text("natural_history.variant");
  ByEdss multiplier = by_edss(parameters, "mortality.multiplier");
  const std::string excess = "natural_history.variants." + variant + ".excess_mortality";
  if (!parameters.has(excess)) return multiplier;
  for (double& each : multiplier) each = std::max(0.0, 1 + (each - 1) * parameters.number(excess));
  return multiplier;
}

StartingPopulation read_population(const ParameterSet& parameters) {
  StartingPopulation population;
  population.start_age_years = static_cast<int>(std::lround(parameters.number("population.start_age")));
  population.female_share = parameters.number("population.female_share");
  population.jcv_positive_share = number_or(parameters, "population.jcv_positive", 0);
  population.start_edss = by_edss(parameters, "population.start_edss");
  const std::string& phenotype = parameters.text("population.start_phenotype");
  population.start_phenotype = phenotype == "SPMS"   ? Phenotype::secondary_progressive
                               : phenotype == "PPMS" ? Phenotype::primary_progressive
                                                     : Phenotype::relapsing_remitting;
  return population;
}

Relapses read_relapses(const ParameterSet& parameters) {
  return {.per_year_rrms = by_edss(parameters, "relapses.rate_rrms"),
          .per_year_spms = by_edss(parameters, "relapses.rate_spms"),
          .qaly_change = parameters.number("relapses.qaly_change"),
          .cost = parameters.number("relapses.cost"),
          .admitted_share = number_or(parameters, "relapses.admitted_share", 0),
          .dispersion = number_or(parameters, "relapses.dispersion", 0),
          .drawn = parameters.text("analysis.accrual") == "drawn"};
}

void read_age_adjustment(const ParameterSet& parameters, Living& living) {
  if (parameters.text("utilities.age_adjustment") == "none") return;
  read_by_sex(parameters, "utilities.general_population", living.utility_factor);
  const auto reference = static_cast<std::size_t>(parameters.integer("utilities.reference_age"));
  for (std::vector<double>& factors : living.utility_factor) {
    const double at_reference = factors[reference];
    for (double& factor : factors) factor /= at_reference;
  }
}

Living read_living(const ParameterSet& parameters) {
  Living living;
  living.utility = by_edss(parameters, "utilities.state");
  living.carer_qaly_per_year = by_edss(parameters, "utilities.carer_change");
  living.spms_utility_change = parameters.number("utilities.spms_change");
  living.carer_counted = parameters.boolean("utilities.carer_counted");
  read_age_adjustment(parameters, living);
  living.state_cost_per_year_rrms = by_edss(parameters, "costs.state_rrms");
  living.spms_cost_addition_per_year = parameters.number("costs.spms_addition");
  living.cost_per_infusion = parameters.number("costs.infusion");
  for (const std::string& name : parameters.names_under("symptoms")) {
    const std::string path = "symptoms." + name;
    living.symptoms.push_back({name, parameters.text(path + ".label"), by_edss(parameters, path + ".prevalence")});
  }
  living.has_work = parameters.has("work.employment");
  if (living.has_work) {
    living.work = {.employment = by_edss(parameters, "work.employment"),
                   .earnings_per_year = parameters.number("work.earnings"),
                   .until_age_years = static_cast<int>(parameters.integer("work.until_age")),
                   .counted = parameters.boolean("costs.productivity_counted")};
  }
  return living;
}

template <class List>
void add_names(const List& list, std::vector<Named>& names) {
  for (const auto& each : list) {
    const Named named{each.name, each.label};
    if (std::ranges::find(names, named.name, &Named::name) == names.end()) names.push_back(named);
  }
}

void add_reported(const Therapy& therapy, Reported& reported) {
  add_names(therapy.procedure.complications, reported.complications);
  add_names(therapy.adverse_events, reported.adverse_events);
  add_names(therapy.procedure.late_effects, reported.late_effects);
  for (const AdverseEvent& event : therapy.adverse_events) {
    if (event.fatality > 0) add_names(std::vector{event}, reported.causes_of_death);
  }
  for (const LateEffect& effect : therapy.procedure.late_effects) {
    if (effect.fatality > 0) add_names(std::vector{effect}, reported.causes_of_death);
  }
}

/// In the order of the therapies, so that the order of strategies changes nothing.
Reported read_reported(const ParameterSet& parameters) {
  std::set<std::string> used;
  for (const std::string& strategy : parameters.names_under("strategies")) {
    for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) used.insert(line);
  }
  Reported reported;
  for (const std::string& name : parameters.names_under("therapies")) {
    if (!used.contains(name)) continue;
    const Therapy therapy = read_therapy(parameters, name);
    add_names(std::vector{therapy}, reported.therapies);
    add_reported(therapy, reported);
    const std::string& bridging = therapy.procedure.bridging;
    if (!bridging.empty()) add_reported(read_therapy(parameters, bridging), reported);
  }
  return reported;
}

void read_treatment(const ParameterSet& parameters, const std::string& strategy, Inputs& inputs) {
  const std::string& waning = parameters.text("treatment.waning");
  if (waning != "none") {
    inputs.effect_remaining = parameters.table("treatment.waning_schedules." + waning + ".effect_remaining").values;
  }
  inputs.wane_log_ratio = parameters.text("treatment.waning_on") == "log_ratio";
  for (const std::string& cause : parameters.names_under("treatment.discontinuation_causes")) {
    const std::string path = "treatment.discontinuation_causes." + cause;
    inputs.discontinuation_causes.push_back(
        {cause, parameters.text(path + ".label"), parameters.number(path + ".share")});
  }
  for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) {
    inputs.lines.push_back(read_therapy(parameters, line));
    const std::string& bridging = inputs.lines.back().procedure.bridging;
    inputs.bridging.push_back(bridging.empty() ? Therapy{} : read_therapy(parameters, bridging));
  }
}

}  // namespace

bool effect_on_progressive(const ParameterSet& parameters) {
  const Network network(parameters);
  return std::ranges::any_of(parameters.names_under("therapies"), [&](const std::string& therapy) {
    return !network.comparison(therapy, "worsening_spms").empty();
  });
}

EdssMatrix read_edss_matrix(const ParameterSet& parameters, const std::string& path, std::size_t first_row) {
  const std::vector<double>& values = parameters.table(path).values;
  EdssMatrix matrix{};
  for (std::size_t from = first_row; from < edss_count; ++from) {
    for (std::size_t to = 0; to < edss_count; ++to) matrix[from][to] = values[(from - first_row) * edss_count + to];
  }
  return matrix;
}

Inputs read_inputs(const ParameterSet& parameters, const std::string& strategy) {
  Inputs inputs;
  inputs.timing = read_timing(parameters);
  inputs.cycles_per_year = static_cast<int>(std::lround(1 / inputs.timing.cycle_length.value));
  inputs.discount_cost = read_discount_cost(parameters);
  inputs.discount_qaly = read_discount_qaly(parameters);
  inputs.currency_and_price_year = parameters.text("analysis.currency") + " " + parameters.text("analysis.price_year");
  inputs.follow_up = parameters.boolean("analysis.follow_up");
  inputs.population = read_population(parameters);
  inputs.natural_history = read_natural_history(parameters);
  read_by_sex(parameters, "mortality.life_table", inputs.death_probability_per_year);
  inputs.mortality_multiplier = read_mortality_multiplier(parameters);
  inputs.relapses = read_relapses(parameters);
  inputs.living = read_living(parameters);
  read_treatment(parameters, strategy, inputs);
  inputs.reported = read_reported(parameters);
  return inputs;
}

double probability_in_cycle(const Inputs& inputs, Probability per_year) {
  return per_year.value() == 1 ? 1 : to_probability(to_rate(per_year, Years{1}), inputs.timing.cycle_length).value();
}

int waning_years(const Inputs& inputs) {
  return inputs.effect_remaining.empty() ? 0 : static_cast<int>(inputs.effect_remaining.size()) - 1;
}

Effects effects_in_year(const Inputs& inputs, const Therapy& therapy, int year) {
  const auto remaining = [&] {
    if (inputs.effect_remaining.empty()) return 1.0;
    const auto last = inputs.effect_remaining.size() - 1;
    return inputs.effect_remaining[std::min(static_cast<std::size_t>(year), last)];
  }();
  const auto wane = [&](double ratio) {
    if (remaining == 1) return ratio;
    return inputs.wane_log_ratio ? std::pow(ratio, remaining) : 1 - (1 - ratio) * remaining;
  };
  const bool improves = therapy.improvement_years == 0 || year < therapy.improvement_years;
  const Effects& full = therapy.effects;
  return {.worsening = wane(full.worsening),
          .relapse = wane(full.relapse),
          .improvement = improves ? wane(full.improvement) : 1.0,
          .worsening_progressive = wane(full.worsening_progressive)};
}

}  // namespace myelin::ms
