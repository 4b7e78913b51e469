#include "models/ms/therapy.hpp"

#include <algorithm>
#include <cmath>

#include "models/ms/network.hpp"

namespace myelin::ms {

namespace {

/// The keys below one path, with the value that an absent one stands for.
class Keys {
 public:
  Keys(const ParameterSet& parameters, std::string path) : parameters_(parameters), path_(std::move(path)) {}

  Keys below(const std::string& name) const { return {parameters_, path_ + "." + name}; }
  std::vector<std::string> names() const { return parameters_.names_under(path_); }
  bool has(const std::string& key) const { return parameters_.has(path_ + "." + key); }
  double number(const std::string& key, double fallback) const {
    return has(key) ? parameters_.number(path_ + "." + key) : fallback;
  }
  int integer(const std::string& key, int fallback) const {
    return has(key) ? static_cast<int>(parameters_.integer(path_ + "." + key)) : fallback;
  }
  std::optional<int> integer(const std::string& key) const {
    return has(key) ? std::optional(integer(key, 0)) : std::nullopt;
  }
  bool boolean(const std::string& key, bool fallback) const {
    return has(key) ? parameters_.boolean(path_ + "." + key) : fallback;
  }
  std::string text(const std::string& key) const { return has(key) ? parameters_.text(path_ + "." + key) : ""; }
  std::vector<double> values(const std::string& key) const {
    return has(key) ? parameters_.table(path_ + "." + key).values : std::vector<double>{};
  }
  RiskTable risks(const std::string& key) const {
    return has(key) ? RiskTable(parameters_.table(path_ + "." + key)) : RiskTable{};
  }
  Burden burden() const { return {number("cost", 0), number("qaly_change", 0), number("days", 0)}; }

