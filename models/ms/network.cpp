#include "models/ms/network.hpp"

#include <algorithm>

namespace myelin::ms {

namespace {

const std::string no_treatment = "none";

std::string key_of(const std::string& therapy, const std::string& effect) {
  return "therapies." + therapy + "." + effect;
}

/// The comparator of an effect; empty where the therapy does not state the effect, or states it with a mistake.
std::string comparator(const ParameterSet& parameters, const std::string& therapy, const std::string& effect) {
  const std::string key = key_of(therapy, effect);
  if (!parameters.is_sound(key)) return {};
  const auto& labels = parameters.parameter(key).labels;
  const auto versus = labels.find("versus");
  return versus == labels.end() ? std::string{} : versus->second;
}

}  // namespace

std::vector<std::string> path_to_none(const ParameterSet& parameters, const std::string& therapy,
                                      const std::string& effect) {
  std::vector<std::string> path;
  std::string current = therapy;
  while (parameters.has("therapies." + current + ".kind") && std::ranges::find(path, current) == path.end()) {
    path.push_back(current);
    current = comparator(parameters, current, effect);
  }
  return path;
}

double effect_against_none(const ParameterSet& parameters, const std::string& therapy, const std::string& effect) {
  double ratio = 1;
  for (const std::string& link : path_to_none(parameters, therapy, effect))
    ratio *= parameters.number(key_of(link, effect));
  return ratio;
}

Diagnostics check_network(const ParameterSet& parameters) {
  Diagnostics diagnostics;
  const std::vector<std::string> therapies = parameters.names_under("therapies");
  for (const std::string& therapy : therapies) {
    const std::string kind = "therapies." + therapy + ".kind";
    if (!parameters.is_sound(kind) || parameters.text(kind) == "comparator") continue;
    for (const char* effect : {"worsening", "relapse", "improvement"}) {
      const std::vector<std::string> path = path_to_none(parameters, therapy, effect);
      const std::string& last = path.back();
      const std::string end = comparator(parameters, last, effect);
      if (end == no_treatment) continue;
      const std::string key = key_of(last, effect);
      if (parameters.has(key) && !parameters.is_sound(key)) continue;  // its own mistake is reported
      if (!parameters.has(key)) {
        const SourcePlace place = parameters.entry("therapies." + therapy + ".kind").place;
        diagnostics.push_back({place,
                               "the effect on " + std::string(effect) + " of '" + therapy +
                                   "' does not lead to no treatment: '" + last + "' has no key '" + key + "'",
                               "add it with `versus`, or compare with a therapy that has it"});
      } else if (end.empty()) {
        diagnostics.push_back({parameters.entry(key).place, "the effect '" + key + "' names no comparator",
                               "add `versus`: \"none\" for no treatment, or another therapy"});
      } else if (std::ranges::find(path, end) != path.end()) {
        diagnostics.push_back({parameters.entry(key).place,
                               "the comparisons of '" + therapy + "' run in a circle at '" + end + "'",
                               "let one of them be against none or a therapy outside the circle"});
      } else {
        const auto nearest = nearest_name(end, therapies);
        diagnostics.push_back({parameters.entry(key).place,
                               "the comparator '" + end + "' is not a therapy of the scenario",
                               nearest ? "did you mean '" + *nearest + "'?" : "include its file, or name another"});
      }
    }
  }
  return diagnostics;
}

}  // namespace myelin::ms
