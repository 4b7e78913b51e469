#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "models/ms/therapy.hpp"
#include "program/model.hpp"
#include "program/parameters.hpp"

/// \file
/// The network of effects. A therapy states one comparison per effect, itself or through the anchor that it chooses;
/// following the comparators leads to no treatment by exactly one path.

namespace myelin::ms {

/// The effects that every therapy states.
inline const std::vector<std::string> required_effects = {"worsening", "relapse", "improvement"};

/// The comparisons in force, or with another anchor chosen for one therapy.
class Network {
 public:
  explicit Network(const ParameterSet& parameters) : parameters_(parameters) {}
  Network(const ParameterSet& parameters, std::string therapy, std::string anchor)
      : parameters_(parameters), therapy_(std::move(therapy)), anchor_(std::move(anchor)) {}

  /// The key of the comparison by which a therapy enters the network for an effect; empty if it states none.
  std::string comparison(const std::string& therapy, const std::string& effect) const;
  /// What that comparison is with; empty where it is not stated, or stated with a mistake.
  std::string comparator(const std::string& therapy, const std::string& effect) const;
  /// The therapies from `therapy` to the last before no treatment. Stops where the path breaks or closes on itself.
  std::vector<std::string> path(const std::string& therapy, const std::string& effect) const;
  /// Product of the ratios on the path, which must reach no treatment.
  double against_none(const std::string& therapy, const std::string& effect) const;
  Effects effects(const std::string& therapy) const;

  std::string anchor_of(const std::string& therapy) const;

 private:
  double worsening_against_none(const std::string& therapy) const;
  double pira_against_none(const std::string& therapy) const;

  const ParameterSet& parameters_;
  std::string therapy_, anchor_;
};

/// Effects of a therapy against no treatment, at full strength.
Effects effects_against_none(const ParameterSet& parameters, const std::string& therapy);

/// Paths that do not reach no treatment, second paths, unknown anchors; for the therapies of any strategy.
Diagnostics check_network(const ParameterSet& parameters);

/// Paths whose comparisons confirm worsening over different windows, each in a sentence.
std::vector<std::string> mixed_confirmation(const ParameterSet& parameters);

/// The implied effects against no treatment of every therapy, for each anchor that it could enter by.
DescriptiveTable implied_effects(const ParameterSet& parameters);

}  // namespace myelin::ms
