#include "report/conventions.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "economics/conventions.hpp"
#include "economics/example_conventions.hpp"
#include "report/json.hpp"
#include "report/text_table.hpp"

namespace myelin::report {
namespace {

using nlohmann::json;

results::RunResults example_run(std::uint32_t cycles = 2) {
  results::RunResults run;
  run.engine = "cohort";
  run.currency = "GBP";
  run.price_year = "2024/25";
  run.thresholds = {100, 1000};
  run.analyses = {economics::example_by_time(cycles)};
  for (auto& strategy : run.analyses[0].strategies) {
    for (std::size_t versus = 0; versus < run.analyses[0].strategies.size(); ++versus) {
      if (strategy.name == run.analyses[0].strategies[versus].name) break;
      const std::size_t index = static_cast<std::size_t>(&strategy - run.analyses[0].strategies.data());
      run.analyses[0].increments.push_back({{index, versus}, strategy.mean, strategy.mean, 0});
    }
  }
  return run;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The first line of `text` behind `heading` that starts with `start`.
std::string line_after(const std::string& text, const std::string& heading, const std::string& start) {
  const std::size_t at = text.find("\n" + start, text.find(heading));
  return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t width = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto characters = std::count_if(line.begin(), line.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
    width = std::max(width, static_cast<std::size_t>(characters));
  }
  return width;
}

}  // namespace

TEST_CASE("the tables have a row a convention and mark the run's own") {
  const std::string text = to_text(*convention_tables(example_run(), 0, 0));
  // Worked by hand: 1 + 90 x 1.1^-0.5 + 70 x 1.1^-1.5 + 10 x 1.1^-0.5 + 20 x 1.1^-1.5 = 174.36 for the first strategy.
  CHECK(line_after(text, "Cost by timing convention", "life_table, mid") ==
        "life_table, mid *         174     349     17");
  CHECK(line_after(text, "QALYs by timing convention", "trapezoid, start") ==
        "trapezoid, start        1.388   2.776  4.164");
  // Likewise 1.3855 QALYs, and the second strategy costs and yields twice the first.
  CHECK(line_after(text, "ICER against first", "life_table, mid") == "life_table, mid *          126  dominant");
  CHECK(line_after(text, "Best strategy", "end, yearly") == "end, yearly             third  third");
  CHECK(occurrences(text, "life_table, mid *") == 4);
  CHECK(occurrences(text, " *") == 4 + 1);
  CHECK(contains(text, "The run itself used the row with *."));
  CHECK_FALSE(contains(text, "left out"));
  CHECK_FALSE(contains(text, "Monte Carlo"));
}

TEST_CASE("a paragraph says how far the answer moves and whether the best strategy changes") {
  results::RunResults run = example_run();
  const std::string text = to_text(*convention_tables(run, 0, 0));
  const auto conventions = *economics::analyse_conventions(run.analyses[0], run.thresholds, 0);
  const economics::NetBenefitRange range = economics::range_of_net_benefit(conventions, 0, 0);
  CHECK(contains(text, "At 100 GBP per QALY, the net benefit of second over first lies between " +
                           format_number(range.lowest_net_benefit, 0) + " (" +
                           range.lowest->name.within_cycle_correction + ", "));
  CHECK(contains(text, "At 1,000 GBP per QALY, third is best under every convention."));

  // Where the difference is small, the convention decides: state costs of one against an event cost of the other.
  auto& strategies = run.analyses[0].strategies;
  strategies[1].amounts = strategies[2].amounts = strategies[0].amounts;
  strategies[2].amounts[0]->point = {0, 0, 0};
  strategies[2].amounts[0]->event = {90, 110};
  std::string close = to_text(*convention_tables(run, 0, 0));
  for (std::size_t at = close.find("\n  "); at != std::string::npos; at = close.find("\n  ")) close.replace(at, 3, " ");
  const auto best_is_third = [&] {
    const auto rows = economics::analyse_conventions(run.analyses[0], run.thresholds, 0)->rows;
    return std::ranges::count_if(rows, [](const economics::ConventionRow& row) { return row.best[0] == 2; });
  }();
  REQUIRE(best_is_third > 0);
  REQUIRE(best_is_third < 30);
  CHECK(contains(close, "the best strategy depends on the convention: first under " +
                            std::to_string(30 - best_is_third) + ", third under " + std::to_string(best_is_third) +
                            " of 30."));
}

TEST_CASE("what is left out and what is not known is said") {
  results::RunResults run = example_run(3);
  run.engine = "microsimulation";
  run.patients = 1000;
  std::string text = to_text(*convention_tables(run, 0, 0));
  std::replace(text.begin(), text.end(), '\n', ' ');
  CHECK(contains(text, "simpson is left out: Simpson's rule needs an even number of cycles, and the run has 3."));
  CHECK(contains(text, "Monte Carlo standard errors are known for the run's own convention alone."));
  run.analyses[0].strategies[0].amounts[0].reset();
  CHECK_FALSE(convention_tables(run, 0, 0));
  CHECK_FALSE(to_json(run, run.thresholds, 0, ShownConventions::all));
  CHECK(to_json(run, run.thresholds, 0, ShownConventions::of_run));
}

TEST_CASE("many strategies with long labels are broken into blocks that keep to 100 columns") {
  results::RunResults run = example_run();
  run.thresholds = {10000, 20000, 25000, 30000, 35000, 50000, 100000};
  auto& strategies = run.analyses[0].strategies;
  while (strategies.size() < 12) strategies.push_back(strategies[strategies.size() - 3]);
  for (std::size_t s = 0; s < strategies.size(); ++s) {
    strategies[s].name = "s" + std::to_string(s);
    strategies[s].label =
        "Autologous haematopoietic stem-cell transplantation, then natalizumab: s" + std::to_string(s);
    for (double& amount : strategies[s].amounts[0]->point) amount *= 1e5;
  }
  const std::string text = to_text(*convention_tables(run, 0, 0));
  CHECK(widest_line(text) <= text_width);
  // Costs and QALYs 12 columns in 3 blocks each, ratios 11 in 3, thresholds 7 in 2.
  CHECK(occurrences(text, "life_table, mid *") == 3 + 3 + 3 + 2);
  for (std::size_t s = 0; s < strategies.size(); ++s) CHECK(contains(text, ": s" + std::to_string(s)));
}

TEST_CASE("one strategy alone has no ratios and no movement") {
  results::RunResults run = example_run();
  run.analyses[0].strategies.resize(1);
  const std::string text = to_text(*convention_tables(run, 0, 0));
  CHECK_FALSE(contains(text, "ICER"));
  CHECK_FALSE(contains(text, "lies between"));
  CHECK(contains(text, "first is best under every convention."));
}

TEST_CASE("the JSON has the numbers of the conventions only if they are asked for") {
  const results::RunResults run = example_run(3);
  CHECK_FALSE(to_json(run, run.thresholds, 1, ShownConventions::of_run)->contains("conventions"));
  const json shown(*to_json(run, run.thresholds, 1, ShownConventions::all));
  const auto expected = *economics::analyse_conventions(run.analyses[0], run.thresholds, 1);
  REQUIRE(shown.at("conventions").size() == expected.rows.size());
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    const json& row = shown["conventions"][i];
    const economics::ConventionRow& numbers = expected.rows[i];
    CHECK(row.at("within_cycle_correction") == numbers.name.within_cycle_correction);
    CHECK(row.at("discount_timing") == numbers.name.discount_timing);
    CHECK(row.at("of_run") == numbers.is_of_run);
    CHECK(row.at("strategies").size() == 3);
    CHECK(row["strategies"][2] ==
          json{{"name", "third"}, {"cost", numbers.strategies[2].cost}, {"qaly", numbers.strategies[2].qaly}});
    REQUIRE(row.at("pairwise").size() == 2);
    const economics::ConventionIncrement& increment = numbers.increments[0];
    const json& pair = row["pairwise"][0];
    CHECK(pair.at("strategy") == "first");
    CHECK(pair.at("versus") == "second");
    CHECK(pair.at("cost") == increment.cost);
    CHECK(pair.at("qaly") == increment.qaly);
    CHECK(pair.at("icer").is_null() == !increment.icer.has_value());
    CHECK(pair.at("icer_meaning") == economics::icer_meaning(increment.quadrant));
    CHECK(pair.at("nmb").at("1000") == increment.incremental_net_benefit[1]);
    CHECK(row.at("thresholds")[1] ==
          json{{"threshold", 1000.0}, {"best", expected.rows[i].strategies[numbers.best[1]].name}});
  }
  CHECK(shown.at("conventions_left_out")[0].at("within_cycle_correction") == "simpson");
}

}  // namespace myelin::report
