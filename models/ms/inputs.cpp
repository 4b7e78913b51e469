#include "models/ms/inputs.hpp"

#include <algorithm>
#include <cmath>

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

std::vector<double> table_or_empty(const ParameterSet& parameters, const std::string& path) {
  return parameters.has(path) ? parameters.table(path).values : std::vector<double>{};
}

std::vector<Complication> read_complications(const ParameterSet& parameters, const std::string& therapy) {
  std::vector<Complication> complications;
  const std::string path = "therapies." + therapy + ".procedure.complications";
  for (const std::string& name : parameters.names_under(path)) {
    complications.push_back({name, parameters.text(path + "." + name + ".label"),
                             Probability(parameters.number(path + "." + name + ".probability"))});
  }
  return complications;
}

Therapy read_therapy(const ParameterSet& parameters, const std::string& name) {
  const std::string path = "therapies." + name + ".";
  const std::string& kind = parameters.text(path + "kind");
  Therapy therapy;
  therapy.name = name;
  therapy.label = parameters.text(path + "label");
  therapy.kind = kind == "procedure" ? TherapyKind::procedure
                 : kind == "courses" ? TherapyKind::courses
                                     : TherapyKind::continuous;
  therapy.effects = {effect_against_none(parameters, name, "worsening"),
                     effect_against_none(parameters, name, "relapse"),
                     effect_against_none(parameters, name, "improvement")};
  therapy.improvement_years =
      parameters.has(path + "improvement_years") ? static_cast<int>(parameters.integer(path + "improvement_years")) : 0;
  therapy.discontinuation_per_year =
      Probability(number_or(parameters, path + "discontinuation", parameters.number("treatment.discontinuation")));
  therapy.price_per_year = number_or(parameters, path + "price", 0);
  therapy.infusions_per_year = number_or(parameters, path + "infusions", 0);
  therapy.infusions_first_year = number_or(parameters, path + "infusions_first_year", therapy.infusions_per_year);
  therapy.monitoring_per_year = number_or(parameters, path + "monitoring", 0);
  therapy.course_price = table_or_empty(parameters, path + "course_price");
  therapy.course_infusions = table_or_empty(parameters, path + "course_infusions");
  if (therapy.kind == TherapyKind::procedure) {
    therapy.procedure.death_probability = by_edss(parameters, path + "procedure.death");
    therapy.procedure.cost = parameters.number(path + "procedure.cost");
    therapy.procedure.qaly_change = parameters.number(path + "procedure.qaly_change");
    therapy.procedure.complications = read_complications(parameters, name);
    therapy.procedure.restart_scale = parameters.number(path + "procedure.restart_scale");
    therapy.procedure.restart_shape = parameters.number(path + "procedure.restart_shape");
  }
  return therapy;
}

NaturalHistory read_natural_history(const ParameterSet& parameters) {
  const std::string& variant = parameters.text("natural_history.variant");
  NaturalHistory history;
  history.rrms_intensities_per_year = read_edss_matrix(parameters, "natural_history.rrms_intensities", 0);
  history.spms_probabilities_per_year = read_edss_matrix(parameters, "natural_history.spms_probabilities", 1);
  history.conversion_probability_per_year = by_edss(parameters, "natural_history.conversion");
  history.edss_step_at_conversion = static_cast<int>(parameters.integer("natural_history.edss_step_at_conversion"));
  history.effect_on_conversion = parameters.boolean("natural_history.effect_on_conversion");
  history.speed = parameters.number("natural_history.variants." + variant + ".speed");
  return history;
}

void read_life_table(const ParameterSet& parameters, Inputs& inputs) {
  const std::vector<double>& values = parameters.table("mortality.life_table").values;
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  inputs.death_probability_per_year[0].assign(values.begin(), values.begin() + half);
  inputs.death_probability_per_year[1].assign(values.begin() + half, values.end());
}

}  // namespace

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
  inputs.draw_relapses = parameters.text("analysis.accrual") == "drawn";
  inputs.currency_and_price_year = parameters.text("analysis.currency") + " " + parameters.text("analysis.price_year");
  inputs.start_age_years = static_cast<int>(std::lround(parameters.number("population.start_age")));
  inputs.female_share = parameters.number("population.female_share");
  inputs.start_edss = by_edss(parameters, "population.start_edss");
  inputs.natural_history = read_natural_history(parameters);
  read_life_table(parameters, inputs);
  inputs.mortality_multiplier = by_edss(parameters, "mortality.multiplier");
  inputs.relapses_per_year_rrms = by_edss(parameters, "relapses.rate_rrms");
  inputs.relapses_per_year_spms = by_edss(parameters, "relapses.rate_spms");
  inputs.relapse_qaly_change = parameters.number("relapses.qaly_change");
  inputs.relapse_cost = parameters.number("relapses.cost");
  inputs.utility = by_edss(parameters, "utilities.state");
  inputs.carer_qaly_per_year = by_edss(parameters, "utilities.carer_change");
  inputs.spms_utility_change = parameters.number("utilities.spms_change");
  inputs.carer_counted = parameters.boolean("utilities.carer_counted");
  inputs.state_cost_per_year_rrms = by_edss(parameters, "costs.state_rrms");
  inputs.spms_cost_addition_per_year = parameters.number("costs.spms_addition");
  inputs.cost_per_infusion = parameters.number("costs.infusion");
  inputs.stop_at_edss = static_cast<int>(parameters.integer("treatment.stop_at_edss"));
  inputs.stop_at_spms = parameters.boolean("treatment.stop_at_spms");
  const std::string& waning = parameters.text("treatment.waning");
  if (waning != "none") {
    inputs.effect_remaining = parameters.table("treatment.waning_schedules." + waning + ".effect_remaining").values;
  }
  inputs.wane_log_ratio = parameters.text("treatment.waning_on") == "log_ratio";
  for (const std::string& therapy : parameters.names_under("therapies")) {
    for (const Complication& complication : read_complications(parameters, therapy)) {
      const bool known = std::ranges::any_of(inputs.all_complications,
                                             [&](const Complication& c) { return c.name == complication.name; });
      if (!known) inputs.all_complications.push_back(complication);
    }
  }
  for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) {
    inputs.lines.push_back(read_therapy(parameters, line));
  }
  return inputs;
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
  return {wane(therapy.effects.worsening), wane(therapy.effects.relapse),
          improves ? wane(therapy.effects.improvement) : 1.0};
}

}  // namespace myelin::ms
