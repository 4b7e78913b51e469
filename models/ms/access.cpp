#include "models/ms/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <map>

namespace myelin::ms {

namespace {

/// Waits beyond a patient's life still have a meaning: they say how few of the referred are transplanted.
constexpr double shortest_solved_years = 1e-6, longest_solved_years = 1e6;
constexpr double log_wait_tolerance = 1e-8;
constexpr std::uintmax_t most_iterations = 200;

/// What the strategy comes to for one referred patient; costs and QALYs discounted.
struct Referred {
  double transplants = 0, qaly = 0, cost = 0;
};

struct Region {
  std::string path, name, label;
  double referrals_per_year = 0, capacity_per_year = 0;
  Years minimum_wait;
};

/// The parameters with another number of evidence; the key is added where the scenario has none.
ParameterSet with_number(ParameterSet parameters, const std::string& key, double value) {
  ParameterSet::Entry entry{.path = key, .value = Parameter{}, .place = {}};
  if (parameters.has(key)) entry = parameters.entry(key);
  std::get<Parameter>(entry.value).value = value;
  parameters.add(std::move(entry));
  return parameters;
}

double outcome_of(const Program& program, const std::vector<double>& expectations, const char* name) {
  const auto found = std::ranges::find(program.outcomes, name, &Outcome::name);
  MYELIN_EXPECT(found != program.outcomes.end());
  return expectations[static_cast<std::size_t>(found - program.outcomes.begin())];
}

/// The program in which only the outcomes of those names, and their parts, still accrue, and nobody is counted: there
/// is less to follow, which a search for the wait asks for many times. Where draws are, what is left out keeps its
/// place, because consecutive steps form groups.
Program only(Program program, std::initializer_list<const char*> names) {
  std::vector<bool> wanted(program.outcomes.size());
  for (std::size_t i = 0; i < program.outcomes.size(); ++i) {
    if (std::ranges::find(names, program.outcomes[i].name) == names.end()) continue;
    wanted[i] = true;
    for (const OutcomeIndex part : program.outcomes[i].parts) wanted[part.value] = true;
  }
  const auto unwanted = [&](const Step& step) {
    const auto* accrual = std::get_if<Accrual>(&step.action);
    return accrual != nullptr ? !wanted[accrual->outcome.value] : std::holds_alternative<Tally>(step.action);
  };
  std::erase_if(program.point, unwanted);
  for (std::vector<Step>* steps : {&program.start, &program.cycle}) {
    for (Step& step : *steps) {
      if (unwanted(step)) step.action = Accrual{.outcome = {0}, .reads = {}, .rows = 1, .amounts = {0}};
    }
  }
  return program;
}

class Access {
 public:
  Access(const Model& model, const ParameterSet& parameters, const Evaluate& evaluate)
      : model_(model), parameters_(parameters), evaluate_(evaluate), strategy_(access_strategy(parameters)) {
    procedure_ = "therapies." + parameters.text_list("strategies." + strategy_ + ".lines").front() + ".procedure.";
  }

  Result<RegionAccess> of(const Region& region) {
    const auto now = steady_state(region, region.capacity_per_year);
    if (!now) return tl::unexpected(now.error());
    const auto more = steady_state(region, region.capacity_per_year + 1);
    if (!more) return tl::unexpected(more.error());
    const auto minimum = with_wait(region.minimum_wait);
    if (!minimum) return tl::unexpected(minimum.error());
    const double referrals = region.referrals_per_year, lost = referrals * (minimum->qaly - now->referred.qaly);
    const bool access = now->mean_wait.has_value();
    return RegionAccess{.name = region.name,
                        .label = region.label,
                        .minimum_wait = region.minimum_wait,
                        .mean_wait = now->mean_wait,
                        .year = {.referrals = referrals,
                                 .capacity = region.capacity_per_year,
                                 .transplants = referrals * now->referred.transplants,
                                 .transplants_at_minimum = referrals * minimum->transplants,
                                 .qalys = referrals * now->referred.qaly,
                                 .qalys_lost_to_waiting = access ? lost : 0,
                                 .qalys_lost_to_no_access = access ? 0 : lost,
                                 .extra_cost = referrals * (now->referred.cost - minimum->cost)},
                        .one_more = {.qalys = referrals * (more->referred.qaly - now->referred.qaly),
                                     .extra_cost = referrals * (more->referred.cost - now->referred.cost)}};
  }

 private:
  struct SteadyState {
    std::optional<Years> mean_wait;
    Referred referred;
  };

  Result<Referred> evaluate(const ParameterSet& parameters, const std::string& strategy) const {
    Result<Program> program = model_.compile(parameters, strategy);
    if (!program) return tl::unexpected(program.error());
    *program = only(std::move(*program), {"transplants", "qaly", "cost"});
    const Result<std::vector<double>> expectations = evaluate_(*program);
    if (!expectations) return tl::unexpected(expectations.error());
    const auto value = [&](const char* name) { return outcome_of(*program, *expectations, name); };
    return Referred{.transplants = value("transplants"), .qaly = value("qaly"), .cost = value("cost")};
  }

  ParameterSet parameters_at(Years mean_wait) const {
    return with_number(parameters_, procedure_ + "waiting", mean_wait.value);
  }

  /// What regions have in common is found once.
  Result<Referred> with_wait(Years mean_wait) {
    const auto known = known_.find(mean_wait.value);
    if (known != known_.end()) return known->second;
    Result<Referred> referred = evaluate(parameters_at(mean_wait), strategy_);
    if (referred) known_[mean_wait.value] = *referred;
    return referred;
  }

