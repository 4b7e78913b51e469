#include "study/parameter_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "study/uncertain_illness.hpp"
#include "support/statistics.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;
using myelin::test::stat_check;

namespace {

constexpr std::size_t many = 4000;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// With n as denominator.
double covariance_of(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  const double mean_a = mean_of(a), mean_b = mean_of(b);
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size());
}

double correlation_of(const std::vector<double>& a, const std::vector<double>& b) {
  return covariance_of(a, b) / std::sqrt(covariance_of(a, a) * covariance_of(b, b));
}

std::vector<std::size_t> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size()), ranks(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

/// How many standard errors a sample's mean and standard deviation are from those of the distribution. The error of the
/// standard deviation takes the fourth moment from the sample.
std::pair<double, double> distance(const std::vector<double>& values, double mean, double sd) {
  const double n = static_cast<double>(values.size());
  double squares = 0, fourths = 0;
  for (const double value : values) {
    squares += std::pow(value - mean, 2) / n;
    fourths += std::pow(value - mean, 4) / n;
  }
  const double error_of_variance = std::sqrt((fourths - squares * squares) / n);
  return {(mean_of(values) - mean) / (sd / std::sqrt(n)), (squares - sd * sd) / error_of_variance};
}

std::string path_of(const std::string& name) { return "parameters." + name; }

const std::string two_normals = R"("parameters.c_ill", "parameters.c_drug")";

/// The costs normal, so that their correlation is that of their normal scores.
std::string normal_costs(const std::string& more) {
  std::string text = illness();
  for (const auto& [name, distribution] : {std::pair("c_ill", "normal(SE 100)"), {"c_drug", "normal(SE 50)"}})
    text = with_distribution(text, name, distribution);
  return text + more;
}

}  // namespace

TEST_CASE("inputs with a distribution are drawn, joint groups first, in the order of the scenario", "[study]") {
  const StudyFolder alone(uncertain_illness()),
      grouped(uncertain_illness(joint("values", R"("parameters.u_*", "parameters.c_ill")", "together")));
  std::vector<std::string> names;
  for (const auto& [name, distribution] : distributions()) names.push_back(path_of(name));
  const ParameterDraws draws = draws_of(alone, 5);
  CHECK(names_of(draws) == names);
  CHECK(draws.draws() == 5);
  CHECK(draws.values().size() == 5 * names.size());
  CHECK(draws.inputs()[4].value == 1000);
  CHECK(names_of(draws_of(grouped, 5)) ==
        std::vector<std::string>{"parameters.u_well", "parameters.u_ill", "parameters.c_ill", "parameters.p_ill",
                                 "parameters.p_die", "parameters.p_die_ill", "parameters.effect"});
  CHECK_FALSE(plan_of(alone, {}).draws);
}

TEST_CASE("a draw depends on the seed and its number, not on how many there are", "[study]") {
  const StudyFolder folder(uncertain_illness(joint("costs", R"("parameters.c_ill")", "together")));
  for (const char* points : {"random", "sobol"}) {
    CAPTURE(points);
    const std::string by = std::string("analysis.draw_points=") + points;
    const std::vector<double> few = draws_of(folder, 10, {by}).values(), more = draws_of(folder, 300, {by}).values(),
                              other = draws_of(folder, 10, {by, "analysis.seed=7"}).values();
    CHECK(std::equal(few.begin(), few.end(), more.begin()));
    CHECK(few == draws_of(folder, 10, {by}).values());
    for (std::size_t i = 0; i < few.size(); ++i) CHECK(few[i] != other[i]);
    for (std::size_t i = 7; i < few.size(); ++i) CHECK(few[i] != few[i - 7]);
  }
}

TEST_CASE("a random draw of an input does not depend on which others vary", "[study]") {
  const ParameterDraws all = draws_of(StudyFolder(uncertain_illness()), 20);
  const ParameterDraws alone = draws_of(StudyFolder(with_distribution(illness(), "c_ill", "gamma(SE 25 %)")), 20);
  REQUIRE(names_of(alone) == std::vector<std::string>{"parameters.c_ill"});
  CHECK(alone.values() == drawn(all, "parameters.c_ill"));
  const ParameterDraws tied =
      draws_of(StudyFolder(uncertain_illness(
                   joint("u", R"("parameters.u_well", "parameters.u_ill")", "copula", "correlation = [0.5]\n"))),
               20);
  for (const auto& [name, distribution] : distributions()) {
    if (name != "u_ill") CHECK(drawn(tied, path_of(name))[3] == Approx(drawn(all, path_of(name))[3]).epsilon(1e-12));
  }
}

