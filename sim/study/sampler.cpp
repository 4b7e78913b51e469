#include "study/sampler.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/contract.hpp"

namespace myelin::study {

namespace {

/// Blocks simulated between two looks at progress and interruption, or more with many threads; they are folded in
/// order, so that memory stays bounded.
constexpr std::uint64_t least_batch = 64;

/// Blocks before the first look at a precision: their errors are then known to a few per cent.
constexpr std::uint64_t pilot_blocks = 8;

OutcomeIndex find_outcome(const Program& program, const char* name) {
  const auto found = std::ranges::find(program.outcomes, name, &Outcome::name);
  MYELIN_EXPECT(found != program.outcomes.end());
  return {static_cast<std::size_t>(found - program.outcomes.begin())};
}

Estimates estimates_of(const std::vector<engine::Moments>& moments, std::size_t first, std::size_t count) {
  Estimates estimates;
  for (std::size_t i = first; i < first + count; ++i) {
    estimates.mean.push_back(moments[i].mean);
    estimates.standard_error.push_back(moments[i].standard_error());
  }
  return estimates;
}

/// Counts of a prepared program, laid one tally after the other, as patients per patient.
std::vector<std::vector<double>> split_tallies(const Program& program, const std::vector<std::uint64_t>& counts,
                                               std::uint64_t patients) {
  std::vector<std::vector<double>> tallies;
  auto next = counts.begin();
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      const auto* tally = std::get_if<Tally>(&step.action);
      if (tally == nullptr) continue;
      std::vector<double>& values = tallies.emplace_back();
      const std::size_t size = tally->cells * engine::tally_times(phase, program.cycles);
      for (std::size_t i = 0; i < size; ++i)
        values.push_back(static_cast<double>(*next++) / static_cast<double>(patients));
    }
  }
  return tallies;
}

std::vector<const Program*> programs_of(const Evaluation& evaluation) {
  std::vector<const Program*> all;
  for (std::size_t i = 0; i < evaluation.programs.size(); ++i)
    all.push_back(evaluation.controls == nullptr ? &evaluation.programs[i] : &(*evaluation.controls)[i].program());
  return all;
}

std::vector<const engine::Control*> pointers(const std::vector<engine::Control>* controls) {
  std::vector<const engine::Control*> all;
  for (std::size_t i = 0; controls != nullptr && i < controls->size(); ++i) all.push_back(&(*controls)[i]);
  return all;
}

void pass(auto& archive, engine::Moments& moments) {
  archive(moments.count);
  archive(moments.mean);
  archive(moments.squares);
}

void pass(auto& archive, engine::CoMoment& moment) {
  archive(moment.count);
  archive(moment.mean_a);
  archive(moment.mean_b);
  archive(moment.products);
}

}  // namespace

template <class Archive>
void Sampler::UnitSums::pass(Archive& archive) {
  for (std::vector<engine::Moments>* all : {&sums.outcomes, &sums.increments, &sums.martingales})
    archive.each(*all, [&](engine::Moments& each) { study::pass(archive, each); });
  archive.each(sums.joint, [&](engine::CoMoment& each) { study::pass(archive, each); });
  archive.each(counts, [&](std::vector<std::uint64_t>& each) { archive.sparse(each); });
  archive(patient_cycles);
}

std::uint64_t most_cycles_a_block(const std::vector<Program>& programs) {
  return engine::block_patients * programs.size() * programs.front().cycles;
}

Sampler::Sampler(const Evaluation& evaluation, const Execution& execution)
    : evaluation_(evaluation),
      execution_(execution),
      simulation_(
          programs_of(evaluation), evaluation.population,
          {find_outcome(evaluation.programs.front(), "cost"), find_outcome(evaluation.programs.front(), "qaly")},
          {.seed = evaluation.seed,
           .noise = evaluation.noise,
           .patients = evaluation.patients,
           .instruction_set = execution.instruction_set,
           .controls = pointers(evaluation.controls)}) {
  for (int thread = 0; thread < execution.threads; ++thread) workspaces_.push_back(simulation_.make_workspace());
  total_.counts = workspaces_.front().counts;
  goal_ = simulation_.blocks();
  unit_blocks_ = blocks_a_unit(simulation_.blocks(), most_cycles_a_block(evaluation.programs));
}

