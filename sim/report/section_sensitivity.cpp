#include "economics/sensitivity.hpp"
#include "report/section.hpp"
#include "report/sensitivity_tables.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using results::SensitivityResult;
using Json = nlohmann::ordered_json;

Json outcomes_json(const Material& material, const results::CostAndQalys& outcomes) {
  Json json = Json::array();
  for (std::size_t s = 0; s < outcomes.cost.size(); ++s) {
    json.push_back({{"strategy", material.run.analyses.front().strategies[s].name},
                    {"cost", outcomes.cost[s]},
                    {"qaly", outcomes.qaly[s]}});
  }
  return json;
}

Json input_json(const results::MovedInput& input) {
  return {{"input", input.name}, {"unit", input.unit}, {"base", input.base}};
}

Json one_way_json(const Material& material) {
  Json json = Json::array();
  for (const results::OneWayResult& bar : material.run.sensitivity->one_way) {
    Json inputs = Json::array();
    for (const results::OneWayResult::Range& range : bar.ranges) {
      inputs.push_back(input_json(range.input));
      inputs.back().update({{"low", range.low}, {"high", range.high}});
    }
    json.push_back({{"name", bar.name},
                    {"inputs", inputs},
                    {"at_low", outcomes_json(material, bar.at_low)},
                    {"at_high", outcomes_json(material, bar.at_high)}});
  }
  return json;
}

Json tornado_json(const Material& material, const economics::Tornado& tornado) {
  const auto name = [&](std::size_t strategy) { return material.run.analyses.front().strategies[strategy].name; };
  Json json = {{"strategy", name(tornado.pair.strategy)},
               {"versus", name(tornado.pair.versus)},
               {"threshold", tornado.threshold},
               {"base", tornado.base},
               {"best", name(tornado.best)},
               {"bars", Json::array()}};
  for (const economics::TornadoBar& bar : tornado.bars) {
    json["bars"].push_back({{"name", material.run.sensitivity->one_way[bar.bar].name},
                            {"at_low", bar.at_low},
                            {"at_high", bar.at_high},
                            {"width", bar.width},
                            {"best_at_low", name(bar.best_at_low)},
                            {"best_at_high", name(bar.best_at_high)}});
  }
  return json;
}

Json tornados_json(const Material& material) {
  const SensitivityResult& sensitivity = *material.run.sensitivity;
  Json json = Json::array();
  for (const double threshold : material.run.thresholds) {
    for (const results::StrategyPair pair : economics::pairs_of_interest(sensitivity, material.reference, threshold))
      json.push_back(tornado_json(material, economics::tornado(sensitivity, pair, threshold)));
  }
  return json;
}

Json two_way_json(const Material& material) {
  Json json = Json::array();
  for (const results::TwoWayResult& grid : material.run.sensitivity->two_way) {
    Json one = {{"name", grid.name}, {"x", input_json(grid.x.input)}, {"y", input_json(grid.y.input)}};
    one["cells"] = Json::array();
    for (std::size_t i = 0; i < grid.outcomes.size(); ++i) {
      Json cell = {{"x", grid.x.values[i / grid.y.values.size()]}, {"y", grid.y.values[i % grid.y.values.size()]}};
      cell["outcomes"] = outcomes_json(material, grid.outcomes[i]);
      cell["thresholds"] = Json::array();
      for (const double threshold : material.run.thresholds) {
        const economics::Ranking ranking = economics::rank(grid.outcomes[i], threshold);
        cell["thresholds"].push_back({{"threshold", threshold},
                                      {"best", material.run.analyses.front().strategies[ranking.best].name},
                                      {"lead", ranking.runner_up ? Json(ranking.lead) : Json()}});
      }
      one["cells"].push_back(cell);
    }
    json.push_back(one);
  }
  return json;
}

Json crossings_json(const results::ThresholdResult::Crossings& at) {
  Json json = {{"threshold", at.threshold}, {"crossings", Json::array()}, {"better", Json::array()}};
  for (std::size_t i = 0; i < at.value.size(); ++i)
    json["crossings"].push_back({{"value", at.value[i]}, {"tolerance", at.tolerance[i]}});
  for (const results::Better better : at.better) {
    json["better"].push_back(better == results::Better::strategy ? "strategy"
                             : better == results::Better::versus ? "versus"
                                                                 : "neither");
  }
  return json;
}

Json threshold_json(const Material& material) {
  const auto name = [&](std::size_t strategy) { return material.run.analyses.front().strategies[strategy].name; };
  Json json = Json::array();
  for (const results::ThresholdResult& search : material.run.sensitivity->threshold) {
    Json one = {{"name", search.name}};
    one.update(input_json(search.input));
    one.update({{"strategy", name(search.strategy)},
                {"versus", search.versus ? Json(name(*search.versus)) : Json()},
                {"low", search.low},
                {"high", search.high},
                {"evaluations", search.evaluations},
                {"thresholds", Json::array()}});
    for (const auto& at : search.thresholds) one["thresholds"].push_back(crossings_json(at));
    json.push_back(one);
  }
  return json;
}

Json left_out_json(const SensitivityResult& sensitivity) {
  Json json = Json::array();
  for (const results::LeftOutInput& input : sensitivity.left_out)
    json.push_back({{"input", input.name}, {"reason", input.reason}});
  return json;
}

}  // namespace

Result<std::optional<Section>> sensitivity_section(const Material& material) {
  if (!material.run.sensitivity) {
    if (material.scenario.parameters.names_under("sensitivity").empty()) return std::nullopt;
    return Section{"sensitivity",
                   Heading{"Deterministic sensitivity analyses"} +
                       Paragraph{"They are not in these results: they hold for the prices and inputs of their own run. "
                                 "Run the scenario again to have them."},
                   nullptr};
  }
  const SensitivityResult& sensitivity = *material.run.sensitivity;
  Section section{"sensitivity", sensitivity_tables(material.run, material.reference), {}};
  section.json = {{"engine", sensitivity.engine},         {"base", outcomes_json(material, sensitivity.base)},
                  {"one_way", one_way_json(material)},    {"left_out", left_out_json(sensitivity)},
                  {"tornado", tornados_json(material)},   {"two_way", two_way_json(material)},
                  {"threshold", threshold_json(material)}};
  return section;
}

}  // namespace myelin::report
