#include <hdf5.h>

#include <catch2/catch.hpp>
#include <functional>

#include "core/diagnostic.hpp"
#include "results/example.hpp"
#include "results/results.hpp"
#include "results/whole_file.hpp"

using namespace myelin::results;
using namespace myelin::results::test;
using Catch::Matchers::Contains;

namespace {

/// The text of the IoError that reading throws, which must name the file and a remedy.
std::string problem_of(const std::filesystem::path& path) {
  try {
    read(path);
  } catch (const myelin::IoError& error) {
    const std::string text = error.what();
    CHECK_THAT(text, Contains(path.string()) && Contains(" -- "));
    return text;
  }
  FAIL("reading '" + path.string() + "' succeeded");
  return {};
}

/// Changes a results file as another program could, and gives it a good checksum again.
void alter(const std::filesystem::path& path, const std::function<void(hid_t)>& change) {
  // HDF5 may write where it believes the file to end: the line with the checksum has to go first.
  const std::string whole = file_bytes(path);
  std::filesystem::resize_file(path, whole.rfind("\nmyelin file sha256 "));
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  REQUIRE(file >= 0);
  change(file);
  H5Fclose(file);
  const std::string bytes = file_bytes(path);
  write_whole_file(path, std::as_bytes(std::span(bytes)));
}

/// Changes a group of a results file.
void alter_group(const std::filesystem::path& path, const char* name, const std::function<void(hid_t)>& change) {
  alter(path, [&](hid_t file) {
    const hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
    REQUIRE(group >= 0);
    change(group);
    H5Gclose(group);
  });
}

void remove_link(hid_t file, const char* path) { REQUIRE(H5Ldelete(file, path, H5P_DEFAULT) >= 0); }

void put_attribute(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape, const void* value) {
  H5Adelete(file, name);
  const hid_t space =
      shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(H5Awrite(attribute, type, value) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
}

void put_text_attribute(hid_t file, const char* name, const char* value) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);  // as the writer does: HDF5 converts no other to it
  put_attribute(file, name, type, {}, &value);
  H5Tclose(type);
}

void put_dataset(hid_t file, const char* path, hid_t type, const std::vector<hsize_t>& shape, hsize_t chunk) {
  remove_link(file, path);
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  const std::vector<hsize_t> chunks(shape.size(), chunk);
  H5Pset_chunk(properties, static_cast<int>(chunks.size()), chunks.data());
  const hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  REQUIRE(dataset >= 0);
  H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
}

/// A file with a good run in it.
struct WrittenRun {
  TemporaryFolder folder;
  std::filesystem::path path = folder / "run.h5";
  RunResults run = RandomRun(19).make(2, 20, 4);
  WrittenRun() { write(run, path); }
};

}  // namespace

TEST_CASE_METHOD(WrittenRun, "a truncated file is refused at any length") {
  const std::string whole = file_bytes(path);
  std::mt19937_64 generator(23);
  std::vector<std::size_t> lengths = {1, 7, 8, whole.size() - 1, whole.size() - 100};
  for (int i = 0; i < 20; ++i) lengths.push_back(generator() % (whole.size() - 1) + 1);
  for (const std::size_t length : lengths) {
    CAPTURE(length);
    put_file(path, whole.substr(0, length));
    CHECK_FALSE(problem_of(path).empty());
  }
}

TEST_CASE_METHOD(WrittenRun, "any damaged byte is found") {
  const std::string whole = file_bytes(path);
  std::mt19937_64 generator(29);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = whole;
    const std::size_t at = generator() % whole.size();
    CAPTURE(at);
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + generator() % 255));
    put_file(path, damaged);
    CHECK_FALSE(problem_of(path).empty());
  }
}

TEST_CASE_METHOD(WrittenRun, "what is no results file is refused with its reason") {
  put_file(path, "");
  CHECK_THAT(problem_of(path), Contains("empty"));
  put_file(path, "[scenario]\ntitle = 'not HDF5 at all'\n");
  CHECK_THAT(problem_of(path), Contains("not an HDF5 file"));
  CHECK_THAT(problem_of(folder.path()), Contains("is a folder"));
  CHECK_THAT(problem_of(folder / "missing.h5"), Contains("no such file"));
  CHECK_THAT(problem_of("/dev/null"), Contains("not a file"));
}

