#include "economics/incremental.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace myelin::economics {
namespace {

const IncrementalRow& row_of(const std::vector<IncrementalRow>& rows, std::size_t strategy) {
  return *std::find_if(rows.begin(), rows.end(), [&](const IncrementalRow& row) { return row.strategy == strategy; });
}

std::vector<Point> random_points(std::mt19937& generator, std::size_t count) {
  // A coarse grid, so that ties of every kind occur.
  std::uniform_int_distribution<int> cost(-3, 12), qaly(0, 12);
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back({"s" + std::to_string(i), 1000.0 * cost(generator), 0.1 * qaly(generator)});
  }
  return points;
}

std::string reference_cases() {
  const char* chosen = std::getenv("MYELIN_REFERENCE_CASES");
  return chosen ? chosen : std::string(MYELIN_SOURCE_DIR) + "/../shared/cases";
}

std::vector<std::vector<std::string>> read_csv(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    line.erase(std::remove_if(line.begin(), line.end(), [](char c) { return c == '"' || c == '\r'; }), line.end());
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

}  // namespace

TEST_CASE("six options with both kinds of dominance give the known frontier") {
  // Worked by hand: D costs more than B and yields less; B lies above the line from A to C.
  const std::vector<Point> points{{"A", 10000, 8.0}, {"B", 14000, 8.2},  {"C", 18000, 8.6},
                                  {"D", 17000, 8.1}, {"E", 30000, 9.05}, {"F", 60000, 9.5}};
  const auto rows = *analyse_incrementally(points);
  std::string order, status;
  for (const IncrementalRow& row : rows) {
    order += points[row.strategy].name;
    status += std::string(short_name(row.status)) + " ";
  }
  CHECK(order == "ABDCEF");
  CHECK(status == "cheapest ED D ND ND ND ");
  CHECK_FALSE(rows[0].versus);
  CHECK(rows[1].versus == 0u);
  CHECK(rows[2].versus == 1u);
  CHECK_FALSE(rows[1].icer);
  CHECK_FALSE(rows[2].icer);
  CHECK(rows[3].versus == 0u);
  CHECK(rows[4].versus == 2u);
  CHECK(rows[5].versus == 4u);
  CHECK(*rows[3].icer == Approx(13333.333333333341).epsilon(1e-9));
  CHECK(*rows[4].icer == Approx(26666.666666666602).epsilon(1e-9));
  CHECK(*rows[5].icer == Approx(66666.66666666677).epsilon(1e-9));
}

TEST_CASE("the frontier of dampack's 100 strategies is reproduced from its own six points") {
  // DARTH-git/dampack at commit 0430fee, data set `hund_strat`, calculate_icers() in R 4.2: strategies 8, 97, 89, 93,
  // 70, 52.
  const std::vector<Point> points{{"8", 3.245, 0.206739828},        {"97", 196.622445, 0.753874473},
                                  {"89", 450.8715326, 0.911119441}, {"93", 1228.280245, 0.922366526},
                                  {"70", 4620.228763, 0.967290045}, {"52", 7738.694336, 0.982385545}};
  const std::vector<double> icers{353.436666399, 1616.898084777, 69120.906652701, 75504.960285947, 206582.463184394};
  const auto rows = *analyse_incrementally(points);
  for (std::size_t i = 0; i < icers.size(); ++i) {
    CHECK(rows[i + 1].status == Status::non_dominated);
    CHECK(*rows[i + 1].icer == Approx(icers[i]).epsilon(1e-9));
  }
}

