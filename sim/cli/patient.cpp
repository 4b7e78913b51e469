#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/common.hpp"
#include "core/contract.hpp"
#include "engine/cohort.hpp"
#include "engine/conventions.hpp"
#include "models/ms/person.hpp"
#include "report/outlook.hpp"
#include "study/lives.hpp"

namespace myelin::cli {

namespace {

constexpr std::array shown_years = {1, 2, 5, 10, 20};
constexpr double low_percentile = 0.1, high_percentile = 0.9;
constexpr const char* default_lives = "analysis.patients=20000";
/// In single lives relapses happen or do not; their expected number would make lives too much alike.
constexpr const char* as_drawn = "analysis.accrual=drawn";

/// The outcomes of which single lives are looked at.
const std::vector<std::string> spread_outcomes = {"life_years", "qaly.patient"};

/// Exact expectations of one strategy by the name of an outcome.
class Expectations {
 public:
  static Result<Expectations> make(const Program& program, const Population& population) {
    const auto cohort = engine::CohortEngine::make(program, population, {});
    if (!cohort) return tl::unexpected(cohort.error());
    return Expectations(program, cohort->forward(program));
  }

  /// Undiscounted, over the horizon.
  double total(const std::string& outcome) const { return result_.means[index(outcome) * engine::columns + 1]; }

  /// What happened until a time point; of a total, in all its parts.
  double events_until(const std::string& outcome, std::uint32_t cycles) const {
    const std::size_t at = index(outcome);
    double sum = result_.amounts[at] ? study::events_until(*result_.amounts[at], cycles) : 0;
    for (const OutcomeIndex part : program_->outcomes[at].parts)
      sum += study::events_until(*result_.amounts[part.value], cycles);
    return std::clamp(sum, 0.0, 1.0);
  }

  /// The share of people in what an outcome counts the years of, at a time point.
  double share_at(const std::string& outcome, std::uint32_t time, double cycle_length_years) const {
    return std::clamp(result_.amounts[index(outcome)]->point[time] / cycle_length_years, 0.0, 1.0);
  }

 private:
  Expectations(const Program& program, engine::CohortResult result) : program_(&program), result_(std::move(result)) {}

  std::size_t index(const std::string& outcome) const {
    const auto found = std::ranges::find(program_->outcomes, outcome, &Outcome::name);
    MYELIN_EXPECT(found != program_->outcomes.end());
    return static_cast<std::size_t>(found - program_->outcomes.begin());
  }

  const Program* program_;
  engine::CohortResult result_;
};

/// Fills in the outlook of a person, strategy by strategy.
class OutlookMaker {
 public:
  /// `lived` is the analysis with events as they are drawn, for the spread of lives.
  OutlookMaker(const ms::Person& person, const study::PlannedAnalysis& analysis, const study::PlannedAnalysis& lived,
               const report::Outlook& outlook)
      : person_(person),
        analysis_(analysis),
        lived_(lived),
        parameters_(analysis.scenario.parameters),
        outlook_(outlook) {}

  Result<report::OutlookAnalysis> make() const {
    report::OutlookAnalysis made;
    made.name = analysis_.name;
    made.label = analysis_.label;
    made.natural_history = parameters_.text("natural_history.variant");
    const auto lives = study::totals_of_lives(lived_, spread_outcomes, outlook_.patients, outlook_.seed);
    Diagnostics problems;
    for (std::size_t i = 0; i < analysis_.programs.size(); ++i) {
      const Result<Expectations> expected = Expectations::make(analysis_.programs[i], analysis_.population);
      if (expected) {
        made.strategies.push_back(strategy(i, *expected, lives[i]));
      } else {
        problems.insert(problems.end(), expected.error().begin(), expected.error().end());
      }
    }
    if (!problems.empty()) return tl::unexpected(problems);
    for (const auto& a : lives) {
      std::vector<double>& shares = made.more_qalys.emplace_back();
      for (const auto& b : lives) shares.push_back(study::share_greater(a.back(), b.back()));
    }
    return made;
  }

 private:
  report::StrategyOutlook strategy(std::size_t place, const Expectations& expected,
                                   const std::vector<std::vector<double>>& lives) const {
    report::StrategyOutlook outlook;
    outlook.name = analysis_.strategies[place];
    outlook.label = parameters_.text("strategies." + outlook.name + ".label");
    for (const ms::Milestone& milestone : ms::milestones_of(person_, parameters_)) {
      report::OutlookProbability& row = outlook.probabilities.emplace_back();
      row.outcome = milestone.outcome;
      row.label = milestone.label;
      row.reached_at_entry = milestone.reached_at_entry;
      for (const int year : outlook_.years)
        row.by_year.push_back(milestone.reached_at_entry ? 1 : expected.events_until(row.outcome, time_of(year)));
    }
    add_places(expected, outlook);
    const ms::PossibleEvents events = ms::possible_events(parameters_, outlook.name);
    outlook.procedure = events_of(events.procedure, expected);
    outlook.lifetime = events_of(events.lifetime, expected);
    outlook.life_years = span_of(expected.total("life_years"), lives.front());
    outlook.qalys = span_of(expected.total("qaly.patient"), lives.back());
    outlook.years_before_walking_aid = expected.total("years.before_edss_6");
    return outlook;
  }

