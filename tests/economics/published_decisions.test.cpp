#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "economics/acceptability.hpp"
#include "economics/patient_noise.hpp"
#include "economics/population_value.hpp"
#include "study/patients_per_draw.hpp"

/// \file
/// The decision analysis against published cases and worked examples, which lie beside the project and not in it.

namespace myelin::economics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using nlohmann::json;

std::string published_cases() {
  const char* chosen = std::getenv("MYELIN_REFERENCE_CASES");
  return chosen ? chosen : MYELIN_SOURCE_DIR "/../shared/cases";
}

/// None, with a warning, where the file is absent.
std::optional<std::ifstream> open(const std::string& path) {
  if (std::filesystem::exists(path)) return std::ifstream(path);
  WARN("skipped: there is no " << path);
  return std::nullopt;
}

std::optional<json> worked_examples(const std::string& name) {
  auto file = open(MYELIN_SOURCE_DIR "/../shared/methods/cases/" + name + ".json");
  if (!file) return std::nullopt;
  return json::parse(*file);
}

std::optional<json> published_case(const std::string& name) {
  auto file = open(published_cases() + "/" + name);
  if (!file) return std::nullopt;
  return json::parse(*file);
}

/// The rows below the heading, without quotation marks; none where the file is absent.
std::vector<std::vector<std::string>> read_rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  auto file = open(published_cases() + "/" + name);
  if (!file) return rows;
  std::string line;
  for (std::getline(*file, line); std::getline(*file, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) {
      std::erase_if(cell, [](char c) { return c == '"' || c == '\r'; });
      rows.back().push_back(cell);
    }
  }
  return rows;
}

MatrixXd to_matrix(const json& rows) {
  MatrixXd matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j)
      matrix(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j));
  }
  return matrix;
}

/// Known without doubt, as two equal draws.
DecisionSample certain(const std::vector<Point>& points) {
  DecisionSample sample{{}, MatrixXd(2, points.size()), MatrixXd(2, points.size())};
  for (std::size_t s = 0; s < points.size(); ++s) {
    sample.strategies.push_back(points[s].name);
    sample.cost.col(static_cast<Index>(s)).setConstant(points[s].cost);
    sample.qaly.col(static_cast<Index>(s)).setConstant(points[s].qaly);
  }
  return sample;
}

ThresholdDecision decide_at(const DecisionSample& sample, double threshold) {
  return decide(sample, std::vector<double>{threshold})->front();
}

void check_close(double value, const json& expected, double relative) {
  CAPTURE(value, expected.get<double>());
  CHECK(std::abs(value - expected.get<double>()) <= relative * std::abs(expected.get<double>()));
}

}  // namespace

TEST_CASE("published case 11: dampack's 100 strategies, their status, ICERs and the thresholds of their optimality") {
  const auto published = published_case("11_dampack_frontier_100_strategies.json");
  if (!published) return;
  const auto input = read_rows(published->at("files").at("input")),
             answers = read_rows(published->at("files").at("expected"));
  if (input.empty() || answers.empty()) return;
  std::vector<Point> points;
  for (const auto& cells : input) points.push_back({cells[0], std::stod(cells[1]), std::stod(cells[2])});
  const auto rows = *analyse_incrementally(points);
  REQUIRE(rows.size() == answers.size());
  std::map<std::string, int> counts;
  std::vector<OptimalFrom> frontier;
  for (const auto& cells : answers) {
    const std::size_t strategy = std::stoul(cells[0]) - 1;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.strategy == strategy; });
    ++counts[cells[6]];
    CHECK((row->status == Status::cheapest ? "ND" : short_name(row->status)) == cells[6]);
    CHECK(row->icer.has_value() == (cells[5] != "NA"));
    if (row->icer) check_close(*row->icer, std::stod(cells[5]), 1e-9);
    if (cells[6] == "ND") frontier.push_back({cells[5] == "NA" ? 0 : std::stod(cells[5]), strategy});
  }
  CHECK(json(counts) == published->at("expected_counts"));

  const auto optimal = *optimal_strategies(certain(points));
  REQUIRE(optimal.size() == frontier.size());
  REQUIRE(optimal.size() == published->at("expected_frontier").size());
  for (std::size_t i = 0; i < optimal.size(); ++i) {
    const json& expected = published->at("expected_frontier")[i];
    CHECK(optimal[i].strategy == frontier[i].strategy);
    check_close(optimal[i].threshold, frontier[i].threshold, 1e-9);
    CHECK(points[optimal[i].strategy].name == std::to_string(expected.at("strategy").get<int>()));
    if (!expected.at("icer").is_null()) check_close(optimal[i].threshold, expected.at("icer"), 1e-9);
  }
}

