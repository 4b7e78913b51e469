#include "models/ms/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/ms/inputs.hpp"
#include "models/ms/model.hpp"
#include "models/ms/natural_history.hpp"
#include "models/ms/network.hpp"
#include "program/timing_settings.hpp"

/// \file
/// What no single key of an MS scenario can show to be wrong.

namespace myelin::ms {

namespace {

constexpr double sum_tolerance = 1e-9;
constexpr double generator_tolerance = 1e-6;  ///< published intensities are rounded

class Check : public ParameterCheck {
 public:
  using ParameterCheck::ParameterCheck;

  void timing() {
    take(check_timing(parameters_));
    if (!sound({"analysis.cycle_length_years"})) return;
    const double length = parameters_.number("analysis.cycle_length_years");
    const double per_year = 1 / length;
    if (std::abs(per_year - std::round(per_year)) > sum_tolerance || per_year < 1) {
      refuse("analysis.cycle_length_years", fmt::format("a cycle of {} years does not divide a year", length),
             "use 1, 0.5, 0.25 or one twelfth (0.08333333333333333)");
    }
  }

  void ages() {
    if (!sound({"population.start_age"})) return;
    const double start = parameters_.number("population.start_age");
    if (start != std::floor(start)) {
      return refuse("population.start_age",
                    fmt::format("a start age of {} years is not whole, as the life table's ages are", start),
                    "round it");
    }
    if (!sound({"analysis.horizon_years", "mortality.life_table"})) return;
    const double last = start + parameters_.number("analysis.horizon_years");
    const int covered = parameters_.table("mortality.life_table").columns.back().last;
    if (last > covered) {
      refuse("analysis.horizon_years", fmt::format("the horizon ends at age {}, the life table at {}", last, covered),
             "shorten the horizon or extend mortality.life_table");
    }
  }

  void tables() {
    row_sums("population.start_edss", 0, 1, sum_tolerance);
    row_sums("natural_history.spms_probabilities", edss_count, 1, sum_tolerance);
    row_sums("natural_history.ppms_probabilities", edss_count, 1, sum_tolerance);
    row_sums("natural_history.rrms_intensities", edss_count, 0, generator_tolerance);
    if (!sound({"natural_history.rrms_intensities"})) return;
    const std::vector<double>& intensities = parameters_.table("natural_history.rrms_intensities").values;
    for (std::size_t cell = 0; cell < intensities.size(); ++cell) {
      const std::size_t from = cell / edss_count, to = cell % edss_count;
      if (from != to && intensities[cell] < 0) {
        refuse("natural_history.rrms_intensities",
               fmt::format("the intensity from EDSS {} to {} is negative", from, to),
               "intensities off the diagonal are rates");
      }
    }
  }

  void variants() {
    if (sound({"natural_history.variant"})) {
      named("natural_history.variant", "natural_history.variants", parameters_.text("natural_history.variant"),
            "natural history");
    }
    if (!sound({"treatment.waning"})) return;
    const std::string& waning = parameters_.text("treatment.waning");
    if (waning != "none") named("treatment.waning", "treatment.waning_schedules", waning, "waning schedule");
  }

  /// A matrix without a real logarithm stands for no process in time, so that neither another cycle, nor another
  /// speed, nor a therapy's effect can be had from it.
  void progressive_logarithm() {
    const std::string length = "analysis.cycle_length_years";
    if (!sound({length, "natural_history.variant"})) return;
    const std::string speed = "natural_history.variants." + parameters_.text("natural_history.variant") + ".speed";
    if (!sound({speed}) || !needs_logarithm(parameters_.number(speed), Years{parameters_.number(length)},
                                            effect_on_progressive(parameters_))) {
      return;
    }
    for (const char* phenotype : {"spms", "ppms"}) {
      const std::string table = fmt::format("natural_history.{}_probabilities", phenotype);
      if (!sound({table}) || has_real_logarithm(read_edss_matrix(parameters_, table, 1))) continue;
      refuse(
          table,
          fmt::format("the {} matrix has no real logarithm, which a cycle other than a year, a speed other than 1 or "
                      "an effect on it needs",
                      phenotype == std::string("spms") ? "SPMS" : "PPMS"),
          "use a yearly cycle at speed 1, or a matrix in which somebody stays in every state");
    }
  }

