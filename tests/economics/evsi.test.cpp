#include "economics/evsi.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/random/beta_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace myelin::economics {
namespace {

using Eigen::Index;

/// Seeds are fixed, and the bound is the four standard errors of comparisons with published models.
constexpr double bound_in_standard_errors = 4;

PhiloxEngine luck(std::uint64_t seed) { return {Seed{seed}, stream_id("test.evsi"), 0}; }

struct Example {
  DecisionSample sample;
  ParameterSample parameters;
};

/// Two strategies; at a threshold of 1 the second has the incremental net benefit given. Costs vary alike and cancel.
Example two_strategies(const ParameterSample& parameters, const Eigen::VectorXd& net_benefit) {
  const Index draws = net_benefit.size();
  Example example{{{"first", "second"}, Eigen::MatrixXd::Zero(draws, 2), Eigen::MatrixXd::Zero(draws, 2)}, parameters};
  example.sample.cost.col(1) = -net_benefit / 4;
  example.sample.qaly.col(1) = net_benefit - net_benefit / 4;
  return example;
}

/// Net benefit c0 + p1 + p2 of two normal parameters.
struct NormalModel {
  double mean_1, mean_2, variance_1, covariance, variance_2, constant;
  static constexpr double observation_variance = 4;

  Example draw(Index draws, std::uint64_t seed) const {
    PhiloxEngine generator = luck(seed);
    boost::random::normal_distribution<double> normal;
    const double slope = covariance / std::sqrt(variance_1);
    ParameterSample parameters{{"p1", "p2"}, Eigen::MatrixXd(draws, 2)};
    for (Index i = 0; i < draws; ++i) {
      const double first = normal(generator), second = normal(generator);
      parameters.values(i, 0) = mean_1 + std::sqrt(variance_1) * first;
      parameters.values(i, 1) = mean_2 + slope * first + std::sqrt(variance_2 - slope * slope) * second;
    }
    return two_strategies(parameters, (parameters.values.rowwise().sum().array() + constant).matrix());
  }