  /// Who is on the first therapy, or still waits for it.
  void add_places(const Expectations& expected, report::StrategyOutlook& outlook) const {
    const std::vector<std::string>& lines = parameters_.text_list("strategies." + outlook.name + ".lines");
    if (lines.empty()) return;
    const auto add = [&](const std::string& outcome, const std::string& label) {
      report::OutlookProbability& row = outlook.probabilities.emplace_back();
      row.outcome = outcome;
      row.label = label;
      for (const int year : outlook_.years)
        row.by_year.push_back(expected.share_at(outcome, time_of(year), outlook_.cycle_length_years));
    };
    const std::string therapy = "therapies." + lines.front();
    const bool procedure = parameters_.text(therapy + ".kind") == "procedure";
    const std::string& label = parameters_.text(therapy + ".label");
    add("years.on." + lines.front(),
        procedure ? fmt::format("have had {} and no drug since", label) : fmt::format("are on {}", label));
    if (procedure && expected.total("years.waiting") > 0) add("years.waiting", "wait for transplantation");
  }

  static std::vector<report::OutlookEvent> events_of(const std::vector<ms::PossibleEvent>& possible,
                                                     const Expectations& expected) {
    std::vector<report::OutlookEvent> events;
    for (const ms::PossibleEvent& event : possible) {
      const auto kind = event.recurs ? report::OutlookKind::expected_number : report::OutlookKind::probability;
      events.push_back({event.outcome, event.label, kind, expected.total(event.outcome)});
    }
    return events;
  }

  static report::OutlookSpan span_of(double mean, const std::vector<double>& lives) {
    return {mean, study::quantile(lives, low_percentile), study::quantile(lives, high_percentile)};
  }

  std::uint32_t time_of(int year) const {
    return static_cast<std::uint32_t>(std::lround(year / outlook_.cycle_length_years));
  }

  const ms::Person& person_;
  const study::PlannedAnalysis &analysis_, &lived_;
  const ParameterSet& parameters_;
  const report::Outlook& outlook_;
};

/// All that does not depend on an alternative.
report::Outlook outlook_of(const ms::Person& person, const study::Plan& plan) {
  const study::PlannedAnalysis& base = plan.analyses.front();
  const ParameterSet& parameters = base.scenario.parameters;
  report::Outlook outlook;
  outlook.title = parameters.text("title");
  outlook.age_years = person.age_years;
  outlook.sex = person.is_female ? "female" : "male";
  outlook.edss = person.edss;
  outlook.edss_level = person.edss_level();
  outlook.disease_duration_years = person.disease_duration_years;
  outlook.jcv_positive = person.jcv_positive;
  for (const int year : shown_years) {
    if (year <= parameters.number("analysis.horizon_years")) outlook.years.push_back(year);
  }
  outlook.cycle_length_years = parameters.number("analysis.cycle_length_years");
  outlook.patients = plan.patients;
  outlook.seed = plan.seed;
  outlook.warnings = ms::warnings_about(person, parameters, base.strategies);
  for (const ms::StatedComparison& stated : ms::comparisons_of_procedures(parameters, base.strategies)) {
    outlook.evidence.push_back({stated.therapy, stated.versus, stated.effect, stated.ratio, stated.low, stated.high,
                                stated.endpoint, stated.population, stated.source, stated.grade});
  }
  return outlook;
}

/// The same scenario twice.
struct OutlookPlans {
  study::Plan expected;  ///< events as the scenario counts them, for means
  study::Plan lived;     ///< events as they are drawn, for the spread of lives
};

/// The scenario with the person in the place of its population.
Result<OutlookPlans> plans_for(const ms::Person& person, const Options& options) {
  study::PlanRequest request = request_of(options);
  request.overrides.insert(request.overrides.begin(), default_lives);
  request.overrides.push_back("analysis.engine=microsimulation");
  const Result<study::Plan> scenario = study::make_plan(request, models());
  if (!scenario) return tl::unexpected(scenario.error());
  if (scenario->model->name() != "ms") {
    return tl::unexpected(Diagnostics{
        {{options.scenario, 0, 0},
         fmt::format("the outlook of a person is known of the model 'ms' only, not of '{}'", scenario->model->name()),
         "give a scenario of the MS model"}});
  }
  const Result<std::vector<std::string>> overrides =
      ms::overrides_of(person, scenario->analyses.front().scenario.parameters);
  if (!overrides) return tl::unexpected(overrides.error());
  request.overrides.insert(request.overrides.end(), overrides->begin(), overrides->end());
  Result<study::Plan> expected = study::make_plan(request, models());
  if (!expected) return tl::unexpected(expected.error());
  request.overrides.emplace_back(as_drawn);
  Result<study::Plan> lived = study::make_plan(request, models());
  if (!lived) return tl::unexpected(lived.error());
  return OutlookPlans{std::move(*expected), std::move(*lived)};
}

}  // namespace

int patient(const Options& options) {
  const Result<ms::Person> person =
      ms::read_person({options.age, options.sex, options.edss, options.duration, options.jcv});
  if (!person) return report_problems(person.error());
  const Result<OutlookPlans> plans = plans_for(*person, options);
  if (!plans) return report_problems(plans.error());
  report::Outlook outlook = outlook_of(*person, plans->expected);
  for (std::size_t i = 0; i < plans->expected.analyses.size(); ++i) {
    Result<report::OutlookAnalysis> made =
        OutlookMaker(*person, plans->expected.analyses[i], plans->lived.analyses[i], outlook).make();
    if (!made) return report_problems(made.error());
    outlook.analyses.push_back(std::move(*made));
  }
  fmt::print("{}\n", options.json ? report::outlook_json(outlook) : report::outlook_text(outlook));
  return exit_good;
}

}  // namespace myelin::cli
