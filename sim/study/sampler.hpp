#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/microsimulation.hpp"
#include "engine/moments.hpp"
#include "study/evaluation.hpp"
#include "study/simulate.hpp"
#include "study/work.hpp"

namespace myelin::study {

/// What a block of patients can live at most, summed over the programs.
std::uint64_t most_cycles_a_block(const std::vector<Program>& programs);

/// Lives the patients of one evaluation with the microsimulation, unit of work by unit of work.
class Sampler {
 public:
  Sampler(const Evaluation& evaluation, const Execution& execution);

  /// Nothing if it was interrupted; an empty output where the execution has a share, whose units were then done.
  std::optional<AnalysisOutput> run();

 private:
  using Clock = std::chrono::steady_clock;
  using Fold = engine::TreeFold<engine::PatientSums>;

  /// What some patients sum to.
  struct UnitSums {
    engine::PatientSums sums;
    std::vector<std::vector<std::uint64_t>> counts;  ///< [strategy][cell of the prepared program's counts]
    std::uint64_t patient_cycles = 0;

    template <class Archive>
    void pass(Archive& archive);
  };

  std::optional<AnalysisOutput> do_share();
  /// All units, or all blocks up to the precision asked for, into the fold; false if it was interrupted.
  bool live_units(Fold& fold);
  bool live_until(Fold& fold);
  std::uint64_t units() const { return (simulation_.blocks() + unit_blocks_ - 1) / unit_blocks_; }
  UnitName name_of(std::uint64_t unit) const { return {evaluation_.name, unit}; }
  std::optional<UnitSums> live_unit(std::uint64_t unit);
  /// Blocks into the fold, side by side on the threads; false if it was interrupted.
  bool live_blocks(std::uint64_t first, std::uint64_t stop, Fold& fold);
  void simulate_blocks(std::uint64_t first, std::vector<engine::PatientSums>& sums);
  /// Takes from the threads what they have counted.
  void take_counts(UnitSums& into);

  std::uint64_t patients_of(std::uint64_t blocks) const;
  std::uint64_t whole_rounds(double blocks) const;
  std::uint64_t next_stop(std::uint64_t done, const engine::PatientSums& sums) const;
  bool interrupted() const { return execution_.interrupted != nullptr && execution_.interrupted->load(); }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  void report(std::uint64_t blocks) const;
  Progress::Precision precision_of(const engine::PatientSums& sums) const;
  std::vector<double> check_martingales(const engine::PatientSums& sums) const;
  AnalysisOutput output(const engine::PatientSums& sums) const;

  const Evaluation& evaluation_;
  const Execution& execution_;
  engine::Microsimulation simulation_;
  std::vector<engine::Microsimulation::Workspace> workspaces_;
  std::uint64_t unit_blocks_ = 1;
  std::uint64_t done_ = 0;  ///< blocks in the fold
  std::uint64_t goal_ = 0;  ///< blocks for which progress is told
  std::optional<Progress::Precision> precision_;
  UnitSums total_;  ///< counts of all that is in the fold; no sums
  Clock::time_point begin_ = Clock::now();
};

}  // namespace myelin::study