  void population() {
    const std::string phenotype = "population.start_phenotype", ppms = "natural_history.ppms_probabilities";
    if (sound({phenotype}) && parameters_.text(phenotype) == "PPMS" && !parameters_.has(ppms)) {
      refuse(phenotype, "there is no matrix for PPMS", fmt::format("give '{}', or start with another phenotype", ppms));
    }
    const std::string structure = "natural_history.structure";
    if (sound({phenotype, structure}) && parameters_.text(structure) == "edss_only" &&
        parameters_.text(phenotype) != "RRMS") {
      refuse(phenotype, "the structure of EDSS alone has no progressive phenotype",
             "use natural_history.structure = \"rrms_spms\"");
    }
  }

  void heterogeneity() {
    const std::string accrual = "analysis.accrual";
    if (!sound({accrual}) || parameters_.text(accrual) == "drawn") return;
    for (const char* name : {"frailty_log_sd", "ratio_per_relapse", "ratio_per_year_at_edss"}) {
      const std::string key = std::string("natural_history.heterogeneity.") + name;
      if (!parameters_.has(key)) continue;
      refuse(key, "what relapses do to worsening needs relapses that happen, not their expectation",
             "set analysis.accrual = \"drawn\"");
      return;
    }
  }

  void all_of(Diagnostics diagnostics) { take(std::move(diagnostics)); }

  /// Keys that another key asks for.
  void companions() {
    const std::string adjustment = "utilities.age_adjustment";
    if (sound({adjustment}) && parameters_.text(adjustment) == "multiplicative") {
      for (const char* key : {"utilities.general_population", "utilities.reference_age"}) needs(adjustment, key);
    }
    for (const char* key : {"work.earnings", "work.until_age"}) {
      if (parameters_.has("work.employment")) needs("work.employment", key);
    }
    const std::string counted = "costs.productivity_counted";
    if (sound({counted}) && parameters_.boolean(counted)) needs(counted, "work.employment");
  }

 private:
  void needs(const std::string& key, const std::string& other) {
    if (!parameters_.has(other)) refuse(key, fmt::format("'{}' needs '{}'", key, other), "add it with its source");
  }

  /// Sums of a table's rows of `width` values (0: the whole table).
  void row_sums(const std::string& key, std::size_t width, double expected, double tolerance) {
    if (!sound({key})) return;
    const ParameterTable& table = parameters_.table(key);
    const std::size_t step = width == 0 ? table.values.size() : width;
    for (std::size_t begin = 0; begin < table.values.size(); begin += step) {
      double sum = 0;
      for (std::size_t i = begin; i < begin + step; ++i) sum += table.values[i];
      if (std::abs(sum - expected) <= tolerance) continue;
      const std::string row = width == 0 ? "the values"
                                         : fmt::format("the row of {} {}", table.columns.front().name,
                                                       table.columns.front().first + static_cast<int>(begin / step));
      refuse(key, fmt::format("{} of '{}' sum to {:.12g}, not to {}", row, key, sum, expected),
             "mend the table: nothing is normalised silently");
    }
  }
};

}  // namespace

bool ParameterCheck::named(const std::string& key, const std::string& group, const std::string& name,
                           const char* what) {
  const std::vector<std::string> known = parameters_.names_under(group);
  if (std::ranges::find(known, name) != known.end()) return true;
  const auto nearest = nearest_name(name, known);
  refuse(key, fmt::format("there is no {} '{}'", what, name),
         nearest ? fmt::format("did you mean '{}'?", *nearest)
                 : fmt::format("define {}.{}, or include the file that does", group, name));
  return false;
}

Diagnostics MsModel::check(const ParameterSet& parameters) const {
  Check check(parameters);
  check.timing();
  check.ages();
  check.tables();
  check.variants();
  check.progressive_logarithm();
  check.population();
  check.companions();
  check.heterogeneity();
  check.all_of(check_treatment(parameters));
  check.all_of(check_network(parameters));
  check.all_of(check_access(parameters));
  return check.found();
}

}  // namespace myelin::ms
