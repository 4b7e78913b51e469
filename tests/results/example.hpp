#pragma once

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "results/fields.hpp"
#include "results/types.hpp"

/// \file
/// Random runs, the bytes of a run, and a folder that goes away.

namespace myelin::results::test {

inline void append_bytes(std::string& bytes, const std::string& text) {
  bytes += std::to_string(text.size()) + ":" + text;
}
template <class Number>
void append_bytes(std::string& bytes, Number value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Every field of a run, to the bit: equal exactly if the runs are.
inline std::string all_bytes(const RunResults& run) {
  std::string bytes;
  for_each_field(run, [&](const auto& field, Counts) { append_bytes(bytes, field); });
  return bytes;
}

/// Makes runs with every kind of field, by a seed.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : generator_(seed) {}

  /// Of `strategies` strategies, `draws` draws and up to `longest` items in each list; with a probabilistic analysis if
  /// the number of draws is even, and with sensitivity analyses if that of strategies is odd.
  RunResults make(std::size_t strategies, std::size_t draws, std::size_t longest) {
    RunResults run;
    for_each_field(run, [&](auto& field, Counts) { fill(field); });
    run.thresholds = numbers(count(longest));
    for (std::size_t i = count(longest); i > 0; --i) {
      run.settings.push_back({text(), text(), static_cast<Setting::Kind>(count(2))});
    }
    for (std::size_t i = count(longest); i > 0; --i) run.inputs.push_back(input());
    for (std::size_t i = count(longest); i > 0; --i) run.scenario_files.push_back({text(), text()});
    run.scenario_overrides = texts(count(longest));
    run.strategies_asked_for = texts(count(longest));
    for (std::size_t i = 0; i < 2; ++i) run.analyses.push_back(analysis(strategies, draws, longest));
    run.analyses.front().name = "base";
    if (draws % 2 == 0) {
      run.probabilistic = analysis(strategies, draws, longest, &run.analyses.front().outcomes);
      run.probabilistic->name = "probabilistic";
      run.probabilistic->drawn.names = texts(1 + count(longest));
      run.probabilistic->drawn.values = numbers(draws * run.probabilistic->drawn.names.size());
      run.probabilistic->drawn.expectations = numbers(run.probabilistic->drawn.names.size());
      run.probabilistic->drawn.variances = numbers(run.probabilistic->drawn.names.size());
    }
    if (strategies % 2 == 1) run.sensitivity = sensitivity(strategies, longest);
    return run;
  }

 private:
  std::size_t count(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(generator_); }

  double number() {
    static const std::vector<double> special = {0.0, -0.0, 5e-324, 1.7976931348623157e308, 1.0 / 3.0};
    const std::size_t i = count(20);
    return i < special.size() ? special[i] : std::normal_distribution<double>(0, 1e5)(generator_);
  }

  std::string text() {
    static const std::vector<std::string> parts = {"edss", "0-3.5", "/", " ", ".", "\n", "é", "日本", "\"", "relapse"};
    std::string text;
    for (std::size_t i = count(4); i > 0; --i) text += parts[count(parts.size() - 1)];
    return text;
  }

  void fill(std::string& field) { field = text(); }
  void fill(double& field) { field = number(); }
  void fill(std::uint64_t& field) { field = generator_(); }

  std::vector<double> numbers(std::size_t size) {
    std::vector<double> values(size);
    for (double& value : values) fill(value);
    return values;
  }

  std::vector<std::string> texts(std::size_t size) {
    std::vector<std::string> values(size);
    for (std::string& value : values) fill(value);
    return values;
  }

  InputRecord input() {
    InputRecord input;
    fill(input.path);
    fill(input.value);
    fill(input.unit);
    auto& p = input.provenance;
    for (auto* field : {&p.source, &p.grade, &p.distribution, &p.note}) fill(*field);
    if (count(1) == 1) p.low = number();
    if (count(1) == 1) p.high = number();
    return input;
  }

  TallyResult tally_axes(std::size_t longest) {
    static const std::vector<std::string> names = {"edss", "draw", "per_patient", "time", "on/off", "", "."};
    TallyResult tally{.name = text(),
                      .description = text(),
                      .time_axis = "time point",
                      .attributes = {},
                      .levels = {},
                      .times = 1 + count(longest),
                      .cells = 1,
                      .per_patient = {}};
    for (std::size_t a = count(3); a > 0; --a) {
      tally.attributes.push_back(names[count(names.size() - 1)]);
      tally.levels.push_back(texts(1 + count(longest)));
      tally.cells *= tally.levels.back().size();
    }
    return tally;
  }

  /// Some tallies are of all strategies, some of this one alone, in an order of its own.
  std::vector<TallyResult> tallies(std::vector<TallyResult> shared, std::size_t longest) {
    if (count(1) == 1) shared.push_back(tally_axes(longest));
    if (count(3) == 3 && !shared.empty()) shared.push_back(shared.front());
    std::shuffle(shared.begin(), shared.end(), generator_);
    for (TallyResult& tally : shared) tally.per_patient = numbers(tally.times * tally.cells);
    return shared;
  }

  Timing timing(std::size_t longest) {
    static const std::vector<WithinCycleCorrection> corrections = {
        WithinCycleCorrection::life_table, WithinCycleCorrection::simpson, WithinCycleCorrection::custom};
    Timing timing{Years{0.25}, static_cast<std::uint32_t>(2 * count(longest)), static_cast<DiscountTiming>(count(4)),
                  corrections[count(2)]};
    if (timing.correction == WithinCycleCorrection::custom) timing.custom_weights = numbers(timing.cycles + 1);
    return timing;
  }

  DiscountRate rate(std::size_t longest) {
    DiscountRate rate = DiscountRate::constant(0.035);
    rate.compounded = count(1) == 1;
    for (std::size_t i = count(longest); i > 0; --i)
      rate.steps.push_back(
          {Years{rate.steps.back().from.value + 0.1 + static_cast<double>(count(9))}, std::abs(number())});
    return rate;
  }

  /// Some are totals of some that stand before them.
  OutcomeInfo outcome(std::size_t before) {
    OutcomeInfo outcome{text(), text(), text(), static_cast<DiscountedAs>(count(2)), static_cast<EventWeight>(count(1)),
                        {}};
    for (std::size_t part = 0; part < before; ++part) {
      if (count(3) == 0) outcome.parts.push_back(part);
    }
    return outcome;
  }

  engine::OutcomeAmounts amounts(const AnalysisResult& analysis) {
    const std::size_t cycles = analysis.timing.cycles;
    engine::OutcomeAmounts amounts(analysis.outcomes.size());
    for (auto& each : amounts) {
      if (count(3) > 0) each = engine::AmountsByTime{number(), numbers(cycles + 1), numbers(cycles)};
    }
    return amounts;
  }

  AnalysisResult analysis(std::size_t strategies, std::size_t draws, std::size_t longest,
                          const std::vector<OutcomeInfo>* outcomes = nullptr) {
    AnalysisResult analysis;
    analysis.name = text();
    analysis.overrides = texts(count(longest));
    analysis.draws = draws;
    analysis.patients = draws + 100;
    analysis.timing = timing(longest);
    analysis.discount_cost = rate(longest);
    analysis.discount_qaly = rate(longest);
    analysis.discount_qaly.compounded = analysis.discount_cost.compounded;
    if (outcomes != nullptr) analysis.outcomes = *outcomes;
    for (std::size_t i = outcomes != nullptr ? 0 : count(longest); i > 0; --i)
      analysis.outcomes.push_back(outcome(analysis.outcomes.size()));
    const std::size_t means = analysis.outcomes.size() * column_count, size = draws * means;
    std::vector<TallyResult> shared;
    for (std::size_t i = count(3); i > 0; --i) shared.push_back(tally_axes(longest));
    for (std::size_t s = 0; s < strategies; ++s) {
      const std::string name = "strategy/" + std::to_string(s);
      analysis.strategies.push_back({name, text(), text(), numbers(size), numbers(size), tallies(shared, longest),
                                     amounts(analysis), generator_()});
      for (std::size_t versus = 0; versus < s; ++versus) {
        analysis.increments.push_back({{s, versus}, numbers(means), numbers(means), number()});
      }
    }
    return analysis;
  }

  CostAndQalys outcomes(std::size_t strategies) { return {numbers(strategies), numbers(strategies)}; }

  MovedInput moved() { return {text(), text(), number()}; }

  ThresholdResult::Crossings crossings(std::size_t longest) {
    const std::size_t size = count(longest);
    ThresholdResult::Crossings crossings{number(), numbers(size), numbers(size), {}};
    for (std::size_t i = 0; i <= size; ++i) crossings.better.push_back(static_cast<Better>(count(2)));
    return crossings;
  }

  SensitivityResult sensitivity(std::size_t strategies, std::size_t longest) {
    SensitivityResult result{count(1) == 1 ? "cohort" : "microsimulation", outcomes(strategies), {}, {}, {}, {}};
    for (std::size_t i = 1 + count(longest); i > 0; --i) {
      OneWayResult& bar =
          result.one_way.emplace_back(OneWayResult{text(), {}, outcomes(strategies), outcomes(strategies)});
      for (std::size_t j = count(longest); j > 0; --j) bar.ranges.push_back({moved(), number(), number()});
    }
    for (std::size_t i = count(longest); i > 0; --i) result.left_out.push_back({text(), text()});
    for (std::size_t i = 1 + count(longest); i > 0; --i) {
      TwoWayResult& grid = result.two_way.emplace_back(
          TwoWayResult{text(), {moved(), numbers(count(longest))}, {moved(), numbers(count(longest))}, {}});
      for (std::size_t j = grid.x.values.size() * grid.y.values.size(); j > 0; --j)
        grid.outcomes.push_back(outcomes(strategies));
    }
    for (std::size_t i = 1 + count(longest); i > 0; --i) {
      ThresholdResult& search = result.threshold.emplace_back();
      search = {text(), moved(), count(strategies - 1), {}, number(), number(), generator_(), {}};
      if (count(1) == 1) search.versus = count(strategies - 1);
      for (std::size_t j = 1 + count(longest); j > 0; --j) search.thresholds.push_back(crossings(longest));
    }
    return result;
  }

  std::mt19937_64 generator_;
};

/// A folder of this process's own, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "myelin_results_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  bool is_empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace myelin::results::test
