#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/units.hpp"
#include "program/parameters.hpp"

/// \file
/// One therapy as a scenario describes it. All money is in the scenario's currency and price year, QALYs are changes
/// (negative for a loss).

namespace myelin::ms {

inline constexpr std::size_t edss_count = 10;
using ByEdss = std::array<double, edss_count>;

/// Effects of a therapy against no treatment.
struct Effects {
  double worsening = 1;              ///< hazard ratio of EDSS worsening in RRMS
  double relapse = 1;                ///< ratio of relapse rates
  double improvement = 1;            ///< hazard ratio of EDSS improvement in RRMS
  double worsening_progressive = 1;  ///< hazard ratio of EDSS worsening in SPMS and PPMS
  bool operator==(const Effects&) const = default;
};

/// The levels that a column of names (`sex`, `jcv`) of a risk table must have, in our order; empty for another column.
const std::vector<std::string>& risk_column_names(const std::string& column);

/// A table of risks over some of the columns year (1, 2, ...), age, sex and jcv; empty: no risk.
class RiskTable {
 public:
  RiskTable() = default;
  explicit RiskTable(const ParameterTable& table) : columns_(table.columns), values_(table.values) {}

  bool empty() const { return values_.empty(); }
  bool depends_on(const std::string& column) const;
  /// Highest whole number of a column; 0 where the table has no such column.
  int last(const std::string& column) const;
  /// The value at levels by column: a number of the column (beyond its ends, the end), or a place among
  /// `risk_column_names`. A column that the table lacks is not looked at.
  double at(const std::vector<std::pair<std::string, int>>& levels) const;

 private:
  std::vector<KeyColumn> columns_;
  std::vector<double> values_;
};

/// What an event costs and loses, once.
struct Burden {
  double cost = 0;
  double qaly_change = 0;
  double hospital_days = 0;
};

/// Something that a drug may do to its user.
struct AdverseEvent {
  std::string name;
  std::string label;
  RiskTable risk_per_year;  ///< probability per year: year on therapy [, jcv]
  Burden burden;
  double fatality = 0;
  bool stops = false;  ///< the drug ends with it

  /// Whether it changes what follows, so that it must be drawn.
  bool is_serious() const { return fatality > 0 || stops; }
};

/// Part of a transplantation: a complication, or an item of its cost.
struct Complication {
  std::string name;
  std::string label;
  double probability = 1;
  Burden burden;
};

/// An excess risk of the years after transplantation.
struct LateEffect {
  std::string name;
  std::string label;
  RiskTable rate_per_year;  ///< by year since transplantation [, sex]
  RiskTable probability;    ///< at the procedure, by age and sex; empty where it arises later
  bool recurs = false;      ///< each event counts; otherwise only the first, which lasts
  Burden burden;
  double cost_per_year = 0, utility_change = 0;  ///< while it lasts
  std::optional<int> until_age_years;            ///< age at which what lasts ends
  double fatality = 0;
};

/// Who may be transplanted; a limit that is absent does not limit.
struct Eligibility {
  std::optional<int> lowest_age, highest_age, highest_edss;
  double share = 1;  ///< of those within the limits: active disease, fit for the procedure
};

struct Procedure {
  Eligibility eligibility;
  double waiting_years = 0;  ///< mean time from referral to transplantation
  Probability withdrawal_per_year{0};
  std::string bridging;  ///< therapy while waiting; empty for none
  Probability mobilisation_failure{0};
  double mobilisation_failure_cost = 0;
  RiskTable death_probability;  ///< by edss [, age]
  Burden all_in;                ///< whole procedure, complications included
  std::vector<Complication> complications;
  std::vector<Complication> items;  ///< of a cost that is built up
  double return_scale = 0;          ///< Weibull cumulative hazard of return of activity: scale x years^shape
  double return_shape = 1;
  double restart_share = 1;  ///< of those whose activity returns, who restart a drug
  std::vector<LateEffect> late_effects;
};

enum class TherapyKind { continuous, courses, procedure, none };

struct Therapy {
  std::string name;
  std::string label = "No treatment";
  TherapyKind kind = TherapyKind::none;
  Effects effects;            ///< at full strength
  int improvement_years = 0;  ///< the improvement ratio acts in the first so many years; 0: throughout
  double rebound = 1;         ///< rate ratio of relapses in the first year after it
  Probability discontinuation_per_year{0};
  Probability retreatment_per_year{0};  ///< courses, after the scheduled ones
  int stop_at_edss = static_cast<int>(edss_count);
  bool stop_at_progression = true;  ///< ends with SPMS or PPMS
  int switch_relapses = 0;          ///< so many relapses in a cycle end it; 0: never
  bool switch_on_worsening = false;
  int stop_after_years = 0;  ///< 0: never
  double price_per_year = 0, price_first_year = 0;
  double infusions_per_year = 0, infusions_first_year = 0;
  double monitoring_per_year = 0, monitoring_first_year = 0;
  std::vector<double> course_price;      ///< [course]
  std::vector<double> course_infusions;  ///< [course]
  std::vector<AdverseEvent> adverse_events;
  Procedure procedure;

  int courses() const { return static_cast<int>(std::max(course_price.size(), course_infusions.size())); }
};

/// A therapy of a checked parameter set, with its effects multiplied along the network.
Therapy read_therapy(const ParameterSet& parameters, const std::string& name);

}  // namespace myelin::ms