// 7 means, 7 variances and 21 correlations of independent inputs, then those of groups: below 60 comparisons. With
// 4,000 draws a correlation of 0.11 is found with 99.9 %.
TEST_CASE("draws have the distributions and the dependence that the scenario states", "[study]") {
  constexpr std::size_t comparisons = 60;
  const double root_n = std::sqrt(static_cast<double>(many));
  const ParameterDraws draws = draws_of(StudyFolder(uncertain_illness()), many);
  // Of beta(a, b): mean a / (a + b), variance ab / ((a + b)^2 (a + b + 1)); of the lognormal with mu = -0.7 and sigma =
  // 0.1: exp(mu + sigma^2 / 2) and that times sqrt(exp(sigma^2) - 1).
  const auto beta_sd = [](double a, double b) { return std::sqrt(a * b / (a + b + 1)) / (a + b); };
  const double effect = std::exp(-0.7 + 0.005);
  const std::vector<std::tuple<const char*, double, double>> moments = {
      {"p_ill", 0.2, beta_sd(20, 80)},
      {"p_die", 0.1, beta_sd(10, 90)},
      {"p_die_ill", 0.3, beta_sd(30, 70)},
      {"effect", effect, effect * std::sqrt(std::exp(0.01) - 1)},
      {"c_ill", 1000, 250},
      {"u_well", 0.9, beta_sd(90, 10)},
      {"u_ill", 0.5, beta_sd(50, 50)}};
  for (const auto& [name, mean, sd] : moments) {
    CAPTURE(name);
    const auto [of_mean, of_variance] = distance(drawn(draws, path_of(name)), mean, sd);
    CHECK(stat_check(of_mean, 0, 1, comparisons));
    CHECK(stat_check(of_variance, 0, 1, comparisons));
    for (const auto& [other, other_mean, other_sd] : moments) {
      if (other == name) break;
      CAPTURE(other);
      CHECK(stat_check(correlation_of(drawn(draws, path_of(name)), drawn(draws, path_of(other))), 0, 1 / root_n,
                       comparisons));
    }
  }

  // A correlation r has a standard error of (1 - r^2) / sqrt(n).
  const ParameterDraws tied = draws_of(
      StudyFolder(normal_costs(joint("costs", two_normals, "copula", "correlation = [1, -0.6, -0.6, 1]\n"))), many);
  CHECK(stat_check(correlation_of(drawn(tied, "parameters.c_ill"), drawn(tied, "parameters.c_drug")), -0.6,
                   0.64 / root_n, comparisons));
  const auto [of_mean, of_variance] = distance(drawn(tied, "parameters.c_drug"), 500, 50);
  CHECK(stat_check(of_mean, 0, 1, comparisons));
  CHECK(stat_check(of_variance, 0, 1, comparisons));
}

TEST_CASE("inputs that vary together keep their ranks and their own distributions", "[study]") {
  const StudyFolder folder(
      uncertain_illness(joint("all", R"("parameters.p_*", "parameters.c_ill", "parameters.effect")", "together")));
  const ParameterDraws draws = draws_of(folder, 300), alone = draws_of(StudyFolder(uncertain_illness()), 300);
  const auto ranks = ranks_of(drawn(draws, "parameters.p_ill"));
  for (const char* name : {"p_die", "p_die_ill", "c_ill", "effect"})
    CHECK(ranks_of(drawn(draws, path_of(name))) == ranks);
  CHECK(ranks_of(drawn(draws, "parameters.u_well")) != ranks);
  CHECK(drawn(draws, "parameters.u_well") == drawn(alone, "parameters.u_well"));
  CHECK(drawn(draws, "parameters.p_die") != drawn(alone, "parameters.p_die"));
}

TEST_CASE("a copula of two has the correlation of one number and of the matrix alike", "[study]") {
  const auto drawn_by = [](const char* correlation) {
    return draws_of(StudyFolder(normal_costs(joint("costs", two_normals, "copula", correlation))), 50).values();
  };
  CHECK(drawn_by("correlation = [0.3]\n") == drawn_by("correlation = [1, 0.3, 0.3, 1]\n"));
  const std::vector<double> apart = drawn_by("correlation = [0]\n"),
                            none = draws_of(StudyFolder(normal_costs("")), 50).values();
  for (std::size_t i = 0; i < apart.size(); ++i) CHECK(apart[i] == Approx(none[i]).epsilon(1e-12));
}

