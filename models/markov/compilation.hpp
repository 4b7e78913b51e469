#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "models/markov/formulas.hpp"
#include "models/markov/matrices.hpp"
#include "program/builder.hpp"

/// \file
/// How a declared model becomes a program: what the files that add its steps share.

namespace myelin::markov {

/// One strategy while it is compiled.
class Compilation {
 public:
  /// The parameters and the structure are referred to.
  Compilation(const ParameterSet& parameters, const Structure& structure, const std::string& strategy);

  Result<Program> run();

 private:
  using AxisSet = std::set<std::size_t>;
  using Number = std::shared_ptr<const Tabulated>;

  /// The outcomes of a reward: where amounts change with time, those of the cycles' ends stand by themselves.
  struct RewardOutcomes {
    OutcomeIndex main;
    std::optional<OutcomeIndex> at_end;
  };
  /// What each level of an attribute gives while in it, or, without one, every patient.
  struct StateAmounts {
    std::optional<std::size_t> of;  ///< axis
    AxisSet axes;
    std::vector<std::pair<const Formula*, Number>> by_level;  ///< null where there is nothing
    double times = 1;                                         ///< what the formula is multiplied with
  };
  /// Which of the two cycles that meet at a time point lends its number, age and time to a formula.
  enum class CycleOf { beginning, ending };
  enum class Whom { living, also_those_who_died };

  // The parts of the program, in the order in which they are added.
  void add_attributes();
  void add_outcomes();
  void add_start();
  void add_previous();
  void add_transitions();
  void add_rewards();
  void add_updates();

  void add_start_of(std::size_t attribute);
  void add_group();
  void add_entries(const Transition& transition);
  void add_matrix(const Transition& transition, const TabulatedMatrix& matrix);
  void add_time_in(std::size_t attribute);
  void add_each_cycle(std::size_t attribute);
  void add_own_outcome(const std::string& name);
  RewardOutcomes add_reward_outcomes(const std::string& name, const std::string& name_at_end, const std::string& unit,
                                     const Reward& reward, bool changes_with_time);
  OutcomeIndex add_outcome(const std::string& name, const std::string& unit, const std::string& label, DiscountedAs as,
                           EventWeight event_weight, StateWeight state_weight);
  std::vector<StateAmounts> state_amounts(const Reward& reward);
  bool changes_with_time(const Reward& reward) const;
  double amount_of(const StateAmounts& amounts, const AxisSet& axes, const Levels& levels, CycleOf cycle);
  void add_start_reward(const Reward& reward, OutcomeIndex outcome);
  void add_state_reward(const Reward& reward, const RewardOutcomes& outcomes, const StateAmounts& amounts);
  void add_move_rewards(const Reward& reward, OutcomeIndex outcome);
  void accrue(Phase phase, const std::string& step, const Reward& reward, OutcomeIndex outcome, const AxisSet& axes,
              const ProgramBuilder::AmountFunction& amount);
  void add_tallies(Phase phase);

  /// Whether a step can have a row for each combination of the levels; else that is told.
  bool fits(const AxisSet& axes, const SourcePlace& place, const std::string& what);
  /// Attributes of the program that carry some axes, which must have been declared.
  ProgramBuilder::Attributes reads_of(const AxisSet& axes) const;
  /// The row of a number at the levels of the step that is being tabulated.
  std::size_t row_of(const Tabulated& number, const Levels& levels, CycleOf cycle) const;
  bool has_value(const Tabulated& number, const Levels& levels, CycleOf cycle) const;
  /// The number at those levels; none, with a diagnostic at the formula, if it has no value there.
  std::optional<double> value_of(const Tabulated& number, const Formula& formula, const AxisSet& axes,
                                 const Levels& levels, CycleOf cycle = CycleOf::beginning);
  /// Whether a patient can have these levels when a step of the phase is carried out on them, as far as clocks and
  /// death tell.
  bool reachable(const AxisSet& axes, const Levels& levels, Phase phase, Whom whom = Whom::living) const;
  bool is_dead(std::size_t attribute, int level) const;
  /// The levels in words: `state = S1, cycle = 3`.
  std::string at(const AxisSet& axes, const Levels& levels) const;
  /// Tells a problem of a formula once.
  void refuse(const Formula& formula, const std::string& problem, const std::string& remedy);

  const ParameterSet& parameters_;
  const Structure& structure_;
  Axes axes_;
  FormulaBook formulas_;
  MatrixBook matrices_;
  ProgramBuilder builder_;
  Diagnostics found_;
  std::set<const Formula*> refused_;
  std::vector<std::optional<AttributeIndex>> attribute_of_axis_;
  std::vector<bool> needs_previous_;  ///< [attribute]
  OutcomeIndex life_years_;
  std::map<std::string, RewardOutcomes> outcomes_of_reward_;
  std::map<Phase, std::set<AxisSet>> accrued_;  ///< axes, clocks left out, that accruals read
};

}  // namespace myelin::markov