TEST_CASE_METHOD(WrittenRun, "other formats are refused with what they are") {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  SECTION("another filetype") {
    alter(path, [](hid_t file) { put_text_attribute(file, "filetype", "statepoint"); });
    CHECK_THAT(problem_of(path), Contains("'statepoint'"));
  }
  SECTION("no filetype") {
    alter(path, [](hid_t file) { H5Adelete(file, "filetype"); });
    CHECK_THAT(problem_of(path), Contains("another program"));
  }
  SECTION("a newer version") {
    const std::uint64_t newer[] = {5, 7};
    alter(path, [&](hid_t file) { put_attribute(file, "version", H5T_NATIVE_UINT64, {2}, newer); });
    CHECK_THAT(problem_of(path), Contains("version 5.7") && Contains("up to 4.0"));
  }
  SECTION("an older version that lacks what is read now") {
    const std::uint64_t older[] = {3, 0};
    alter(path, [&](hid_t file) { put_attribute(file, "version", H5T_NATIVE_UINT64, {2}, older); });
    CHECK_THAT(problem_of(path), Contains("version 3.0") && Contains("4.0 at the earliest"));
  }
  SECTION("a file of another program without our checksum") {
    H5Fclose(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    CHECK_THAT(problem_of(path), Contains("another program"));
  }
}

TEST_CASE_METHOD(WrittenRun, "a missing or misshaped part is named") {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  SECTION("a dataset is missing") {
    alter(path, [](hid_t file) { remove_link(file, "/analyses/base/increments/standard_error"); });
    CHECK_THAT(problem_of(path), Contains("/analyses/base/increments/standard_error is missing"));
  }
  SECTION("an attribute is missing") {
    alter(path, [](hid_t file) { H5Adelete(file, "seed"); });
    CHECK_THAT(problem_of(path), Contains("/@seed is missing"));
  }
  SECTION("a group is missing") {
    alter(path, [](hid_t file) { remove_link(file, "/scenario/inputs"); });
    CHECK_THAT(problem_of(path), Contains("/scenario/inputs is missing"));
  }
  SECTION("a dataset has another shape") {
    alter(path, [](hid_t file) { put_dataset(file, "/analyses/base/mean", H5T_NATIVE_DOUBLE, {3, 2}, 1); });
    CHECK_THAT(problem_of(path), Contains("/analyses/base/mean has the shape [3][2] where [20][2]"));
  }
  SECTION("a dataset has another type") {
    alter(path, [](hid_t file) { put_dataset(file, "/analyses/base/outcome", H5T_NATIVE_DOUBLE, {3}, 1); });
    CHECK_THAT(problem_of(path), Contains("/analyses/base/outcome holds values of another type"));
  }
  SECTION("the values drawn are missing") {
    alter(path, [](hid_t file) { remove_link(file, "/analyses/probabilistic/drawn/value"); });
    CHECK_THAT(problem_of(path), Contains("/analyses/probabilistic/drawn/value is missing"));
  }
  SECTION("the values drawn are of other draws") {
    alter(path, [](hid_t file) {
      put_dataset(file, "/analyses/probabilistic/drawn/value", H5T_NATIVE_DOUBLE, {21, 2}, 1);
    });
    CHECK_THAT(problem_of(path), Contains("/analyses/probabilistic/drawn/value has the shape [21][2] where [20]"));
  }
  SECTION("a file of the scenario has no text") {
    alter(path, [](hid_t file) { remove_link(file, "/scenario/files/text"); });
    CHECK_THAT(problem_of(path), Contains("/scenario/files/text is missing"));
  }
  SECTION("the overrides of the scenario are missing") {
    alter_group(path, "/scenario", [](hid_t group) { H5Adelete(group, "overrides"); });
    CHECK_THAT(problem_of(path), Contains("/scenario/@overrides is missing"));
  }
  SECTION("an absurd extent is refused before memory is asked for") {
    constexpr hsize_t absurd = hsize_t(1) << 60;
    alter(path, [](hid_t file) { put_dataset(file, "/analyses/base/draw", H5T_NATIVE_UINT64, {absurd}, 1024); });
    CHECK_THAT(problem_of(path), Contains("/analyses/base/draw") && Contains("more than a file of this size can hold"));
  }
}

namespace {

void put_numbers(const std::filesystem::path& path, const char* group, const char* attribute,
                 const std::vector<double>& values) {
  alter_group(path, group,
              [&](hid_t id) { put_attribute(id, attribute, H5T_NATIVE_DOUBLE, {values.size()}, values.data()); });
}

/// Overwrites the first value of a dataset of integers.
void put_first(const std::filesystem::path& path, const char* name, std::uint64_t value) {
  alter(path, [&](hid_t file) {
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    REQUIRE(dataset >= 0);
    std::vector<std::uint64_t> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    REQUIRE(values.size() > 1);
    REQUIRE(H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    values.front() = value;
    REQUIRE(H5Dwrite(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
  });
}

/// Two strategies whose two outcomes and their total have amounts over four cycles.
struct WrittenAmounts {
  TemporaryFolder folder;
  std::filesystem::path path = folder / "run.h5";
  WrittenAmounts() {
    RunResults run;
    AnalysisResult& analysis = run.analyses.emplace_back();
    analysis.name = "base";
    analysis.timing = {myelin::Years{1}, 4};
    analysis.outcomes.resize(3);
    analysis.outcomes[2].parts = {0, 1};
    const myelin::engine::AmountsByTime amounts{1, {1, 2, 3, 4, 5}, {1, 2, 3, 4}};
    analysis.strategies.resize(2);
    analysis.strategies[0].name = "first";
    analysis.strategies[1].name = "second";
    analysis.increments = {{{1, 0}, std::vector<double>(6), std::vector<double>(6), 0}};
    for (StrategyResult& strategy : analysis.strategies) {
      strategy.mean = strategy.standard_error = std::vector<double>(6);
      strategy.amounts = {amounts, amounts, std::nullopt};
    }
    write(run, path);
    REQUIRE(all_bytes(read(path)) == all_bytes(run));
  }
};

}  // namespace

TEST_CASE_METHOD(WrittenAmounts, "timing and amounts that no weights can be made of are refused with their place") {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const char* timing = "/analyses/base/timing";
  SECTION("an unknown convention") {
    const char* attribute = GENERATE("within_cycle_correction", "discount_timing", "compounding");
    alter_group(path, timing, [&](hid_t group) { put_text_attribute(group, attribute, "sometimes"); });
    CHECK_THAT(problem_of(path), Contains(std::string("timing/@") + attribute + " holds 'sometimes'"));
  }
  SECTION("another number of cycles than the amounts have") {
    const std::uint64_t cycles = 6;
    alter_group(path, timing, [&](hid_t group) { put_attribute(group, "cycles", H5T_NATIVE_UINT64, {}, &cycles); });
    CHECK_THAT(problem_of(path), Contains("amounts/time_point and cycle are not those of the cycles"));
  }
  SECTION("an absurd number of cycles") {
    const std::uint64_t cycles = std::uint64_t{1} << 40;
    alter_group(path, timing, [&](hid_t group) { put_attribute(group, "cycles", H5T_NATIVE_UINT64, {}, &cycles); });
    CHECK_THAT(problem_of(path), Contains("timing/@cycles holds 1099511627776"));
  }
  SECTION("a cycle without length") {
    const double length = 0;
    alter_group(path, timing,
                [&](hid_t group) { put_attribute(group, "cycle_length_years", H5T_NATIVE_DOUBLE, {}, &length); });
    CHECK_THAT(problem_of(path), Contains("@cycle_length_years is not above 0"));
  }
  SECTION("custom weights without the correction") {
    put_numbers(path, timing, "custom_weights", {1, 1, 1, 1, 1});
    CHECK_THAT(problem_of(path), Contains("@custom_weights has not one weight"));
  }
  SECTION("the custom correction without weights") {
    alter_group(path, timing, [](hid_t group) { put_text_attribute(group, "within_cycle_correction", "custom"); });
    CHECK_THAT(problem_of(path), Contains("@custom_weights has not one weight"));
  }
  SECTION("discount rates out of order") {
    const auto [years, rates] = GENERATE(std::pair(std::vector<double>{0, 5, 5}, std::vector<double>{0, 0, 0}),
                                         std::pair(std::vector<double>{1}, std::vector<double>{0}),
                                         std::pair(std::vector<double>{0}, std::vector<double>{-0.1}),
                                         std::pair(std::vector<double>{0}, std::vector<double>{0, 0}));
    put_numbers(path, timing, "qaly_from_year", years);
    put_numbers(path, timing, "qaly_rate_per_year", rates);
    CHECK_THAT(problem_of(path), Contains("@qaly_from_year and its rates are no discount rates"));
  }
  SECTION("a total before its part") {
    put_first(path, "/analyses/base/totals/part_index", 2);
    CHECK_THAT(problem_of(path), Contains("totals/part_index holds 2, beyond the last outcome before its total"));
  }
  SECTION("amounts of no outcome") {
    put_first(path, "/analyses/base/amounts/outcome_index", 3);
    CHECK_THAT(problem_of(path), Contains("amounts/outcome_index holds 3, beyond the last outcome"));
  }
  SECTION("amounts twice") {
    put_first(path, "/analyses/base/amounts/outcome_index", 1);
    CHECK_THAT(problem_of(path), Contains("amounts/accrued has an outcome of a strategy twice"));
  }
}

TEST_CASE_METHOD(WrittenAmounts, "Simpson's rule over an odd number of cycles is refused") {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  RunResults run = read(path);
  AnalysisResult& analysis = run.analyses.front();
  analysis.timing.cycles = 3;
  for (StrategyResult& strategy : analysis.strategies) {
    for (std::size_t outcome = 0; outcome < 2; ++outcome) {
      strategy.amounts[outcome]->point.pop_back();
      strategy.amounts[outcome]->event.pop_back();
    }
  }
  write(run, path);
  CHECK(all_bytes(read(path)) == all_bytes(run));
  analysis.timing.correction = myelin::WithinCycleCorrection::simpson;
  write(run, path);
  CHECK_THAT(problem_of(path), Contains("simpson, which needs an even number of cycles"));
}

namespace {

/// A run of three strategies with one bar, one grid and one search.
struct WrittenSensitivity {
  TemporaryFolder folder;
  std::filesystem::path path = folder / "run.h5";
  WrittenSensitivity() {
    RunResults run;
    run.analyses.emplace_back().name = "base";
    run.analyses.front().timing = {myelin::Years{1}, 4};
    std::vector<StrategyResult>& strategies = run.analyses.front().strategies;
    strategies.resize(3);
    for (std::size_t s = 0; s < 3; ++s) strategies[s].name = std::to_string(s);
    run.analyses.front().increments = {{{1, 0}, {}, {}, 0}, {{2, 0}, {}, {}, 0}, {{2, 1}, {}, {}, 0}};
    const CostAndQalys outcomes{{1, 2, 3}, {4, 5, 6}};
    const MovedInput input{"costs.drug", "GBP", 100};
    SensitivityResult& sensitivity = run.sensitivity.emplace();
    sensitivity = {"cohort", outcomes, {}, {}, {}, {}};
    sensitivity.one_way = {{"bar", {{input, 1, 2}, {input, 3, 4}}, outcomes, outcomes}};
    sensitivity.two_way = {{"grid", {input, {1, 2}}, {input, {3, 4}}, {outcomes, outcomes, outcomes, outcomes}}};
    sensitivity.threshold = {
        {"search",
         input,
         2,
         1,
         0,
         200,
         12,
         {{1000, {120}, {0}, {Better::strategy, Better::versus}}, {2000, {}, {}, {Better::neither}}}}};
    write(run, path);
    REQUIRE(all_bytes(read(path)) == all_bytes(run));
  }
};

}  // namespace

TEST_CASE_METHOD(WrittenSensitivity, "sensitivity analyses that fit no run are refused with their place") {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const char* search = "/sensitivity/threshold/search";
  SECTION("outcomes of other strategies") {
    alter(path, [](hid_t file) {
      const hid_t type = H5Tcopy(H5T_C_S1);
      H5Tset_size(type, H5T_VARIABLE);
      H5Tset_cset(type, H5T_CSET_UTF8);
      put_dataset(file, "/sensitivity/strategy", type, {2}, 1);
      H5Tclose(type);
    });
    CHECK_THAT(problem_of(path), Contains("/sensitivity/strategy has not the strategies of the base analysis"));
  }
  SECTION("outcomes of another shape") {
    alter(path, [](hid_t file) {
      put_dataset(file, "/sensitivity/two_way/grid/cost", H5T_NATIVE_DOUBLE, {2, 1, 3}, 1);
    });
    CHECK_THAT(problem_of(path), Contains("/sensitivity/two_way/grid/cost has the shape [2][1][3] where [2][2][3]"));
  }
  SECTION("a range of no bar") {
    put_first(path, "/sensitivity/one_way/ranges/bar_index", 1);
    CHECK_THAT(problem_of(path), Contains("/sensitivity/one_way/ranges/bar_index holds 1, beyond the last"));
  }
  SECTION("a strategy beyond the last") {
    const std::uint64_t three = 3;
    alter_group(path, search,
                [&](hid_t group) { put_attribute(group, "strategy_index", H5T_NATIVE_UINT64, {}, &three); });
    CHECK_THAT(problem_of(path), Contains("/@strategy_index holds 3, beyond the last"));
  }
  SECTION("a comparator beyond the last, or two") {
    const auto [indices, problem] =
        GENERATE(std::pair(std::vector<std::uint64_t>{3}, "@versus_index holds 3, beyond the last"),
                 std::pair(std::vector<std::uint64_t>{0, 1}, "@versus_index names more than one strategy"));
    alter_group(path, search, [&](hid_t group) {
      put_attribute(group, "versus_index", H5T_NATIVE_UINT64, {indices.size()}, indices.data());
    });
    CHECK_THAT(problem_of(path), Contains(problem));
  }
  SECTION("an interval of no threshold") {
    put_first(path, "/sensitivity/threshold/search/intervals/threshold_index", 2);
    CHECK_THAT(problem_of(path), Contains("intervals/threshold_index holds 2, beyond the last"));
  }
  SECTION("intervals out of order") {
    put_first(path, "/sensitivity/threshold/search/intervals/threshold_index", 1);
    CHECK_THAT(problem_of(path), Contains("has not the intervals of each threshold one after the other"));
  }
  SECTION("a missing group") {
    alter(path, [](hid_t file) { remove_link(file, "/sensitivity/one_way/ranges"); });
    CHECK_THAT(problem_of(path), Contains("/sensitivity/one_way/ranges is missing"));
  }
}
