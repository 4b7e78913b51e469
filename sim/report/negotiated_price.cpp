#include "report/negotiated_price.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/amounts.hpp"
#include "report/section_support.hpp"
#include "study/parameter_draws.hpp"

namespace myelin::report {

namespace {

constexpr const char* negotiated_key = "prices.negotiated";

/// Adds the inputs that fit a pattern, each once; returns whether there are any.
bool add_inputs(const std::vector<ParameterSet::Number>& numbers, const std::string& pattern, NegotiatedPrice& price) {
  bool fits = false;
  for (const ParameterSet::Number& number : numbers) {
    if (!study::fits_pattern(number.name, pattern)) continue;
    fits = true;
    const auto same = [&](const ParameterSet::Cell& cell) {
      return cell.entry == number.cell.entry && cell.index == number.cell.index;
    };
    if (std::ranges::any_of(price.cells, same)) continue;
    price.cells.push_back(number.cell);
    price.list.push_back(number.value);
    price.unit = *number.unit;
  }
  return fits;
}

}  // namespace

Result<std::vector<NegotiatedPrice>> read_negotiated_prices(const ParameterSet& parameters) {
  std::vector<NegotiatedPrice> all;
  Diagnostics problems;
  const std::vector<ParameterSet::Number> numbers = parameters.numbers();
  for (const std::string& name : parameters.names_under(negotiated_key)) {
    const std::string key = fmt::format("{}.{}", negotiated_key, name);
    NegotiatedPrice price{name, parameters.text(key + ".label"), parameters.entry(key + ".inputs").place, {}, {}, ""};
    for (const std::string& pattern : parameters.text_list(key + ".inputs")) {
      if (add_inputs(numbers, pattern, price)) continue;
      std::vector<std::string> names;
      for (const ParameterSet::Number& number : numbers) names.push_back(number.name);
      const auto nearest = nearest_name(pattern, names);
      problems.push_back({price.place, fmt::format("{}: no input is called '{}'", key, pattern),
                          nearest ? fmt::format("did you mean '{}'?", *nearest) : "name inputs of the scenario"});
    }
    all.push_back(std::move(price));
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return all;
}

Diagnostics check_priced_again(const Material& material, const SourcePlace& place) {
  const results::AnalysisResult& analysis = decisive_analysis(material.run);
  const bool told = material.lives != nullptr && economics::find_outcome(analysis, "cost") &&
                    economics::find_outcome(analysis, "qaly");
  if (told) return {};
  return {{place, "the run does not tell what its strategies would cost at other prices",
           "run the scenario again with this version of the program"}};
}

Result<std::vector<Program>> programs_at(const Material& material, const NegotiatedPrice& price, double share) {
  const results::CountedLives& lives = *material.lives;
  ParameterSet parameters = material.scenario.parameters;
  for (std::size_t i = 0; i < price.cells.size(); ++i) parameters.set(price.cells[i], share * price.list[i]);
  std::vector<Program> programs;
  for (std::size_t s = 0; s < lives.programs.size(); ++s) {
    const Result<Program> priced = lives.model->compile(parameters, decisive_analysis(material.run).strategies[s].name);
    if (!priced) return tl::unexpected(placed_at(price.place, priced.error()));
    if (!engine::same_lives(lives.programs[s], *priced)) {
      return tl::unexpected(
          Diagnostics{{price.place, fmt::format("{} changes how patients live, not only what they cost", price.label),
                       "name inputs that are prices"}});
    }
    programs.push_back(engine::with_amounts_of(lives.programs[s], *priced));
  }
  return programs;
}

Diagnostics not_counted(const NegotiatedPrice& price) {
  return {{price.place, fmt::format("the run did not count when {} is paid", price.label),
           "run the scenario again with this version of the program"}};
}

}  // namespace myelin::report