TEST_CASE("published case 13: BCEA's vaccine, 1,000 draws of two strategies") {
  const auto published = published_case("13_bcea_vaccine_psa.json");
  if (!published) return;
  const auto rows = read_rows(published->at("input"));
  if (rows.empty()) return;
  const auto draws = static_cast<Index>(rows.size());
  REQUIRE(draws == 1000);
  DecisionSample sample{{"Status Quo", "Vaccination"}, MatrixXd(draws, 2), MatrixXd(draws, 2)};
  for (Index draw = 0; draw < draws; ++draw) {
    const auto& cells = rows[static_cast<std::size_t>(draw)];
    for (Index s = 0; s < 2; ++s) {
      sample.qaly(draw, s) = std::stod(cells[static_cast<std::size_t>(s)]);
      sample.cost(draw, s) = std::stod(cells[static_cast<std::size_t>(s) + 2]);
    }
  }
  const json& expected = published->at("expected");
  const Ellipse95 ellipse = increment_spread(sample, {1, 0})->ellipse;
  check_close(ellipse.centre.qaly, expected.at("mean_delta_e"), 1e-9);
  check_close(ellipse.centre.cost, expected.at("mean_delta_c"), 1e-9);
  const auto optimal = *optimal_strategies(sample);
  REQUIRE(optimal.size() == 2);
  check_close(optimal[1].threshold, expected.at("icer"), 1e-9);
  for (const auto& [threshold, answer] : expected.at("k").items()) {
    const ThresholdDecision decision = decide_at(sample, std::stod(threshold));
    check_close(decision.net_monetary_benefit[1].mean - decision.net_monetary_benefit[0].mean, answer.at("eib"), 1e-9);
    check_close(decision.probability_best[1].mean, answer.at("ceac_vaccination"), 1e-12);
    check_close(decision.evpi().mean, answer.at("evpi"), 1e-9);
  }
}

TEST_CASE("worked example: acceptability, expected loss and EVPI of 8 draws of 3 strategies") {
  const auto examples = worked_examples("ceac_ceaf_el_evpi");
  if (!examples) return;
  const double tolerance = examples->at("relative_tolerance");
  const json& example = examples->at("cases").at(0);
  const DecisionSample sample{
      {"a", "b", "c"}, to_matrix(example["inputs"]["cost"]), to_matrix(example["inputs"]["qaly"])};
  for (const auto& [threshold, expected] : example.at("expected").items()) {
    const ThresholdDecision decision = decide_at(sample, std::stod(threshold));
    CHECK(decision.optimal == expected.at("optimal_by_mean").get<std::size_t>());
    check_close(decision.evpi().mean, expected.at("evpi"), tolerance);
    check_close(decision.probability_optimal_is_best().mean, expected.at("ceaf"), tolerance);
    for (std::size_t s = 0; s < 3; ++s) {
      check_close(decision.net_monetary_benefit[s].mean, expected.at("mean_nmb")[s], tolerance);
      check_close(decision.probability_best[s].mean, expected.at("ceac")[s], tolerance);
      check_close(decision.expected_loss[s].mean, expected.at("expected_loss")[s], tolerance);
    }
  }
}

