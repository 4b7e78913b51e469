#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// Distributional cost-effectiveness: who gains health, who bears the cost, and what society thinks of the result.
///
/// A therapy gives health to its patients and takes health from whoever would have been treated with the money. Net
/// health by group is the gain minus this opportunity cost. A social welfare function turns the health of all groups
/// into the equally-distributed equivalent: the health that, had by everybody alike, would be as good. Method: Asaria,
/// Griffin and Cookson, Medical Decision Making 2016; Cookson, Griffin, Norheim and Culyer, Distributional
/// Cost-Effectiveness Analysis, Oxford 2020.

namespace myelin::economics {

/// One group of the population, such as a fifth by deprivation. Each kind of share sums to 1 over the groups.
struct EquityGroup {
  std::string name;
  double population_share = 0;        ///< of all people, above 0
  double patient_share = 0;           ///< of all patients
  double opportunity_cost_share = 0;  ///< of the health forgone
  double baseline_health = 0;         ///< quality-adjusted life expectancy without the therapy, QALYs per person
  double gain_per_patient = 0;        ///< QALYs, against what the therapy replaces
};

struct EquityInput {
  double people = 0;                        ///< in all groups together, above 0
  double patients = 0;                      ///< who receive the therapy
  double incremental_cost_per_patient = 0;  ///< currency; below 0 the money saved buys health for others
  double cost_per_qaly_forgone = 0;         ///< currency per QALY that the money would have bought, above 0
  std::vector<EquityGroup> groups;
};

/// A group's health in QALYs per person of the group, patients and others alike.
struct GroupHealth {
  double gain = 0;
  double opportunity_cost = 0;
  double net_gain = 0;  ///< gain - opportunity cost
  double before = 0;    ///< quality-adjusted life expectancy
  double after = 0;     ///< before + net gain
};

enum class WelfareFunction {
  atkinson,  ///< averse to relative inequality
  kolm       ///< averse to absolute inequality
};

/// How far society minds inequality. Atkinson: epsilon, from 0 (not at all); Kolm: alpha per QALY, above 0.
struct InequalityAversion {
  WelfareFunction function = WelfareFunction::atkinson;
  double parameter = 0;
};

/// A distribution of health in the eyes of society.
struct Welfare {
  double mean_health = 0;                     ///< QALYs per person
  double equally_distributed_equivalent = 0;  ///< QALYs per person
  double inequality = 0;  ///< Atkinson: index 1 - equivalent / mean; Kolm: mean - equivalent, QALYs per person
};

/// A therapy's place in the equity-efficiency impact plane.
struct EquityImpact {
  double total_health = 0;  ///< change in the health of all people, QALYs
  double inequality = 0;    ///< change in `Welfare::inequality`; below 0 the therapy lessens it
};

struct EquityAnalysis {
  std::vector<GroupHealth> groups;  ///< as in the input
  Welfare before;
  Welfare after;
  double mean_gain = 0;        ///< QALYs per person
  double equivalent_gain = 0;  ///< change in the equally-distributed equivalent, QALYs per person
  double equity_part = 0;      ///< equivalent gain - mean gain: what the change in inequality is worth
  EquityImpact impact;
};

/// The QALYs that each group forgoes for an incremental cost (currency) at a cost per QALY forgone (above 0), by the
/// groups' shares of the opportunity cost, which sum to 1.
Result<std::vector<double>> opportunity_cost(double incremental_cost, double cost_per_qaly_forgone,
                                             std::span<const double> shares);

/// The welfare of groups with shares [group] of the population, above 0 and with sum 1, and health [group] in QALYs per
/// person. Health that is not above 0 is an error under Atkinson's function unless epsilon is 0.
Result<Welfare> assess_welfare(std::span<const double> shares, std::span<const double> health,
                               const InequalityAversion& aversion);

/// The distributional analysis of one therapy; everything wrong with the input is an error.
Result<EquityAnalysis> analyse_equity(const EquityInput& input, const InequalityAversion& aversion);

}  // namespace myelin::economics
