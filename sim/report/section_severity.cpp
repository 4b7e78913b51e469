#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "economics/accruals.hpp"
#include "economics/analysis.hpp"
#include "economics/severity.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"
#include "scenario/reference_case.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

/// The QALYs of the patient alone where the run tells them apart.
std::optional<std::size_t> patient_qalys(const AnalysisResult& analysis) {
  const auto patient = find_outcome(analysis, "qaly.patient");
  return patient ? patient : find_outcome(analysis, "qaly");
}

// --- Shortfall -------------------------------------------------------------------------------------------------------

/// Rows of a table by sex and age; ages beyond the last count as the last.
class BySexAndAge {
 public:
  explicit BySexAndAge(const ParameterTable& table) : table_(table) {}

  double at(std::size_t sex, double age) const {
    const KeyColumn& ages = table_.columns[1];
    const int row = std::clamp(static_cast<int>(std::floor(age)), ages.first, ages.last) - ages.first;
    return table_.values[sex * static_cast<std::size_t>(ages.last - ages.first + 1) + static_cast<std::size_t>(row)];
  }

 private:
  const ParameterTable& table_;
};

/// The general population of one sex at the time points of the run, dying at a constant rate within a year of age.
PopulationPart population_part(const ParameterSet& parameters, const Timing& timing, std::size_t sex) {
  const BySexAndAge mortality(parameters.table("severity.mortality")), utility(parameters.table("severity.utility"));
  const double women = parameters.number("severity.female_share");
  const auto age_at = [&](std::uint32_t time) {
    return parameters.number("severity.start_age") + time * timing.cycle_length.value;
  };
  // Lengths such as a twelfth are rounded when written: an age so little before a birthday is on it.
  constexpr double rounding = whole_cycles_tolerance;
  PopulationPart part{sex == 0 ? "women" : "men", sex == 0 ? women : 1 - women, {}, {}};
  double log_alive = 0;
  for (std::uint32_t time = 0; time <= timing.cycles; ++time) {
    part.alive.push_back(std::exp(log_alive));
    part.utility.push_back(utility.at(sex, age_at(time) + rounding));
    for (double age = age_at(time); age < age_at(time + 1) - rounding;) {
      const double next = std::min(std::floor(age + rounding) + 1, age_at(time + 1));
      log_alive += (next - age) * std::log1p(-mortality.at(sex, age + rounding));
      age = next;
    }
  }
  return part;
}

/// Discounted years that each time point of the run counts for QALYs.
std::vector<double> years_of_points(const AnalysisResult& analysis) {
  std::vector<double> years = make_weights(analysis.timing, analysis.discount_qaly).point;
  for (double& weight : years) weight *= analysis.timing.cycle_length.value;
  return years;
}

struct Shortfall {
  std::size_t standard_care = 0;
  double general_population_qalys = 0;
  Estimate standard_care_qalys;
  Severity severity;
};

Result<Shortfall> find_shortfall(const Material& material, const SourcePlace& place) {
  const ParameterSet& parameters = material.scenario.parameters;
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const Questions questions = Questions::of(material);
  Diagnostics problems = check_severity(questions);
  const std::optional<std::size_t> qalys = patient_qalys(analysis);
  if (!qalys || !find_outcome(analysis, "cost"))
    problems.push_back({place, "the run lacks `cost` or `qaly`", "let the model accrue `cost` and `qaly`"});
  if (!problems.empty()) return tl::unexpected(problems);
  const std::size_t standard_care = *strategy_at(questions, "severity.standard_care");

  std::vector<SeverityCutoff> cutoffs;
  for (const scenario::SeverityLevel& level : material.scenario.reference_case->severity)
    cutoffs.push_back({level.absolute_from.value, level.proportional_from.value, level.weight.value});
  const std::vector<PopulationPart> population = {population_part(parameters, analysis.timing, 0),
                                                  population_part(parameters, analysis.timing, 1)};
  const Result<double> general = remaining_qalys(population, years_of_points(analysis));
  if (!general) return tl::unexpected(placed_at(place, general.error()));
  const Estimate own = outcome_estimate(analysis, standard_care, *qalys, results::discounted_column);
  const Result<Severity> severity = assess_severity(*general, own.mean, cutoffs);
  if (!severity) return tl::unexpected(placed_at(place, severity.error()));
  return Shortfall{standard_care, *general, own, *severity};
}

/// Increments with QALYs counted `weight` times.
Increment weighted(Increment increment, double weight) {
  increment.qaly.mean *= weight;
  increment.qaly.standard_error *= weight;
  increment.cost_qaly_covariance *= weight;
  return increment;
}

std::string ratio_in_words(const Increment& increment) {
  const std::string_view meaning = icer_meaning(quadrant_of(increment.cost.mean, increment.qaly.mean));
  const std::optional<Estimate> ratio = icer(increment);
  if (!ratio) return std::string(meaning);
  const std::string error = format_error(ratio->standard_error, money_decimals);
  return fmt::format("{} {}{}", format_number(ratio->mean, money_decimals), error.empty() ? "" : error + " ", meaning);
}

