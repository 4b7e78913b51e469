#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "random/stream.hpp"
#include "scenario/scenario.hpp"

/// \file
/// Draws of a scenario's uncertain inputs, for the probabilistic analysis.

namespace myelin::study {

/// An input that draws vary.
struct DrawnInput {
  std::string name;  ///< as ParameterSet::Number::name
  ParameterSet::Cell cell;
  double value = 0;  ///< in the base case
};

/// The values of all uncertain inputs in every draw. A draw depends on the seed, its number and the names of the inputs
/// alone: not on how many draws there are, nor (with random points) on which other inputs vary.
class ParameterDraws {
 public:
  /// Of a scenario whose keys were checked: every input with a distribution, and those of `psa.joint`. All mistakes of
  /// the joint groups, and the first draw of each input that leaves its valid range, as diagnostics.
  static Result<ParameterDraws> make(const scenario::Scenario& scenario, Seed seed, std::size_t draws);

  std::size_t draws() const { return draws_; }
  const std::vector<DrawnInput>& inputs() const { return inputs_; }
  /// [draw][input], in the units of the inputs.
  const std::vector<double>& values() const { return values_; }
  /// The same, which leaves none behind: for when all draws were run.
  std::vector<double> take_values() { return std::move(values_); }

  /// Puts the values of a draw into the scenario's parameters.
  void put(std::size_t draw, ParameterSet& parameters) const;

 private:
  std::size_t draws_ = 0;
  std::vector<DrawnInput> inputs_;
  std::vector<double> values_;
};

/// Means and variances of the distributions that uncertain inputs are drawn from, in the order of
/// ParameterDraws::inputs() [input]; NaN where more numbers vary than the Sobol sequence has dimensions.
struct InputMoments {
  std::vector<double> means;      ///< in the units of the inputs
  std::vector<double> variances;  ///< squared units; 0 of an input that is the same in all draws
};

/// Those of a scenario whose draws were made, from evenly spread draws, so many that their error is nothing beside that
/// of means over the draws of a run.
InputMoments moments_of_inputs(const scenario::Scenario& scenario);

/// What draws vary and what they leave alone.
struct UncertainInputs {
  std::vector<std::string> varied;    ///< by name
  std::vector<std::string> left_out;  ///< with a published range, but neither a distribution, `fixed` included, nor in
                                      ///< a joint group; by name
};
UncertainInputs uncertain_inputs(const scenario::Scenario& scenario);

/// Whether a name fits a pattern in which * stands for any text.
bool fits_pattern(const std::string& name, const std::string& pattern);

}  // namespace myelin::study