  Result<double> transplanted_share(Years mean_wait) const {
    Result<Program> program = model_.compile(parameters_at(mean_wait), strategy_);
    if (!program) return tl::unexpected(program.error());
    *program = only(std::move(*program), {"transplants"});
    return evaluate_(*program).map(
        [&](const std::vector<double>& expectations) { return outcome_of(*program, expectations, "transplants"); });
  }

  Result<Referred> without_access() const {
    if (parameters_.has("access.without")) return evaluate(parameters_, parameters_.text("access.without"));
    return evaluate(with_number(parameters_, procedure_ + "eligibility.share", 0), strategy_);
  }

  Result<SteadyState> steady_state(const Region& region, double capacity_per_year) {
    if (capacity_per_year == 0)
      return without_access().map([](const Referred& referred) { return SteadyState{{}, referred}; });
    const Result<Years> wait = solve_wait(region, capacity_per_year);
    if (!wait) return tl::unexpected(wait.error());
    return with_wait(*wait).map([&](const Referred& referred) { return SteadyState{*wait, referred}; });
  }

  /// The shortest wait, or the one at which a year's transplants equal the capacity.
  Result<Years> solve_wait(const Region& region, double capacity_per_year) const {
    Diagnostics problems;
    const auto excess_at = [&](Years mean_wait) {
      const Result<double> share = transplanted_share(mean_wait);
      if (!share) problems = share.error();
      return region.referrals_per_year * share.value_or(0) - capacity_per_year;
    };
    const auto excess_at_log = [&](double log_wait) { return excess_at(Years{std::exp(log_wait)}); };
    if (excess_at(region.minimum_wait) <= 0) return checked(problems, region.minimum_wait);
    const double low = std::log(std::max(region.minimum_wait.value, shortest_solved_years)),
                 high = std::log(longest_solved_years);
    const double at_low = excess_at_log(low), at_high = excess_at_log(high);
    if (at_low <= 0) return checked(problems, Years{std::exp(low)});
    if (at_high > 0) return tl::unexpected(refusal(region, capacity_per_year, at_high));
    std::uintmax_t iterations = most_iterations;
    const auto near_enough = [](double a, double b) { return std::abs(a - b) <= log_wait_tolerance; };
    const auto [below, above] =
        boost::math::tools::toms748_solve(excess_at_log, low, high, at_low, at_high, near_enough, iterations);
    return checked(problems, Years{std::exp((below + above) / 2)});
  }

  static Result<Years> checked(const Diagnostics& problems, Years wait) {
    if (!problems.empty()) return tl::unexpected(problems);
    return wait;
  }

  Diagnostics refusal(const Region& region, double capacity_per_year, double excess) const {
    return {{parameters_.entry(region.path + "capacity").place,
             fmt::format("no wait is long enough for region '{}': at one of {:g} years still {:.3g} of {:g} referred "
                         "are transplanted a year, above a capacity of {:g}",
                         region.name, longest_solved_years, excess + capacity_per_year, region.referrals_per_year,
                         capacity_per_year),
             "give it a capacity of 0, or more"}};
  }

  const Model& model_;
  const ParameterSet& parameters_;
  const Evaluate& evaluate_;
  std::string strategy_, procedure_;  ///< `procedure_`: the keys below which the procedure stands, dot included
  std::map<double, Referred> known_;  ///< by mean wait in years
};

Region read_region(const ParameterSet& parameters, const std::string& name) {
  const std::string path = "access.regions." + name + ".";
  return {.path = path,
          .name = name,
          .label = parameters.text(path + "label"),
          .referrals_per_year = parameters.number(path + "referrals"),
          .capacity_per_year = parameters.number(path + "capacity"),
          .minimum_wait = Years{parameters.number(path + "minimum_wait")}};
}

}  // namespace

Result<std::vector<RegionAccess>> solve_access(const Model& model, const ParameterSet& parameters,
                                               const Evaluate& evaluate) {
  const std::vector<std::string> names = parameters.names_under("access.regions");
  if (names.empty()) {
    return tl::unexpected(Diagnostics{{{parameters.entry("title").place.file, 0, 0},
                                       "the scenario has no regions that refer patients to transplantation",
                                       "add [access.regions.NAME] with label, referrals, capacity and minimum_wait"}});
  }
  Access access(model, parameters, evaluate);
  std::vector<RegionAccess> regions;
  Diagnostics problems;
  for (const std::string& name : names) {
    Result<RegionAccess> region = access.of(read_region(parameters, name));
    if (region) {
      regions.push_back(std::move(*region));
    } else {
      problems.insert(problems.end(), region.error().begin(), region.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return regions;
}

YearOfReferrals total_of(const std::vector<RegionAccess>& regions) {
  YearOfReferrals total;
  for (const RegionAccess& region : regions) {
    const YearOfReferrals& year = region.year;
    total.referrals += year.referrals;
    total.capacity += year.capacity;
    total.transplants += year.transplants;
    total.transplants_at_minimum += year.transplants_at_minimum;
    total.qalys += year.qalys;
    total.qalys_lost_to_waiting += year.qalys_lost_to_waiting;
    total.qalys_lost_to_no_access += year.qalys_lost_to_no_access;
    total.extra_cost += year.extra_cost;
  }
  return total;
}

}  // namespace myelin::ms
