#pragma once

#include "program/model.hpp"

namespace myelin::ms {

/// Relapsing multiple sclerosis under sequences of drugs and transplantation; see models/ms/README.md.
class MsModel final : public Model {
 public:
  std::string name() const override { return "ms"; }
  const Schema& schema() const override;
  Diagnostics check(const ParameterSet& parameters) const override;
  std::vector<std::pair<std::string, std::string>> stated_settings(const ParameterSet& parameters) const override;
  std::vector<std::string> remarks(const ParameterSet& parameters) const override;
  std::vector<DescriptiveTable> implications(const ParameterSet& parameters) const override;
  Result<Program> compile(const ParameterSet& parameters, const std::string& strategy) const override;
};

}  // namespace myelin::ms