std::optional<AnalysisOutput> Sampler::run() {
  if (execution_.share) return do_share();
  Fold fold;
  if (!(evaluation_.until.empty() ? live_units(fold) : live_until(fold))) return std::nullopt;
  return output(fold.result());
}

std::optional<AnalysisOutput> Sampler::do_share() {
  for (std::uint64_t unit = 0; unit < units(); ++unit) {
    if (!execution_.share->takes(name_of(unit)) || execution_.store->has(name_of(unit))) continue;
    if (interrupted()) return std::nullopt;
    std::optional<UnitSums> sums = live_unit(unit);
    if (!sums) return std::nullopt;
  }
  return AnalysisOutput{};
}

bool Sampler::live_units(Fold& fold) {
  for (std::uint64_t unit = 0; unit < units(); ++unit) {
    std::optional<UnitSums> sums;
    if (const auto kept = execution_.store != nullptr ? execution_.store->find(name_of(unit)) : std::nullopt) {
      unpack(name_of(unit), *kept, sums.emplace(UnitSums{simulation_.make_sums(), total_.counts, 0}));
    } else if (!interrupted()) {
      sums = live_unit(unit);
    }
    if (!sums) return false;
    fold.push(std::move(sums->sums));
    done_ = std::min(simulation_.blocks(), (unit + 1) * unit_blocks_);
    for (std::size_t s = 0; s < total_.counts.size(); ++s) {
      for (std::size_t i = 0; i < total_.counts[s].size(); ++i) total_.counts[s][i] += sums->counts[s][i];
    }
    total_.patient_cycles += sums->patient_cycles;
    report(done_);
  }
  return true;
}

bool Sampler::live_until(Fold& fold) {
  for (std::uint64_t stop = whole_rounds(pilot_blocks); done_ < stop; stop = next_stop(done_, fold.result())) {
    goal_ = stop;
    if (!live_blocks(done_, stop, fold)) return false;
    done_ = stop;
    precision_ = precision_of(fold.result());
    report(done_);
  }
  take_counts(total_);
  return true;
}

std::optional<Sampler::UnitSums> Sampler::live_unit(std::uint64_t unit) {
  Fold fold;
  const std::uint64_t first = unit * unit_blocks_;
  if (!live_blocks(first, std::min(simulation_.blocks(), first + unit_blocks_), fold)) return std::nullopt;
  UnitSums sums{fold.result(), total_.counts, 0};
  for (std::vector<std::uint64_t>& counts : sums.counts) std::ranges::fill(counts, 0);
  take_counts(sums);
  if (execution_.store != nullptr) {
    Packer packer;
    sums.pass(packer);
    execution_.store->keep(name_of(unit), std::move(packer).result());
  }
  return sums;
}

bool Sampler::live_blocks(std::uint64_t first, std::uint64_t stop, Fold& fold) {
  while (first < stop) {
    // A unit in hand is finished where it is kept.
    if (execution_.store == nullptr && interrupted()) return false;
    std::vector<engine::PatientSums> sums(std::min(std::max(least_batch, 4 * workspaces_.size()), stop - first),
                                          simulation_.make_sums());
    simulate_blocks(first, sums);
    for (engine::PatientSums& each : sums) fold.push(std::move(each));
    first += sums.size();
    report(first);
  }
  return true;
}

/// Each block writes its own place, so that neither the number of threads nor their order shows.
void Sampler::simulate_blocks(std::uint64_t first, std::vector<engine::PatientSums>& sums) {
  const auto count = static_cast<std::int64_t>(sums.size());
#pragma omp parallel for schedule(dynamic) num_threads(execution_.threads)
  for (std::int64_t i = 0; i < count; ++i) {
    simulation_.simulate(first + static_cast<std::uint64_t>(i),
                         workspaces_[static_cast<std::size_t>(omp_get_thread_num())],
                         sums[static_cast<std::size_t>(i)]);
  }
}

void Sampler::take_counts(UnitSums& into) {
  for (engine::Microsimulation::Workspace& workspace : workspaces_) {
    for (std::size_t s = 0; s < into.counts.size(); ++s) {
      for (std::size_t i = 0; i < into.counts[s].size(); ++i)
        into.counts[s][i] += std::exchange(workspace.counts[s][i], 0);
    }
    into.patient_cycles += std::exchange(workspace.patient_cycles, 0);
  }
}

