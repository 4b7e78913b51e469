#include <hdf5.h>
#include <hdf5_hl.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "core/diagnostic.hpp"
#include "results/example.hpp"
#include "results/results.hpp"
#include "results/schema.hpp"

using namespace myelin::results;
using namespace myelin::results::test;

namespace {

/// Checks that a dataset says what it holds and that each of its axes has a scale; counts the datasets.
herr_t check_dataset(hid_t file, const char* path, const H5O_info_t* info, void* count) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  ++*static_cast<std::size_t*>(count);
  INFO(path);
  const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  CHECK(H5Aexists(dataset, "units") > 0);
  CHECK(H5Aexists(dataset, "description") > 0);
  const int rank = H5DSis_scale(dataset) > 0 ? 0 : H5Sget_simple_extent_ndims(space);
  for (int axis = 0; axis < rank; ++axis) CHECK(H5DSget_num_scales(dataset, static_cast<unsigned>(axis)) == 1);
  H5Sclose(space);
  H5Dclose(dataset);
  return 0;
}

}  // namespace

TEST_CASE("a random run survives writing and reading to the bit") {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const RunResults run = RandomRun(seed).make(1 + seed % 4, 1 + seed % 5, 4);
    write(run, folder / "run.h5");
    const RunResults back = read(folder / "run.h5");
    REQUIRE(all_bytes(back) == all_bytes(run));
    REQUIRE(digest(back) == digest(run));
  }
}

TEST_CASE("compressed and chunked datasets survive to the bit") {
  const TemporaryFolder folder;
  const RunResults run = RandomRun(7).make(3, 700, 12);
  write(run, folder / "run.h5");
  CHECK(std::filesystem::file_size(folder / "run.h5") > 1'000'000);
  CHECK(all_bytes(read(folder / "run.h5")) == all_bytes(run));
}

TEST_CASE("a run with as many inputs as a life table has rows survives") {
  const TemporaryFolder folder;
  RunResults run = RandomRun(8).make(1, 2, 3);
  const InputRecord input =
      run.inputs.empty() ? InputRecord{"utilities.state[edss=3]", 0.5, "utility", {}} : run.inputs.front();
  run.inputs.assign(1000, input);
  write(run, folder / "run.h5");
  CHECK(all_bytes(read(folder / "run.h5")) == all_bytes(run));
}

TEST_CASE("the analysis over parameter draws comes back beside the others, with what was drawn") {
  const TemporaryFolder folder;
  RunResults run = RandomRun(12).make(2, 2, 3);
  REQUIRE(run.probabilistic);
  run.analyses.back().name = "probabilistic alternative";
  run.probabilistic->drawn = {
      {"costs.infusion", "utilities.state[edss=3]", "p"}, {1, 2, 3, -1, -2, -3}, {0, 0, 0}, {1, 4, 9}};
  write(run, folder / "run.h5");
  const RunResults back = read(folder / "run.h5");
  REQUIRE(back.probabilistic);
  CHECK(back.probabilistic->drawn.names == run.probabilistic->drawn.names);
  CHECK(back.probabilistic->drawn.values == std::vector<double>{1, 2, 3, -1, -2, -3});
  CHECK(back.probabilistic->drawn.variances == std::vector<double>{1, 4, 9});
  CHECK(back.analyses.size() == 2);
  run.probabilistic.reset();
  write(run, folder / "run.h5");
  CHECK_FALSE(read(folder / "run.h5").probabilistic);
}

