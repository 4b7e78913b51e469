#include "study/joint_groups.hpp"

#include <algorithm>

#include "study/uncertain_illness.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

/// What is wrong with a scenario of which draws are asked.
Lines mistakes(const std::string& text, const std::vector<std::pair<std::string, std::string>>& files = {}) {
  const StudyFolder folder(text);
  write_moves(folder);
  for (const auto& [name, content] : files) folder.write(name, content);
  const Result<Plan> plan = try_plan(folder, {number_of_draws(50)});
  REQUIRE_FALSE(plan);
  return folder.lines_of(plan.error());
}

/// The number of the line of a text on which `part` stands.
std::string line_of(const std::string& text, const std::string& part) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(part));
  return std::to_string(1 + std::count(text.begin(), end, '\n'));
}

}  // namespace

TEST_CASE("mistakes of joint groups are told at their place", "[study]") {
  const auto told = [](const std::string& group, const std::string& key, const std::string& message) {
    const std::string text = uncertain_moves(group);
    const Lines lines = mistakes(text);
    REQUIRE(lines.size() == 1);
    INFO(lines.front());
    CHECK(lines.front().starts_with("scenario.toml:" + line_of(text, key) + ":"));
    CHECK_THAT(lines.front(), Catch::Matchers::Contains(message));
  };
  const std::string one = R"("parameters.c_ill")", two = R"("parameters.c_ill", "parameters.u_ill")",
                    three = R"("parameters.c_ill", "parameters.u_ill", "parameters.u_well")";
  told(joint("g", R"("parameters.c_il")", "together"), "parameters = [",
       "psa.joint.g: no input is called 'parameters.c_il' -- did you mean 'parameters.c_ill'?");
  told(joint("g", R"("costs.*", "parameters.c_ill")", "together"), "parameters = [",
       "psa.joint.g: no input is called 'costs.*' -- ");
  told(joint("g", one, "together") + joint("h", R"("parameters.c_*")", "together"),
       R"(parameters = ["parameters.c_*"])",
       "parameters.c_ill is in the joint groups g and h -- let each input be in one group");
  told(joint("g", two, "copula"), "kind = \"copula\"", "psa.joint.g: a copula needs `correlation`");
  told(joint("g", two, "copula", "correlation = [1, 0.5, 0.5]\n"),
       "correlation =", "psa.joint.g: `correlation` has 3 numbers for 2 inputs -- write 4 numbers");
  told(joint("g", three, "copula", "correlation = [-0.9]\n"), "correlation =", "positive definite");
  told(joint("g", two, "multivariate_normal"), "kind = \"multivariate_normal\"",
       "psa.joint.g: a multivariate normal distribution needs `covariance`");
  told(joint("g", two, "multivariate_normal", "covariance = [4]\n"),
       "covariance =", "psa.joint.g: `covariance` has 1 numbers for 2 inputs -- write 4 numbers");
  told(joint("g", two, "multivariate_normal", "covariance = [1, 2, 2, 1]\n"), "covariance =", "psa.joint.g: ");
  told(joint("g", R"("tables.moves[*]")", "dirichlet", "size = 9\n"), "kind = \"dirichlet\"",
       "psa.joint.g: a Dirichlet distribution needs `group_by` and `size`");
  told(joint("g", R"("tables.moves[*]")", "dirichlet", "size = 9\ngroup_by = [\"edss\"]\n"),
       "group_by =", "psa.joint.g: tables.moves[from=0, to=0] has no column 'edss'");
  told(joint("g", R"("tables.moves[*]")", "dirichlet", "size = 9\ngroup_by = []\n"),
       "group_by =", "psa.joint.g: the probabilities from tables.moves[from=0, to=0] sum to 3 and not to 1");
  told(joint("g", one, "rows"), "kind = \"rows\"", "psa.joint.g: rows need a `file`");
  told(replaced(joint("g", one, "together"), "TRIAL", "TRAIL"), "source = \"TRAIL\"",
       "psa.joint.g: unknown source 'TRAIL' -- add it to the sources file");
}

TEST_CASE("mistakes of a file of draws are told at their place", "[study]") {
  const std::string text =
      uncertain_illness(joint("g", R"("parameters.p_die", "parameters.c_drug")", "rows", "file = \"draws.csv\"\n"));
  const std::string place = "scenario.toml:" + line_of(text, "file = \"draws.csv\"") + ":1: ";
  CHECK(mistakes(text, {{"draws.csv", "parameters.p_die,c_drug\n0.1,400\n"}}) ==
        Lines{place + "psa.joint.g: draws.csv has no column 'parameters.c_drug' -- name the column as the input"});
  CHECK(mistakes(text, {{"draws.csv", "parameters.p_die,parameters.c_drug\n0.1,400\n0.1,four\n"}}) ==
        Lines{"draws.csv:3:5: 'four' is no number -- write a number"});
  const Lines empty = mistakes(text, {{"draws.csv", "parameters.p_die,parameters.c_drug\n"}});
  REQUIRE(empty.size() == 1);
  CHECK_THAT(empty.front(), Catch::Matchers::Contains("draws.csv"));
}

TEST_CASE("several groups' mistakes are told at once", "[study]") {
  const std::string two = R"("parameters.c_ill", "parameters.u_ill")";
  CHECK(mistakes(uncertain_illness(joint("g", two, "copula") + joint("h", R"("parameters.x")", "together"))).size() ==
        2);
}

TEST_CASE("an input that leaves its valid range is told with the first draw that does", "[study]") {
  const std::string text = replaced(uncertain_illness(), "beta(50, 50)", "normal(0.5, 0.4)");
  const Lines lines = mistakes(text);
  REQUIRE(lines.size() == 1);
  INFO(lines.front());
  CHECK(lines.front().starts_with("scenario.toml:" + line_of(text, "u_ill = {") + ":"));
  CHECK_THAT(lines.front(), Catch::Matchers::Matches(".*: draw [0-9]+ of parameters.u_ill is .*, out of its range .*"
                                                     "\\(distribution normal\\(0.5, 0.4\\)\\) -- .*"));
}

TEST_CASE("draws of a scenario without any distribution are refused", "[study]") {
  CHECK(mistakes(replaced(illness(), "horizon_years = 6\n", "horizon_years = 6\ndraws = 50\n")) ==
        Lines{"--set analysis.draws: no input of the scenario has a distribution -- give uncertain inputs a "
              "distribution, or leave out the draws"});
}