TEST_CASE("dampack's 100 strategies get dampack's answer") {
  const std::string folder = reference_cases();
  const std::string input = folder + "/dampack_hund_strat_input.csv",
                    expected = folder + "/dampack_hund_strat_expected_icers.csv";
  if (!std::filesystem::exists(input) || !std::filesystem::exists(expected)) {
    WARN("skipped: dampack's data are not in " << folder << "; set MYELIN_REFERENCE_CASES to their folder");
    return;
  }
  std::vector<Point> points;
  for (const auto& cells : read_csv(input)) {
    if (cells[0] != "Strategy") points.push_back({cells[0], std::stod(cells[1]), std::stod(cells[2])});
  }
  REQUIRE(points.size() == 100);
  const auto rows = *analyse_incrementally(points);
  std::map<std::string, int> counts;
  std::size_t compared = 0;
  for (const auto& cells : read_csv(expected)) {
    if (cells[0] == "Strategy") continue;
    const IncrementalRow& row = row_of(rows, std::stoul(cells[0]) - 1);
    ++counts[cells[6]];
    ++compared;
    CHECK((row.status == Status::cheapest ? "ND" : short_name(row.status)) == cells[6]);
    CHECK(row.icer.has_value() == (cells[5] != "NA"));
    if (row.icer) {
      CHECK(*row.icer == Approx(std::stod(cells[5])).epsilon(1e-9));
      CHECK(row.incremental_cost == Approx(std::stod(cells[3])).epsilon(1e-9));
      CHECK(row.incremental_qaly == Approx(std::stod(cells[4])).epsilon(1e-9));
    }
  }
  CHECK(compared == 100);
  CHECK(counts == std::map<std::string, int>{{"ND", 6}, {"ED", 4}, {"D", 90}});
}

TEST_CASE("ties follow the stated rules") {
  SECTION("equal QALYs: the dearer is dominated") {
    const auto rows = *analyse_incrementally(std::vector<Point>{{"dear", 200, 1}, {"cheap", 100, 1}});
    CHECK(row_of(rows, 1).status == Status::cheapest);
    CHECK(row_of(rows, 0).status == Status::dominated);
    CHECK(row_of(rows, 0).versus == 1u);
  }
  SECTION("equal costs: the less effective is dominated") {
    const auto rows = *analyse_incrementally(std::vector<Point>{{"less", 100, 1}, {"more", 100, 2}});
    CHECK(row_of(rows, 1).status == Status::cheapest);
    CHECK(row_of(rows, 0).status == Status::dominated);
  }
  SECTION("equal in both: one place, shared") {
    const std::vector<Point> points{{"a", 100, 1},  {"b", 300, 2},   {"a2", 100, 1},
                                    {"b2", 300, 2}, {"d", 400, 1.5}, {"d2", 400, 1.5}};
    const auto rows = *analyse_incrementally(points);
    CHECK(row_of(rows, 0).status == Status::cheapest);
    CHECK_FALSE(row_of(rows, 0).same_as);
    CHECK(row_of(rows, 2).status == Status::cheapest);
    CHECK(row_of(rows, 2).same_as == 0u);
    CHECK_FALSE(row_of(rows, 2).versus);
    CHECK(row_of(rows, 3).status == Status::non_dominated);
    CHECK(row_of(rows, 3).same_as == 1u);
    CHECK(row_of(rows, 3).versus == 0u);
    CHECK(row_of(rows, 3).icer == row_of(rows, 1).icer);
    CHECK(row_of(rows, 5).status == Status::dominated);
    CHECK(row_of(rows, 5).same_as == 4u);
    CHECK(row_of(rows, 5).versus == 1u);
  }
  SECTION("on the line between two others: extendedly dominated") {
    const auto rows = *analyse_incrementally(std::vector<Point>{{"low", 0, 0}, {"middle", 100, 1}, {"high", 200, 2}});
    CHECK(rows[1].status == Status::extendedly_dominated);
    CHECK(*rows[2].icer == 100);
  }
}

TEST_CASE("a strategy that saves money and forgoes QALYs starts the frontier") {
  const auto rows =
      *analyse_incrementally(std::vector<Point>{{"reference", 50000, 10}, {"cheaper and worse", 20000, 9}});
  CHECK(row_of(rows, 1).status == Status::cheapest);
  CHECK(row_of(rows, 0).status == Status::non_dominated);
  CHECK(*row_of(rows, 0).icer == 30000);
}

TEST_CASE("one strategy is the cheapest and has nothing to be compared with") {
  const auto rows = *analyse_incrementally(std::vector<Point>{{"only", -5, -1}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].status == Status::cheapest);
  CHECK_FALSE(rows[0].versus);
  CHECK_FALSE(rows[0].icer);
}

