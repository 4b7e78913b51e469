#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "results/units_file.hpp"

namespace myelin::results {

/// Units found in files.
class UnitsIndex {
 public:
  /// Adds the units of a file; those known already are given back.
  std::vector<study::UnitName> add(UnitsFile file);
  bool has(const study::UnitName& unit) const { return places_.contains(unit); }
  std::optional<study::UnitValues> find(const study::UnitName& unit) const;
  const std::map<study::UnitName, std::pair<std::size_t, std::size_t>>& places() const { return places_; }

 private:
  std::vector<UnitsFile> files_;
  std::map<study::UnitName, std::pair<std::size_t, std::size_t>> places_;  ///< (file, unit in it)
};

/// The folder OUTPUT.unfinished beside a run's output, where batches of finished units wait until all are done: a run
/// that was killed goes on from there. A lock keeps two runs of one output apart.
class WorkFolder : public study::UnitStore {
 public:
  struct Options {
    double seconds_a_batch = 10;  ///< work that is lost at most
    bool remake_damaged = false;  ///< remove batches that are damaged, so that their units are done again
    std::string writer = {};      ///< of several processes that share the folder: part of the names of its batches
    bool lock = true;
  };

  /// Finds what an earlier run left. Diagnostics: another run is at work on this output; what is there is of another
  /// run, with what it differs in; each batch that is damaged. Throws IoError if the folder cannot be used.
  static Result<std::unique_ptr<WorkFolder>> open(const std::filesystem::path& output, RunIdentity identity,
                                                  const Options& options);
  ~WorkFolder() override;
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const std::filesystem::path& path() const { return folder_; }
  std::size_t units() const { return index_.places().size() + waiting_.size(); }

  bool has(const study::UnitName& unit) const override;
  std::optional<study::UnitValues> find(const study::UnitName& unit) const override;
  void keep(const study::UnitName& unit, study::UnitValues values) override;

  /// Writes the units that wait for their batch.
  void flush();
  /// Looks for batches that other processes wrote since.
  Diagnostics look_again();
  /// All units, for a part.
  std::vector<Unit> all() const;
  /// Everything is done: removes the folder.
  void remove();

 private:
  WorkFolder(const std::filesystem::path& output, RunIdentity identity, const Options& options);
  std::string lock_file() const { return folder_.string() + ".lock"; }
  Diagnostics lock();
  Diagnostics read_batches();

  std::filesystem::path folder_;
  RunIdentity identity_;
  Options options_;
  int lock_ = -1;
  UnitsIndex index_;
  std::map<study::UnitName, study::UnitValues> waiting_;
  std::size_t numbers_waiting_ = 0;
  std::size_t next_batch_ = 0;
  std::chrono::steady_clock::time_point last_batch_ = std::chrono::steady_clock::now();
};

}  // namespace myelin::results
