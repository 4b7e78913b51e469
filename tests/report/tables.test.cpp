#include "report/tables.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "economics/example_run.hpp"
#include "report/text_table.hpp"

namespace myelin::report {
using namespace economics;
namespace {

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t width = 0;
  for (std::string line; std::getline(lines, line);) width = std::max(width, characters(line));
  return width;
}

results::RunResults example_run(const results::AnalysisResult& analysis) {
  results::RunResults run;
  run.engine = "microsimulation";
  run.patients = 10000;
  run.currency = "GBP";
  run.price_year = "2024/25";
  run.thresholds = {20000, 30000};
  run.analyses = {analysis};
  run.analyses.front().discount_cost = run.analyses.front().discount_qaly = DiscountRate::constant(0.035);
  return run;
}

const std::vector<ExampleStrategy> four_strategies{
    {"none", {123456}, {8}}, {"drug", {150456}, {9}}, {"worse", {160000}, {8.5}}, {"middle", {145000}, {8.1}}};

}  // namespace

TEST_CASE("numbers are grouped, rounded and never minus zero") {
  CHECK(format_number(1234567.4, 0) == "1,234,567");
  CHECK(format_number(-1234.5678, 2) == "-1,234.57");
  CHECK(format_number(123, 0) == "123");
  CHECK(format_number(999.9996, 3) == "1,000.000");
  CHECK(format_number(-0.2, 0) == "0");
  CHECK(format_error(0, 0).empty());
  CHECK(format_error(78.4, 0) == "± 78");
  CHECK(format_error(0.2, 0) == "± <1");
  CHECK(format_error(0.0001, 3) == "± <0.001");
  CHECK(format_error(std::nan(""), 0).empty());
}

TEST_CASE("text is wrapped at spaces and counted in characters") {
  CHECK(wrap("one two three", 7) == "one two\nthree");
  CHECK(wrap("one two three", 7, "  ") == "one two\n  three");
  CHECK(wrap("ééé ééé", 7) == "ééé ééé");
  CHECK(wrap("abcdefgh", 3) == "abc\ndef\ngh");
  CHECK(wrap("a bcdef", 3) == "a\nbcd\nef");
  CHECK(wrap("", 5).empty());
}

TEST_CASE("each line of a text cell is wrapped on its own") {
  const TableColumn strategy{"A", TableColumn::Kind::text}, other{"B", TableColumn::Kind::text};
  CHECK(render_table({strategy, other}, {{"drug\nby 6,000", "*surgery\nby 1,000 more"}, {"", "x"}}) ==
        "A         B\n"
        "───────────────────────\n"
        "drug      *surgery\n"
        "by 6,000  by 1,000 more\n"
        "          x\n");
}

TEST_CASE("the summary aligns numbers and leaves out what the run lacks") {
  const std::string table =
      to_text(summary_table(example_run(example_analysis({{"none", {123456}, {8}}, {"drug", {1150456}, {12.5}}})), 0));
  CHECK(table.rfind("Costs and outcomes (GBP, prices of 2024/25)\n\n"
                    "Strategy       Cost    QALYs\n"
                    "────────────────────────────\n"
                    "none        123,456    8.000\n"
                    "               ± <1  ± 0.250\n"
                    "drug      1,150,456   12.500\n"
                    "               ± <1  ± 0.250\n",
                    0) == 0);
  CHECK(table.find("discounted at 3.5 % a year and QALYs at 3.5 % a year") != std::string::npos);
}

TEST_CASE("counts stand in a table of their own, without those of the summary and the parts of totals") {
  results::AnalysisResult analysis = example_analysis({{"none", {1}, {8}}, {"drug", {2}, {12.5}}});
  CHECK(counts_table(example_run(analysis), 0).empty());
  const auto add = [&](const char* name, const char* description, double mean) {
    results::OutcomeInfo info{.name = name, .unit = "per patient", .description = description};
    analysis.outcomes.push_back(info);
    for (results::StrategyResult& strategy : analysis.strategies) {
      for (int column = 0; column < 2; ++column) {
        strategy.mean.push_back(mean);
        strategy.standard_error.push_back(0.01);
      }
    }
  };
  add("relapses", "relapses", 3);
  add("falls.at_cycle_start", "falls", 1);
  add("falls", "falls", 1.25);
  analysis.outcomes.back().parts = {analysis.outcomes.size() - 2};
  CHECK(to_text(counts_table(example_run(analysis), 0)) ==
        "Counts per patient, not discounted\n\n"
        "Outcome      none      drug\n"
        "───────────────────────────\n"
        "falls      1.2500    1.2500\n"
        "         ± 0.0100  ± 0.0100\n");
}

TEST_CASE("the incremental table says in words what each strategy is") {
  results::RunResults run = example_run(example_analysis(four_strategies, {78, 0.012, 0}));
  run.analyses[0].strategies[1].label = "Natalizumab";
  const std::string table = to_text(*incremental_table(run, 0));
  CHECK(table.rfind("Fully incremental analysis (GBP, prices of 2024/25)\n\n"
                    "Strategy        Cost  QALYs  Inc. cost  Inc. QALYs    ICER  Status\n"
                    "────────────────────────────────────────────────────────────────────────────────────\n"
                    "none         123,456  8.000                                 cheapest\n"
                    "middle       145,000  8.100                                 extendedly dominated\n"
                    "Natalizumab  150,456  9.000     27,000       1.000  27,000  against none\n"
                    "                                  ± 78     ± 0.012   ± 333\n"
                    "worse        160,000  8.500                                 dominated by Natalizumab\n",
                    0) == 0);
  CHECK(table.find("within 2 standard errors") == std::string::npos);
}

