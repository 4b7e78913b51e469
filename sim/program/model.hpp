#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/population.hpp"
#include "program/program.hpp"
#include "program/schema.hpp"

namespace myelin {

/// Something that a model can say of its inputs, as text for people.
struct DescriptiveTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A disease model: the keys that it understands, and how a strategy becomes a program under given parameters.
class Model {
 public:
  virtual ~Model() = default;

  virtual std::string name() const = 0;

  /// The model's own keys, beside those common to all scenarios.
  virtual const Schema& schema() const = 0;

  /// The language of the model's formulae and the units that it knows, as text; empty for a model without formulae.
  virtual std::string describe_formulas() const { return {}; }

  /// What no single key can show: keys that contradict or do not reach one another. Empty if all is well. It is asked
  /// also about scenarios with mistakes in single keys, so that all are reported at once: what depends on a key that is
  /// absent or not sound is passed over.
  virtual Diagnostics check(const ParameterSet& parameters) const = 0;

  /// What is no mistake but may be a slip, each in a sentence: numbers that nothing uses.
  virtual std::vector<std::string> remarks(const ParameterSet&) const { return {}; }

  /// Conventions of the model that every output states, as (key, value): natural history, anchor, waning, ...
  virtual std::vector<std::pair<std::string, std::string>> stated_settings(const ParameterSet& parameters) const = 0;

  /// What follows from the inputs before anything is simulated: effects implied by a network of comparisons, ...
  virtual std::vector<DescriptiveTable> implications(const ParameterSet&) const { return {}; }

  /// Entry levels of patients that differ from the programs' own; none unless the scenario gives patients one by one.
  virtual Population population(const ParameterSet&) const { return {}; }

  /// The program of one strategy of a parameter set that passed `check`.
  virtual Result<Program> compile(const ParameterSet& parameters, const std::string& strategy) const = 0;
};

}  // namespace myelin
