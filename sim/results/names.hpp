#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "core/contract.hpp"
#include "program/program.hpp"
#include "program/timing.hpp"
#include "results/types.hpp"

/// \file
/// How a results file spells the conventions of an analysis, and which strategy is better.

namespace myelin::results {

inline const Choices<DiscountedAs>& discount_roles() {
  static const Choices<DiscountedAs> names = {
      {"nothing", DiscountedAs::nothing}, {"cost", DiscountedAs::cost}, {"health", DiscountedAs::health}};
  return names;
}

inline const Choices<EventWeight>& event_weights() {
  static const Choices<EventWeight> names = {{"cycle", EventWeight::cycle}, {"next_point", EventWeight::next_point}};
  return names;
}

inline const Choices<StateWeight>& state_weights() {
  static const Choices<StateWeight> names = {
      {"whole", StateWeight::whole}, {"at_start", StateWeight::at_start}, {"at_end", StateWeight::at_end}};
  return names;
}

inline const Choices<Better>& better_strategies() {
  static const Choices<Better> names = {
      {"strategy", Better::strategy}, {"versus", Better::versus}, {"neither", Better::neither}};
  return names;
}

template <class Convention>
const std::string& name_of(const Choices<Convention>& choices, Convention convention) {
  const auto found = std::ranges::find(choices, convention, &std::pair<std::string, Convention>::second);
  if (found == choices.end()) fail_contract("every convention has a name", __FILE__, __LINE__);
  return found->first;
}

/// The convention of that name; none if there is none.
template <class Convention>
std::optional<Convention> convention_of(const Choices<Convention>& choices, const std::string& name) {
  const auto found = std::ranges::find(choices, name, &std::pair<std::string, Convention>::first);
  return found == choices.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace myelin::results