  double mean() const { return constant + mean_1 + mean_2; }
  /// The standard deviation of expected net benefit when n observations of p1 are known.
  double resolved(double n) const {
    return (variance_1 + covariance) / std::sqrt(variance_1 + observation_variance / n);
  }
};

const std::vector<NormalModel> normal_models{{0, 0, 1, 0, 4, 0}, {1, 1, 1, 1, 5, 0}, {1, -0.5, 1, 0.5, 2, 0.2}};

/// The value of information that leaves expected net benefit normal (Raiffa and Schlaifer 1961).
double normal_value(double mean, double sd) {
  const boost::math::normal normal;
  return sd * pdf(normal, mean / sd) + mean * cdf(normal, mean / sd) - std::max(mean, 0.0);
}

ProposedTrial mean_of_first(std::vector<double> sizes) {
  return {"mean", {{0, ObservationKind::mean, 1 / NormalModel::observation_variance}}, std::move(sizes)};
}

EvsiByThreshold value_of(const Example& example, const ProposedTrial& trial, const EvppiOptions& options = {}) {
  const Result<EvsiResult> result = evsi(example.sample, std::vector<double>{1}, example.parameters, trial, options);
  REQUIRE(result);
  return result->by_threshold.front();
}

/// Both methods, each within its own errors of the exact value; the errors are small enough to notice a wrong one.
void check_values(const EvsiByThreshold& found, const std::vector<double>& exact, double largest_error) {
  for (std::size_t i = 0; i < exact.size(); ++i) {
    REQUIRE(found.by_size[i].moment_matching);
    for (const Evsi& evsi : {found.by_size[i].regression, *found.by_size[i].moment_matching}) {
      CAPTURE(i, evsi.value, exact[i], evsi.standard_error, evsi.bias);
      CHECK(std::abs(evsi.value - exact[i]) <= bound_in_standard_errors * evsi.standard_error);
      CHECK(evsi.standard_error <= largest_error);
    }
  }
}

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

/// Probability of x events in n under a probability with the prior beta(a, b).
double beta_binomial(double x, double n, double a, double b) {
  return std::exp(log_beta(a + x, b + n - x) - log_beta(a, b) - std::log(n + 1) - log_beta(x + 1, n - x + 1));
}

Example beta_model(Index draws, std::uint64_t seed) {
  PhiloxEngine generator = luck(seed);
  boost::random::beta_distribution<double> beta(8, 12);
  const ParameterSample parameters{{"p"}, Eigen::MatrixXd::NullaryExpr(draws, 1, [&] { return beta(generator); })};
  return two_strategies(parameters, 10'000 * (parameters.values.col(0).array() - 0.38).matrix());
}

double beta_value(int n) {
  double best = 0;
  for (int x = 0; x <= n; ++x)
    best += beta_binomial(x, n, 8, 12) * std::max(0.0, 10'000 * ((8.0 + x) / (20 + n) - 0.38));
  return best - 10'000 * (8.0 / 20 - 0.38);
}

}  // namespace

TEST_CASE("EVSI of a mean agrees with the closed form under normal parameters") {
  const std::vector<double> sizes{1, 10, 100, 10'000};
  for (std::size_t m = 0; m < normal_models.size(); ++m) {
    CAPTURE(m);
    std::vector<double> exact;
    for (const double n : sizes) exact.push_back(normal_value(normal_models[m].mean(), normal_models[m].resolved(n)));
    check_values(value_of(normal_models[m].draw(10'000, m), mean_of_first(sizes)), exact, 0.02);
  }
}

TEST_CASE("the closed forms are those of the worked examples") {
  const std::string path = MYELIN_SOURCE_DIR "/../shared/methods/cases/voi_closed_forms.json";
  if (!std::filesystem::exists(path)) {
    WARN("skipped: there is no " << path);
    return;
  }
  const nlohmann::json cases = nlohmann::json::parse(std::ifstream(path))["cases"];
  for (std::size_t m = 0; m < normal_models.size(); ++m) {
    for (const auto& [size, value] : cases[m]["expected"]["evsi_1"].items()) {
      CHECK(normal_value(normal_models[m].mean(), normal_models[m].resolved(std::stod(size))) ==
            Approx(value.get<double>()).epsilon(1e-10));
    }
  }
  CHECK(beta_value(20) == Approx(cases[3]["expected"]["evsi"].get<double>()).epsilon(1e-10));
}

TEST_CASE("EVSI of a probability agrees with the exact sum over counts") {
  const ProposedTrial trial{"probability", {{0, ObservationKind::probability, 1}}, {10, 20, 40, 80}};
  check_values(value_of(beta_model(10'000, 1), trial), {beta_value(10), beta_value(20), beta_value(40), beta_value(80)},
               10);
}

TEST_CASE("EVSI of a rate agrees with the exact sum over counts") {
  constexpr double shape = 6, years_known = 20, break_even = 0.28;  // gamma prior: 6 events in 20 years
  PhiloxEngine generator = luck(2);
  boost::random::gamma_distribution<double> gamma(shape, 1 / years_known);
  const ParameterSample parameters{{"rate"}, Eigen::MatrixXd::NullaryExpr(10'000, 1, [&] { return gamma(generator); })};
  const Example example = two_strategies(parameters, 1000 * (parameters.values.col(0).array() - break_even).matrix());
  const auto exact = [&](double years) {
    double best = 0;
    for (int x = 0; x < 1000; ++x) {
      const double log_probability = std::lgamma(shape + x) - std::lgamma(shape) - std::lgamma(x + 1) +
                                     shape * std::log(years_known / (years_known + years)) +
                                     x * std::log(years / (years_known + years));
      best += std::exp(log_probability) * std::max(0.0, 1000 * ((shape + x) / (years_known + years) - break_even));
    }
    return best - 1000 * (shape / years_known - break_even);
  };
  const ProposedTrial trial{"rate", {{0, ObservationKind::rate, 2}}, {10, 50, 250}};
  check_values(value_of(example, trial), {exact(20), exact(100), exact(500)}, 1);
}

TEST_CASE("EVSI of a ratio agrees with the closed form for net benefit linear in its logarithm") {
  constexpr double log_mean = -0.3, log_sd = 0.4, events_per_patient = 0.5;
  PhiloxEngine generator = luck(3);
  boost::random::normal_distribution<double> normal(log_mean, log_sd);
  const ParameterSample parameters{
      {"ratio"}, Eigen::MatrixXd::NullaryExpr(10'000, 1, [&] { return std::exp(normal(generator)); })};
  const Example example = two_strategies(parameters, (200 + 1000 * parameters.values.col(0).array().log()).matrix());
  const auto exact = [&](double patients) {
    const double resolved = log_sd * log_sd / std::sqrt(log_sd * log_sd + 4 / (events_per_patient * patients));
    return normal_value(200 + 1000 * log_mean, 1000 * resolved);
  };
  const ProposedTrial trial{"ratio", {{0, ObservationKind::log_ratio, events_per_patient}}, {20, 100, 500}};
  check_values(value_of(example, trial), {exact(20), exact(100), exact(500)}, 4);
}

namespace {

/// A trial like StarMS, of transplantation against a drug of high efficacy in 198 patients of two equal arms (Brittain
/// and others 2024), which counts relapses in both arms and patients without evidence of disease activity (NEDA) after
/// transplantation. Three strategies; the amounts are made up. Observed parameters are independent, with priors of
/// which posterior means are known.
struct TransplantModel {
  static constexpr double log_mean = -0.9, log_sd = 0.5;  // of the ratio of relapse rates
  static constexpr double neda_events = 14, neda_others = 6;
  static constexpr double events_per_patient = 0.25, transplanted_per_patient = 0.5;

  /// Expected net benefit, GBP 1000, of transplantation first and after a relapse, against the drug.
  static Eigen::RowVector2d net_benefit(double ratio, double neda) {
    return {12 - 40 * ratio + 80 * (neda - 0.7), 6 - 12 * ratio + 60 * (neda - 0.7) * (1 - ratio)};
  }

  static Example draw(Index draws, std::uint64_t seed) {
    PhiloxEngine generator = luck(seed);
    boost::random::normal_distribution<double> normal;
    boost::random::beta_distribution<double> beta(neda_events, neda_others);
    Example example{{{"drug", "transplant", "transplant after relapse"},
                     Eigen::MatrixXd::Zero(draws, 3),
                     Eigen::MatrixXd::Zero(draws, 3)},
                    {{"ratio of relapse rates", "probability of NEDA"}, Eigen::MatrixXd(draws, 2)}};
    for (Index i = 0; i < draws; ++i) {
      const double ratio = std::exp(log_mean + log_sd * normal(generator)), neda = beta(generator);
      example.parameters.values.row(i) << ratio, neda;
      example.sample.cost.row(i) << 0, 20 + 5 * normal(generator), 8 + 3 * normal(generator);
      example.sample.qaly.row(i).tail(2) = net_benefit(ratio, neda) + Eigen::RowVector2d(20, 8);
    }
    return example;
  }

  static double exact(double patients) {
    const double information = events_per_patient * patients / 4, prior = 1 / (log_sd * log_sd);
    const double observed_sd = std::sqrt(1 / prior + 1 / information);
    const double transplanted = std::round(transplanted_per_patient * patients);
    constexpr int steps = 2000;
    constexpr double reach = 8;  // standard deviations
    double best = 0;
    Eigen::RowVector2d mean = Eigen::RowVector2d::Zero();
    for (int step = 0; step < steps; ++step) {
      const double score = reach * ((2 * step + 1.0) / steps - 1);
      const double weight = pdf(boost::math::normal(), score) * 2 * reach / steps;
      const double log_ratio =
          (prior * log_mean + information * (log_mean + observed_sd * score)) / (prior + information);
      const double ratio = std::exp(log_ratio + 0.5 / (prior + information));
      for (int x = 0; x <= transplanted; ++x) {
        const double probability = weight * beta_binomial(x, transplanted, neda_events, neda_others);
        const Eigen::RowVector2d benefit =
            net_benefit(ratio, (neda_events + x) / (neda_events + neda_others + transplanted));
        best += probability * std::max(0.0, benefit.maxCoeff());
        mean += probability * benefit;
      }
    }
    return best - std::max(0.0, mean.maxCoeff());
  }

  static ProposedTrial trial(std::vector<double> sizes) {
    return {"StarMS",
            {{0, ObservationKind::log_ratio, events_per_patient},
             {1, ObservationKind::probability, transplanted_per_patient}},
            std::move(sizes)};
  }
};

}  // namespace

TEST_CASE("EVSI of relapses and disease activity together agrees with the exact sum, with three strategies") {
  const std::vector<double> sizes{198, 800};
  std::vector<double> exact;
  for (const double patients : sizes) exact.push_back(TransplantModel::exact(patients));
  for (const std::uint64_t seed : {1, 2, 3}) {
    check_values(value_of(TransplantModel::draw(10'000, seed), TransplantModel::trial(sizes)), exact, 0.2);
  }
  const EvsiByThreshold by_process = value_of(TransplantModel::draw(2'000, 4), TransplantModel::trial(sizes),
                                              {RegressionMethod::gaussian_process, Seed{1}});
  check_values(by_process, exact, 0.4);
}

TEST_CASE("standard errors are as large as the errors, and intervals cover as they should") {
  constexpr int seeds = 200;
  struct Tried {
    std::function<Example(std::uint64_t seed)> draw;
    ProposedTrial trial;
    double exact;
  };
  const auto normal = [](const NormalModel& model) {
    return Tried{[model](std::uint64_t seed) { return model.draw(1000, seed); }, mean_of_first({1}),
                 normal_value(model.mean(), model.resolved(1))};
  };
  const NormalModel undecided{0.3, 0, 1, 0, 0.25, 0};
  const std::vector<Tried> all{
      normal(normal_models[2]),
      normal(undecided),
      {[](std::uint64_t seed) { return beta_model(1000, seed); },
       {"probability", {{0, ObservationKind::probability, 1}}, {20}},
       beta_value(20)},
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    Eigen::Array2d covered(0, 0), squared_errors(0, 0), standard_errors(0, 0);  // [method]
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const EvsiBySize found =
          value_of(all[i].draw(seed), all[i].trial, {RegressionMethod::automatic, Seed{seed}}).by_size[0];
      const Eigen::Array2d error(found.regression.value - all[i].exact, found.moment_matching->value - all[i].exact);
      const Eigen::Array2d stated(found.regression.standard_error, found.moment_matching->standard_error);
      covered += (error.abs() < 1.96 * stated).cast<double>();
      squared_errors += error.square();
      standard_errors += stated;
    }
    for (Index method = 0; method < 2; ++method) {
      CAPTURE(i, method, covered(method));
      // Of 200 intervals at 95 %, fewer cover once in 10,000; at 80 %, as many once in 1000.
      CHECK(covered(method) >= 177);
      // The root of the mean square of 200 errors is itself 5 % uncertain, and seeds are fixed.
      CHECK(standard_errors(method) / seeds == Approx(std::sqrt(squared_errors(method) / seeds)).epsilon(0.1));
    }
  }
}

TEST_CASE("EVSI rises with the size to the EVPPI of what is observed") {
  const EvsiByThreshold found =
      value_of(TransplantModel::draw(5'000, 7), TransplantModel::trial({2, 20, 200, 2'000, 200'000}));
  for (std::size_t i = 0; i < found.by_size.size(); ++i) {
    const EvsiBySize& at = found.by_size[i];
    REQUIRE(at.moment_matching);
    CHECK(at.regression.value >= 0);
    CHECK(at.regression.value <= found.limit.value + at.regression.standard_error);
    CHECK(at.moment_matching->value <= found.limit.value + 0.05 * found.limit.standard_error);
    if (i == 0) continue;
    CHECK(at.moment_matching->value > found.by_size[i - 1].moment_matching->value);
    CHECK(at.regression.value >= found.by_size[i - 1].regression.value - at.regression.standard_error);
  }
  CHECK(found.by_size.front().moment_matching->value < found.limit.value / 2);
  CHECK(found.by_size.back().moment_matching->value == Approx(found.limit.value).epsilon(0.01));
  CHECK(found.by_size.back().regression.value == Approx(found.limit.value).epsilon(0.01));
}

TEST_CASE("observing what net benefit does not depend on has no value") {
  Example example = normal_models[0].draw(5'000, 8);
  example.parameters.names.push_back("other");
  boost::random::normal_distribution<double> normal;
  PhiloxEngine generator = luck(9);
  example.parameters.values.conservativeResize(Eigen::NoChange, 3);
  for (double& value : example.parameters.values.col(2)) value = normal(generator);
  const EvsiByThreshold found = value_of(example, {"other", {{2, ObservationKind::mean, 1}}, {100}});
  CHECK(found.by_size[0].regression.value <= 2 * found.by_size[0].regression.standard_error);
  CHECK(found.by_size[0].moment_matching->value <= 2 * found.by_size[0].moment_matching->standard_error);
  CHECK(found.by_size[0].regression.standard_error < 0.05);
  CHECK(found.by_size[0].moment_matching->standard_error < 0.05);
}

TEST_CASE("a trial that gives the same data whatever is true has no value") {
  Example example = beta_model(500, 3);
  example.parameters.values *= 1e-9;
  const EvsiByThreshold found = value_of(example, {"rare", {{0, ObservationKind::rate, 1}}, {10}});
  CHECK(found.limit.value > 100);
  CHECK(found.by_size[0].regression.value == 0);
  CHECK(found.by_size[0].moment_matching->value == Approx(0).margin(1));
}

TEST_CASE("sizes that the draws cannot represent are left to the curve through the others, or out") {
  const NormalModel& model = normal_models[2];
  const Example example = model.draw(1'000, 10);
  const std::vector<double> threshold{1};
  const auto both = evsi(example.sample, threshold, example.parameters, mean_of_first({10, 10'000}));
  REQUIRE(both);
  CHECK(both->effective_draws[0] > 500);
  CHECK(both->effective_draws[1] < fewest_effective_draws);
  REQUIRE(both->by_threshold[0].by_size[1].moment_matching);
  const Evsi& large = *both->by_threshold[0].by_size[1].moment_matching;
  CHECK(std::abs(large.value - normal_value(model.mean(), model.resolved(10'000))) <= 4 * large.standard_error);

  const auto one = evsi(example.sample, threshold, example.parameters, mean_of_first({10'000}));
  REQUIRE(one);
  CHECK_FALSE(one->by_threshold[0].by_size[0].moment_matching);
  CHECK(one->by_threshold[0].by_size[0].regression.value == both->by_threshold[0].by_size[1].regression.value);
}

TEST_CASE("a threshold is the price of a QALY") {
  Example example = TransplantModel::draw(1'000, 11);
  const ProposedTrial trial = TransplantModel::trial({198});
  const auto several = evsi(example.sample, std::vector<double>{1, 1.25}, example.parameters, trial);
  REQUIRE(several);
  example.sample.qaly *= 1.25;
  const EvsiByThreshold alone = value_of(example, trial);
  CHECK(several->by_threshold[1].limit.threshold == 1.25);
  const EvsiBySize &of_two = several->by_threshold[1].by_size[0], &of_one = alone.by_size[0];
  CHECK(of_two.regression.value == Approx(of_one.regression.value).epsilon(0.005));  // luck of the errors simulated
  CHECK(of_two.moment_matching->value == Approx(of_one.moment_matching->value).epsilon(1e-4));
  CHECK(several->by_threshold[0].by_size[0].regression.value != Approx(of_one.regression.value).epsilon(0.05));
}

TEST_CASE("a parameter observed twice, or with another of the same order, is known from both observations") {
  const NormalModel& model = normal_models[2];
  Example example = model.draw(2'000, 12);
  example.parameters.values.col(1) = 3 * example.parameters.values.col(0);
  const double precision = 1 / NormalModel::observation_variance;
  const ProposedTrial trial{"both",
                            {{0, ObservationKind::mean, precision / 2},
                             {0, ObservationKind::mean, precision / 4},
                             {1, ObservationKind::mean, precision / 4 / 9}},
                            {4, 40}};
  check_values(value_of(example, trial),
               {normal_value(model.mean(), model.resolved(4)), normal_value(model.mean(), model.resolved(40))}, 0.03);
}

TEST_CASE("strategies that do not differ leave nothing to inform") {
  const Example example = TransplantModel::draw(1'000, 11);
  const EvsiByThreshold same =
      value_of(two_strategies(example.parameters, Eigen::VectorXd::Zero(1'000)), TransplantModel::trial({198}));
  CHECK(same.by_size[0].regression.value == 0);
  CHECK(same.by_size[0].moment_matching->value == 0);
}

TEST_CASE("every mistake in a trial is reported, with those in the sample") {
  Example example = beta_model(500, 5);
  example.sample.cost(3, 1) = std::nan("");
  const ProposedTrial trial{"wrong", {{0, ObservationKind::log_ratio, -1}, {4, ObservationKind::mean, 1}}, {0}};
  const auto refused = evsi(example.sample, std::vector<double>{-1}, example.parameters, trial);
  REQUIRE_FALSE(refused);
  std::vector<std::string> problems;
  for (const Diagnostic& problem : refused.error()) problems.push_back(problem.problem);
  CHECK(problems == std::vector<std::string>{
                        "0 is no number of patients for the trial `wrong`",
                        "what a patient of the trial `wrong` gives of `p` is no number above 0: -1",
                        "the trial `wrong` observes parameter 4, but there are 1",
                        "some costs or QALYs are not finite numbers",
                        "the threshold -1 is not 0 or more",
                    });
}

}  // namespace myelin::economics
