#include <algorithm>
#include <catch2/catch.hpp>

#include "economics/example_run.hpp"
#include "report/section.hpp"
#include "report/sensitivity_tables.hpp"

namespace myelin::report {
using namespace economics;
using Catch::Matchers::Contains;
using results::Better;
using results::CostAndQalys;
using results::MovedInput;
namespace {

const MovedInput price{"costs.drug", "GBP per year", 500}, effect{"effect", "relative risk", 0.5};

/// At 20,000 per QALY the net benefits of the base are 20,000, 25,000 and 24,000.
results::RunResults example_run() {
  results::RunResults run;
  run.engine = "cohort";
  run.currency = "GBP";
  run.thresholds = {20000};
  run.inputs.resize(7);
  run.analyses = {example_analysis({{"none", {0}, {1}}, {"drug", {5000}, {1.5}}, {"surgery", {16000}, {2}}})};
  results::SensitivityResult& sensitivity = run.sensitivity.emplace();
  sensitivity.engine = "cohort";
  sensitivity.base = {{0, 5000, 16000}, {1, 1.5, 2}};
  const CostAndQalys dear{{0, 8000, 16000}, {1, 1.5, 2}}, cheap{{0, 4000, 16000}, {1, 1.5, 2}},
      good{{0, 5000, 16000}, {1, 1.75, 2}}, &base = sensitivity.base;
  sensitivity.one_way = {{"effect", {{effect, 0.25, 0.75}}, good, base},
                         {"prices", {{price, 400, 800}, {{"costs.nurse", "GBP", 1}, 1, 2}}, cheap, dear}};
  sensitivity.left_out = {{"share[a]", "the shares sum to 1"}, {"share[b]", "the shares sum to 1"}};
  sensitivity.two_way = {{"grid", {price, {400, 800}}, {effect, {0.25, 0.5, 0.75}}, {}}};
  sensitivity.two_way[0].outcomes = {good, cheap, cheap, base, dear, dear};
  sensitivity.threshold = {
      {"price", price, 1, std::nullopt, 0, 2000, 17, {{20000, {1234.56}, {1e-7}, {Better::strategy, Better::versus}}}}};
  return run;
}

results::SensitivityResult& sensitivity_of(results::RunResults& run) { return run.sensitivity.value(); }

std::optional<Section> made(const results::RunResults& run, const scenario::Scenario& scenario = {}) {
  const auto section = sensitivity_section({.run = run, .scenario = scenario, .reference = 0});
  REQUIRE(section);
  return *section;
}

/// As one line, so that a sentence can be found wherever it is wrapped.
std::string unwrapped(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string line_with(const std::string& text, const std::string& beginning) {
  const std::size_t begin = text.find("\n" + beginning);
  INFO(beginning);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

std::string solution(const std::vector<double>& crossings, const std::vector<Better>& better) {
  const results::RunResults run = example_run();
  const results::ThresholdResult search{"effect", effect, 1, 0, 0, 1, 11, {}};
  return solution_in_words(run, search, {20000, crossings, std::vector<double>(crossings.size()), better});
}

}  // namespace

TEST_CASE("a tornado has its widest bar first, the numbers at both ends, and where the decision changes") {
  const Section section = made(example_run()).value();
  CHECK(section.key == "sensitivity");
  const std::string text = to_text(section.document);
  // The best strategy and the runner-up come before the comparisons with the reference.
  const std::size_t first = text.find("net monetary benefit of drug above that of surgery"),
                    second = text.find("net monetary benefit of drug above that of none"),
                    third = text.find("net monetary benefit of surgery above that of none");
  REQUIRE(first != std::string::npos);
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
  CHECK(text.find("\neffect") < text.find("\nprices"));
  CHECK_THAT(line_with(text, "effect"), Contains(" 0.25       0.75 ") && Contains(" 6,000 ") && Contains(" 1,000 ") &&
                                            Contains("░") && Contains("same"));
  CHECK_THAT(line_with(text, "prices"),
             Contains("low ends  high ends") && Contains(" 2,000   -2,000 ") && Contains("  high:"));
  CHECK_THAT(text, Contains("  surgery\n"));
  CHECK_THAT(text, Contains("3 of 7 inputs moved"));
  CHECK_THAT(text, Contains("Without a bar: share[a], share[b]: the shares sum to 1."));
}

TEST_CASE("the JSON has the numbers of the results and those of the tornado") {
  const Section section = made(example_run()).value();
  const auto& json = section.json;
  CHECK(json["engine"] == "cohort");
  CHECK(json["base"][1] == nlohmann::ordered_json({{"strategy", "drug"}, {"cost", 5000.0}, {"qaly", 1.5}}));
  REQUIRE(json["tornado"].size() == 3);
  const auto& tornado = json["tornado"][0];
  CHECK(tornado["strategy"] == "drug");
  CHECK(tornado["versus"] == "surgery");
  CHECK(tornado["threshold"] == 20000);
  CHECK(tornado["base"] == 1000);
  CHECK(tornado["best"] == "drug");
  CHECK(tornado["bars"][1]["name"] == "prices");
  CHECK(tornado["bars"][1]["at_low"] == 2000);
  CHECK(tornado["bars"][1]["at_high"] == -2000);
  CHECK(tornado["bars"][1]["best_at_high"] == "surgery");
  CHECK(json["one_way"][1]["inputs"].size() == 2);
  CHECK(json["one_way"][1]["inputs"][0]["unit"] == "GBP per year");
  CHECK(json["one_way"][1]["inputs"][0]["high"] == 800);
  CHECK(json["one_way"][0]["at_low"][1]["qaly"] == 1.75);
  CHECK(json["left_out"][1]["reason"] == "the shares sum to 1");
  REQUIRE(json["two_way"][0]["cells"].size() == 6);
  const auto& cell = json["two_way"][0]["cells"][4];
  CHECK(cell["x"] == 800);
  CHECK(cell["y"] == 0.5);
  CHECK(cell["outcomes"][1]["cost"] == 8000);
  CHECK(cell["thresholds"][0]["best"] == "surgery");
  CHECK(cell["thresholds"][0]["lead"] == 2000);
  const auto& search = json["threshold"][0];
  CHECK(search["strategy"] == "drug");
  CHECK(search["versus"].is_null());
  CHECK(search["evaluations"] == 17);
  CHECK(search["thresholds"][0]["crossings"][0]["value"] == 1234.56);
  CHECK(search["thresholds"][0]["better"] == std::vector<std::string>{"strategy", "versus"});
}

TEST_CASE("a grid has the best strategy and its lead, with * where the decision changes") {
  const std::string text = to_text(made(example_run())->document);
  CHECK_THAT(text, Contains("Two-way `grid`") && Contains("costs.drug (GBP per year; 500 in the base case)"));
  const std::size_t grid = text.find("Two-way `grid`");
  CHECK_THAT(line_with(text.substr(grid), "400"), Contains("drug ") && !Contains("*"));
  CHECK_THAT(line_with(text.substr(grid), "800"), Contains("800  drug      *surgery  *surgery"));
  CHECK_THAT(text.substr(grid), Contains("by 1,000  by 2,000  by 2,000"));
}

TEST_CASE("a solved threshold is told in words") {
  using enum Better;
  CHECK_THAT(
      to_text(made(example_run())->document),
      Contains("At 20,000 GBP per QALY drug is a better buy than the best of the others up to 1,235 GBP per year."));
  CHECK(solution({}, {strategy}) == "At 20,000 GBP per QALY drug is a better buy than none at every value searched.");
  CHECK(solution({}, {versus}) == "At 20,000 GBP per QALY drug is a better buy than none at no value searched.");
  CHECK(solution({}, {neither}) == "At 20,000 GBP per QALY drug and none are equally good at every value searched.");
  CHECK(solution({0.25}, {versus, strategy}) == "At 20,000 GBP per QALY drug is a better buy than none above 0.25.");
  CHECK(solution({0.25, 0.5}, {strategy, versus, strategy}) ==
        "At 20,000 GBP per QALY drug is a better buy than none up to 0.25 and above 0.5.");
  CHECK(solution({0.25, 0.5}, {versus, strategy, versus}) ==
        "At 20,000 GBP per QALY drug is a better buy than none between 0.25 and 0.5.");
  CHECK(solution({0.3}, {versus, versus}) ==
        "At 20,000 GBP per QALY drug is a better buy than none at no value searched.");
}

TEST_CASE("a bar is drawn from the base to both ends") {
  const auto chart = [](double at_low, double at_high) {
    return bar_chart({.bar = 0, .at_low = at_low, .at_high = at_high}, 0, -10, 10);
  };
  CHECK(chart(-10, 5) == "░░░░░░░░│████    ");
  CHECK(chart(10, -5) == "    ████│░░░░░░░░");
  CHECK(chart(10, 5) == "        │████░░░░");
  CHECK(chart(5, 10) == "        │░░░░████");
  CHECK(chart(0, 0) == "        │        ");
  CHECK(bar_chart({}, 3, 3, 3) == "│                ");
}

TEST_CASE("a long name is broken after a dot") {
  results::RunResults run = example_run();
  sensitivity_of(run).one_way.front().name = "therapies.ahsct.anchors.ocrelizumab.worsening";
  const std::string text = to_text(made(run)->document);
  CHECK_THAT(line_with(text, "therapies.ahsct.anchors. "), Contains(" 0.25 "));
  CHECK_THAT(text, Contains("\nocrelizumab.worsening\n"));
}

TEST_CASE("what the numbers are of is told") {
  results::RunResults run = example_run();
  CHECK_THAT(to_text(made(run)->document),
             Contains("By the cohort engine, which is exact.") && !Contains("is simulated"));
  run.engine = "microsimulation";
  CHECK_THAT(to_text(made(run)->document), Contains("The base case above is simulated"));
  sensitivity_of(run).engine = "microsimulation";
  CHECK_THAT(to_text(made(run)->document),
             Contains("same patients and random numbers") && Contains("the patients simulated"));
}

TEST_CASE("the widest fifteen bars and three pairs of strategies are printed, and the JSON has all") {
  results::RunResults run = example_run();
  results::SensitivityResult& sensitivity = sensitivity_of(run);
  sensitivity.one_way.assign(17, sensitivity.one_way.front());
  for (std::size_t i = 0; i < 17; ++i) {
    sensitivity.one_way[i].name = "input " + std::to_string(i);
    sensitivity.one_way[i].at_low.cost[1] = 5000 - 100 * static_cast<double>(i);
  }
  run.analyses = {
      example_analysis({{"none", {0}, {1}}, {"drug", {5000}, {1.5}}, {"surgery", {16000}, {2}}, {"rest", {0}, {0}}})};
  const auto add_rest = [](CostAndQalys& outcomes) {
    outcomes.cost.push_back(0);
    outcomes.qaly.push_back(0);
  };
  add_rest(sensitivity.base);
  for (results::OneWayResult& bar : sensitivity.one_way) {
    add_rest(bar.at_low);
    add_rest(bar.at_high);
  }
  sensitivity.two_way.clear();
  const Section section = made(run).value();
  CHECK_THAT(to_text(section.document),
             Contains("\ninput 16 ") && Contains("\ninput 2 ") && !Contains("\ninput 1 ") && !Contains("\ninput 0 "));
  CHECK_THAT(to_text(section.document),
             Contains("Left out: 2 narrower bars.") && Contains("Left out: 17 bars of less than 1 GBP."));
  CHECK_THAT(to_text(section.document), Contains("1 more pair of strategies a threshold"));
  CHECK(section.json["tornado"].size() == 4);
  CHECK(section.json["tornado"][0]["bars"].size() == 17);
}

TEST_CASE("without sensitivity analyses there is no section, or one that says how to have them") {
  results::RunResults run = example_run();
  run.sensitivity.reset();
  scenario::Scenario scenario;
  CHECK_FALSE(made(run, scenario));
  scenario.parameters.add({"sensitivity.one_way", std::vector<std::string>{"*"}, {}});
  const std::optional<Section> section = made(run, scenario);
  REQUIRE(section);
  CHECK(section->json.is_null());
  CHECK_THAT(unwrapped(to_text(section->document)), Contains("Run the scenario again"));
}

TEST_CASE("one strategy alone has nothing to be compared with") {
  results::RunResults run = example_run();
  run.analyses = {example_analysis({{"none", {0}, {1}}})};
  sensitivity_of(run).base = {{0}, {1}};
  sensitivity_of(run).one_way = {{"effect", {{effect, 0.25, 0.75}}, {{0}, {1.25}}, {{0}, {0.75}}}};
  sensitivity_of(run).two_way = {{"grid", {price, {400}}, {effect, {0.25}}, {{{0}, {1}}}}};
  sensitivity_of(run).threshold.clear();
  const Section section = made(run).value();
  CHECK_THAT(to_text(section.document), Contains("There is no other strategy"));
  CHECK(section.json["tornado"].empty());
  CHECK(section.json["one_way"][0]["at_low"][0]["qaly"] == 1.25);
  CHECK(section.json["two_way"][0]["cells"][0]["thresholds"][0]["lead"].is_null());
}

}  // namespace myelin::report
