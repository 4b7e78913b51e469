#include "results/units_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/build_info.hpp"
#include "core/diagnostic.hpp"
#include "core/sha256.hpp"
#include "results/hdf5.hpp"
#include "results/memory_file.hpp"
#include "results/plain_file.hpp"
#include "results/trial.hpp"
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
  const Handle dataset = hdf5::open_dataset(file, name, fmt::format("'{}'", name));
  if (H5Tequal(Handle(H5Dget_type(dataset), H5Tclose, action), types_of(std::vector<T>{}).second) <= 0)
    throw IoError(fmt::format("'{}' holds values of another type than this format has there", name));
  const Handle space(H5Dget_space(dataset), H5Sclose, action);
  if (H5Sget_simple_extent_ndims(space) != 1) throw IoError(fmt::format("'{}' is no list", name));
  hsize_t size = 0, bytes = 0;
  require(H5Sget_simple_extent_dims(space, &size, nullptr), action);
  require(H5Fget_filesize(file, &bytes), action);
  const hsize_t begin = first, end = last.value_or(size), count = end - first;
  if (begin > end || end > size) throw IoError(fmt::format("'{}' has {} values where more are told of", name, size));
  if (count > most_value_bytes(bytes) / sizeof(T))
    throw IoError(fmt::format("'{}' claims {} values, more than a file of this size can hold", name, count));
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

/// Pairs of texts one after the other.
std::vector<std::pair<std::string, std::string>> get_pairs(hid_t file, const std::string& name) {
  const std::vector<std::string> texts = get_texts(file, name);
  if (texts.size() % 2 != 0) throw IoError(fmt::format("'{}' has a text without its pair", name));
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < texts.size(); i += 2) pairs.emplace_back(texts[i], texts[i + 1]);
  return pairs;
}

study::Share get_share(hid_t file) {
  constexpr std::uint64_t most_tasks = 100'000'000;  // as `--task` takes them
  const auto share = get<std::uint64_t>(file, "share");
  const bool good = share.size() == 2 && share[1] <= most_tasks && share[0] < share[1];
  if (!good) throw IoError("'share' names no task of some");
  return {share[0], share[1]};
}

std::uint64_t length_of(hid_t file, const char* name) {
  const Handle dataset = hdf5::open_dataset(file, name, fmt::format("'{}'", name)),
               space(H5Dget_space(dataset), H5Sclose, fmt::format("cannot read '{}'", name));
  return static_cast<std::uint64_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space)));
}

/// Where the `values` of each unit end; they begin where those of the unit before end, and the last end is theirs.
std::vector<std::uint64_t> get_ends(hid_t file, const char* name, std::size_t units, const char* values) {
  std::vector<std::uint64_t> ends = get<std::uint64_t>(file, name);
  if (ends.size() != units) throw IoError(fmt::format("'{}' has {} values for {} units", name, ends.size(), units));
  if (!std::ranges::is_sorted(ends)) throw IoError(fmt::format("'{}' does not rise", name));
  if (const std::uint64_t length = length_of(file, values); length != (ends.empty() ? 0 : ends.back()))
    throw IoError(fmt::format("'{}' has {} values where more or fewer are told of", values, length));
  return ends;
}

}  // namespace

UnitsFile::UnitsFile(std::filesystem::path path, Origin origin) : path_(std::move(path)) {
  hdf5::silence();
  try {
    if (verify_checksum(path_) != Checksum::good)
      throw IoError("its content does not meet the checksum at its end: it is damaged or cut off");
    // The checksum tells damage from use; who made the file could make the checksum too.
    const auto read_all = [this] {
      read_header();
      for (std::size_t unit = 0; unit < names_.size(); ++unit) read_values(unit);
    };
    if (origin == Origin::anywhere) try_in_child(std::filesystem::file_size(path_), read_all);
    read_header();
  } catch (const IoError& error) {
    throw IoError(fmt::format("cannot read '{}': {}", path_.string(), error.what()));
  }
}

void UnitsFile::read_header() {
  const Handle file = hdf5::open_file(path_);
  if (get_texts(file, "filetype") != std::vector<std::string>{units_filetype})
    throw IoError("it holds no finished units of this version of myelin");
  header_.identity = get_pairs(file, "identity");
  for (const auto& [name, text] : get_pairs(file, "scenario_files"))
    header_.scenario.scenario_files.push_back({name, text});
  header_.share = get_share(file);
  const auto scenario_path = get_texts(file, "scenario_path");
  if (scenario_path.size() != 1) throw IoError("'scenario_path' is not one text");
  header_.scenario.scenario_path = scenario_path.front();
  header_.scenario.scenario_overrides = get_texts(file, "scenario_overrides");
  header_.scenario.strategies_asked_for = get_texts(file, "strategies_asked_for");
  const auto analyses = get_texts(file, "analysis");
  const auto numbers = get<std::uint64_t>(file, "number");
  if (numbers.size() != analyses.size()) throw IoError("'number' and 'analysis' are not of the same units");
  reals_end_ = get_ends(file, "reals_end", analyses.size(), "reals");
  integers_end_ = get_ends(file, "integers_end", analyses.size(), "integers");
  for (std::size_t i = 0; i < analyses.size(); ++i) names_.push_back({analyses[i], numbers[i]});
}

study::UnitValues UnitsFile::read_values(std::size_t unit) const {
  const Handle file = hdf5::open_file(path_);
  const auto range = [unit](const std::vector<std::uint64_t>& ends) {
    return std::pair(unit == 0 ? 0 : ends.at(unit - 1), ends.at(unit));
  };
  const auto [real, real_end] = range(reals_end_);
  const auto [integer, integer_end] = range(integers_end_);
  study::UnitValues values{get<double>(file, "reals", real, real_end),
                           get<std::uint64_t>(file, "integers", integer, integer_end)};
  if (!std::ranges::all_of(values.reals, [](double value) { return std::isfinite(value); }))
    throw IoError(fmt::format("'reals' of {} holds what is no finite number", to_string(names_[unit])));
  return values;
}

study::UnitValues UnitsFile::read(std::size_t unit) const {
  try {
    return read_values(unit);
  } catch (const IoError& error) {
    throw IoError(fmt::format("cannot read '{}': {}", path_.string(), error.what()));
  }
}

}  // namespace myelin::results
