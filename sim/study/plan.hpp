#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/model.hpp"
#include "scenario/scenario.hpp"
#include "study/parameter_draws.hpp"
#include "study/precision.hpp"

namespace myelin::study {

enum class Engine { microsimulation, cohort };

/// The name of the analysis over parameter draws, which no alternative can have.
inline constexpr const char* probabilistic_name = "probabilistic";

/// One analysis, ready to run: a scenario's values and the program of each strategy.
struct PlannedAnalysis {
  std::string name;  ///< `base`, or the name of an alternative
  std::string label;
  std::vector<std::string> overrides;  ///< what the alternative sets
  scenario::Scenario scenario;
  std::vector<std::string> strategies;
  std::vector<Program> programs;  ///< [strategy]
  Population population;          ///< without profiles where all enter as the programs say
};

/// All that a command asks for, with nothing left that the user could have got wrong.
struct Plan {
  Engine engine = Engine::microsimulation;
  std::uint64_t patients = 0;          ///< 0 under the cohort engine; with `until`, the most
  std::vector<PrecisionTarget> until;  ///< of the base analysis; alternatives live as many patients as it did
  /// Where the cohort engine was not asked for by name: the patients to simulate if a program is too large for it.
  std::optional<std::uint64_t> patients_if_too_large;
  /// Of each parameter draw, at most `patients`; none: as many as are enough, by the variances that some draws show.
  std::optional<std::uint64_t> patients_per_draw;
  bool control = false;  ///< by martingales, of the microsimulation's cost, QALYs and life years
  std::uint64_t seed = 0;
  const Model* model = nullptr;
  std::vector<PlannedAnalysis> analyses;          ///< the base first, then the scenario's alternatives
  std::optional<ParameterDraws> draws;            ///< of the base's inputs; none for a run at their values alone
  std::vector<std::string> overrides;             ///< of the request
  std::vector<std::string> strategies_asked_for;  ///< of the request; empty for all
};

struct PlanRequest {
  /// How much of the scenario is planned: the base case, its alternatives, and the values of parameter draws.
  enum class Extent { base, analyses, all };

  scenario::Folder scenario;
  std::vector<std::string> overrides;   ///< `key=value`
  std::vector<std::string> strategies;  ///< names; empty for all
  Extent extent = Extent::all;
};

/// The models that scenarios can name.
using Models = std::vector<const Model*>;

/// Reads the scenario and each of its alternatives, checks everything and compiles every program; or gives all
/// diagnostics. Throws IoError if a file that is there cannot be read.
Result<Plan> make_plan(const PlanRequest& request, const Models& models);

}  // namespace myelin::study