void add_weighted(const Material& material, double weight, Section& section) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text},
                                   {"Inc. cost"},
                                   {"Weighted\ninc. QALYs"},
                                   {"Meaning", TableColumn::Kind::text}};
  for (const double threshold : material.run.thresholds)
    columns.push_back({"Net benefit\nat " + format_number(threshold, money_decimals)});
  Cells cells;
  Json& json = section.json["weighted"] = Json::array();
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    if (s == material.reference) continue;
    const Increment increment = weighted(increment_between(analysis, {s, material.reference}), weight);
    const std::optional<Estimate> ratio = icer(increment);
    cells.push_back({label(analysis, s), estimate_cell(increment.cost, money_decimals),
                     estimate_cell(increment.qaly, qaly_decimals), ratio_in_words(increment)});
    json.push_back({{"strategy", analysis.strategies[s].name},
                    {"versus", analysis.strategies[material.reference].name},
                    {"cost", estimate_json(increment.cost)},
                    {"qaly", estimate_json(increment.qaly)},
                    {"icer", ratio ? Json(ratio->mean) : Json()},
                    {"nmb", Json::object()}});
    for (const double threshold : material.run.thresholds) {
      const Estimate benefit = incremental_net_benefit(increment, threshold);
      cells.back().push_back(estimate_cell(benefit, money_decimals));
      json.back()["nmb"][fmt::format("{}", threshold)] = estimate_json(benefit);
    }
  }
  section.document += Table{columns, cells};
}

Result<Section> shortfall_part(const Material& material, const SourcePlace& place) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const Result<Shortfall> found = find_shortfall(material, place);
  if (!found) return tl::unexpected(found.error());
  const Severity& severity = found->severity;
  const std::string standard_care = label(analysis, found->standard_care),
                    reference_case = material.scenario.reference_case->name;
  Section part{"severity", plain_heading(analysis, "Severity of the disease"),
               Json{{"reference_case", reference_case},
                    {"standard_care", analysis.strategies[found->standard_care].name},
                    {"general_population_qalys", found->general_population_qalys},
                    {"standard_care_qalys", estimate_json(found->standard_care_qalys)},
                    {"absolute_shortfall", severity.absolute_shortfall},
                    {"proportional_shortfall", severity.proportional_shortfall},
                    {"weight", severity.weight}}};
  const double error = found->standard_care_qalys.standard_error;
  part.document +=
      Table{{{"", TableColumn::Kind::text}, {"Discounted"}},
            {{"QALYs left to the general population", format_number(found->general_population_qalys, qaly_decimals)},
             {"QALYs under " + standard_care, estimate_cell(found->standard_care_qalys, qaly_decimals)},
             {"Absolute shortfall, QALYs", estimate_cell({severity.absolute_shortfall, error}, qaly_decimals)},
             {"Proportional shortfall", percent(severity.proportional_shortfall)},
             {"Weight of QALYs", format_number(severity.weight, 1)}}};
  std::string cutoffs;
  for (const scenario::SeverityLevel& level : material.scenario.reference_case->severity)
    cutoffs += fmt::format("{}{:g} from {:g} QALYs or {}", cutoffs.empty() ? "" : ", ", level.weight.value,
                           level.absolute_from.value, percent(level.proportional_from.value));
  part.document += Paragraph{fmt::format(
      "Shortfall is what patients lose under {} against people of their age and sex in the general population, who "
      "have the run's discount rate, timing and horizon. Weights of the reference case {}: {}; the higher of the two "
      "counts. QALYs of carers are not in the shortfall.",
      standard_care, reference_case, cutoffs)};
  part.document += heading(material.run, analysis,
                           fmt::format("Each strategy against {}, QALYs weighted by {:g}",
                                       label(analysis, material.reference), severity.weight));
  add_weighted(material, severity.weight, part);
  part.document +=
      Paragraph{"The increments of QALYs are all that the analysis counts." + meaning_of_error(material.run)};
  return part;
}

// --- Equal value of life years gained --------------------------------------------------------------------------------

/// Whose life years and QALYs by time the run knows.
struct Courses {
  std::size_t life_years = 0, qalys = 0;
};

/// Survival and what QALYs come to a year of those alive, all that accrues in a cycle taken together; QALYs before time
/// point 0 belong to no time and are left out.
LifeCourse life_course(const AnalysisResult& analysis, std::size_t strategy, const Courses& courses) {
  const engine::AmountsByTime& years = *analysis.strategies[strategy].amounts[courses.life_years];
  const std::vector<double> year_weights = discounted_weights(analysis, courses.life_years).point;
  std::vector<double> qalys(years.point.size());
  for (const std::size_t part : accruing_outcomes(analysis, courses.qalys)) {
    const engine::AmountsByTime& amounts = *analysis.strategies[strategy].amounts[part];
    const Weights weights = discounted_weights(analysis, part);
    for (std::size_t time = 0; time < qalys.size(); ++time) {
      qalys[time] += weights.point[time] * amounts.point[time];
      if (time < amounts.event.size()) qalys[time] += weights.event[time] * amounts.event[time];
    }
  }
  LifeCourse course;
  for (std::size_t time = 0; time < qalys.size(); ++time) {
    const double counted_years = year_weights[time] * years.point[time],
                 alive = years.point[time] / analysis.timing.cycle_length.value;
    // Sums over states may rise by a rounding where nobody dies.
    course.alive.push_back(std::min(alive, time == 0 ? 1.0 : course.alive.back()));
    course.utility.push_back(counted_years > 0 ? qalys[time] / counted_years : 0);
  }
  return course;
}

