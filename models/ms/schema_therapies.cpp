#include "models/ms/schema_rows.hpp"

namespace myelin::ms {

namespace {

using enum KeyKind;

void add_effects(Schema& rows, const std::string& path) {
  rows.push_back(evidence(path + "worsening", "hazard ratio", 0, 20, "EDSS worsening in RRMS against `versus`", false));
  rows.push_back(evidence(path + "pira", "hazard ratio", 0, 20,
                          "progression independent of relapse activity against `versus`, in place of worsening; needs "
                          "natural_history.relapse_associated_share",
                          false));
  rows.push_back(evidence(path + "relapse", "rate ratio", 0, 5, "relapses against `versus`", false));
  rows.push_back(
      evidence(path + "improvement", "hazard ratio", 0, 20, "EDSS improvement in RRMS against `versus`", false));
  rows.push_back(evidence(path + "worsening_spms", "hazard ratio", 0, 20,
                          "EDSS worsening in SPMS and PPMS against `versus`; absent: no effect", false));
}

void add_burden(Schema& rows, const std::string& path, const char* of) {
  rows.push_back(evidence(path + "cost", "money", 0, any_money, of, false));
  rows.push_back(evidence(path + "qaly_change", "QALY", -2, 0, "QALYs lost with it, negative", false));
}

void add_network(Schema& rows) {
  rows.push_back(words("therapies.*.label", "name in tables", {}, {}, true));
  rows.push_back(words("therapies.*.kind",
                       "taken continuously, given in yearly courses, a procedure, or only a link in the network of "
                       "effects",
                       {"continuous", "courses", "procedure", "comparator"}, {}, true));
  add_effects(rows, "therapies.*.");
  rows.push_back(words("therapies.*.anchor",
                       "the comparison under anchors by which the therapy enters the network; then it states no such "
                       "effect itself"));
  add_effects(rows, "therapies.*.anchors.*.");
  rows.push_back(whole("therapies.*.improvement_years", 1, 100,
                       "the improvement ratio acts in the first so many years; absent: throughout"));
  rows.push_back(
      evidence("therapies.*.rebound", "rate ratio", 0, 20,
               "relapses in the first year after the drug, against what they would be; see treatment.rebound", false));
}

void add_stopping(Schema& rows) {
  rows.push_back(evidence("therapies.*.discontinuation", "probability per year", 0, 1,
                          "all-cause discontinuation of this therapy", false));
  rows.push_back(whole("therapies.*.stop_at_edss", 0, 10, "in place of treatment.stop_at_edss"));
  rows.push_back(choice("therapies.*.stop_at_spms", "in place of treatment.stop_at_spms"));
  rows.push_back(whole("therapies.*.switch_relapses", 0, 100, "in place of treatment.switch_relapses"));
  rows.push_back(choice("therapies.*.switch_confirmed_worsening", "in place of treatment.switch_confirmed_worsening"));
  rows.push_back(whole("therapies.*.stop_after_years", 0, 100, "in place of treatment.stop_after_years"));
}

void add_costs(Schema& rows) {
  rows.push_back(
      evidence("therapies.*.price", "money per year", 0, any_money, "price of a drug taken continuously", false));
  rows.push_back(evidence("therapies.*.price_first_year", "money per year", 0, any_money,
                          "price in the first year, where it differs", false));
  rows.push_back(evidence("therapies.*.infusions", "infusions per year", 0, 366, "infusions in a year", false));
  rows.push_back(evidence("therapies.*.infusions_first_year", "infusions per year", 0, 366,
                          "infusions in the first year, where they differ", false));
  rows.push_back(
      evidence("therapies.*.monitoring", "money per year", 0, any_money, "monitoring while the therapy lasts", false));
  rows.push_back(evidence("therapies.*.monitoring_first_year", "money per year", 0, any_money,
                          "monitoring in the first year, where it differs", false));
  const KeyColumn course = numbers("course", 1, 1, true);
  rows.push_back(evidence_table("therapies.*.course_price", "money per course", 0, any_money, {course},
                                "price of each course, one at the start of each year on therapy", false));
  rows.push_back(evidence_table("therapies.*.course_infusions", "infusions per course", 0, 366, {course},
                                "infusions of each course", false));
  rows.push_back(evidence("therapies.*.retreatment", "probability per year", 0, 1,
                          "a further course, as the last one, after the scheduled courses", false));
}

void add_adverse_events(Schema& rows) {
  const std::string path = "therapies.*.adverse_events.*.";
  rows.push_back(words(path + "label", "name of an adverse event of the drug", {}, {}, true));
  rows.push_back(evidence_table(path + "risk", "probability per year", 0, 1, {},
                                "by `year` on the drug (1, 2, ...; the last goes on) and, if wanted, `jcv` (negative, "
                                "positive)"));
  add_burden(rows, path, "cost of an event");
  rows.push_back(evidence(path + "fatality", "probability", 0, 1, "of dying of the event", false));
  rows.push_back(choice(path + "stops", "whether the drug ends with it"));
}

void add_eligibility(Schema& rows) {
  const std::string path = "therapies.*.procedure.eligibility.";
  rows.push_back(whole(path + "min_age", 0, 110, "lowest age in whole years"));
  rows.push_back(whole(path + "max_age", 0, 110, "highest age in whole years"));
  rows.push_back(whole(path + "max_edss", 0, 9, "highest EDSS"));
  rows.push_back(
      whole(path + "max_duration_years", 0, 110, "longest duration of disease, see population.disease_duration"));
  rows.push_back(evidence(path + "share", "proportion", 0, 1,
                          "of those within the limits, who are eligible: active disease, fit for it", false));
}

void add_way_to_procedure(Schema& rows) {
  const std::string path = "therapies.*.procedure.";
  rows.push_back(evidence(path + "waiting", "years", 0, 50,
                          "mean time from referral to the procedure; cycles waited are geometric", false));
  rows.push_back(evidence(path + "withdrawal", "probability per year", 0, 1, "leaving the waiting list", false));
  rows.push_back(words(path + "bridging", "therapy while waiting; absent: none"));
  rows.push_back(evidence(path + "mobilisation_failure", "probability", 0, 1, "stem cells cannot be collected", false));
  rows.push_back(
      evidence(path + "mobilisation_failure_cost", "money", 0, any_money, "cost of a failed collection", false));
}

void add_late_effects(Schema& rows) {
  const std::string path = "therapies.*.procedure.late_effects.*.";
  rows.push_back(words(path + "label", "name of a late effect", {}, {}, true));
  rows.push_back(evidence_table(path + "rate", "per year", 0, any_rate, {},
                                "excess rate by `year` since the procedure (1, 2, ...; the last goes on) and, if "
                                "wanted, `sex`",
                                false));
  rows.push_back(evidence_table(path + "probability", "probability", 0, 1, {},
                                "that the procedure leaves it, by `age` at the procedure (ends go on) and, if wanted, "
                                "`sex`",
                                false));
  rows.push_back(choice(path + "recurs", "whether each event counts; otherwise the first, which lasts"));
  add_burden(rows, path, "cost of an event");
  rows.push_back(evidence(path + "cost_per_year", "money per year", 0, any_money, "while it lasts", false));
  rows.push_back(evidence(path + "utility_change", "utility", -1, 0, "while it lasts, negative", false));
  rows.push_back(whole(path + "until_age", 0, 120, "age in years at which what lasts ends"));
  rows.push_back(evidence(path + "fatality", "probability", 0, 1, "of dying of an event", false));
}

void add_procedure(Schema& rows) {
  const std::string path = "therapies.*.procedure.";
  add_eligibility(rows);
  add_way_to_procedure(rows);
  rows.push_back(evidence_table(path + "death", "probability", 0, 1, {},
                                "of death from the procedure, by `edss` and, if wanted, `age` (ends go on)", false));
  rows.push_back(evidence(path + "cost", "money", 0, any_money,
                          "all-in: procedure and first year, complications included", false));
  rows.push_back(evidence(path + "qaly_change", "QALY", -1, 0,
                          "all-in: QALYs lost through the procedure, complications included, negative", false));
  for (const std::string& part : {std::string("items"), std::string("complications")}) {
    const std::string each = path + part + ".*.";
    rows.push_back(words(each + "label", "name of a part of the procedure", {}, {}, true));
    add_burden(rows, each, "cost, where no all-in cost is given");
    rows.push_back(evidence(each + "days", "days", 0, 1000, "in hospital", false));
  }
  rows.push_back(evidence(path + "complications.*.probability", "probability", 0, 1, "of the complication"));
  rows.push_back(evidence(path + "restart_scale", "per year^shape", 0, 100,
                          "Weibull cumulative hazard of return of activity: scale x years^shape", false));
  rows.push_back(evidence(path + "restart_shape", "shape", 0.01, 20, "shape of that hazard", false));
  rows.push_back(evidence(path + "restart_share", "proportion", 0, 1,
                          "of those whose activity returns, who restart a drug and lose the effect; absent: all",
                          false));
  add_late_effects(rows);
}

}  // namespace

void add_therapies(Schema& rows) {
  add_network(rows);
  add_stopping(rows);
  add_costs(rows);
  add_adverse_events(rows);
  add_procedure(rows);
}

}  // namespace myelin::ms
