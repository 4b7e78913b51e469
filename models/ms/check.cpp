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

/// The keys that a therapy of a kind must have, and those that would do nothing for it.
struct KindRules {
  std::string kind;
  std::vector<std::string> needed, foreign;
};

const std::vector<KindRules>& kind_rules() {
  static const std::vector<KindRules> rules = {
      {"continuous",
       {"price", "monitoring"},
       {"course_price", "course_infusions", "procedure.death", "procedure.cost", "procedure.qaly_change",
        "procedure.restart_scale", "procedure.restart_shape"}},
      {"courses",
       {"course_price", "monitoring"},
       {"price", "infusions", "infusions_first_year", "procedure.death", "procedure.cost", "procedure.qaly_change",
        "procedure.restart_scale", "procedure.restart_shape"}},
      {"procedure",
       {"monitoring", "procedure.death", "procedure.cost", "procedure.qaly_change", "procedure.restart_scale",
        "procedure.restart_shape"},
       {"price", "infusions", "infusions_first_year", "course_price", "course_infusions", "discontinuation"}},
      {"comparator",
       {},
       {"price", "infusions", "infusions_first_year", "monitoring", "course_price", "course_infusions",
        "discontinuation", "procedure.death", "procedure.cost"}},
  };
  return rules;
}

class Check {
 public:
  explicit Check(const ParameterSet& parameters) : parameters_(parameters) {}

  void timing() {
    for (Diagnostic& diagnostic : check_timing(parameters_)) found_.push_back(std::move(diagnostic));
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

  /// A matrix without a real logarithm stands for no process in time, so that neither another cycle nor another speed
  /// can be had from it.
  void spms_logarithm() {
    const std::string table = "natural_history.spms_probabilities", length = "analysis.cycle_length_years";
    if (!sound({table, length, "natural_history.variant"})) return;
    const std::string speed = "natural_history.variants." + parameters_.text("natural_history.variant") + ".speed";
    if (!sound({speed}) || !needs_spms_logarithm(parameters_.number(speed), Years{parameters_.number(length)})) return;
    if (has_real_logarithm(read_edss_matrix(parameters_, table, 1))) return;
    refuse(table,
           "the SPMS matrix has no real logarithm, which a cycle other than a year or a speed other than 1 needs",
           "use a yearly cycle at speed 1, or a matrix in which somebody stays in every state");
  }

  void strategies() {
    for (const std::string& strategy : parameters_.names_under("strategies")) {
      const std::string key = "strategies." + strategy + ".lines";
      if (!sound({key})) continue;
      const std::vector<std::string>& lines = parameters_.text_list(key);
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string kind_key = "therapies." + lines[i] + ".kind";
        if (!named(key, "therapies", lines[i], "therapy") || !sound({kind_key})) continue;
        const std::string& kind = parameters_.text(kind_key);
        if (kind == "comparator") {
          refuse(key, fmt::format("'{}' is only a comparator in the network of effects", lines[i]),
                 "give it a price and kind = \"continuous\"");
        }
        if (kind == "procedure" && i > 0) {
          refuse(key, fmt::format("the procedure '{}' stands at place {}", lines[i], i + 1),
                 "put it first: a procedure is done at the start");
        }
      }
    }
  }

  void therapies() {
    for (const std::string& therapy : parameters_.names_under("therapies")) {
      const std::string path = "therapies." + therapy + ".";
      if (!sound({path + "kind"})) continue;
      const std::string& kind = parameters_.text(path + "kind");
      const auto rules = std::ranges::find(kind_rules(), kind, &KindRules::kind);
      for (const std::string& key : rules->needed) {
        if (!parameters_.has(path + key)) {
          refuse(path + "kind", fmt::format("therapy '{}' of kind {} has no key '{}{}'", therapy, kind, path, key),
                 "add it with its source");
        }
      }
      for (const std::string& key : rules->foreign) {
        if (parameters_.has(path + key)) {
          refuse(path + key, fmt::format("'{}{}' does nothing for a therapy of kind {}", path, key, kind),
                 "remove it, or change the kind");
        }
      }
    }
    for (Diagnostic& diagnostic : check_network(parameters_)) found_.push_back(std::move(diagnostic));
  }

  Diagnostics found() { return std::move(found_); }

 private:
  bool sound(std::initializer_list<std::string> keys) const {
    return std::ranges::all_of(keys, [&](const std::string& key) { return parameters_.is_sound(key); });
  }

  void refuse(const std::string& key, std::string problem, std::string remedy) {
    found_.push_back({parameters_.entry(key).place, std::move(problem), std::move(remedy)});
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

  bool named(const std::string& key, const std::string& group, const std::string& name, const char* what) {
    const std::vector<std::string> known = parameters_.names_under(group);
    if (std::ranges::find(known, name) != known.end()) return true;
    const auto nearest = nearest_name(name, known);
    refuse(key, fmt::format("there is no {} '{}'", what, name),
           nearest ? fmt::format("did you mean '{}'?", *nearest)
                   : fmt::format("define {}.{}, or include the file that does", group, name));
    return false;
  }

  const ParameterSet& parameters_;
  Diagnostics found_;
};

}  // namespace

Diagnostics MsModel::check(const ParameterSet& parameters) const {
  Check check(parameters);
  check.timing();
  check.ages();
  check.tables();
  check.variants();
  check.spms_logarithm();
  check.strategies();
  check.therapies();
  return check.found();
}

}  // namespace myelin::ms