TEST_CASE("sensitivity analyses come back with groups, comparators and the intervals between crossings") {
  const TemporaryFolder folder;
  RunResults run = RandomRun(21).make(3, 1, 2);
  SensitivityResult& sensitivity = run.sensitivity.emplace();
  sensitivity.engine = "cohort";
  sensitivity.base = {{1, 2, 3}, {4, 5, 6}};
  const MovedInput price{"costs.drug", "GBP 2024/25", 100}, effect{"effect[edss=3]", "relative risk", 0.5};
  sensitivity.one_way = {
      {"prices", {{price, 50, 200}, {effect, 0.25, 0.75}}, {{1, 1, 1}, {2, 2, 2}}, {{3, 3, 3}, {4, 4, 4}}},
      {"alone", {{effect, 0.1, 0.9}}, {{5, 5, 5}, {6, 6, 6}}, {{7, 7, 7}, {8, 8, 8}}}};
  sensitivity.left_out = {{"share[a]", "the shares sum to 1"}};
  sensitivity.two_way = {{"grid", {price, {50, 100}}, {effect, {0.25, 0.5, 0.75}}, {}}};
  for (double i = 0; i < 6; ++i)
    sensitivity.two_way[0].outcomes.push_back({{i, i + 0.1, i + 0.2}, {-i, -i - 0.1, -i - 0.2}});
  using enum Better;
  sensitivity.threshold = {{"a",
                            price,
                            2,
                            0,
                            0,
                            500,
                            17,
                            {{20000, {120, 300}, {1e-9, 0}, {strategy, versus, neither}}, {30000, {}, {}, {strategy}}}},
                           {"b", effect, 1, std::nullopt, 0, 1, 11, {}}};
  write(run, folder / "run.h5");
  const RunResults back = read(folder / "run.h5");
  CHECK(all_bytes(back) == all_bytes(run));
  REQUIRE(back.sensitivity);
  REQUIRE(back.sensitivity->one_way.size() == 2);
  CHECK(back.sensitivity->one_way[0].ranges.size() == 2);
  CHECK(back.sensitivity->one_way[1].at_high.qaly == std::vector<double>{8, 8, 8});
  CHECK(back.sensitivity->two_way.at(0).outcomes.at(4).cost == std::vector<double>{4, 4.1, 4.2});
  REQUIRE(back.sensitivity->threshold.size() == 2);
  CHECK(back.sensitivity->threshold[0].versus == 0);
  CHECK_FALSE(back.sensitivity->threshold[1].versus);
  REQUIRE(back.sensitivity->threshold[0].thresholds.size() == 2);
  CHECK(back.sensitivity->threshold[0].thresholds[0].value == std::vector<double>{120, 300});
  CHECK(back.sensitivity->threshold[0].thresholds[0].better == std::vector{strategy, versus, neither});
  CHECK(back.sensitivity->threshold[0].thresholds[1].better == std::vector{strategy});
  run.sensitivity.reset();
  write(run, folder / "run.h5");
  CHECK_FALSE(read(folder / "run.h5").sensitivity);
}

TEST_CASE("the scenario's files, overrides and strategies come back in their order") {
  const TemporaryFolder folder;
  RunResults run = RandomRun(3).make(1, 1, 2);
  run.scenario_files = {{"top.toml", "format = 1\n"}, {"data/b.csv", ""}, {"data/a.csv", "é,1\n"}};
  run.scenario_overrides = {"analysis.seed=2", "costs.infusion=5", "analysis.seed=3"};
  run.strategies_asked_for = {"second", "first"};
  write(run, folder / "run.h5");
  const RunResults back = read(folder / "run.h5");
  REQUIRE(back.scenario_files.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(back.scenario_files[i].relative_path == run.scenario_files[i].relative_path);
    CHECK(back.scenario_files[i].text == run.scenario_files[i].text);
  }
  CHECK(back.scenario_overrides == run.scenario_overrides);
  CHECK(back.strategies_asked_for == run.strategies_asked_for);
}

TEST_CASE("a run without analyses is refused") {
  const TemporaryFolder folder;
  write(RunResults{}, folder / "run.h5");
  CHECK_THROWS_AS(read(folder / "run.h5"), myelin::IoError);
}

TEST_CASE("equal runs give equal files, and writing replaces what is there") {
  const TemporaryFolder folder;
  const RunResults run = RandomRun(3).make(3, 200, 6);
  put_file(folder / "b.h5", "something else");
  write(run, folder / "a.h5");
  write(run, folder / "b.h5");
  CHECK((file_bytes(folder / "a.h5") == file_bytes(folder / "b.h5")));
}

TEST_CASE("a relative name without a folder is written to the current one") {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write(RunResults{}, "run.h5");
  std::filesystem::current_path(before);
  CHECK(std::filesystem::exists(folder / "run.h5"));
}

TEST_CASE("every dataset has units, a description and a scale on every axis") {
  const TemporaryFolder folder;
  write(RandomRun(9).make(3, 6, 4), folder / "run.h5");
  const hid_t file = H5Fopen((folder / "run.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  std::size_t datasets = 0;
  CHECK(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, check_dataset, &datasets) >= 0);
  CHECK(datasets > 50);
  H5Fclose(file);
}

TEST_CASE("the tools of HDF5 open the file") {
  if (std::system("command -v h5dump h5ls > /dev/null") != 0) {
    WARN("h5dump and h5ls are not installed: not checked");
    return;
  }
  const TemporaryFolder folder;
  write(RandomRun(5).make(2, 100, 4), folder / "run.h5");
  const std::string file = "'" + (folder / "run.h5").string() + "' > /dev/null";
  CHECK(std::system(("h5dump " + file).c_str()) == 0);
  CHECK(std::system(("h5ls -r " + file).c_str()) == 0);
}

TEST_CASE("the page of the schema names every row") {
  const std::string page = describe_schema();
  std::set<std::string_view> paths;
  for (const SchemaRow& row : schema_rows()) {
    CHECK(paths.insert(row.path).second);
    CHECK(page.find("\n  " + std::string(row.path.substr(row.path.rfind('/') + 1))) != std::string::npos);
    CHECK(page.find(row.description) != std::string::npos);
    CHECK_FALSE(row.units.empty());
  }
}
