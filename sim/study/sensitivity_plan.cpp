#include "study/sensitivity_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "study/evaluator.hpp"
#include "study/joint_groups.hpp"
#include "study/parameter_draws.hpp"

namespace myelin::study {

namespace {

using Numbers = std::vector<ParameterSet::Number>;

constexpr double lower_share = 0.025, upper_share = 0.975;            // of a 95 % interval
constexpr double search_from_share = 0.001, search_to_share = 0.999;  // of a distribution that a search looks through

struct Ends {
  double low = 0, high = 0;
};

/// The joint group that an input belongs to.
struct Group {
  std::string name, kind;
  double variance = 0;  ///< of the input, in a multivariate normal distribution
};

MovedInput moved(const ParameterSet::Number& number) { return {number.name, *number.unit, number.cell, number.value}; }

std::optional<Ends> published(const Provenance& provenance) {
  if (!provenance.low || !provenance.high || !(*provenance.low < *provenance.high)) return std::nullopt;
  return Ends{*provenance.low, *provenance.high};
}

std::optional<Ends> between_quantiles(const Provenance& provenance, double from, double to) {
  if (!provenance.spread || provenance.spread->is_fixed()) return std::nullopt;
  return Ends{provenance.spread->quantile(from), provenance.spread->quantile(to)};
}

class Reader {
 public:
  explicit Reader(const PlannedAnalysis& analysis)
      : analysis_(analysis), parameters_(analysis.scenario.parameters), numbers_(parameters_.numbers()) {
    for (const ParameterSet::Number& number : numbers_) names_.push_back(number.name);
  }

  Result<SensitivityPlan> read() {
    if (parameters_.has("sensitivity.one_way")) one_way();
    for (const std::string& name : parameters_.names_under("sensitivity.two_way")) two_way(name);
    for (const std::string& name : parameters_.names_under("sensitivity.threshold")) threshold(name);
    if (!found_.empty()) return tl::unexpected(found_);
    return std::move(plan_);
  }

 private:
  const SourcePlace& place(const std::string& key) const { return parameters_.entry(key).place; }

  void refuse(const std::string& key, const std::string& problem, const std::string& remedy) {
    found_.push_back({place(key), fmt::format("{}: {}", key, problem), remedy});
  }

  void refuse_name(const std::string& key, const std::string& what, const std::string& name,
                   const std::vector<std::string>& known, const std::string& remedy) {
    const auto nearest = nearest_name(name, known);
    refuse(key, fmt::format("there is no {} '{}'", what, name),
           nearest ? fmt::format("did you mean '{}'?", *nearest) : remedy);
  }

  void one_way() {
    draw_rules(analysis_.scenario, found_);
    if (!found_.empty()) return;  // members of a group with a mistake are not known
    read_groups();
    const std::vector<bool> wanted = wanted_inputs();
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      if (wanted[i]) add_input(i, wanted);
    }
    for (const PlannedBar& bar : plan_.one_way) check_bar(bar);
  }

  void read_groups() {
    group_of_.resize(numbers_.size());
    for (const std::string& name : parameters_.names_under("psa.joint")) {
      const std::string key = "psa.joint." + name;
      const std::vector<std::size_t> members = fitting(numbers_, parameters_.text_list(key + ".parameters"));
      const std::string& kind = parameters_.text(key + ".kind");
      for (std::size_t m = 0; m < members.size(); ++m) {
        group_of_[members[m]] = {name, kind, 0};
        if (kind != "multivariate_normal") continue;
        group_of_[members[m]]->variance = parameters_.number_list(key + ".covariance")[m * (members.size() + 1)];
      }
    }
  }

  /// [number]; a pattern without any input that could move is a mistake.
  std::vector<bool> wanted_inputs() {
    const std::string key = "sensitivity.one_way";
    std::vector<bool> wanted(numbers_.size());
    for (const std::string& pattern : parameters_.text_list(key)) {
      bool fits = false, speaks = false;
      for (std::size_t i = 0; i < numbers_.size(); ++i) {
        if (!fits_pattern(names_[i], pattern)) continue;
        fits = wanted[i] = true;
        speaks = speaks || ends(i) || reason_to_leave_out(i);
      }
      if (!fits) {
        refuse_name(key, "input", pattern, names_, "name inputs as `myelin check --inputs` lists them");
      } else if (!speaks) {
        refuse(key, fmt::format("no input called '{}' has a distribution, or both low and high", pattern),
               "add low and high, or take it out");
      }
    }
    return wanted;
  }

