#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "report/section.hpp"
#include "results/collect.hpp"
#include "study/simulate.hpp"
#include "study/study_folder.hpp"

/// \file
/// The model of well, ill or dead, run by the cohort engine and asked what `analyse` answers.

namespace myelin::report::test {

using study::test::Lines;

/// The scenario of study/study_folder.hpp as NICE asks for it, with more keys.
inline std::string illness_with(const std::string& keys) {
  std::string text = study::test::illness();
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("perspective = \"payer\"", "perspective = \"NHS and PSS\"");
  replace("thresholds = [20000]", "thresholds = [20000, 30000]");
  return text + keys;
}

/// Well and ill at each time point, patients per patient.
struct Occupancy {
  std::vector<double> well = {1}, ill = {0};

  explicit Occupancy(double p_ill) {
    for (int t = 0; t < 6; ++t) {
      ill.push_back(well.back() * p_ill + ill.back() * 0.7);
      well.push_back(well.back() * (0.9 - p_ill));
    }
  }
};

inline const Occupancy untreated{0.2}, treated{0.1};

/// Of the run: every time point counts whole, discounted to its start.
inline double weight(std::size_t time) { return std::pow(1.035, -static_cast<double>(time)); }

class AnsweredRun {
 public:
  explicit AnsweredRun(const std::string& keys, const std::vector<std::pair<std::string, std::string>>& files = {},
                       const std::vector<std::string>& overrides = {})
      : folder_(illness_with(keys)) {
    for (const auto& [name, text] : files) folder_.write(name, text);
    study::PlanRequest request{scenario::Folder(folder_.path("scenario.toml")), overrides, {}};
    Result<study::Plan> plan = study::make_plan(request, study::test::StudyFolder::models());
    if (!plan) {
      for (const std::string& line : folder_.lines_of(plan.error())) UNSCOPED_INFO(line);
    }
    REQUIRE(plan);
    plan_ = std::move(*plan);
    study::Execution execution;
    execution.count_for_pricing = true;
    std::vector<study::AnalysisOutput> outputs;
    for (const study::PlannedAnalysis& analysis : plan_.analyses)
      outputs.push_back(study::simulate(plan_, analysis, execution).value().value());
    run_ = results::collect(plan_, outputs, {}, {});
    lives_ = results::counted_lives(run_, plan_, plan_);
    REQUIRE(lives_);
  }

  results::RunResults& run() { return run_; }
  const study::Plan& plan() const { return plan_; }

  Material material() const { return {run_, plan_.analyses.front().scenario, 0, &*lives_}; }

  Section answer(SectionMaker maker) const {
    const auto section = maker(material());
    if (!section) {
      for (const std::string& line : folder_.lines_of(section.error())) UNSCOPED_INFO(line);
    }
    REQUIRE(section);
    REQUIRE(section->has_value());
    return **section;
  }

  Lines mistakes(SectionMaker maker) const {
    const auto section = maker(material());
    REQUIRE_FALSE(section);
    return folder_.lines_of(section.error());
  }

  bool is_silent(SectionMaker maker) const {
    const auto section = maker(material());
    return section && !section->has_value();
  }

  /// The discounted mean of an outcome.
  double mean(std::size_t strategy, const std::string& outcome) const {
    const results::AnalysisResult& analysis = run_.analyses.front();
    const auto found = std::ranges::find(analysis.outcomes, outcome, &results::OutcomeInfo::name);
    return analysis.strategies[strategy].mean[2 * static_cast<std::size_t>(found - analysis.outcomes.begin())];
  }

 private:
  study::test::StudyFolder folder_;
  study::Plan plan_;
  results::RunResults run_;
  std::optional<results::CountedLives> lives_;
};

}  // namespace myelin::report::test
