#include "results/units_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/build_info.hpp"
#include "core/diagnostic.hpp"
#include "core/sha256.hpp"
#include "results/hdf5.hpp"
#include "results/memory_file.hpp"
#include "results/whole_file.hpp"

namespace myelin::results {

namespace {

using hdf5::Handle;
using hdf5::require;
using hdf5::Shape;

constexpr const char* units_filetype = "myelin units 1";

/// (in memory, in the file)
using Types = std::pair<hid_t, hid_t>;
Types types_of(const std::vector<double>&) { return {H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE}; }
Types types_of(const std::vector<std::uint64_t>&) { return {H5T_NATIVE_UINT64, H5T_STD_U64LE}; }
Types types_of(const std::vector<std::uint8_t>&) { return {H5T_NATIVE_UINT8, H5T_STD_U8LE}; }

/// Numbers as one dataset. Counts are mostly 0, so that even the fastest compression is worth its time.
template <class T>
void put(hid_t file, const char* name, const std::vector<T>& values) {
  constexpr hsize_t chunk = 1 << 17;
  constexpr unsigned deflate_level = 1;
  const hsize_t size = values.size();
  const std::string action = fmt::format("cannot write '{}'", name);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, action);
  require(H5Pset_obj_track_times(properties, false), action);
  if (size > 1024) {
    const hsize_t extent = std::min(size, chunk);
    require(H5Pset_chunk(properties, 1, &extent), action);
    require(H5Pset_shuffle(properties), action);
    require(H5Pset_deflate(properties, deflate_level), action);
  }
  const Handle dataset(
      H5Dcreate2(file, name, types_of(values).second, hdf5::data_space({size}), H5P_DEFAULT, properties, H5P_DEFAULT),
      H5Dclose, action);
  if (size > 0)
    require(H5Dwrite(dataset, types_of(values).first, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), action);
}

/// Values [first, last) of a dataset; all up to its end without `last`.
template <class T>
std::vector<T> get(hid_t file, const char* name, std::uint64_t first = 0, std::optional<std::uint64_t> last = {}) {
  const std::string action = fmt::format("cannot read '{}'", name);
  const Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, action);
  const Handle space(H5Dget_space(dataset), H5Sclose, action);
  hsize_t size = 0;
  if (H5Sget_simple_extent_ndims(space) != 1) throw IoError(action);
  require(H5Sget_simple_extent_dims(space, &size, nullptr), action);
  const hsize_t begin = first, count = last.value_or(size) - first;
  if (begin + count > size) throw IoError(action);
  std::vector<T> values(count);
  if (count == 0) return values;
  require(H5Sselect_hyperslab(space, H5S_SELECT_SET, &begin, nullptr, &count, nullptr), action);
  require(H5Dread(dataset, types_of(values).first, hdf5::data_space({count}), space, H5P_DEFAULT, values.data()),
          action);
  return values;
}

/// Texts one after the other as bytes, with their lengths beside them: no text is special.
void put_texts(hid_t file, const std::string& name, const std::vector<std::string>& texts) {
  std::vector<std::uint64_t> lengths;
  std::vector<std::uint8_t> bytes;
  for (const std::string& text : texts) {
    lengths.push_back(text.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
  }
  put(file, (name + "_lengths").c_str(), lengths);
  put(file, name.c_str(), bytes);
}

std::vector<std::string> get_texts(hid_t file, const std::string& name) {
  const auto bytes = get<std::uint8_t>(file, name.c_str());
  std::vector<std::string> texts;
  std::size_t at = 0;
  for (const std::uint64_t length : get<std::uint64_t>(file, (name + "_lengths").c_str())) {
    if (length > bytes.size() - at) throw IoError(fmt::format("'{}' is cut off", name));
    texts.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  }
  return texts;
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

}  // namespace

RunIdentity identity_of(const study::Plan& plan) {
  const BuildInfo build = build_info();
  std::string tables;
  for (const study::PlannedAnalysis& analysis : plan.analyses) {
    for (const Program& program : analysis.programs) tables += table_digest(program);
  }
  const auto number = [](const auto& value) { return value ? fmt::format("{}", *value) : std::string("none"); };
  return {{"scenario", plan.analyses.front().scenario.sha256},
          {"overrides", joined(plan.overrides)},
          {"strategies", joined(plan.analyses.front().strategies)},
          {"engine", plan.engine == study::Engine::cohort ? "cohort" : "microsimulation"},
          {"seed", fmt::format("{}", plan.seed)},
          {"patients", fmt::format("{}", plan.patients)},
          {"patients per draw", number(plan.patients_per_draw)},
          {"draws", plan.draws ? fmt::format("{}", plan.draws->draws()) : "none"},
          {"tables", Sha256().add(std::as_bytes(std::span(tables))).hex()},
          {"program", fmt::format("{} ({})", build.version, build.commit)}};
}

std::string difference(const RunIdentity& here, const RunIdentity& there) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : here) {
    const auto other = std::ranges::find(there, key, &std::pair<std::string, std::string>::first);
    const std::string theirs = other == there.end() ? "unknown" : other->second;
    if (theirs != value) keys.push_back(fmt::format("{} ({} here, {} there)", key, value, theirs));
  }
  return fmt::format("{}", fmt::join(keys, "; "));
}