  std::optional<Ends> ends(std::size_t i) const {
    const Provenance& provenance = *numbers_[i].provenance;
    if (const auto range = published(provenance)) return range;
    if (const auto range = between_quantiles(provenance, lower_share, upper_share)) return range;
    if (!group_of_[i] || group_of_[i]->variance == 0) return std::nullopt;
    const double half = boost::math::quantile(boost::math::normal(), upper_share) * std::sqrt(group_of_[i]->variance);
    return Ends{numbers_[i].value - half, numbers_[i].value + half};
  }

  std::optional<std::string> reason_to_leave_out(std::size_t i) const {
    const auto& group = group_of_[i];
    if (group && group->kind == "dirichlet") {
      return fmt::format("the probabilities of a row sum to 1, so that none of the Dirichlet group {} moves alone",
                         group->name);
    }
    if (ends(i)) return std::nullopt;
    if (group && group->kind == "rows") {
      return fmt::format("the file of the group {} says how it varies with others, not between which values",
                         group->name);
    }
    const Provenance& provenance = *numbers_[i].provenance;
    if (provenance.low.has_value() != provenance.high.has_value())
      return fmt::format("only its {} end is published", provenance.low ? "low" : "high");
    if (provenance.source == "--set") return "its value was given by --set, without a range";
    return std::nullopt;
  }

  void add_input(std::size_t i, const std::vector<bool>& wanted) {
    const auto range = ends(i);
    if (const auto reason = reason_to_leave_out(i)) {
      plan_.left_out.push_back({names_[i], *reason});
    } else if (range && group_of_[i] && group_of_[i]->kind == "together") {
      add_group(i, wanted);
    } else if (range) {
      plan_.one_way.push_back({names_[i], {{moved(numbers_[i]), range->low, range->high}}});
    }
  }

  /// The whole group at the first of its members that was asked for.
  void add_group(std::size_t first, const std::vector<bool>& wanted) {
    PlannedBar bar{group_of_[first]->name, {}};
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      if (!group_of_[i] || group_of_[i]->name != bar.name) continue;
      const auto range = ends(i);
      if (!range) continue;
      if (i < first && wanted[i]) return;
      bar.ranges.push_back({moved(numbers_[i]), range->low, range->high});
    }
    plan_.one_way.push_back(std::move(bar));
  }

  void check_bar(const PlannedBar& bar) {
    for (const PlannedBar::Range& range : bar.ranges) {
      const SourcePlace& at = parameters_.entries()[range.input.cell.entry].place;
      for (const double value : {range.low, range.high}) {
        auto problem = out_of_range(parameters_, {range.input.cell, value}, at);
        if (!problem) continue;
        found_.push_back(
            {at, "sensitivity.one_way: " + problem->problem,
             "give it low and high, or a distribution that stays in the valid range, such as beta or gamma"});
      }
    }
  }

  const ParameterSet::Number* find_input(const std::string& key) {
    const std::string& name = parameters_.text(key);
    const auto found = std::ranges::find(numbers_, name, &ParameterSet::Number::name);
    if (found != numbers_.end()) return &*found;
    refuse_name(key, "input", name, names_, "name an input as `myelin check --inputs` lists it");
    return nullptr;
  }

  void check_value(const ParameterSet::Number& number, double value, const std::string& key) {
    if (auto problem = out_of_range(parameters_, {number.cell, value}, place(key)))
      found_.push_back(std::move(*problem));
  }

  std::optional<PlannedGrid::Axis> axis(const std::string& key) {
    const ParameterSet::Number* number = find_input(key);
    const std::string values_key = key + "_values";
    const std::vector<double>& values = parameters_.number_list(values_key);
    if (values.empty()) refuse(values_key, "there are no values", "write one or more, such as [0.1, 0.2]");
    if (number == nullptr) return std::nullopt;
    for (const double value : values) check_value(*number, value, values_key);
    return PlannedGrid::Axis{moved(*number), values};
  }

