#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/ms/check.hpp"
#include "models/ms/network.hpp"
#include "models/ms/therapy.hpp"

/// \file
/// What can be wrong with strategies and therapies: keys that a kind of therapy lacks or cannot use, a procedure paid
/// for twice, tables of risks that cannot be read.

namespace myelin::ms {

namespace {

constexpr double sum_tolerance = 1e-9;

/// The keys that a therapy of a kind must have, and those that would do nothing for it.
struct KindRules {
  std::string kind;
  std::vector<std::string> needed, foreign;
};

const std::vector<KindRules>& kind_rules() {
  static const std::vector<KindRules> rules = {
      {"continuous", {"price", "monitoring"}, {"course_price", "course_infusions", "retreatment", "procedure"}},
      {"courses",
       {"course_price", "monitoring"},
       {"price", "price_first_year", "infusions", "infusions_first_year", "procedure"}},
      {"procedure",
       {"monitoring", "procedure.death", "procedure.restart_scale", "procedure.restart_shape"},
       {"price", "price_first_year", "infusions", "infusions_first_year", "course_price", "course_infusions",
        "retreatment", "discontinuation", "rebound", "adverse_events", "switch_relapses", "switch_confirmed_worsening",
        "stop_after_years", "stop_at_edss"}},
      {"comparator",
       {},
       {"price", "price_first_year", "infusions", "infusions_first_year", "monitoring", "course_price",
        "course_infusions", "retreatment", "discontinuation", "rebound", "adverse_events", "procedure"}},
  };
  return rules;
}

class TreatmentCheck : public ParameterCheck {
 public:
  using ParameterCheck::ParameterCheck;

  void strategies() {
    for (const std::string& strategy : parameters_.names_under("strategies")) {
      const std::string key = "strategies." + strategy + ".lines";
      if (sound({key})) lines(key, parameters_.text_list(key));
    }
  }

  void therapies() {
    for (const std::string& therapy : parameters_.names_under("therapies")) {
      const std::string path = "therapies." + therapy + ".";
      if (!sound({path + "kind"})) continue;
      const std::string& kind = parameters_.text(path + "kind");
      kind_keys(therapy, path, kind);
      adverse_events(path + "adverse_events");
      if (kind == "procedure") procedure(therapy, path + "procedure.");
    }
  }

  void discontinuation_causes() {
    double sum = 0;
    std::string last;
    const std::string path = "treatment.discontinuation_causes";
    for (const std::string& cause : parameters_.names_under(path)) {
      const std::string key = path + "." + cause + ".share";
      if (!sound({key})) return;
      sum += parameters_.number(key);
      last = key;
    }
    if (!last.empty() && std::abs(sum - 1) > sum_tolerance)
      refuse(last, fmt::format("the shares of the causes of discontinuation sum to {:.12g}, not to 1", sum),
             "add a cause for the rest: nothing is normalised silently");
  }

 private:
  std::string kind_of(const std::string& therapy) const {
    const std::string key = "therapies." + therapy + ".kind";
    return sound({key}) ? parameters_.text(key) : std::string{};
  }

  void lines(const std::string& key, const std::vector<std::string>& therapies) {
    int procedures = 0;
    for (const std::string& therapy : therapies) {
      if (!named(key, "therapies", therapy, "therapy")) continue;
      const std::string kind = kind_of(therapy);
      if (kind == "comparator") {
        refuse(key, fmt::format("'{}' is only a comparator in the network of effects", therapy),
               "give it a price and kind = \"continuous\"");
      }
      if (kind == "procedure" && ++procedures == 2) {
        refuse(key, fmt::format("'{}' is the second procedure of the strategy", therapy),
               "keep one: a second transplantation is not represented");
      }
      begins_progressive(key, therapy);
    }
  }

  /// Somebody who begins with progressive MS would stop such a therapy at once.
  void begins_progressive(const std::string& key, const std::string& therapy) {
    if (!sound({"population.start_phenotype"}) || parameters_.text("population.start_phenotype") == "RRMS") return;
    const std::string own = "therapies." + therapy + ".stop_at_spms", common = "treatment.stop_at_spms";
    if (!sound({common}) || (parameters_.has(own) && !sound({own}))) return;
    if (!parameters_.boolean(parameters_.has(own) ? own : common)) return;
    refuse(key, fmt::format("'{}' ends with progressive MS, in which the population begins", therapy),
           fmt::format("set {} = false, or leave it out", own));
  }

  bool has_any(const std::string& key) const { return parameters_.has(key) || !parameters_.names_under(key).empty(); }

  void kind_keys(const std::string& therapy, const std::string& path, const std::string& kind) {
    const auto rules = std::ranges::find(kind_rules(), kind, &KindRules::kind);
    for (const std::string& key : rules->needed) {
      if (!parameters_.has(path + key)) {
        refuse(path + "kind", fmt::format("therapy '{}' of kind {} has no key '{}{}'", therapy, kind, path, key),
               "add it with its source");
      }
    }
    for (const std::string& key : rules->foreign) {
      if (!has_any(path + key)) continue;
      const std::string place = parameters_.has(path + key) ? path + key : path + "kind";
      refuse(place, fmt::format("'{}{}' does nothing for a therapy of kind {}", path, key, kind),
             "remove it, or change the kind");
    }
  }

