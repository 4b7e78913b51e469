#pragma once

#include "program/model.hpp"

namespace myelin::markov {

/// A model whose structure stands wholly in the scenario: attributes, transitions, rewards. See README.md.
class MarkovModel : public Model {
 public:
  std::string name() const override { return "markov"; }
  const Schema& schema() const override;
  std::string describe_formulas() const override;
  Diagnostics check(const ParameterSet& parameters) const override;
  std::vector<std::string> remarks(const ParameterSet& parameters) const override;
  std::vector<std::pair<std::string, std::string>> stated_settings(const ParameterSet& parameters) const override;
  Result<Program> compile(const ParameterSet& parameters, const std::string& strategy) const override;
  Population population(const ParameterSet& parameters) const override;
};

}  // namespace myelin::markov