// Two means and three entries of the covariance, whose estimates have variances (s_ii s_jj + s_ij^2) / n.
TEST_CASE("multivariate normal draws have their values as means, and their covariance", "[study]") {
  constexpr std::size_t comparisons = 5;
  const ParameterDraws draws = draws_of(
      StudyFolder(illness() + joint("costs", two_normals, "multivariate_normal", "covariance = [100, -30, -30, 25]\n")),
      many);
  const std::vector<double> ill = drawn(draws, "parameters.c_ill"), drug = drawn(draws, "parameters.c_drug");
  const double root_n = std::sqrt(static_cast<double>(many));
  CHECK(stat_check(mean_of(ill), 1000, 10 / root_n, comparisons));
  CHECK(stat_check(mean_of(drug), 500, 5 / root_n, comparisons));
  CHECK(stat_check(covariance_of(ill, ill), 100, std::sqrt(2.0) * 100 / root_n, comparisons));
  CHECK(stat_check(covariance_of(drug, drug), 25, std::sqrt(2.0) * 25 / root_n, comparisons));
  CHECK(stat_check(covariance_of(ill, drug), -30, std::sqrt(100 * 25 + 900.0) / root_n, comparisons));
}

// Five probabilities above 0, with mean and variance each.
TEST_CASE("rows of probabilities are drawn each from its Dirichlet distribution", "[study]") {
  constexpr std::size_t comparisons = 10;
  const StudyFolder folder(
      uncertain_moves(joint("moves", R"("tables.moves[*]")", "dirichlet", "group_by = [\"from\"]\nsize = 50\n")));
  write_moves(folder);
  const ParameterDraws draws = draws_of(folder, many);
  const std::vector<std::vector<double>> means = {{0.25, 0.5, 0.25}, {0, 0.6, 0.4}, {0, 0, 1}};
  for (std::size_t from = 0; from < 3; ++from) {
    std::vector<double> sums(many);
    for (std::size_t to = 0; to < 3; ++to) {
      CAPTURE(from, to);
      const std::vector<double> p =
          drawn(draws, "tables.moves[from=" + std::to_string(from) + ", to=" + std::to_string(to) + "]");
      for (std::size_t draw = 0; draw < many; ++draw) sums[draw] += p[draw];
      const double mean = means[from][to];
      if (mean == 0 || mean == 1) {
        CHECK(std::ranges::all_of(p, [&](double value) { return value == Approx(mean).margin(1e-12); }));
        continue;
      }
      const auto [of_mean, of_variance] = distance(p, mean, std::sqrt(mean * (1 - mean) / 51));
      CHECK(stat_check(of_mean, 0, 1, comparisons));
      CHECK(stat_check(of_variance, 0, 1, comparisons));
    }
    CHECK(std::ranges::all_of(sums, [](double sum) { return sum == Approx(1).epsilon(1e-12); }));
  }
}

TEST_CASE("draws take the rows of a file in turn", "[study]") {
  const StudyFolder folder(uncertain_illness(
      joint("calibrated", R"("parameters.p_die", "parameters.c_drug")", "rows", "file = \"draws.csv\"\n")));
  folder.write("draws.csv", "parameters.c_drug,another,parameters.p_die\n400,x,0.1\n500,y,0.125\n600,z,0.0625\n");
  const ParameterDraws draws = draws_of(folder, 8);
  CHECK(drawn(draws, "parameters.c_drug") == std::vector<double>{400, 500, 600, 400, 500, 600, 400, 500});
  CHECK(drawn(draws, "parameters.p_die") == std::vector<double>{0.1, 0.125, 0.0625, 0.1, 0.125, 0.0625, 0.1, 0.125});
}

TEST_CASE("a number set by hand or called fixed is not drawn, alone or in a group", "[study]") {
  const std::string two = R"("parameters.c_ill", "parameters.c_drug")";
  const std::vector<std::string> groups = {"", joint("g", two, "together"),
                                           joint("g", two, "copula", "correlation = [0.5]\n"),
                                           joint("g", two, "multivariate_normal", "covariance = [9, 0, 0, 4]\n"),
                                           joint("g", two, "rows", "file = \"draws.csv\"\n")};
  for (const std::string& group : groups) {
    CAPTURE(group);
    const auto names_in = [&](const std::string& text, const std::vector<std::string>& overrides) {
      const StudyFolder folder(text + group);
      folder.write("draws.csv", "parameters.c_ill,parameters.c_drug\n900,400\n1100,600\n");
      return names_of(draws_of(folder, 5, overrides));
    };
    const std::string text =
        with_distribution(with_distribution(illness(), "c_ill", "gamma(SE 25 %)"), "c_drug", "gamma(SE 25 %)");
    const std::string fixed =
        with_distribution(with_distribution(illness(), "c_ill", "gamma(SE 25 %)"), "c_drug", "fixed");
    const std::vector<std::string> ill_alone = {"parameters.c_ill"};
    CHECK(names_in(text, {}).size() == 2);
    CHECK(names_in(text, {"parameters.c_drug=450"}) == ill_alone);
    CHECK(names_in(fixed, {}) == ill_alone);
  }
}