Result<Section> equal_value_part(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const SourcePlace& place = parameters.entry("equal_value.utility").place;
  const auto life_years = find_outcome(analysis, "life_years"), qalys = patient_qalys(analysis);
  const std::optional<std::size_t> cost_outcome = find_outcome(analysis, "cost");
  bool known = life_years && qalys && cost_outcome;
  for (std::size_t s = 0; known && s < analysis.strategies.size(); ++s)
    known = knows_amounts(analysis, {s, *life_years}) && knows_amounts(analysis, {s, *qalys});
  if (!known)
    return tl::unexpected(Diagnostics{{place, "the run does not know when life years and QALYs accrue",
                                       "run the scenario again with this version of the program"}});

  const double utility = parameters.number("equal_value.utility");
  const Courses courses{*life_years, *qalys};
  const LifeCourse comparator = life_course(analysis, material.reference, courses);
  Section part{"severity", heading(material.run, analysis, "Equal value of life years gained (evLYG)"), Json::array()};
  Cells cells;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    if (s == material.reference) continue;
    const Result<LifeYearsGained> gained =
        equal_value_of_life_years(life_course(analysis, s, courses), comparator, years_of_points(analysis), utility);
    if (!gained) return tl::unexpected(placed_at(place, gained.error()));
    const auto difference = [&](std::size_t outcome) {
      return outcome_estimate(analysis, s, outcome, results::discounted_column).mean -
             outcome_estimate(analysis, material.reference, outcome, results::discounted_column).mean;
    };
    const double qaly = difference(*qalys), equal_value = qaly + (gained->equal_value - gained->qalys);
    const double cost = difference(*cost_outcome);
    const Increment increment{{s, material.reference}, {cost, 0}, {equal_value, 0}, 0};
    const std::optional<Estimate> ratio = icer(increment);
    cells.push_back({label(analysis, s), format_number(difference(*life_years), qaly_decimals),
                     format_number(qaly, qaly_decimals), format_number(equal_value, qaly_decimals),
                     ratio ? format_number(ratio->mean, money_decimals)
                           : std::string(icer_meaning(quadrant_of(cost, equal_value)))});
    part.json.push_back({{"strategy", analysis.strategies[s].name},
                         {"versus", analysis.strategies[material.reference].name},
                         {"life_years", difference(*life_years)},
                         {"qaly", qaly},
                         {"evlyg", equal_value},
                         {"cost_per_evlyg", ratio ? Json(ratio->mean) : Json()}});
  }
  part.document += Table{{{"Strategy", TableColumn::Kind::text},
                          {"Inc. life\nyears"},
                          {"Inc. QALYs"},
                          {"evLYG"},
                          {"Cost per evLYG", TableColumn::Kind::text}},
                         cells};
  part.document += Paragraph{fmt::format(
      "Against {}, discounted, of the patient alone. Where a strategy keeps more patients alive, those more count {:g} "
      "a year in place of their own utility. The numbers come from amounts by time and have no standard error.",
      label(analysis, material.reference), utility)};
  return part;
}

}  // namespace

Diagnostics check_severity(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "severity");
  if (!place) return {};
  Diagnostics problems = absent_keys(parameters,
                                     {"severity.standard_care", "severity.mortality", "severity.utility",
                                      "severity.start_age", "severity.female_share"},
                                     *place);
  const auto& reference_case = questions.scenario.reference_case;
  if (!reference_case || reference_case->severity.empty())
    problems.push_back({*place, "nothing says from which shortfall on QALYs count more",
                        "name a reference case with cut-offs: analysis.reference_case = \"nice\""});
  if (parameters.has("severity.standard_care")) {
    const Result<std::size_t> strategy = strategy_at(questions, "severity.standard_care");
    if (!strategy) problems.insert(problems.end(), strategy.error().begin(), strategy.error().end());
  }
  return problems;
}

Result<std::optional<Section>> severity_section(const Material& material) {
  const std::optional<SourcePlace> place = first_key_below(material.scenario.parameters, "severity");
  const bool equal_value = material.scenario.parameters.has("equal_value.utility");
  if (!place && !equal_value) return std::nullopt;
  Section section{"severity", {}, Json::object()};
  Diagnostics problems;
  const auto take = [&](const Result<Section>& part, const char* key) {
    if (!part) {
      problems.insert(problems.end(), part.error().begin(), part.error().end());
      return;
    }
    section.document += part->document;
    section.json[key] = part->json;
  };
  if (place) take(shortfall_part(material, *place), "shortfall");
  if (equal_value) take(equal_value_part(material), "equal_value");
  if (!problems.empty()) return tl::unexpected(problems);
  return section;
}

}  // namespace myelin::report
