#include "models/ms/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace myelin::ms {

namespace {

const std::string no_treatment = "none";
const std::string share_key = "natural_history.relapse_associated_share";

/// Trials confirm after 12 or 24 weeks, tables after 3 or 6 months: the same windows.
std::string window_in_months(const std::string& window) {
  return window == "12 weeks" ? "3 months" : window == "24 weeks" ? "6 months" : window;
}

std::string path_in_words(const std::vector<std::string>& path) {
  std::string words;
  for (const std::string& therapy : path) words += therapy + " > ";
  return words + "no treatment";
}

}  // namespace

std::string Network::anchor_of(const std::string& therapy) const {
  if (therapy == therapy_) return anchor_;
  const std::string key = "therapies." + therapy + ".anchor";
  return parameters_.is_sound(key) ? parameters_.text(key) : std::string{};
}

std::string Network::comparison(const std::string& therapy, const std::string& effect) const {
  const std::string anchor = anchor_of(therapy), path = "therapies." + therapy + ".";
  if (!anchor.empty() && parameters_.has(path + "anchors." + anchor + "." + effect))
    return path + "anchors." + anchor + "." + effect;
  return parameters_.has(path + effect) ? path + effect : std::string{};
}

std::string Network::comparator(const std::string& therapy, const std::string& effect) const {
  const std::string key = comparison(therapy, effect);
  if (key.empty() || !parameters_.is_sound(key)) return {};
  const auto& labels = parameters_.parameter(key).labels;
  const auto versus = labels.find("versus");
  return versus == labels.end() ? std::string{} : versus->second;
}

std::vector<std::string> Network::path(const std::string& therapy, const std::string& effect) const {
  std::vector<std::string> path;
  std::string current = therapy;
  while (parameters_.has("therapies." + current + ".kind") && std::ranges::find(path, current) == path.end()) {
    path.push_back(current);
    current = comparator(current, effect);
  }
  return path;
}

double Network::against_none(const std::string& therapy, const std::string& effect) const {
  double ratio = 1;
  for (const std::string& link : path(therapy, effect)) ratio *= parameters_.number(comparison(link, effect));
  return ratio;
}

/// Untreated worsening is the sum of a relapse-associated share, on which the ratio of relapses acts, and of
/// progression independent of relapse activity.
double Network::worsening_against_none(const std::string& therapy) const {
  double ratio = 1;
  for (std::string current = therapy; current != no_treatment; current = comparator(current, "worsening")) {
    if (!comparison(current, "pira").empty()) {
      const double share = parameters_.number(share_key);
      return ratio * (share * against_none(current, "relapse") + (1 - share) * pira_against_none(current));
    }
    ratio *= parameters_.number(comparison(current, "worsening"));
  }
  return ratio;
}

/// Of a therapy that states only worsening: what is left of it when the relapse-associated part is taken away.
double Network::pira_against_none(const std::string& therapy) const {
  if (therapy == no_treatment) return 1;
  const std::string key = comparison(therapy, "pira");
  if (!key.empty()) return parameters_.number(key) * pira_against_none(comparator(therapy, "pira"));
  const double share = parameters_.number(share_key);
  return (worsening_against_none(therapy) - share * against_none(therapy, "relapse")) / (1 - share);
}

Effects Network::effects(const std::string& therapy) const {
  return {.worsening = worsening_against_none(therapy),
          .relapse = against_none(therapy, "relapse"),
          .improvement = against_none(therapy, "improvement"),
          .worsening_progressive =
              comparison(therapy, "worsening_spms").empty() ? 1 : against_none(therapy, "worsening_spms")};
}

Effects effects_against_none(const ParameterSet& parameters, const std::string& therapy) {
  return Network(parameters).effects(therapy);
}

std::vector<std::string> mixed_confirmation(const ParameterSet& parameters) {
  const Network network(parameters);
  std::set<std::string> used;
  for (const std::string& strategy : parameters.names_under("strategies")) {
    for (const std::string& line : parameters.text_list("strategies." + strategy + ".lines")) used.insert(line);
  }
  std::vector<std::string> remarks;
  for (const std::string& therapy : used) {
    std::set<std::string> windows;
    const std::vector<std::string> path = network.path(therapy, "worsening");
    for (const std::string& link : path) {
      const std::string key = network.comparison(link, "worsening");
      if (key.empty()) continue;
      const auto& labels = parameters.parameter(key).labels;
      const auto window = labels.find("confirmation");
      windows.insert(window == labels.end() ? "an unknown window" : window_in_months(window->second));
    }
    if (windows.size() < 2) continue;
    std::string named;
    for (const std::string& window : windows) named += (named.empty() ? "" : " and ") + window;
    remarks.push_back(fmt::format("the worsening ratio of '{}' ({}) multiplies comparisons confirmed over {}", therapy,
                                  path_in_words(path), named));
  }
  return remarks;
}

DescriptiveTable implied_effects(const ParameterSet& parameters) {
  DescriptiveTable table{
      .title = "Effects against no treatment that the comparisons imply (* the anchor in force)",
      .columns = {"Therapy", "Anchor", "Compared through", "Worsening", "Relapse", "Improvement", "In SPMS"},
      .rows = {}};
  const Network in_force(parameters);
  const auto add = [&](const std::string& therapy, const Network& network, const std::string& anchor) {
    const Effects effects = network.effects(therapy);
    const bool pira = !network.comparison(therapy, "pira").empty();
    std::vector<std::string> through = network.path(therapy, pira ? "pira" : "worsening");
    through.erase(through.begin());
    const auto ratio = [](double value) { return fmt::format("{:.3f}", value); };
    table.rows.push_back({parameters.text("therapies." + therapy + ".label"), anchor,
                          fmt::format("{}", fmt::join(through, ", ")), ratio(effects.worsening), ratio(effects.relapse),
                          ratio(effects.improvement), ratio(effects.worsening_progressive)});
  };
  for (const std::string& therapy : parameters.names_under("therapies")) {
    if (parameters.text("therapies." + therapy + ".kind") == "comparator") continue;
    const std::string chosen = in_force.anchor_of(therapy);
    add(therapy, in_force, chosen.empty() ? "" : "* " + chosen);
    for (const std::string& anchor : parameters.names_under("therapies." + therapy + ".anchors")) {
      const Network network(parameters, therapy, anchor);
      const bool needs_share = !network.comparison(therapy, "pira").empty() && !parameters.has(share_key);
      if (anchor != chosen && !needs_share) add(therapy, network, anchor);
    }
  }
  return table;
}

}  // namespace myelin::ms
