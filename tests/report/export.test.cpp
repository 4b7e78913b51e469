#include "report/export.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "economics/acceptability.hpp"
#include "report/csv.hpp"
#include "report/drawn_example.hpp"
#include "report/export_psa.hpp"
#include "report/export_table.hpp"

namespace myelin::report {
using namespace test;
namespace {

/// [line][cell] of a file whose cells need no quotes.
std::vector<std::vector<std::string>> cells_of(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.emplace_back();
    std::istringstream cells(line + ",");
    for (std::string cell; std::getline(cells, cell, ',');) lines.back().push_back(cell);
  }
  return lines;
}

std::vector<ExportFile> exported(const results::RunResults& run) {
  Result<std::vector<ExportFile>> files = export_files(run);
  REQUIRE(files);
  return *files;
}

const ExportFile& file_called(const std::vector<ExportFile>& files, const std::string& name) {
  const auto found = std::ranges::find(files, name, &ExportFile::name);
  REQUIRE(found != files.end());
  return *found;
}

constexpr std::size_t draws = 30;

/// Three strategies over draws of one input; none of the numbers is a round one.
results::RunResults drawn_run() {
  const std::vector<double> price = normal_draws("price", draws), effect = normal_draws("effect", draws);
  std::vector<ExampleStrategy> drawn = {{"none", {}, {}}, {"drug", {}, {}}, {"transplant", {}, {}}};
  for (std::size_t d = 0; d < draws; ++d) {
    drawn[0].cost.push_back(1000 + price[d]);
    drawn[1].cost.push_back(21000 + 3000 * price[d]);
    drawn[2].cost.push_back(15000 + 100 * effect[d]);
    drawn[0].qaly.push_back(4 + effect[d] / 10);
    drawn[1].qaly.push_back(5 + effect[d] / 3);
    drawn[2].qaly.push_back(5.1 + price[d] / 7);
  }
  results::RunResults run =
      example_run({{"none", {1000}, {4}}, {"drug", {21000}, {5}}, {"transplant", {15000}, {5.1}}}, drawn);
  run.probabilistic->drawn.names = {"price", "table[a=1,b=2]"};
  for (std::size_t d = 0; d < draws; ++d)
    run.probabilistic->drawn.values.insert(run.probabilistic->drawn.values.end(), {price[d], effect[d]});
  return run;
}

PsaTexts psa_texts(const results::RunResults& run) {
  const std::vector<ExportFile> files = psa_files(run);
  return {files[0].text, files[1].text, files[2].text};
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  REQUIRE(contains(text, from));
  text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a run with draws fills every file, one without those that need none, in the order of their names") {
  results::RunResults run = drawn_run();
  std::vector<std::string> names;
  for (const ExportFile& file : exported(run)) names.push_back(file.name);
  CHECK(names == export_file_names());
  run.probabilistic.reset();
  names.clear();
  for (const ExportFile& file : exported(run)) names.push_back(file.name);
  CHECK(names.size() == 6);
  CHECK(std::equal(names.begin(), names.end(), export_file_names().begin()));
}

TEST_CASE("incremental analysis is exported under dampack's names, in its order, without numbers for the dominated") {
  results::RunResults run = example_run(
      {{"worst", {500}, {1}}, {"a", {100}, {1}}, {"between", {190}, {1.5}}, {"b", {200}, {3}}}, {{"a", {1}, {1}}});
  run.probabilistic.reset();
  CHECK(file_called(exported(run), "icers.csv").text ==
        "Strategy,Cost,Effect,Inc_Cost,Inc_Effect,ICER,Status\n"
        "a,100,1,,,,ND\n"
        "b,200,3,100,2,50,ND\n"
        "between,190,1.5,,,,ED\n"
        "worst,500,1,,,,D\n");
}

TEST_CASE("draws are exported to the bit, a named column a strategy or input") {
  const results::RunResults run = drawn_run();
  const PsaTexts texts = psa_texts(run);
  CHECK(texts.parameters.starts_with("price,\"table[a=1,b=2]\"\n"));
  const auto costs = cells_of(texts.costs), effects = cells_of(texts.effects);
  CHECK(costs.front() == std::vector<std::string>{"none", "drug", "transplant"});
  CHECK(effects.front() == costs.front());
  REQUIRE(costs.size() == draws + 1);
  REQUIRE(effects.size() == draws + 1);
  for (std::size_t s = 0; s < 3; ++s) {
    for (std::size_t d = 0; d < draws; ++d) {
      CHECK(std::stod(costs[d + 1][s]) == run.probabilistic->strategies[s].mean[4 * d]);
      CHECK(std::stod(effects[d + 1][s]) == run.probabilistic->strategies[s].mean[4 * d + 2]);
    }
  }
  CHECK(psa_disagreements(run, texts).empty());
}

TEST_CASE("what could reverse a decision is found when draws are read back") {
  const results::RunResults run = drawn_run();
  PsaTexts texts = psa_texts(run);
  SECTION("names of strategies have changed places in one file") { replace(texts.effects, "none,drug", "drug,none"); }
  SECTION("whole columns have") {
    results::RunResults swapped = run;
    std::swap(swapped.probabilistic->strategies[1], swapped.probabilistic->strategies[2]);
    texts.costs = psa_texts(swapped).costs;
  }
  SECTION("rows of one file have") {
    const std::size_t first = texts.costs.find('\n') + 1, second = texts.costs.find('\n', first) + 1;
    texts.costs = texts.costs.substr(0, first) + texts.costs.substr(second) + texts.costs.substr(first, second - first);
  }
  SECTION("a row is missing") { texts.costs.resize(texts.costs.rfind('\n', texts.costs.size() - 2) + 1); }
  SECTION("a value of an input has changed") {
    const std::size_t row = texts.parameters.find('\n') + 1;
    texts.parameters.insert(row, "1");
  }
  SECTION("a strategy has another name") { replace(texts.costs, "drug", "drugs"); }
  SECTION("a cell is no number") { texts.effects.insert(texts.effects.find('\n') + 1, "x"); }
  SECTION("a file is empty") { texts.effects.clear(); }
  CHECK_FALSE(psa_disagreements(run, texts).empty());
}

TEST_CASE("acceptability and expected loss are those of the decision, at thresholds and on a grid") {
  const results::RunResults run = drawn_run();
  const auto files = exported(run);
  const auto ceac = cells_of(file_called(files, "ceac.csv").text),
             loss = cells_of(file_called(files, "exp_loss.csv").text);
  CHECK(ceac.front() == std::vector<std::string>{"WTP", "Strategy", "Proportion", "On_Frontier"});
  CHECK(loss.front() == std::vector<std::string>{"WTP", "Strategy", "Expected_Loss", "On_Frontier"});
  REQUIRE(ceac.size() == 1 + 3 * 41);  // both thresholds lie on the grid to 40,000
  REQUIRE(loss.size() == ceac.size());
  const auto decisions = economics::decide(economics::decision_sample(*run.probabilistic), run.thresholds);
  REQUIRE(decisions);
  std::size_t found = 0;
  for (const economics::ThresholdDecision& decision : *decisions) {
    for (std::size_t i = 1; i < ceac.size(); ++i) {
      if (std::stod(ceac[i][0]) != decision.threshold) continue;
      const std::size_t s = (i - 1) % 3;
      CHECK(ceac[i][1] == run.probabilistic->strategies[s].name);
      CHECK(std::stod(ceac[i][2]) == decision.probability_best[s].mean);
      CHECK(ceac[i][3] == (s == decision.optimal ? "TRUE" : "FALSE"));
      CHECK(std::stod(loss[i][2]) == decision.expected_loss[s].mean);
      ++found;
    }
  }
  CHECK(found == 6);
}

TEST_CASE("state probabilities are those of each attribute, with the dead, in years") {
  results::RunResults run = example_run({{"none", {1}, {1}}}, {{"none", {1}, {1}}});
  run.probabilistic.reset();
  run.cycle_length_years = 0.5;
  const results::TallyResult two{"disease",
                                 "",
                                 "time point",
                                 {"phenotype", "edss"},
                                 {{"R", "S"}, {"0", "1", "10"}},
                                 2,
                                 6,
                                 {0.5, 0.25, 0, 0.25, 0, 0, 0.25, 0.25, 0, 0.125, 0.125, 0}},
      again{"again", "", "time point", {"edss"}, {{"0", "1", "10"}}, 1, 3, {1, 0, 0}},
      covering{"by relapses", "", "time point", {"line"}, {{"a"}}, 1, 1, {1}},
      moves{"deaths", "", "cycle", {"vital"}, {{"alive"}}, 1, 1, {1}};
  run.analyses.front().strategies.front().tallies = {two, again, covering, moves};
  CHECK(file_called(exported(run), "stateprobs.csv").text ==
        "strategy_id,strategy,attribute,state_id,state,t,prob\n"
        "1,none,phenotype,1,R,0,0.75\n1,none,phenotype,1,R,0.5,0.5\n"
        "1,none,phenotype,2,S,0,0.25\n1,none,phenotype,2,S,0.5,0.25\n"
        "1,none,phenotype,3,dead,0,0\n1,none,phenotype,3,dead,0.5,0.25\n"
        "1,none,edss,1,0,0,0.75\n1,none,edss,1,0,0.5,0.375\n"
        "1,none,edss,2,1,0,0.25\n1,none,edss,2,1,0.5,0.375\n"
        "1,none,edss,4,dead,0,0\n1,none,edss,4,dead,0.5,0.25\n");
}

TEST_CASE("costs by category, QALYs and life years stand with their discount rate, none where it changes") {
  results::RunResults run = example_run({{"none", {10}, {3}}}, {{"none", {1}, {1}}});
  run.probabilistic.reset();
  results::AnalysisResult& base = run.analyses.front();
  base.discount_cost = DiscountRate::constant(0.035);
  base.discount_qaly.steps = {{Years{0}, 0.035}, {Years{30}, 0.03}};
  base.outcomes.push_back({"cost.drug", "GBP", "", DiscountedAs::cost, EventWeight::cycle, {}});
  base.outcomes.push_back({"life_years", "years", "", DiscountedAs::health, EventWeight::cycle, {}});
  base.outcomes.push_back({"relapses", "1", "", DiscountedAs::nothing, EventWeight::cycle, {}});
  base.outcomes.front().parts = {2};
  for (const double mean : {10., 20., 7., 8., 2., 2.}) {
    base.strategies.front().mean.push_back(mean);
    base.strategies.front().standard_error.push_back(0.5);
  }
  const auto files = exported(run);
  CHECK(file_called(files, "costs.csv").text ==
        "sample,strategy_id,strategy,discounting,dr,category,costs\n"
        "1,1,none,discounted,0.035,drug,10\n1,1,none,undiscounted,0,drug,20\n");
  CHECK(file_called(files, "qalys.csv").text ==
        "sample,strategy_id,strategy,discounting,dr,qalys,lys\n"
        "1,1,none,discounted,,3,7\n1,1,none,undiscounted,0,6,8\n");
  const std::string& summary = file_called(files, "summary.csv").text;
  CHECK(contains(summary, "\nbase,1,none,cost.drug,GBP,discounted,0.035,10,0.5,,,\n"));
  CHECK(contains(summary, "\nbase,1,none,relapses,1,undiscounted,0,2,0.5,,,\n"));
  CHECK_FALSE(contains(summary, "relapses,1,discounted"));
}

TEST_CASE("inputs are exported with their provenance, and text that looks like a formula stays and is told") {
  results::RunResults run = example_run({{"none", {1}, {1}}}, {{"none", {1}, {1}}});
  run.probabilistic.reset();
  run.inputs = {{"price[a=1,b=2]", 0.1, "GBP", {"TABLE1", "read", "gamma(SE 25 %)", "said \"so\"", 0.05, {}, {}}},
                {"slope", -2.5, "1", {"", "assumption", "", "=1+1", {}, {}, {}}}};
  const ExportFile parameters = file_called(exported(run), "parameters_used.csv");
  CHECK(parameters.text ==
        "parameter,value,unit,low,high,distribution,source,grade,note\n"
        "\"price[a=1,b=2]\",0.1,GBP,0.05,,gamma(SE 25 %),TABLE1,read,\"said \"\"so\"\"\"\n"
        "slope,-2.5,1,,,,,assumption,=1+1\n");
  CHECK(parameters.formula_like == std::vector<std::string>{"=1+1"});
}

TEST_CASE("a formula begins with a sign and is no number") {
  for (const char* cell : {"=A1", "+x", "-", "-2.5%", "@SUM(1)", "\tx"}) CHECK(is_formula_like(cell));
  for (const char* cell : {"", "-2.5", "-1e-9", "1=2", "a", "0"}) CHECK_FALSE(is_formula_like(cell));
}

}  // namespace myelin::report