void write_units(const std::filesystem::path& path, const UnitsHeader& header, const std::vector<Unit>& units) {
  std::vector<std::string> identity, scenario, names;
  for (const auto& [key, value] : header.identity) identity.insert(identity.end(), {key, value});
  for (const ScenarioFile& file : header.scenario.scenario_files)
    scenario.insert(scenario.end(), {file.relative_path, file.text});
  std::vector<std::uint64_t> numbers, reals_end, integers_end;
  study::UnitValues all;
  for (const auto& [name, values] : units) {
    names.push_back(name.analysis);
    numbers.push_back(name.number);
    all.reals.insert(all.reals.end(), values.reals.begin(), values.reals.end());
    all.integers.insert(all.integers.end(), values.integers.begin(), values.integers.end());
    reals_end.push_back(all.reals.size());
    integers_end.push_back(all.integers.size());
  }
  hdf5::MemoryFile file;
  const hid_t id = file.id();
  put_texts(id, "filetype", std::vector<std::string>{units_filetype});
  put_texts(id, "identity", identity);
  put(id, "share", std::vector<std::uint64_t>{header.share.task, header.share.tasks});
  put_texts(id, "scenario_path", std::vector<std::string>{header.scenario.scenario_path});
  put_texts(id, "scenario_files", scenario);
  put_texts(id, "scenario_overrides", header.scenario.scenario_overrides);
  put_texts(id, "strategies_asked_for", header.scenario.strategies_asked_for);
  put_texts(id, "analysis", names);
  put(id, "number", numbers);
  put(id, "reals_end", reals_end);
  put(id, "integers_end", integers_end);
  put(id, "reals", all.reals);
  put(id, "integers", all.integers);
  write_whole_file(path, file.close());
}

namespace {

Handle open_units(const std::filesystem::path& path) {
  hdf5::silence();
  return Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "it is no HDF5 file");
}

}  // namespace

UnitsFile::UnitsFile(std::filesystem::path path) : path_(std::move(path)) {
  try {
    if (verify_checksum(path_) != Checksum::good)
      throw IoError("its content does not meet the checksum at its end: it is damaged or cut off");
    const Handle file = open_units(path_);
    if (get_texts(file, "filetype") != std::vector<std::string>{units_filetype})
      throw IoError("it holds no finished units of this version of myelin");
    const auto identity = get_texts(file, "identity"), scenario = get_texts(file, "scenario_files");
    for (std::size_t i = 0; i + 1 < identity.size(); i += 2)
      header_.identity.emplace_back(identity[i], identity[i + 1]);
    for (std::size_t i = 0; i + 1 < scenario.size(); i += 2)
      header_.scenario.scenario_files.push_back({scenario[i], scenario[i + 1]});
    const auto share = get<std::uint64_t>(file, "share");
    header_.share = {share.at(0), share.at(1)};
    header_.scenario.scenario_path = get_texts(file, "scenario_path").at(0);
    header_.scenario.scenario_overrides = get_texts(file, "scenario_overrides");
    header_.scenario.strategies_asked_for = get_texts(file, "strategies_asked_for");
    const auto analyses = get_texts(file, "analysis");
    const auto numbers = get<std::uint64_t>(file, "number");
    reals_end_ = get<std::uint64_t>(file, "reals_end");
    integers_end_ = get<std::uint64_t>(file, "integers_end");
    for (std::size_t i = 0; i < analyses.size(); ++i) names_.push_back({analyses[i], numbers.at(i)});
  } catch (const IoError& error) {
    throw IoError(fmt::format("cannot read '{}': {}", path_.string(), error.what()));
  }
}

study::UnitValues UnitsFile::read(std::size_t unit) const {
  const Handle file = open_units(path_);
  const auto range = [unit](const std::vector<std::uint64_t>& ends) {
    return std::pair(unit == 0 ? 0 : ends.at(unit - 1), ends.at(unit));
  };
  const auto [real, real_end] = range(reals_end_);
  const auto [integer, integer_end] = range(integers_end_);
  return {get<double>(file, "reals", real, real_end), get<std::uint64_t>(file, "integers", integer, integer_end)};
}

}  // namespace myelin::results