  /// A table whose columns its file chooses: they must be known, its numbers in the unit that the model takes.
  void risk_table(const std::string& key, const std::string& unit, const std::vector<std::string>& columns) {
    if (!sound({key})) return;
    const ParameterTable& table = parameters_.table(key);
    if (table.unit != unit)
      refuse(key, fmt::format("'{}' is in '{}'", key, table.unit), fmt::format("give it in '{}'", unit));
    for (const KeyColumn& column : table.columns) {
      if (std::ranges::find(columns, column.name) == columns.end()) {
        refuse(key, fmt::format("'{}' has a column '{}'", key, column.name),
               fmt::format("its key columns can be {}", fmt::join(columns, ", ")));
        continue;
      }
      const std::vector<std::string>& names = risk_column_names(column.name);
      const std::set<std::string> given(column.levels.begin(), column.levels.end());
      if (given != std::set<std::string>(names.begin(), names.end())) {
        refuse(key, fmt::format("the column '{}' of '{}' does not have its levels", column.name, key),
               names.empty() ? "give whole numbers" : fmt::format("give a row for each of {}", fmt::join(names, ", ")));
      } else if (column.name == "year" && column.first != 1) {
        refuse(key, fmt::format("the years of '{}' begin at {}", key, column.first), "begin with year 1");
      }
    }
    for (const double value : table.values) {
      if (value >= 0 && (value <= 1 || unit == "per year")) continue;
      return refuse(key, fmt::format("'{}' has the value {}", key, value), "give numbers from 0 to 1");
    }
  }

  /// The model counts deaths under two names of its own.
  void cause_of_death(const std::string& path, const std::string& name) {
    const std::string key = path + ".fatality";
    if (!parameters_.has(key) || (name != "other" && name != "procedure")) return;
    refuse(key,
           fmt::format("deaths from '{}' would be counted as 'deaths.{}', which the model has already", name, name),
           "give the event another name");
  }

  void adverse_events(const std::string& path) {
    for (const std::string& event : parameters_.names_under(path)) {
      const std::string key = path + "." + event + ".risk";
      risk_table(key, "probability per year", {"year", "jcv"});
      cause_of_death(path + "." + event, event);
      if (!sound({key}) || !RiskTable(parameters_.table(key)).depends_on("jcv")) continue;
      if (!parameters_.has("population.jcv_positive"))
        refuse(key, fmt::format("'{}' depends on antibodies against JC virus", key), "give population.jcv_positive");
    }
  }

  void procedure(const std::string& therapy, const std::string& path) {
    risk_table(path + "death", "probability", {"edss", "age"});
    for (const std::string& effect : parameters_.names_under(path + "late_effects")) {
      late_effect(path + "late_effects." + effect + ".");
      cause_of_death(path + "late_effects." + effect, effect);
    }
    paid_once(therapy, path, "cost", "its cost");
    paid_once(therapy, path, "qaly_change", "its QALY loss");
    const std::string bridging = path + "bridging", duration = path + "eligibility.max_duration_years";
    if (sound({bridging}) && named(bridging, "therapies", parameters_.text(bridging), "therapy")) {
      const std::string kind = kind_of(parameters_.text(bridging));
      if (kind != "continuous")
        refuse(bridging, fmt::format("'{}' cannot bridge: it is not taken continuously", parameters_.text(bridging)),
               "name a therapy of kind continuous");
    }
    if (sound({duration}) && !parameters_.has("population.disease_duration"))
      refuse(duration, "eligibility depends on the duration of disease", "give population.disease_duration");
  }

  void late_effect(const std::string& path) {
    const bool rate = parameters_.has(path + "rate"), probability = parameters_.has(path + "probability");
    risk_table(path + "rate", "per year", {"year", "sex"});
    risk_table(path + "probability", "probability", {"age", "sex"});
    const std::string label = path + "label";
    if (!parameters_.has(label)) return;
    if (!rate && !probability)
      refuse(label, fmt::format("'{}' is a late effect without a risk", path),
             "give its `rate` after, or its `probability` at the procedure");
    const bool recurs = sound({path + "recurs"}) && parameters_.boolean(path + "recurs");
    if (probability && recurs)
      refuse(path + "recurs", "what a procedure leaves cannot recur", "remove `recurs`, or give a `rate`");
    for (const char* lasts : {"cost_per_year", "utility_change", "until_age"}) {
      if (recurs && parameters_.has(path + lasts))
        refuse(path + lasts, fmt::format("'{}{}' does nothing where events recur", path, lasts), "remove it");
    }
    if (parameters_.has(path + "fatality") && !(recurs && rate))
      refuse(path + "fatality", "only the events of a `rate` that recurs can be fatal",
             "set recurs = true, or remove it");
  }

  /// All-in, or built up from parts: both would count complications twice, neither would forget the procedure.
  void paid_once(const std::string& therapy, const std::string& path, const std::string& what, const char* words) {
    std::vector<std::string> parts;
    for (const char* kind : {"items", "complications"}) {
      for (const std::string& part : parameters_.names_under(path + kind)) {
        const std::string key = path + kind + "." + part + "." + what;
        if (parameters_.has(key)) parts.push_back(key);
      }
    }
    const bool all_in = parameters_.has(path + what);
    if (!all_in && parts.empty()) {
      refuse("therapies." + therapy + ".kind",
             fmt::format("therapy '{}' of kind procedure has no key '{}{}'", therapy, path, what),
             fmt::format("add it with its source, or build it up from '{}items' and '{}complications'", path, path));
    }
    if (all_in && !parts.empty()) {
      refuse(
          parts.front(),
          fmt::format("'{}' counts {} a second time: '{}{}' contains complications", parts.front(), words, path, what),
          fmt::format("remove '{}{}' or {}", path, what,
                      parts.size() == 1 ? "this part" : fmt::format("the {} parts", parts.size())));
    }
  }
};

}  // namespace

Diagnostics check_treatment(const ParameterSet& parameters) {
  TreatmentCheck check(parameters);
  check.strategies();
  check.therapies();
  check.discontinuation_causes();
  return check.found();
}

}  // namespace myelin::ms