TEST_CASE("worked example: frontier and net benefit of six options") {
  const auto examples = worked_examples("frontier_nmb");
  if (!examples) return;
  const double tolerance = examples->at("relative_tolerance");
  const json& inputs = examples->at("cases").at(0).at("inputs");
  const json& expected = examples->at("cases").at(0).at("expected");
  std::vector<Point> points;
  for (const json& option : inputs.at("options")) points.push_back({option["name"], option["cost"], option["qaly"]});
  const DecisionSample sample = certain(points);

  const auto optimal = *optimal_strategies(sample);
  REQUIRE(optimal.size() == expected.at("frontier").size());
  for (std::size_t i = 0; i < optimal.size(); ++i) {
    CHECK(points[optimal[i].strategy].name == expected["frontier"][i].get<std::string>());
    if (i > 0) check_close(optimal[i].threshold, expected["icers"][i - 1]["icer"], tolerance);
  }
  const auto rows = *analyse_incrementally(points);
  for (const IncrementalRow& row : rows) {
    const std::string& name = points[row.strategy].name;
    const std::string status = expected.at("status").value(name, "");
    CHECK((row.status == Status::dominated) == (status == "dominated"));
    CHECK((row.status == Status::extendedly_dominated) == (status == "extendedly dominated"));
  }
  for (const double threshold : inputs.at("thresholds")) {
    const ThresholdDecision decision = decide_at(sample, threshold);
    const std::string key = std::to_string(static_cast<int>(threshold));
    CHECK(points[decision.optimal].name == expected["optimal"][key].get<std::string>());
    for (std::size_t s = 0; s < points.size(); ++s) {
      check_close(decision.net_monetary_benefit[s].mean, expected["nmb"][key][points[s].name], tolerance);
      if (key == "30000")
        check_close(decision.net_health_benefit[s].mean, expected["nhb_30000"][points[s].name], tolerance);
    }
  }
}

TEST_CASE("worked example: analysis of variance of draws and patients") {
  const auto examples = worked_examples("anova_psa");
  if (!examples) return;
  const double tolerance = examples->at("relative_tolerance");
  const json& expected = examples->at("cases").at(0).at("expected");
  const MatrixXd values = to_matrix(examples->at("cases").at(0)["inputs"]["inb"]);
  const PatientAnova anova = analyse_variance(values);
  check_close(anova.split.mean, expected.at("mean"), tolerance);
  check_close(anova.mean_square_between, expected.at("MSB"), tolerance);
  check_close(anova.mean_square_within, expected.at("MSW"), tolerance);
  check_close(anova.split.between_variance, expected.at("sigma2_between"), tolerance);
  check_close(anova.split.between_variance + anova.split.noise_variance, expected.at("naive_variance_of_row_means"),
              tolerance);
  check_close(anova.split.standard_error, expected.at("se_mean"), tolerance);
  check_close(anova.split.shrinkage(), expected.at("shrinkage"), tolerance);
  const Eigen::VectorXd means = values.rowwise().mean();
  const Eigen::VectorXd shrunk = pull_together(means, anova.split.shrinkage()),
                        matched = pull_together(means, anova.split.moment_matching());
  for (Index draw = 0; draw < means.size(); ++draw) {
    check_close(shrunk[draw], expected.at("shrunk_means")[static_cast<std::size_t>(draw)], tolerance);
    check_close(matched[draw], expected.at("moment_matched_means")[static_cast<std::size_t>(draw)], tolerance);
  }
  const json& sizes = examples->at("cases").at(1);
  const json& inputs = sizes["inputs"];
  check_close(study::optimal_patients_per_draw({inputs["c_outer"], inputs["c_patient"]}, inputs["s2w"], inputs["s2b"]),
              sizes.at("expected"), tolerance);
}

TEST_CASE("worked example: population EVPI and expected net benefit of sampling") {
  const auto examples = worked_examples("population_voi_enbs");
  if (!examples) return;
  const double tolerance = examples->at("relative_tolerance");
  const auto population = [](const json& inputs, double delay_years) {
    return *discounted_patients({inputs.at("incidence"), inputs.at("r"), Years{delay_years}, 1});
  };
  const json &perfect = examples->at("cases").at(0), &trial = examples->at("cases").at(1);
  CHECK(perfect["inputs"]["incidence"].size() == perfect["inputs"]["horizon"].get<std::size_t>());
  check_close(population_value({perfect["inputs"]["evpi_per_person"], 0}, population(perfect["inputs"], 0)).mean,
              perfect.at("expected"), tolerance);
  const json& inputs = trial.at("inputs");
  const std::vector<Trial> trials{{inputs["n"], {inputs["evsi"], 0}, population(inputs, inputs["delay_years"])}};
  const TrialValue value = *value_trials(trials, {inputs["fixed"], inputs["per_patient"]});
  check_close(value.net_benefit[0].mean, trial.at("expected"), tolerance);
  CHECK_FALSE(value.best);
}

}  // namespace myelin::economics
