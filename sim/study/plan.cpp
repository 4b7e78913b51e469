#include "study/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/reference_case.hpp"

namespace myelin::study {

namespace {

const Model* find_model(const Models& models, const std::string& name) {
  const auto found = std::ranges::find_if(models, [&](const Model* model) { return model->name() == name; });
  return found == models.end() ? nullptr : *found;
}

Result<scenario::Scenario> read_checked(const PlanRequest& request, const std::vector<std::string>& more_overrides,
                                        const Models& models) {
  std::vector<std::string> overrides = more_overrides;
  overrides.insert(overrides.end(), request.overrides.begin(), request.overrides.end());
  std::vector<std::string> names;
  for (const Model* model : models) names.push_back(model->name());
  const auto schema_of = [&](const std::string& name) {
    const Model* model = find_model(models, name);
    return model == nullptr ? nullptr : &model->schema();
  };
  const auto cross_check = [&](const std::string& name, const ParameterSet& parameters) {
    return find_model(models, name)->check(parameters);
  };
  return scenario::read(request.scenario, overrides, schema_of, names, cross_check);
}

/// The strategies asked for, in the scenario's order.
Result<std::vector<std::string>> choose_strategies(const scenario::Scenario& scenario,
                                                   const std::vector<std::string>& wanted) {
  const std::vector<std::string> all = scenario.parameters.names_under("strategies");
  if (all.empty()) {
    return tl::unexpected(Diagnostics{{{scenario.path, 0, 0},
                                       "the scenario has no strategies",
                                       "add [strategies.usual_care] with label = \"Usual care\""}});
  }
  if (wanted.empty()) return all;
  Diagnostics problems;
  for (const std::string& name : wanted) {
    if (std::ranges::find(all, name) != all.end()) continue;
    const auto nearest = nearest_name(name, all);
    problems.push_back({{"--strategies", 0, 0},
                        "there is no strategy '" + name + "'",
                        nearest ? "did you mean '" + *nearest + "'?" : "name strategies of the scenario"});
  }
  if (!problems.empty()) return tl::unexpected(problems);
  std::vector<std::string> chosen;
  std::ranges::copy_if(all, std::back_inserter(chosen),
                       [&](const std::string& name) { return std::ranges::find(wanted, name) != wanted.end(); });
  return chosen;
}

/// Strategies share most of a scenario, so that one mistake shows in the programs of several.
Diagnostics first_of_each_place(const Diagnostics& problems) {
  Diagnostics kept;
  for (const Diagnostic& problem : problems) {
    const auto same = [&](const Diagnostic& other) {
      const bool placed = problem.place.line > 0 || problem.place.file.starts_with("--");
      return placed && other.place.file == problem.place.file && other.place.line == problem.place.line &&
             other.place.column == problem.place.column;
    };
    if (std::ranges::none_of(kept, same)) kept.push_back(problem);
  }
  return kept;
}

/// What the base case does against the reference case that it names; alternatives may depart from it.
Diagnostics check_reference_case(const PlannedAnalysis& analysis) {
  const auto& reference_case = analysis.scenario.reference_case;
  if (!reference_case) return {};
  Diagnostics problems = scenario::contradictions(*reference_case, analysis.scenario.parameters);
  std::vector<std::string> outcomes;
  for (const Outcome& outcome : analysis.programs.front().outcomes) outcomes.push_back(outcome.name);
  const SourcePlace& place = analysis.scenario.parameters.entry("analysis.reference_case").place;
  for (Diagnostic& problem : scenario::missing_outcomes(*reference_case, outcomes, place))
    problems.push_back(std::move(problem));
  return problems;
}

Result<PlannedAnalysis> plan_analysis(PlannedAnalysis analysis, const PlanRequest& request, const Models& models) {
  Result<scenario::Scenario> scenario = read_checked(request, analysis.overrides, models);
  if (!scenario) return tl::unexpected(scenario.error());
  analysis.scenario = std::move(*scenario);
  Result<std::vector<std::string>> strategies = choose_strategies(analysis.scenario, request.strategies);
  if (!strategies) return tl::unexpected(strategies.error());
  analysis.strategies = std::move(*strategies);
  const Model* model = find_model(models, analysis.scenario.model);
  analysis.population = model->population(analysis.scenario.parameters);
  Diagnostics problems;
  for (const std::string& strategy : analysis.strategies) {
    Result<Program> program = model->compile(analysis.scenario.parameters, strategy);
    if (program) {
      analysis.programs.push_back(std::move(*program));
    } else {
      problems.insert(problems.end(), program.error().begin(), program.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(first_of_each_place(problems));
  if (analysis.overrides.empty()) problems = check_reference_case(analysis);
  if (!problems.empty()) return tl::unexpected(problems);
  return analysis;
}

/// Whether a key was set for this command, not by the scenario.
bool is_set_now(const ParameterSet& parameters, const std::string& key) {
  return parameters.has(key) && parameters.entry(key).place.file.starts_with("--");
}

/// The patients that are simulated, at most where a precision is to be reached; 0 where nothing says how many.
std::uint64_t patients_of(const ParameterSet& parameters) {
  constexpr std::uint64_t no_bound = 1'000'000'000'000;
  const bool until = parameters.has("analysis.until"), counted = parameters.has("analysis.patients");
  // The number in a scenario is for runs of it without the precision asked for now.
  const bool beside = is_set_now(parameters, "analysis.until") && !is_set_now(parameters, "analysis.patients");
  if (until && (!counted || beside)) return no_bound;
  return counted ? static_cast<std::uint64_t>(parameters.integer("analysis.patients")) : 0;
}

/// `auto` means the cohort engine, which is exact, where a program is not too large for it; unless a number of patients
/// is asked for, now or by a scenario whose engine nobody changes.
Diagnostics choose_engine(const ParameterSet& parameters, Plan& plan) {
  const std::string& engine = parameters.text("analysis.engine");
  const std::uint64_t patients = patients_of(parameters);
  const bool until = parameters.has("analysis.until"), counted = parameters.has("analysis.patients"),
             asked = is_set_now(parameters, "analysis.patients") ||
                     (counted && !until && !is_set_now(parameters, "analysis.engine"));
  plan.engine = engine == "microsimulation" || (engine == "auto" && asked) ? Engine::microsimulation : Engine::cohort;
  if (plan.engine == Engine::microsimulation) {
    plan.patients = patients;
    if (patients > 0) return {};
    return {{parameters.entry("analysis.engine").place, "the microsimulation needs a number of patients",
             "set analysis.patients, 100000 for example, or a precision by analysis.until"}};
  }
  if (engine == "auto") {
    if (patients > 0) plan.patients_if_too_large = patients;
    return {};
  }
  // A number in the scenario is for other runs of it; one asked for now would be ignored without a word.
  Diagnostics problems;
  for (const char* key : {"analysis.patients", "analysis.until"}) {
    if (!is_set_now(parameters, key)) continue;
    problems.push_back({parameters.entry(key).place, "the cohort engine is exact and simulates no patients",
                        "leave it out, or choose --engine microsimulation"});
  }
  return problems;
}

/// The precision to be reached, where one is asked for.
Diagnostics read_until(const PlannedAnalysis& base, Plan& plan) {
  const ParameterSet& parameters = base.scenario.parameters;
  if (!parameters.has("analysis.until")) return {};
  const SourcePlace& place = parameters.entry("analysis.until").place;
  Result<std::vector<PrecisionTarget>> targets =
      read_precision(parameters.text("analysis.until"), base.programs.front().outcomes, place);
  if (!targets) return targets.error();
  plan.until = std::move(*targets);
  return {};
}

/// Patients take the profiles of a population in turn, so that only whole rounds have its composition.
Diagnostics check_rounds(const ParameterSet& parameters, const Population& population, const Plan& plan) {
  const std::uint64_t profiles = population.profiles();
  if (plan.engine != Engine::microsimulation || profiles == 0) return {};
  Diagnostics problems;
  for (const char* key : {"analysis.patients", "analysis.patients_per_draw"}) {
    const bool most_alone = std::string_view(key) == "analysis.patients" && parameters.has("analysis.until");
    if (!parameters.has(key) || most_alone) continue;
    const auto patients = static_cast<std::uint64_t>(parameters.integer(key));
    if (patients % profiles == 0) continue;
    problems.push_back(
        {parameters.entry(key).place,
         fmt::format("{} simulated patients are no whole number of rounds through the {} of the file of patients",
                     patients, profiles),
         fmt::format("choose a multiple of {}: {} for example", profiles, (patients / profiles + 1) * profiles)});
  }
  return problems;
}

/// The patients of each draw, where a number is asked for.
Diagnostics read_patients_per_draw(const ParameterSet& parameters, Plan& plan) {
  constexpr const char* key = "analysis.patients_per_draw";
  if (!parameters.has(key)) return {};
  plan.patients_per_draw = static_cast<std::uint64_t>(parameters.integer(key));
  if (plan.engine != Engine::microsimulation || *plan.patients_per_draw <= plan.patients) return {};
  return {{parameters.entry(key).place,
           fmt::format("{} patients a draw are more than the {} of the analysis at the inputs' own values",
                       *plan.patients_per_draw, plan.patients),
           "raise analysis.patients to that number at least, or lower this one"}};
}

}  // namespace

Result<Plan> make_plan(const PlanRequest& request, const Models& models) {
  Result<PlannedAnalysis> base = plan_analysis({.name = "base",
                                                .label = "Base case",
                                                .overrides = {},
                                                .scenario = {},
                                                .strategies = {},
                                                .programs = {},
                                                .population = {}},
                                               request, models);
  if (!base) return tl::unexpected(base.error());
  const ParameterSet& parameters = base->scenario.parameters;
  Plan plan;
  plan.overrides = request.overrides;
  plan.strategies_asked_for = request.strategies;
  plan.model = find_model(models, base->scenario.model);
  plan.seed = static_cast<std::uint64_t>(parameters.integer("analysis.seed"));
  plan.control = parameters.text("analysis.control") == "martingale";
  Diagnostics problems = choose_engine(parameters, plan);
  for (Diagnostic& problem : check_rounds(parameters, base->population, plan)) problems.push_back(std::move(problem));
  for (Diagnostic& problem : read_until(*base, plan)) problems.push_back(std::move(problem));
  for (Diagnostic& problem : read_patients_per_draw(parameters, plan)) problems.push_back(std::move(problem));
  if (const std::int64_t draws = parameters.integer("analysis.draws");
      draws > 1 && request.extent == PlanRequest::Extent::all) {
    Result<ParameterDraws> made = ParameterDraws::make(base->scenario, {plan.seed}, static_cast<std::size_t>(draws));
    if (made) {
      plan.draws = std::move(*made);
    } else {
      problems.insert(problems.end(), made.error().begin(), made.error().end());
    }
  }
  std::vector<PlannedAnalysis> alternatives;
  for (const std::string& name : parameters.names_under("alternatives")) {
    if (request.extent == PlanRequest::Extent::base) break;
    const std::string key = "alternatives." + name;
    if (name == probabilistic_name) {
      problems.push_back({parameters.entry(key + ".label").place,
                          fmt::format("no alternative can be called '{}'", name), "choose another name"});
      continue;
    }
    Result<PlannedAnalysis> alternative = plan_analysis({.name = name,
                                                         .label = parameters.text(key + ".label"),
                                                         .overrides = parameters.text_list(key + ".set"),
                                                         .scenario = {},
                                                         .strategies = {},
                                                         .programs = {},
                                                         .population = {}},
                                                        request, models);
    if (alternative) {
      alternatives.push_back(std::move(*alternative));
    } else {
      for (Diagnostic& problem : alternative.error()) {
        problem.problem = "alternative '" + name + "': " + problem.problem;
        problems.push_back(std::move(problem));
      }
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  plan.analyses.push_back(std::move(*base));
  for (PlannedAnalysis& alternative : alternatives) plan.analyses.push_back(std::move(alternative));
  return plan;
}

}  // namespace myelin::study
