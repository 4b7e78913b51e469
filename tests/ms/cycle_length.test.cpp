#include <catch2/catch.hpp>

#include "ms/base_case.hpp"

namespace myelin::ms::test {

TEST_CASE("results converge as cycles shorten") {
  // Order of events within a cycle matters less and less, in proportion to its length: each difference is about half
  // the one before. The annual cycle stands apart, because its SPMS matrix is not regularised.
  const std::string strategy = GENERATE("best_supportive_care", "ocrelizumab");
  std::vector<Expected> results;
  for (const double length : {0.5, 0.25, 0.125, 0.0625}) {
    ParameterSet parameters = base_case();
    set_number(parameters, "analysis.cycle_length_years", length);
    results.emplace_back(parameters, strategy);
  }
  for (const char* outcome : {"life_years", "qaly.patient", "relapses", "cost.state", "cost.acquisition"}) {
    if (strategy == "best_supportive_care" && outcome == std::string("cost.acquisition")) continue;
    const auto difference = [&](std::size_t i) {
      return results[i].undiscounted(outcome) - results[i + 1].undiscounted(outcome);
    };
    CAPTURE(strategy, outcome, difference(0), difference(1), difference(2));
    CHECK(difference(1) / difference(0) == Approx(0.5).margin(0.1));
    CHECK(difference(2) / difference(1) == Approx(0.5).margin(0.05));
    CHECK(std::abs(difference(0)) < 0.03 * results[0].undiscounted(outcome));
  }
}

}  // namespace myelin::ms::test
