#pragma once

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "study/plan.hpp"
#include "study/study_folder.hpp"

/// \file
/// The illness of study_folder.hpp with distributions, so that a probabilistic analysis can be made of it.

namespace myelin::study::test {

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(from + " is not in the scenario");
  return text.replace(at, from.size(), to);
}

/// Gives a parameter of a scenario a distribution.
inline std::string with_distribution(const std::string& text, const std::string& name,
                                     const std::string& distribution) {
  const std::size_t at = text.find("\n" + name + " = {");
  if (at == std::string::npos) throw std::runtime_error(name + " is not in the scenario");
  return text.substr(0, at) + replaced(text.substr(at), " }", ", distribution = \"" + distribution + "\" }");
}

/// Which inputs vary, in their order, and how. The price of the drug does not.
inline const std::vector<std::pair<std::string, std::string>>& distributions() {
  static const std::vector<std::pair<std::string, std::string>> all = {
      {"p_ill", "beta(20, 80)"},          {"p_die", "beta(10, 90)"},   {"p_die_ill", "beta(30, 70)"},
      {"effect", "lognormal(-0.7, 0.1)"}, {"c_ill", "gamma(SE 25 %)"}, {"u_well", "beta(90, 10)"},
      {"u_ill", "beta(50, 50)"}};
  return all;
}

/// The illness with all of these distributions and, behind its other keys, `more`.
inline std::string uncertain_illness(const std::string& more = "") {
  std::string text = illness();
  for (const auto& [name, distribution] : distributions()) text = with_distribution(text, name, distribution);
  return text + more;
}

/// A joint group of inputs.
inline std::string joint(const std::string& name, const std::string& parameters, const std::string& kind,
                         const std::string& more = "") {
  return "\n[psa.joint." + name + "]\nparameters = [" + parameters + "]\nkind = \"" + kind +
         "\"\nsource = \"TRIAL\"\ngrade = \"read\"\n" + more;
}

/// The illness whose score moves by a table of probabilities, in the file that `write_moves` writes.
inline std::string uncertain_moves(const std::string& more = "") {
  const std::string by_hand = R"(attribute = "score"
probabilities = { "0->1" = 0.5, "1->2" = 0.5 }
)";
  return replaced(replaced(uncertain_illness(), "[transitions.score]\n" + by_hand,
                           "[matrices.score]\nattribute = \"score\"\ntable = \"moves\"\n"),
                  "[parameters]\n", "[tables]\nmoves = \"moves.csv\"\n\n[parameters]\n") +
         more;
}

/// Probabilities by which the score moves; a first row that sums to 1 stays with 0.25.
inline void write_moves(const StudyFolder& folder, const std::string& stay_at_0 = "0.25") {
  std::string text = "from,to,value,unit,source,grade\n";
  for (const std::string& row : {"0,0," + stay_at_0, std::string("0,1,0.5"), std::string("0,2,0.25"),
                                 std::string("1,0,0"), std::string("1,1,0.6"), std::string("1,2,0.4"),
                                 std::string("2,0,0"), std::string("2,1,0"), std::string("2,2,1")})
    text += row + ",probability,TRIAL,read\n";
  folder.write("moves.csv", text);
}

inline Result<Plan> try_plan(const StudyFolder& folder, const std::vector<std::string>& overrides) {
  return make_plan({scenario::Folder(folder.path("scenario.toml")), overrides, {}}, StudyFolder::models());
}

inline Plan plan_of(const StudyFolder& folder, const std::vector<std::string>& overrides) {
  Result<Plan> plan = try_plan(folder, overrides);
  if (!plan) {
    for (const std::string& line : folder.lines_of(plan.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(plan);
  return std::move(*plan);
}

/// Each draw with as many patients as the scenario's analysis.
inline const std::string all_patients = "analysis.patients_per_draw=2000";

inline std::string number_of_draws(std::size_t draws) { return "analysis.draws=" + std::to_string(draws); }

/// The draws of a scenario that has no mistakes.
inline ParameterDraws draws_of(const StudyFolder& folder, std::size_t draws, std::vector<std::string> overrides = {}) {
  overrides.push_back(number_of_draws(draws));
  return plan_of(folder, overrides).draws.value();
}

/// What was drawn for one input, [draw].
inline std::vector<double> drawn(const ParameterDraws& draws, const std::string& name) {
  const auto found = std::ranges::find(draws.inputs(), name, &DrawnInput::name);
  if (found == draws.inputs().end()) throw std::runtime_error(name + " is not drawn");
  std::vector<double> values;
  for (std::size_t draw = 0; draw < draws.draws(); ++draw) {
    const std::size_t row = draw * draws.inputs().size();
    values.push_back(draws.values()[row + static_cast<std::size_t>(found - draws.inputs().begin())]);
  }
  return values;
}

inline std::vector<std::string> names_of(const ParameterDraws& draws) {
  std::vector<std::string> names;
  for (const DrawnInput& input : draws.inputs()) names.push_back(input.name);
  return names;
}

}  // namespace myelin::study::test