std::uint64_t Sampler::patients_of(std::uint64_t blocks) const {
  return std::min(evaluation_.patients, blocks * engine::block_patients);
}

/// The next number of blocks in which a population's profiles come round whole.
std::uint64_t Sampler::whole_rounds(double blocks) const {
  const std::uint64_t profiles = std::max<std::uint64_t>(1, evaluation_.population.profiles()),
                      round = std::lcm(profiles, engine::block_patients) / engine::block_patients;
  const double rounds = std::ceil(blocks / static_cast<double>(round)),
               most = static_cast<double>(simulation_.blocks());
  return rounds * static_cast<double>(round) >= most ? simulation_.blocks()
                                                     : static_cast<std::uint64_t>(rounds) * round;
}

/// Up to where to go on: `done` where the precision is reached. What patients sum to decides, so that neither threads
/// nor time do. A far goal is approached in two steps, since the first guess of its distance is a rough one.
std::uint64_t Sampler::next_stop(std::uint64_t done, const engine::PatientSums& sums) const {
  const double needed = patients_needed(evaluation_.until, evaluation_.programs.front().outcomes, sums);
  if (needed <= 1) return done;
  constexpr double far = 2, first_step = 0.8;
  const double blocks = static_cast<double>(done) * (needed > far ? std::max(far, first_step * needed) : needed);
  return std::max(done, whole_rounds(std::max(blocks, static_cast<double>(done) + 1)));
}

void Sampler::report(std::uint64_t blocks) const {
  if (!execution_.report) return;
  std::uint64_t cycles = total_.patient_cycles;
  for (const auto& workspace : workspaces_) cycles += workspace.patient_cycles;
  execution_.report({evaluation_.name, patients_of(blocks), patients_of(goal_), cycles, seconds(), precision_});
}

Progress::Precision Sampler::precision_of(const engine::PatientSums& sums) const {
  Progress::Precision farthest{0, 1};
  for (const PrecisionTarget& target : evaluation_.until) {
    const double reached = error_reached(target, evaluation_.programs.front().outcomes, sums);
    if (reached * farthest.asked >= farthest.standard_error * target.standard_error)
      farthest = {reached, target.standard_error};
  }
  return farthest;
}

/// A mean far from 0 means that what was drawn is not what the rows of the programs say: our mistake.
std::vector<double> Sampler::check_martingales(const engine::PatientSums& sums) const {
  constexpr double far = 5;
  std::vector<double> z;
  for (const engine::Moments& martingale : sums.martingales) {
    const double error = martingale.standard_error();
    z.push_back(error > 0 ? martingale.mean / error : 0);
    if (!(std::abs(z.back()) <= far)) {
      throw ContractViolation(fmt::format(
          "the martingale that controls the chance has a mean {:.1f} standard errors from 0: the sampler does not do "
          "what the program says",
          z.back()));
    }
  }
  return z;
}

AnalysisOutput Sampler::output(const engine::PatientSums& sums) const {
  AnalysisOutput output;
  output.patients = patients_of(done_);
  output.martingale_z = check_martingales(sums);
  for (const PrecisionTarget& target : evaluation_.until)
    output.errors_reached.push_back(error_reached(target, evaluation_.programs.front().outcomes, sums));
  const std::size_t values = simulation_.outcomes() * engine::columns;
  std::size_t pair = 0;
  for (std::size_t strategy = 0; strategy < evaluation_.programs.size(); ++strategy) {
    const Program& program = evaluation_.programs[strategy];
    std::vector<std::vector<double>> tallies = split_tallies(program, total_.counts[strategy], output.patients);
    engine::OutcomeAmounts amounts = engine::amounts_from_tallies(program, evaluation_.population, tallies);
    output.strategies.push_back(
        {estimates_of(sums.outcomes, strategy * values, values), std::move(tallies), std::move(amounts), 0});
    for (std::size_t versus = 0; versus < strategy; ++versus, ++pair) {
      output.increments.push_back({strategy, versus, estimates_of(sums.increments, pair * values, values),
                                   sums.joint[pair].covariance_of_means()});
    }
  }
  output.patient_cycles = total_.patient_cycles;
  output.elapsed_seconds = seconds();
  return output;
}

}  // namespace myelin::study