TEST_CASE("a row of probabilities with a number set by hand stays as it is", "[study]") {
  const StudyFolder folder(
      uncertain_moves(joint("moves", R"("tables.moves[*]")", "dirichlet", "group_by = [\"from\"]\nsize = 50\n")));
  write_moves(folder);
  const std::vector<std::string> names = names_of(draws_of(folder, 5, {"tables.moves[1,1]=0.6"}));
  CHECK(std::ranges::count_if(names, [](const std::string& name) { return name.starts_with("tables.moves"); }) == 6);
  CHECK(std::ranges::none_of(names, [](const std::string& name) { return name.starts_with("tables.moves[from=1"); }));
}

TEST_CASE("what is drawn is put into the parameters, and nothing else", "[study]") {
  const Plan plan = plan_of(StudyFolder(uncertain_illness()), {number_of_draws(3)});
  ParameterSet parameters = plan.analyses.front().scenario.parameters;
  plan.draws->put(2, parameters);
  const auto names = names_of(*plan.draws);
  for (const auto& number : parameters.numbers()) {
    CAPTURE(number.name);
    if (std::ranges::find(names, number.name) != names.end()) {
      CHECK(number.value == drawn(*plan.draws, number.name)[2]);
    } else if (number.name == "parameters.c_drug") {
      CHECK(number.value == 500);
    } else {
      CHECK(number.name.starts_with("analysis."));
      CHECK(number.value == 0.035);
    }
  }
}

TEST_CASE("inputs with a published range that nothing lets vary are named", "[study]") {
  const auto uncertain = [](const std::string& text) {
    return uncertain_inputs(plan_of(StudyFolder(text), {}).analyses.front().scenario);
  };
  const auto left_out = [&](const std::string& text) { return uncertain(text).left_out; };
  CHECK(uncertain(illness()).varied.empty());
  CHECK(uncertain(uncertain_illness()).varied.size() == distributions().size());
  CHECK(left_out(illness()) ==
        std::vector<std::string>{"parameters.p_ill", "parameters.p_die", "parameters.effect", "parameters.c_ill"});
  CHECK(left_out(uncertain_illness()).empty());
  CHECK(left_out(with_distribution(illness(), "p_die", "fixed") +
                 joint("c", R"("parameters.c_ill")", "multivariate_normal", "covariance = [4]\n")) ==
        std::vector<std::string>{"parameters.p_ill", "parameters.effect"});
}

TEST_CASE("Sobol points cover each input far more evenly than random ones", "[study]") {
  const StudyFolder folder(uncertain_illness());
  double sobol = 0, random = 0;
  for (const std::string seed : {"1", "2", "3"}) {
    for (const auto& [points, sum] : {std::pair("sobol", &sobol), {"random", &random}}) {
      const ParameterDraws draws =
          draws_of(folder, 1024, {std::string("analysis.draw_points=") + points, "analysis.seed=" + seed});
      for (const auto& [name, mean, sd] :
           {std::tuple("p_ill", 0.2, 0.04), {"c_ill", 1000.0, 250.0}, {"u_well", 0.9, 0.03}, {"u_ill", 0.5, 0.05}})
        *sum += std::pow((mean_of(drawn(draws, path_of(name))) - mean) / sd, 2);
    }
  }
  // Twelve squared errors of random means are 1 / 1,024 each.
  CHECK(random > 12.0 / 1024 / 4);
  CHECK(sobol < 12.0 / 1024 / 400);
}

TEST_CASE("a star in a pattern stands for any text", "[study]") {
  CHECK(fits_pattern("costs.state[edss=3]", "costs.state[*]"));
  CHECK(fits_pattern("costs.state[edss=3]", "*edss=3*"));
  CHECK(fits_pattern("a", "*"));
  CHECK(fits_pattern("", "*"));
  CHECK(fits_pattern("abcabc", "a*c"));
  CHECK(fits_pattern("abcabc", "**abc"));
  CHECK_FALSE(fits_pattern("costs.state_us[edss=3]", "costs.state[*]"));
  CHECK_FALSE(fits_pattern("abcabd", "a*c"));
  CHECK_FALSE(fits_pattern("abc", "ab"));
  CHECK_FALSE(fits_pattern("ab", "abc"));
}