 private:
  const ParameterSet& parameters_;
  std::string path_;
};

std::vector<AdverseEvent> read_adverse_events(const Keys& all) {
  std::vector<AdverseEvent> events;
  for (const std::string& name : all.names()) {
    const Keys keys = all.below(name);
    events.push_back({name, keys.text("label"), keys.risks("risk"), keys.burden(), keys.number("fatality", 0),
                      keys.boolean("stops", false)});
  }
  return events;
}

std::vector<Complication> read_complications(const Keys& all) {
  std::vector<Complication> complications;
  for (const std::string& name : all.names()) {
    const Keys keys = all.below(name);
    complications.push_back({name, keys.text("label"), keys.number("probability", 1), keys.burden()});
  }
  return complications;
}

std::vector<LateEffect> read_late_effects(const Keys& all) {
  std::vector<LateEffect> effects;
  for (const std::string& name : all.names()) {
    const Keys keys = all.below(name);
    LateEffect effect{.name = name,
                      .label = keys.text("label"),
                      .rate_per_year = keys.risks("rate"),
                      .probability = keys.risks("probability"),
                      .recurs = keys.boolean("recurs", false),
                      .burden = keys.burden(),
                      .cost_per_year = keys.number("cost_per_year", 0),
                      .utility_change = keys.number("utility_change", 0),
                      .until_age_years = keys.integer("until_age"),
                      .fatality = keys.number("fatality", 0)};
    effects.push_back(std::move(effect));
  }
  return effects;
}

/// Limits of duration become limits of age, because all enter at one age and duration.
Eligibility read_eligibility(const ParameterSet& parameters, const Keys& keys) {
  Eligibility eligibility{.lowest_age = keys.integer("min_age"),
                          .highest_age = keys.integer("max_age"),
                          .highest_edss = keys.integer("max_edss"),
                          .share = keys.number("share", 1)};
  if (const auto longest = keys.integer("max_duration_years")) {
    const double onset = parameters.number("population.start_age") - parameters.number("population.disease_duration");
    const int age_at_limit = static_cast<int>(std::floor(onset + *longest));
    eligibility.highest_age = std::min(eligibility.highest_age.value_or(age_at_limit), age_at_limit);
  }
  return eligibility;
}

Procedure read_procedure(const ParameterSet& parameters, const Keys& keys) {
  Procedure procedure;
  procedure.eligibility = read_eligibility(parameters, keys.below("eligibility"));
  procedure.waiting_years = keys.number("waiting", 0);
  procedure.withdrawal_per_year = Probability(keys.number("withdrawal", 0));
  procedure.bridging = keys.text("bridging");
  procedure.mobilisation_failure = Probability(keys.number("mobilisation_failure", 0));
  procedure.mobilisation_failure_cost = keys.number("mobilisation_failure_cost", 0);
  procedure.death_probability = keys.risks("death");
  procedure.all_in = keys.burden();
  procedure.complications = read_complications(keys.below("complications"));
  procedure.items = read_complications(keys.below("items"));
  procedure.return_scale = keys.number("restart_scale", 0);
  procedure.return_shape = keys.number("restart_shape", 1);
  procedure.restart_share = keys.number("restart_share", 1);
  procedure.late_effects = read_late_effects(keys.below("late_effects"));
  return procedure;
}

TherapyKind kind_of(const std::string& kind) {
  return kind == "procedure" ? TherapyKind::procedure
         : kind == "courses" ? TherapyKind::courses
                             : TherapyKind::continuous;
}

/// When a drug ends: its own rules, else those of all drugs. A procedure cannot be switched.
void read_stopping(const Keys& own, const Keys& common, Therapy& therapy) {
  therapy.stop_at_edss = own.integer("stop_at_edss", common.integer("stop_at_edss", static_cast<int>(edss_count)));
  therapy.stop_at_progression = own.boolean("stop_at_spms", common.boolean("stop_at_spms", true));
  if (therapy.kind == TherapyKind::procedure) return;
  therapy.discontinuation_per_year = Probability(own.number("discontinuation", common.number("discontinuation", 0)));
  therapy.switch_relapses = own.integer("switch_relapses", common.integer("switch_relapses", 0));
  therapy.switch_on_worsening =
      own.boolean("switch_confirmed_worsening", common.boolean("switch_confirmed_worsening", false));
  therapy.stop_after_years = own.integer("stop_after_years", common.integer("stop_after_years", 0));
  therapy.rebound = common.boolean("rebound", false) ? own.number("rebound", 1) : 1;
}

}  // namespace

/// The names of a column of names, in the order of the levels that `RiskTable::at` is asked for.
const std::vector<std::string>& risk_column_names(const std::string& column) {
  static const std::vector<std::string> sexes = {"female", "male"}, jcv = {"negative", "positive"}, none;
  return column == "sex" ? sexes : column == "jcv" ? jcv : none;
}

bool RiskTable::depends_on(const std::string& column) const {
  return std::ranges::find(columns_, column, &KeyColumn::name) != columns_.end();
}

int RiskTable::last(const std::string& column) const {
  const auto found = std::ranges::find(columns_, column, &KeyColumn::name);
  return found == columns_.end() ? 0 : found->last;
}

double RiskTable::at(const std::vector<std::pair<std::string, int>>& levels) const {
  if (empty()) return 0;
  std::size_t cell = 0;
  for (const KeyColumn& column : columns_) {
    const auto level = std::ranges::find(levels, column.name, &std::pair<std::string, int>::first);
    MYELIN_EXPECT(level != levels.end());
    if (column.levels.empty()) {
      const int place = std::clamp(level->second, column.first, column.last) - column.first;
      cell = cell * static_cast<std::size_t>(column.last - column.first + 1) + static_cast<std::size_t>(place);
    } else {
      const std::string& wanted = risk_column_names(column.name)[static_cast<std::size_t>(level->second)];
      cell = cell * column.levels.size() +
             static_cast<std::size_t>(std::ranges::find(column.levels, wanted) - column.levels.begin());
    }
  }
  return values_[cell];
}

Therapy read_therapy(const ParameterSet& parameters, const std::string& name) {
  const Keys keys(parameters, "therapies." + name);
  Therapy therapy;
  therapy.name = name;
  therapy.label = keys.text("label");
  therapy.kind = kind_of(keys.text("kind"));
  therapy.effects = effects_against_none(parameters, name);
  therapy.improvement_years = keys.integer("improvement_years", 0);
  read_stopping(keys, {parameters, "treatment"}, therapy);
  therapy.retreatment_per_year = Probability(keys.number("retreatment", 0));
  therapy.price_per_year = keys.number("price", 0);
  therapy.price_first_year = keys.number("price_first_year", therapy.price_per_year);
  therapy.infusions_per_year = keys.number("infusions", 0);
  therapy.infusions_first_year = keys.number("infusions_first_year", therapy.infusions_per_year);
  therapy.monitoring_per_year = keys.number("monitoring", 0);
  therapy.monitoring_first_year = keys.number("monitoring_first_year", therapy.monitoring_per_year);
  therapy.course_price = keys.values("course_price");
  therapy.course_infusions = keys.values("course_infusions");
  therapy.adverse_events = read_adverse_events(keys.below("adverse_events"));
  if (therapy.kind == TherapyKind::procedure) therapy.procedure = read_procedure(parameters, keys.below("procedure"));
  return therapy;
}

}  // namespace myelin::ms
