#include <catch2/catch.hpp>

#include "program/builder.hpp"
#include "program/timing_settings.hpp"
#include "study/study_folder.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

/// What no declared model has: events before time point 0, patients who enter with the event behind them, a tally over
/// two attributes, and an outcome whose name has a point.
///
/// Of all, 0.1 have the event before the start and 0.2 enter with it in their past. In each of three cycles 0.5 of the
/// others have it. Grades 0 and 2 are equally frequent, and independent of it.
class ToyModel : public Model {
 public:
  std::string name() const override { return "toy"; }
  const Schema& schema() const override {
    static const Schema common_keys_are_enough;
    return common_keys_are_enough;
  }
  Diagnostics check(const ParameterSet& parameters) const override { return check_timing(parameters); }
  std::vector<std::pair<std::string, std::string>> stated_settings(const ParameterSet&) const override { return {}; }

  Result<Program> compile(const ParameterSet& parameters, const std::string& strategy) const override {
    const Timing timing = read_timing(parameters);
    const Weights weights = make_weights(timing, DiscountRate::constant(0));
    ProgramBuilder builder(strategy, timing.cycles);
    for (const auto& [name, as] : {std::pair("cost", DiscountedAs::cost), std::pair("qaly", DiscountedAs::health)})
      builder.outcome(name, "unit", "", weights, weights, as);
    const OutcomeIndex reached =
        builder.outcome("reached.relapse", "per patient", "", weights, weights, DiscountedAs::nothing);
    const OutcomeIndex before =
        builder.outcome("years.before_relapse", "years", "", weights, weights, DiscountedAs::nothing);
    const AttributeIndex grade = builder.state("grade", {"0", "2"}, ProgramBuilder::unset),
                         latch = builder.state("had_relapse", {"no", "yes"}, ProgramBuilder::unset),
                         now = builder.transient("now", {"no", "yes"}, 0);
    const AttributeIndex at_start = builder.state("relapse_before", {"no", "yes"}, ProgramBuilder::unset);
    builder.draw(Phase::start, "grade", {}, {grade}, [](const Levels&, Branches& branches) {
      branches.add(0.5, {0});
      branches.add(0.5, {1});
    });
    builder.draw(Phase::start, "entry", {}, {latch, at_start}, [](const Levels&, Branches& branches) {
      branches.add(0.7, {0, 0});
      branches.add(0.1, {1, 1});
      branches.add(0.2, {1, 0});
    });
    builder.accrue(Phase::start, "relapse before", reached, {at_start},
                   [=](const Levels& levels) { return levels[at_start] == 1 ? 1.0 : 0.0; });
    builder.draw(Phase::cycle, "relapse", {latch}, {latch, now}, [=](const Levels& levels, Branches& branches) {
      if (levels[latch] == 1) return branches.add(1, {1, 0});
      branches.add(0.5, {0, 0});
      branches.add(0.5, {1, 1});
    });
    builder.accrue(Phase::cycle, "relapse", reached, {now},
                   [=](const Levels& levels) { return levels[now] == 1 ? 1.0 : 0.0; });
    builder.accrue(Phase::point, "before", before, {latch},
                   [=](const Levels& levels) { return levels[latch] == 0 ? timing.cycle_length.value : 0.0; });
    builder.tally(Phase::point, "relapse", "by whether it has happened", {latch});
    builder.tally(Phase::point, "both", "by grade and relapse", {grade, latch});
    builder.tally(Phase::cycle, "moves", "by relapse now", {now});
    builder.group(grade, 1, [&] { builder.tally(Phase::point, "guarded", "by relapse", {latch}); });
    return builder.build();
  }
};

const std::string scenario = R"(format = 1
model = "toy"
title = "A toy"
sources = "sources.csv"

[analysis]
perspective = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "list"
thresholds = [20000]
discount_timing = "start"
within_cycle_correction = "none"
horizon_years = 3
discount_cost = { value = 0, unit = "per year", source = "TRIAL", grade = "read" }
discount_qaly = { value = 0, unit = "per year", source = "TRIAL", grade = "read" }

[strategies.none]
label = "No drug"
)";

Result<std::vector<Prediction>> predict(const std::string& measure) {
  static const ToyModel model;
  const StudyFolder folder(scenario);
  folder.write_targets({{.measure = measure}});
  return study::predict(folder.targets(), {&model}, {});
}

double value(const std::string& measure) {
  CAPTURE(measure);
  const auto predictions = predict(measure);
  if (!predictions) {
    for (const Diagnostic& problem : predictions.error()) UNSCOPED_INFO(to_string(problem));
  }
  REQUIRE(predictions);
  REQUIRE(predictions->front().value);
  return *predictions->front().value;
}

std::string mistake(const std::string& measure) {
  CAPTURE(measure);
  const auto predictions = predict(measure);
  REQUIRE_FALSE(predictions);
  return predictions.error().front().problem;
}

}  // namespace

TEST_CASE("Events before the start count, and who enters with one in the past is not at risk", "[study]") {
  CHECK(value("free relapse at 0") == Approx(0.9));
  CHECK(value("free relapse at 1") == Approx(0.45));
  CHECK(value("free relapse at 2") == Approx(0.225));
  CHECK(value("median relapse") == Approx((0.9 - 0.5) / 0.45));
  CHECK(value("total reached.relapse until 1") == Approx(0.1 + 0.35));
}

TEST_CASE("An attribute of a tally over several is asked for by its name", "[study]") {
  CHECK(value("share both.grade 2 at 1") == Approx(0.5));
  CHECK(value("mean both.grade at 1") == Approx(1));
  CHECK(value("change both.grade at 2") == Approx(0).margin(1e-12));
  CHECK(value("share both.had_relapse no at 1") == Approx(0.35));
  CHECK(value("share relapse.had_relapse yes at 0") == Approx(0.3));
  CHECK(mistake("mean both at 1") == "the model has no tally \"both\" at time points");
}

TEST_CASE("Tallies of some patients or of a cycle cannot be asked for", "[study]") {
  CHECK(mistake("share guarded no at 1") == "the model has no tally \"guarded\" at time points");
  CHECK(mistake("share moves no at 1") == "the model has no tally \"moves\" at time points");
}
