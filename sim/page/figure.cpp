#include "page/figure.hpp"

#include "report/wording.hpp"

namespace myelin::page {

using Json = nlohmann::ordered_json;

namespace {

Json labels_of(const results::RunResults& run) {
  Json labels = Json::array();
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s)
    labels.push_back(report::label(run.analyses.front(), s));
  return labels;
}

Json by_strategy(const results::RunResults& run, Json range) {
  Json scale = {{"domain", labels_of(run)}};
  if (!range.is_null()) scale["range"] = std::move(range);
  return {{"field", "strategy"}, {"type", "nominal"}, {"title", nullptr}, {"scale", std::move(scale)}};
}

}  // namespace

const Json* PageMaterial::section(const std::string& key) const {
  const auto found = answers.find(key);
  return found == answers.end() || found->is_null() ? nullptr : &*found;
}

Json specification(const char* text) { return Json::parse(text); }

Json strategy_colour(const results::RunResults& run) { return by_strategy(run, {}); }

Json strategy_dash(const results::RunResults& run) {
  // The palette has eight colours; each round of it has dashes of its own.
  const Json dashes = {{1, 0}, {8, 3}, {3, 3}, {8, 3, 2, 3}, {1, 3}, {12, 4}, {5, 2, 1, 2, 1, 2}};
  Json range = Json::array();
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s) range.push_back(dashes[s % dashes.size()]);
  return by_strategy(run, std::move(range));
}

Json strategy_shape(const results::RunResults& run) {
  const Json shapes = {"circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"};
  Json range = Json::array();
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s) range.push_back(shapes[s % shapes.size()]);
  return by_strategy(run, std::move(range));
}

}  // namespace myelin::page