TEST_CASE("numbers that are not finite are refused, each by name, and so is an empty input") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const auto refused =
      analyse_incrementally(std::vector<Point>{{"x", nan, infinity}, {"y", 1, 1}, {"z", 1, -infinity}});
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().size() == 3);
  CHECK(refused.error()[0].problem == "the cost of strategy `x` is not a finite number");
  CHECK(refused.error()[2].problem == "the QALY total of strategy `z` is not a finite number");
  CHECK_FALSE(analyse_incrementally({}));
}

TEST_CASE(
    "on random strategies frontier ICERs increase, and the frontier holds a best buy at every threshold and no other "
    "strategy") {
  std::mt19937 generator(20240601);
  for (int repetition = 0; repetition < 500; ++repetition) {
    const std::vector<Point> points = random_points(generator, 1 + static_cast<std::size_t>(repetition) % 12);
    const auto rows = *analyse_incrementally(points);
    double last_icer = 0, last_cost = -std::numeric_limits<double>::infinity();
    for (const IncrementalRow& row : rows) {
      CHECK(points[row.strategy].cost >= last_cost);
      last_cost = points[row.strategy].cost;
      if (!row.icer || row.same_as) continue;
      CHECK(*row.icer > last_icer);
      // At its own ICER a strategy of the frontier is a best buy: no other has a higher net benefit.
      for (const Point& other : points) {
        CHECK(*row.icer * other.qaly - other.cost <=
              *row.icer * points[row.strategy].qaly - points[row.strategy].cost + 1e-6);
      }
      last_icer = *row.icer;
    }
    for (const double threshold : {0.0, 777.0, 3333.0, 12345.0, 54321.0, 1e6}) {
      double best = -std::numeric_limits<double>::infinity(), best_of_frontier = best;
      for (const IncrementalRow& row : rows) {
        const double net_benefit = threshold * points[row.strategy].qaly - points[row.strategy].cost;
        best = std::max(best, net_benefit);
        const bool on_frontier = row.status == Status::cheapest || row.status == Status::non_dominated;
        if (on_frontier) best_of_frontier = std::max(best_of_frontier, net_benefit);
      }
      CHECK(best_of_frontier == Approx(best).epsilon(1e-12));
    }
  }
}

TEST_CASE("order and names of the strategies do not matter") {
  std::mt19937 generator(7);
  for (int repetition = 0; repetition < 300; ++repetition) {
    const std::vector<Point> points = random_points(generator, 9);
    std::vector<std::size_t> order(points.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), generator);
    std::vector<Point> shuffled;
    for (const std::size_t i : order)
      shuffled.push_back({"name " + std::to_string(generator() % 5), points[i].cost, points[i].qaly});
    const auto rows = *analyse_incrementally(points), other_rows = *analyse_incrementally(shuffled);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const IncrementalRow &row = row_of(rows, order[i]), &other = row_of(other_rows, i);
      CHECK(row.status == other.status);
      CHECK(row.icer == other.icer);
      CHECK(row.incremental_cost == other.incremental_cost);
      CHECK(row.incremental_qaly == other.incremental_qaly);
    }
  }
}

TEST_CASE("a further, dominated strategy changes nothing for the others") {
  std::mt19937 generator(11);
  for (int repetition = 0; repetition < 300; ++repetition) {
    std::vector<Point> points = random_points(generator, 8);
    const auto rows = *analyse_incrementally(points);
    const Point& dominating = points[generator() % points.size()];
    points.push_back({"dominated", dominating.cost + 500, dominating.qaly - 0.05});
    const auto more_rows = *analyse_incrementally(points);
    CHECK(row_of(more_rows, 8).status == Status::dominated);
    for (const IncrementalRow& row : rows) {
      const IncrementalRow& same = row_of(more_rows, row.strategy);
      CHECK(row.status == same.status);
      CHECK(row.versus == same.versus);
      CHECK(row.icer == same.icer);
    }
  }
}

}  // namespace myelin::economics