  void two_way(const std::string& name) {
    const std::string key = "sensitivity.two_way." + name;
    auto x = axis(key + ".x"), y = axis(key + ".y");
    if (!x || !y) return;
    if (x->input.name == y->input.name) {
      refuse(key + ".y", fmt::format("{} is on both axes", x->input.name), "name another input");
      return;
    }
    plan_.two_way.push_back({name, std::move(*x), std::move(*y)});
  }

  std::optional<std::size_t> find_strategy(const std::string& key) {
    const std::string& name = parameters_.text(key);
    const auto found = std::ranges::find(analysis_.strategies, name);
    if (found != analysis_.strategies.end()) return static_cast<std::size_t>(found - analysis_.strategies.begin());
    const std::vector<std::string> all = parameters_.names_under("strategies");
    if (std::ranges::find(all, name) == all.end()) {
      refuse_name(key, "strategy", name, all, "name a strategy of the scenario");
    } else {
      refuse(key, fmt::format("the strategy '{}' is not among those asked for", name), "add it to --strategies");
    }
    return std::nullopt;
  }

  /// What is given, else the published range, else nearly all of the distribution inside the valid range.
  std::optional<Ends> search_range(const std::string& key, const ParameterSet::Number& number) {
    auto range = published(*number.provenance);
    if (!range) {
      range = between_quantiles(*number.provenance, search_from_share, search_to_share);
      const ParameterSet::Entry& entry = parameters_.entries()[number.cell.entry];
      if (range)
        *range = {std::max(range->low, entry.low.value_or(-INFINITY)),
                  std::min(range->high, entry.high.value_or(INFINITY))};
    }
    const bool has_low = parameters_.has(key + ".low"), has_high = parameters_.has(key + ".high");
    if (!range && !(has_low && has_high)) {
      refuse(key + ".input",
             fmt::format("{} has neither a range nor a distribution that says where to look", number.name),
             fmt::format("give {0}.low and {0}.high", key));
      return std::nullopt;
    }
    Ends ends = range.value_or(Ends{});
    if (has_low) check_value(number, ends.low = parameters_.number(key + ".low"), key + ".low");
    if (has_high) check_value(number, ends.high = parameters_.number(key + ".high"), key + ".high");
    if (ends.low < ends.high) return ends;
    refuse(key + (has_low    ? ".low"
                  : has_high ? ".high"
                             : ".input"),
           fmt::format("the search cannot go from {:.6g} to {:.6g}", ends.low, ends.high), "let low be below high");
    return std::nullopt;
  }

  void threshold(const std::string& name) {
    const std::string key = "sensitivity.threshold." + name;
    const ParameterSet::Number* number = find_input(key + ".input");
    const auto range = number == nullptr ? std::nullopt : search_range(key, *number);
    const auto strategy = find_strategy(key + ".strategy");
    std::optional<std::size_t> versus;
    if (parameters_.has(key + ".versus")) {
      versus = find_strategy(key + ".versus");
      if (strategy && versus == strategy)
        refuse(key + ".versus", "a strategy is compared with itself", "name another strategy");
    } else if (strategy && analysis_.strategies.size() < 2) {
      refuse(key + ".strategy", "there is no other strategy to compare it with", "run two strategies or more");
    }
    if (range && strategy)
      plan_.threshold.push_back({name, moved(*number), *strategy, versus, range->low, range->high});
  }

  const PlannedAnalysis& analysis_;
  const ParameterSet& parameters_;
  const Numbers numbers_;
  std::vector<std::string> names_;              // [number]
  std::vector<std::optional<Group>> group_of_;  // [number]
  SensitivityPlan plan_;
  Diagnostics found_;
};

}  // namespace

Result<SensitivityPlan> plan_sensitivity(const PlannedAnalysis& analysis) { return Reader(analysis).read(); }

}  // namespace myelin::study
