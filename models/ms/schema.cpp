#include "models/ms/model.hpp"

namespace myelin::ms {

namespace {

using enum KeyKind;

KeyRow evidence(const char* path, const char* unit, double low, double high, const char* description,
                bool required = true) {
  return {.path = path,
          .kind = KeyKind::parameter,
          .description = description,
          .unit = unit,
          .low = low,
          .high = high,
          .required = required};
}

KeyRow evidence_table(const char* path, const char* unit, double low, double high, std::vector<KeyColumn> columns,
                      const char* description, bool required = true) {
  return {.path = path,
          .kind = KeyKind::table,
          .description = description,
          .unit = unit,
          .low = low,
          .high = high,
          .required = required,
          .columns = std::move(columns)};
}

KeyColumn numbers(const char* name, int first, int last, bool open = false) {
  return {.name = name, .first = first, .last = last, .open = open};
}

constexpr double any_money = 1e9;
constexpr double any_rate = 1e3;

void add_natural_history(Schema& rows) {
  const KeyColumn edss = numbers("edss", 0, 9);
  rows.push_back({.path = "natural_history.variant",
                  .kind = text,
                  .description = "which natural history is used, by its name under natural_history.variants"});
  rows.push_back(evidence("natural_history.variants.*.speed", "ratio", 0, 10,
                          "multiplies the hazards of worsening and conversion"));
  rows.push_back(evidence_table("natural_history.rrms_intensities", "per year", -any_rate, any_rate,
                                {numbers("from_edss", 0, 9), numbers("to_edss", 0, 9)},
                                "intensities of EDSS change in RRMS; the diagonal is minus the sum of its row"));
  rows.push_back(evidence_table("natural_history.spms_probabilities", "probability per year", 0, 1,
                                {numbers("from_edss", 1, 9), numbers("to_edss", 0, 9)},
                                "annual probabilities of EDSS change in SPMS"));
  rows.push_back(evidence_table("natural_history.conversion", "probability per year", 0, 0.9999, {edss},
                                "annual probability of conversion from RRMS to SPMS"));
  rows.push_back({.path = "natural_history.edss_step_at_conversion",
                  .kind = integer,
                  .description = "EDSS steps that conversion brings, in place of any other in that cycle",
                  .low = 1,
                  .high = 9,
                  .required = false,
                  .fallback = "1"});
  rows.push_back({.path = "natural_history.effect_on_conversion",
                  .kind = boolean,
                  .description = "whether the worsening ratio of a therapy also acts on conversion",
                  .required = false,
                  .fallback = "true"});
  rows.push_back(evidence_table("mortality.life_table", "probability per year", 0, 1,
                                {{.name = "sex", .levels = {"female", "male"}}, numbers("age", 0, 100, true)},
                                "annual probability of death of the general population"));
  rows.push_back(
      evidence_table("mortality.multiplier", "hazard ratio", 0, any_rate, {edss}, "multiplies the hazard of death"));
}

void add_consequences(Schema& rows) {
  const KeyColumn edss = numbers("edss", 0, 9);
  rows.push_back(evidence_table("relapses.rate_rrms", "per year", 0, 20, {edss}, "relapses in RRMS without treatment"));
  rows.push_back(evidence_table("relapses.rate_spms", "per year", 0, 20, {edss}, "relapses in SPMS without treatment"));
  rows.push_back(evidence("relapses.qaly_change", "QALY per relapse", -1, 0,
                          "QALYs lost in a relapse, negative: decrement times duration"));
  rows.push_back(
      evidence("relapses.cost", "money per relapse", 0, any_money, "cost of a relapse, admissions included"));
  rows.push_back(evidence_table("utilities.state", "utility", -1, 1, {edss}, "utility by EDSS in RRMS"));
  rows.push_back(evidence("utilities.spms_change", "utility", -1, 1, "added to the utility in SPMS"));
  rows.push_back(evidence_table("utilities.carer_change", "QALY per year", -1, 0, {edss},
                                "QALYs that one carer loses in a year, negative"));
  rows.push_back({.path = "utilities.carer_counted",
                  .kind = boolean,
                  .description = "whether the carer's QALYs are part of the total",
                  .required = false,
                  .fallback = "true"});
  rows.push_back(evidence_table("costs.state_rrms", "money per year", 0, any_money, {edss},
                                "health and social care by EDSS in RRMS, without drugs and relapses"));
  rows.push_back(
      evidence("costs.spms_addition", "money per year", -any_money, any_money, "added to the cost of care in SPMS"));
  rows.push_back(evidence("costs.infusion", "money per infusion", 0, any_money, "giving one infusion"));
}

void add_treatment_rules(Schema& rows) {
  rows.push_back({.path = "treatment.stop_at_edss",
                  .kind = integer,
                  .description = "every drug stops at this EDSS, for good; 10 for never",
                  .low = 0,
                  .high = 10,
                  .required = false,
                  .fallback = "7"});
  rows.push_back(
      {.path = "treatment.stop_at_spms",
       .kind = boolean,
       .description =
           "whether every drug, and the effect of a procedure, ends at SPMS. No therapy slows SPMS either way",
       .required = false,
       .fallback = "true"});
  rows.push_back(evidence("treatment.discontinuation", "probability per year", 0, 1,
                          "all-cause discontinuation of a drug without a rate of its own"));
  rows.push_back({.path = "treatment.waning",
                  .kind = text,
                  .description = "none, or the schedule under treatment.waning_schedules that every therapy follows",
                  .required = false,
                  .fallback = "\"none\""});
  rows.push_back(evidence_table(
      "treatment.waning_schedules.*.effect_remaining", "share of effect", 0, 1, {numbers("year", 1, 1, true)},
      "share of its effect that a therapy has in each year since it was started; the last goes on", false));
  rows.push_back({.path = "treatment.waning_on",
                  .kind = text,
                  .description = "whether the share multiplies 1 - ratio or the logarithm of the ratio",
                  .required = false,
                  .fallback = "\"one_minus_ratio\"",
                  .choices = {"one_minus_ratio", "log_ratio"}});
}

void add_therapies(Schema& rows) {
  rows.push_back({.path = "therapies.*.label", .kind = text, .description = "name in tables"});
  rows.push_back({.path = "therapies.*.kind",
                  .kind = text,
                  .description = "taken continuously, given in yearly courses, a procedure at the start, or only a "
                                 "link in the network of effects",
                  .choices = {"continuous", "courses", "procedure", "comparator"}});
  rows.push_back(evidence("therapies.*.worsening", "hazard ratio", 0, 20, "EDSS worsening against `versus`", false));
  rows.push_back(evidence("therapies.*.relapse", "rate ratio", 0, 5, "relapses against `versus`", false));
  rows.push_back(
      evidence("therapies.*.improvement", "hazard ratio", 0, 20, "EDSS improvement against `versus`", false));
  rows.push_back({.path = "therapies.*.improvement_years",
                  .kind = integer,
                  .description = "the improvement ratio acts in the first so many years; absent: throughout",
                  .low = 1,
                  .high = 100,
                  .required = false});
  rows.push_back(evidence("therapies.*.discontinuation", "probability per year", 0, 1,
                          "all-cause discontinuation of this therapy", false));
  rows.push_back(
      evidence("therapies.*.price", "money per year", 0, any_money, "price of a drug taken continuously", false));
  rows.push_back(evidence("therapies.*.infusions", "infusions per year", 0, 366, "infusions in a year", false));
  rows.push_back(evidence("therapies.*.infusions_first_year", "infusions per year", 0, 366,
                          "infusions in the first year, where they differ", false));
  rows.push_back(
      evidence("therapies.*.monitoring", "money per year", 0, any_money, "monitoring while the therapy lasts", false));
  const KeyColumn course = numbers("course", 1, 1, true);
  rows.push_back(evidence_table("therapies.*.course_price", "money per course", 0, any_money, {course},
                                "price of each course, one at the start of each year on therapy", false));
  rows.push_back(evidence_table("therapies.*.course_infusions", "infusions per course", 0, 366, {course},
                                "infusions of each course", false));
  rows.push_back(evidence_table("therapies.*.procedure.death", "probability", 0, 1, {numbers("edss", 0, 9)},
                                "probability of death from the procedure", false));
  rows.push_back(evidence("therapies.*.procedure.cost", "money", 0, any_money,
                          "cost of the procedure and its first year, complications included", false));
  rows.push_back(evidence("therapies.*.procedure.qaly_change", "QALY", -1, 0,
                          "QALYs lost through the procedure, complications included, negative", false));
  rows.push_back(evidence("therapies.*.procedure.restart_scale", "per year^shape", 0, 100,
                          "Weibull cumulative hazard of restarting a drug: scale x years^shape", false));
  rows.push_back(evidence("therapies.*.procedure.restart_shape", "shape", 0.01, 20, "shape of that hazard", false));
  rows.push_back({.path = "therapies.*.procedure.complications.*.label",
                  .kind = text,
                  .description = "name of a complication that is counted"});
  rows.push_back(evidence("therapies.*.procedure.complications.*.probability", "probability", 0, 1,
                          "probability of the complication"));
}

}  // namespace

const Schema& MsModel::schema() const {
  static const Schema rows = [] {
    Schema all;
    all.push_back({.path = "strategies.*.lines",
                   .kind = text_list,
                   .description = "therapies in order; after the last comes no treatment"});
    all.push_back(evidence("population.start_age", "years", 0, 110, "age at the start, whole years"));
    all.push_back(evidence("population.female_share", "proportion", 0, 1, "share of women"));
    all.push_back(evidence_table("population.start_edss", "proportion", 0, 1, {numbers("edss", 0, 9)},
                                 "distribution of EDSS at the start"));
    add_natural_history(all);
    add_consequences(all);
    add_treatment_rules(all);
    add_therapies(all);
    return all;
  }();
  return rows;
}

}  // namespace myelin::ms
