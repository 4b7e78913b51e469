#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "engine/amounts.hpp"
#include "program/population.hpp"
#include "program/program.hpp"

namespace myelin::engine {

struct CohortOptions {
  std::uint64_t state_limit = 2'000'000;    ///< states held at once by one slice; more are refused
  bool slice = true;                        ///< compute each expectation on the part of the program that it depends on
  bool drop_unread = true;                  ///< forget an attribute after its last read
  std::vector<OutcomeIndex> outcomes = {};  ///< whose expectations are wanted; empty: all, and all tallies
};

/// The exact expectations of a program.
struct CohortResult {
  std::vector<double> means;  ///< [outcome x 2 + column]: the amounts times the weights; NaN where not wanted
  OutcomeAmounts amounts;     ///< of every outcome but totals; none where not wanted
  std::vector<std::vector<double>>
      tallies;  ///< [tally, in the order start, point, cycle][time x cells + cell]: patients per patient; or empty
};

class CohortSlice;

/// Propagates the exact distribution over a program's attributes. The reachable states are found once, from the program
/// given to `make`, and serve every program of the same structure whose possible outcomes are among those found.
class CohortEngine {
 public:
  /// Finds the reachable states; refuses a program that has more than the limit, naming the attributes that cause it.
  static Result<CohortEngine> make(const Program& program, const Population& population, const CohortOptions& options);
  CohortEngine(CohortEngine&&) noexcept;
  CohortEngine& operator=(CohortEngine&&) noexcept;
  ~CohortEngine();

  /// States at a time point, summed over slices: what is called the size of a program.
  std::uint64_t states() const;
  std::size_t slices() const;

  /// Whether `program` has the same structure and every outcome that is possible in it was found: then `forward` and
  /// `backward` may be asked about it.
  bool covers(const Program& program) const;

  /// Expectations, by propagating the distribution forward in time.
  CohortResult forward(const Program& program) const;

  /// The same means [outcome x 2 + column] by the backward recursion: the expected value still to come of each state.
  /// Of outcomes that were named, theirs alone, and a total's without those of its parts: NaN elsewhere.
  std::vector<double> backward(const Program& program) const;

 private:
  CohortEngine();
  bool tallies() const { return outcomes_.empty(); }

  std::vector<OutcomeIndex> outcomes_;  ///< as in the options
  std::vector<CohortSlice> slices_;
  Population population_;
  Program structure_;  ///< of the program given to `make`, without the numbers of its tables
};

}  // namespace myelin::engine
