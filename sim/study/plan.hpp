#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/model.hpp"
#include "scenario/scenario.hpp"

namespace myelin::study {

enum class Engine { microsimulation, cohort };

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
  std::uint64_t patients = 0;  ///< 0 under the cohort engine
  std::uint64_t seed = 0;
  const Model* model = nullptr;
  std::vector<PlannedAnalysis> analyses;  ///< the base first, then the scenario's alternatives
};

struct PlanRequest {
  std::filesystem::path scenario;
  std::vector<std::string> overrides;   ///< `key=value`
  std::vector<std::string> strategies;  ///< names; empty for all
};

/// The models that scenarios can name.
using Models = std::vector<const Model*>;

/// Reads the scenario and each of its alternatives, checks everything and compiles every program; or gives all
/// diagnostics. Throws IoError if a file that is there cannot be read.
Result<Plan> make_plan(const PlanRequest& request, const Models& models);

}  // namespace myelin::study
