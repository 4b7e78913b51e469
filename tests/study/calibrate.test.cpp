#include "study/calibrate.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "study/calibrate_misfit.hpp"
#include "study/study_folder.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;
using Catch::Matchers::Contains;

namespace {

constexpr double z = 1.959964;

/// An observation with a normal interval of this standard error.
TargetRow observation(const std::string& id, const std::string& measure, double value, double standard_error,
                      const std::string& unit = "number") {
  return {.id = id,
          .measure = measure,
          .observed = std::to_string(value),
          .low = std::to_string(value - z * standard_error),
          .high = std::to_string(value + z * standard_error),
          .unit = unit};
}

CalibratedParameter parameter(const std::string& name, double low, double high, Scale scale = Scale::linear,
                              std::optional<double> start = {}) {
  return {"parameters." + name, low, high, start, scale, {"spec.toml", 7, 8}};
}

CalibrationSpec spec_of(const std::vector<CalibratedParameter>& parameters) {
  CalibrationSpec spec;
  spec.path = "spec.toml";
  spec.parameters = parameters;
  spec.starts = 4;
  spec.draws = 200;
  return spec;
}

Calibration calibrated(const CalibrationSpec& spec, const std::vector<TargetRow>& rows,
                       const std::string& scenario = illness()) {
  const StudyFolder folder(scenario);
  folder.write_targets(rows);
  const auto calibration = calibrate(spec, folder.targets(), StudyFolder::models(), {});
  if (!calibration) {
    for (const std::string& line : folder.lines_of(calibration.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(calibration);
  return *calibration;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("One parameter is recovered with its standard error", "[study]") {
  // Survival after a year is 1 - p_die, so that both have the same standard error.
  const std::vector<TargetRow> rows = {observation("a", "survival at 1", 0.88, 0.02)};
  const Calibration linear = calibrated(spec_of({parameter("p_die", 0.01, 0.4)}), rows);
  CHECK(linear.estimate[0] == Approx(0.12).epsilon(1e-5));
  CHECK(linear.objective == Approx(0).margin(1e-6));
  CHECK(linear.reached == 4);
  CHECK(linear.uncertainty.standard_errors[0].value() == Approx(0.02).epsilon(1e-3));
  CHECK(linear.uncertainty.intervals[0].value().low == Approx(0.12 - z * 0.02).epsilon(1e-3));
  CHECK(linear.warnings.empty());
  REQUIRE(linear.fitted[0]);
  CHECK(*linear.fitted[0] == Approx(0.88).epsilon(1e-5));

  const Calibration logit = calibrated(spec_of({parameter("p_die", 0.01, 0.4, Scale::logit)}), rows);
  CHECK(logit.estimate[0] == Approx(0.12).epsilon(1e-5));
  CHECK(logit.uncertainty.standard_errors[0].value() == Approx(0.02 / (0.12 * 0.88)).epsilon(1e-3));
  const double centre = std::log(0.12 / 0.88), width = z * 0.02 / (0.12 * 0.88);
  CHECK(logit.uncertainty.intervals[0].value().high == Approx(1 / (1 + std::exp(-centre - width))).epsilon(1e-3));
}

TEST_CASE("Two parameters are recovered with their correlation", "[study]") {
  // Survival at 1 is 1 - d, the share of the living who are well 1 - i / (1 - d).
  const double i = 0.25, d = 0.08, first = 0.02, second = 0.03;
  const Calibration found = calibrated(
      spec_of({parameter("p_ill", 0.01, 0.6, Scale::linear, 0.5), parameter("p_die", 0.01, 0.3, Scale::log)}),
      {observation("a", "survival at 1", 1 - d, first),
       observation("b", "share state Well at 1", 1 - i / (1 - d), second)});
  CHECK(found.estimate[0] == Approx(i).epsilon(1e-4));
  CHECK(found.estimate[1] == Approx(d).epsilon(1e-4));
  // i = (1 - second share) (1 - d): the variances add by the delta method, that of d also on its log scale.
  const double by_first = -i / (1 - d) * first, by_second = (1 - d) * second, error = std::hypot(by_first, by_second);
  CHECK(found.uncertainty.standard_errors[0].value() == Approx(error).epsilon(5e-3));
  CHECK(found.uncertainty.standard_errors[1].value() == Approx(first / d).epsilon(5e-3));
  REQUIRE(found.uncertainty.correlation.size() == 2);
  CHECK(found.uncertainty.correlation[0][1] == Approx(by_first / error).epsilon(5e-3));
  CHECK(found.uncertainty.correlation[0][1] == found.uncertainty.correlation[1][0]);
  CHECK(found.uncertainty.correlation[0][0] == 1);
}

TEST_CASE("The binomial likelihood pools what was observed", "[study]") {
  CalibrationSpec spec = spec_of({parameter("p_die", 0.01, 0.4)});
  spec.objective = Objective::likelihood;
  const Calibration found = calibrated(spec, {{.id = "a", .measure = "survival at 1", .observed = "0.85", .n = "100"},
                                              {.id = "b", .measure = "survival at 1", .observed = "0.95", .n = "300"}});
  const double pooled = (85.0 + 285) / 400;
  CHECK(found.estimate[0] == Approx(1 - pooled).epsilon(1e-5));
  CHECK(found.uncertainty.standard_errors[0].value() == Approx(std::sqrt(pooled * (1 - pooled) / 400)).epsilon(1e-2));
  const double deviance = 2 * (85 * std::log(0.85 / pooled) + 15 * std::log(0.15 / (1 - pooled)) +
                               285 * std::log(0.95 / pooled) + 15 * std::log(0.05 / (1 - pooled)));
  CHECK(found.objective == Approx(deviance).epsilon(1e-6));
  CHECK(found.parts[0] + found.parts[1] == Approx(found.objective));
}

TEST_CASE("A parameter that ends at its bound is held there with a warning", "[study]") {
  const Calibration found =
      calibrated(spec_of({parameter("p_die", 0.05, 0.15), parameter("p_ill", 0.05, 0.5)}),
                 {observation("a", "survival at 1", 0.7, 0.02), observation("b", "free ill at 1", 0.75, 0.02)});
  CHECK(found.estimate[0] == 0.15);
  CHECK(found.estimate[1] == Approx(0.25).epsilon(1e-4));
  CHECK_THAT(text_of(found.warnings), Contains("parameters.p_die ends at its high bound 0.15"));
  CHECK_FALSE(found.uncertainty.standard_errors[0]);
  CHECK(found.uncertainty.standard_errors[1].value() == Approx(0.02).epsilon(1e-3));
  REQUIRE(found.uncertainty.draws.size() == 200);
  for (const std::vector<double>& draw : found.uncertainty.draws) CHECK(draw[0] == 0.15);
}

TEST_CASE("Rounding never carries a parameter over its bounds", "[study]") {
  for (const Scale scale : {Scale::linear, Scale::log, Scale::logit}) {
    for (int i = 1; i < 100; ++i) {
      const CalibrationSpec spec = spec_of({parameter("p_die", i / 300.0, i / 100.0 - 1e-3, scale)});
      const Execution execution;
      const Misfit misfit(spec, {}, StudyFolder::models(), execution);
      CHECK(misfit.values_at({0})[0] >= spec.parameters[0].low);
      CHECK(misfit.values_at({1})[0] <= spec.parameters[0].high);
      CHECK(misfit.values_at({1})[0] == Approx(spec.parameters[0].high));
      CHECK(misfit.point_of(misfit.values_at({0.3}))[0] == Approx(0.3));
    }
  }
}

TEST_CASE("What the targets say nothing about is not identified", "[study]") {
  const Calibration one = calibrated(spec_of({parameter("p_die", 0.01, 0.4), parameter("effect", 0.2, 0.9)}),
                                     {observation("a", "survival at 1", 0.88, 0.02)});
  CHECK_THAT(text_of(one.warnings), Contains("1 targets cannot determine 2 parameters"));
  CHECK_THAT(text_of(one.warnings), Contains("not identified: the targets say less than the bounds do about "
                                             "parameters.effect (alone"));
  CHECK_FALSE(one.uncertainty.standard_errors[0]);
  CHECK(one.uncertainty.correlation.empty());
  CHECK(one.uncertainty.draws.empty());

  // Costs of a year are p_ill x c_ill: one of the two can make up for the other.
  const Calibration both =
      calibrated(spec_of({parameter("p_ill", 0.1, 0.4, Scale::log), parameter("c_ill", 500, 2000, Scale::log)}),
                 {observation("a", "total cost until 1", 200, 5), observation("b", "total cost until 1", 202, 5)});
  CHECK_THAT(text_of(both.warnings), Contains("about parameters.p_ill, parameters.c_ill (alone"));
}

TEST_CASE("The same specification gives the same calibration, another seed other draws", "[study]") {
  const std::vector<TargetRow> rows = {observation("a", "survival at 1", 0.88, 0.02)};
  CalibrationSpec spec = spec_of({parameter("p_die", 0.01, 0.4, Scale::log)});
  const Calibration first = calibrated(spec, rows), again = calibrated(spec, rows);
  CHECK(first.estimate == again.estimate);
  CHECK(first.objective == again.objective);
  CHECK(first.uncertainty.draws == again.uncertainty.draws);
  spec.seed = 2;
  const Calibration other = calibrated(spec, rows);
  CHECK(other.estimate == first.estimate);
  CHECK(other.uncertainty.draws != first.uncertainty.draws);
}

TEST_CASE("Draws have the normal distribution of the optimum on the parameters' scales", "[study]") {
  CalibrationSpec spec = spec_of({parameter("p_ill", 0.01, 0.8), parameter("p_die", 0.001, 0.19, Scale::log)});
  spec.starts = 1;
  spec.draws = 4000;
  const Calibration found = calibrated(
      spec, {observation("a", "survival at 1", 0.92, 0.01), observation("b", "share state Well at 1", 0.7, 0.02)});
  const Uncertainty& uncertainty = found.uncertainty;
  CHECK(uncertainty.rejected == 0);
  REQUIRE(uncertainty.draws.size() == 4000);
  double mean[2] = {}, square[2] = {}, product = 0;
  for (const std::vector<double>& draw : uncertainty.draws) {
    const double deviation[2] = {(draw[0] - found.estimate[0]) / *uncertainty.standard_errors[0],
                                 std::log(draw[1] / found.estimate[1]) / *uncertainty.standard_errors[1]};
    for (int k : {0, 1}) mean[k] += deviation[k] / 4000, square[k] += deviation[k] * deviation[k] / 4000;
    product += deviation[0] * deviation[1] / 4000;
  }
  // The seed is fixed; the bounds are four standard errors of 4000 draws.
  for (int k : {0, 1}) {
    CHECK(std::abs(mean[k]) < 4 / std::sqrt(4000));
    CHECK(std::abs(square[k] - 1) < 4 * std::sqrt(2.0 / 4000));
  }
  CHECK(std::abs(product - uncertainty.correlation[0][1]) < 4 * std::sqrt(2.0 / 4000));
  CHECK(std::abs(uncertainty.correlation[0][1]) > 0.1);
}

TEST_CASE("Draws keep to the bounds", "[study]") {
  const Calibration found =
      calibrated(spec_of({parameter("p_die", 0.1, 0.2)}), {observation("a", "survival at 1", 0.89, 0.02)});
  CHECK(found.uncertainty.rejected > 0);
  REQUIRE(found.uncertainty.draws.size() == 200);
  for (const std::vector<double>& draw : found.uncertainty.draws) {
    CHECK(draw[0] >= 0.1);
    CHECK(draw[0] <= 0.2);
  }
}

TEST_CASE("A search walks around where the model is not sound", "[study]") {
  // Where p_ill and p_die add up to more than 1 there is no prediction.
  CalibrationSpec spec =
      spec_of({parameter("p_ill", 0.01, 0.99, Scale::linear, 0.1), parameter("p_die", 0.01, 0.99, Scale::linear, 0.1)});
  spec.starts = 8;
  const Calibration found =
      calibrated(spec, {observation("a", "survival at 1", 0.55, 0.02), observation("b", "free ill at 1", 0.6, 0.02)});
  CHECK(found.estimate[0] == Approx(0.4).epsilon(1e-3));
  CHECK(found.estimate[1] == Approx(0.45).epsilon(1e-3));
  CHECK_THAT(text_of(found.warnings), Contains("starts cannot be predicted"));
}

TEST_CASE("Starts that end elsewhere are counted", "[study]") {
  // The probability has a second dip, in which a search from the wrong side ends.
  std::string text = illness();
  const std::string move = "\"Well->Dead\" = \"p_die\"", list = "[parameters]\n";
  text.replace(text.find(move), move.size(), "\"Well->Dead\" = \"0.1 + 3 * (x - 0.2)^2 * ((x - 0.8)^2 + 0.02)\"");
  text.insert(text.find(list) + list.size(),
              "x = { value = 0.5, unit = \"number\", source = \"TRIAL\", grade = \"read\" }\n");
  CalibrationSpec spec = spec_of({parameter("x", 0, 1, Scale::linear, 0.9)});
  spec.starts = 5;
  const Calibration found = calibrated(spec, {observation("a", "survival at 1", 0.9, 0.01)}, text);
  CHECK(found.estimate[0] == Approx(0.2).margin(0.02));
  CHECK(found.reached > 0);
  CHECK(found.reached < 5);
  CHECK(found.searches.front().start[0] == Approx(0.9));
  CHECK(found.searches.front().end[0] == Approx(0.8).margin(0.1));
}

TEST_CASE("A parameter that the scenarios lack is told where the specification names it", "[study]") {
  const StudyFolder folder;
  folder.write_targets({observation("a", "survival at 1", 0.9, 0.01)});
  const auto found = calibrate(spec_of({parameter("p_dye", 0.1, 0.2)}), folder.targets(), StudyFolder::models(), {});
  REQUIRE_FALSE(found);
  CHECK(folder.lines_of(found.error()) ==
        Lines{"spec.toml:7:8: parameters.p_dye: parameters.p_dye is not in the scenario, so its unit is not known -- "
              "did you mean \"parameters.p_die\"?"});
}

TEST_CASE("Where no start gives every target a number there is no answer", "[study]") {
  const StudyFolder folder;
  folder.write_targets({observation("a", "median ill", 3, 0.1)});
  const auto found = calibrate(spec_of({parameter("p_ill", 0.01, 0.02)}), folder.targets(), StudyFolder::models(), {});
  REQUIRE_FALSE(found);
  CHECK(folder.lines_of(found.error()) ==
        Lines{"spec.toml: from none of the starts do all targets have a number -- start where the model is sound, or "
              "leave out targets"});
}