TEST_CASE("the word ICER appears only where there is one") {
  const std::string alone = to_text(*incremental_table(example_run(example_analysis({{"only", {1000}, {5}}})), 0));
  CHECK(alone.find("ICER") == std::string::npos);
  const std::string dominated =
      to_text(*incremental_table(example_run(example_analysis({{"old", {1000}, {5}}, {"new", {900}, {6}}})), 0));
  CHECK(dominated.find("ICER") == std::string::npos);
  CHECK(dominated.find("dominated by new") != std::string::npos);
  const std::string same =
      to_text(*incremental_table(example_run(example_analysis({{"old", {1000}, {5}}, {"null", {1000}, {5}}})), 0));
  CHECK(same.find("cheapest, same as old") != std::string::npos);
}

TEST_CASE("an ICER over a QALY gain that may be noise carries a warning") {
  const std::string table = to_text(*incremental_table(
      example_run(example_analysis({{"old", {1000}, {5}}, {"new", {2000}, {5.01}}}, {10, 0.006, 0})), 0));
  CHECK(table.find("within 2 standard errors of 0") != std::string::npos);
}

TEST_CASE("the net benefit table marks the best and says by how much") {
  const std::string table = to_text(*net_benefit_table(example_run(example_analysis(four_strategies, {100, 0, 0})), 0));
  CHECK(table.rfind("Net monetary benefit by threshold per QALY (GBP, prices of 2024/25)\n\n"
                    "Strategy   20,000    30,000\n"
                    "───────────────────────────\n"
                    "none      *36,544   116,544\n"
                    "drug       29,544  *119,544\n"
                    "worse      10,000    95,000\n"
                    "middle     17,000    98,000\n"
                    "\n"
                    "At 20,000 GBP per QALY: none is best, ahead of drug by 7,000 ± 100 GBP.\n"
                    "At 30,000 GBP per QALY: drug is best, ahead of none by 3,000 ± 100 GBP.\n",
                    0) == 0);
  const std::string close =
      to_text(*net_benefit_table(example_run(example_analysis(four_strategies, {4000, 0, 0})), 0));
  CHECK(close.find("ahead of none by 3,000 ± 4,000 GBP; less than 2") != std::string::npos);
}

TEST_CASE("tables keep to 100 columns with long labels, large numbers and many thresholds") {
  results::AnalysisResult analysis = example_analysis(
      {{"a", {12345678}, {81.5}}, {"b", {22345678}, {88.5}}, {"c", {32345678}, {83.5}}}, {12345, 0.0123, 0});
  analysis.outcomes.clear();
  for (const char* name : {"cost", "qaly", "qaly.patient", "qaly.carer", "life_years", "relapses"})
    analysis.outcomes.push_back({name, "", "", DiscountedAs::health, EventWeight::cycle, {}});
  for (results::StrategyResult& strategy : analysis.strategies) {
    strategy.label = "Autologous haematopoietic stem-cell transplantation, then natalizumab or no further treatment: " +
                     strategy.name;
    strategy.mean.resize(12, 55.5);
    strategy.standard_error.resize(12, 0.01);
  }
  for (results::IncrementResult& increment : analysis.increments) {
    increment.mean.resize(12, 0);
    increment.standard_error.resize(12, 0);
  }
  results::RunResults run = example_run(analysis);
  run.thresholds = {10000, 20000, 25000, 30000, 35000, 50000, 100000};
  const std::string summary = to_text(summary_table(run, 0)), incremental = to_text(*incremental_table(run, 0)),
                    net_benefit = to_text(*net_benefit_table(run, 0));
  CHECK(widest_line(summary) <= text_width);
  CHECK(widest_line(incremental) <= text_width);
  CHECK(widest_line(net_benefit) <= text_width);
  for (const char* heading : {"QALYs", "of patient", "of carer", "Life years", "Relapses"}) {
    CHECK(summary.find(heading) != std::string::npos);
  }
  CHECK(net_benefit.find("100,000") != std::string::npos);
}

TEST_CASE("alternatives and parameter draws are named in the heading, and problems are passed on") {
  results::AnalysisResult analysis = example_analysis({{"a", {1, 3}, {1, 3}}, {"b", {5, 7}, {2, 4}}});
  analysis.name = "short horizon";
  results::RunResults run = example_run(analysis);
  const std::string table = to_text(summary_table(run, 0));
  CHECK(table.find("alternative `short horizon`, mean of 2 parameter draws") != std::string::npos);
  CHECK(table.find("2.000") != std::string::npos);
  run.thresholds.clear();
  CHECK(net_benefit_table(run, 0)->empty());
  run.analyses[0].outcomes[0].name = "visits";
  CHECK_FALSE(incremental_table(run, 0));
  CHECK_FALSE(net_benefit_table(run, 0));
}

}  // namespace myelin::report
