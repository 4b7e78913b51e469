#include "models/ms/model.hpp"
#include "models/ms/schema_rows.hpp"

namespace myelin::ms {

namespace {

using enum KeyKind;

const KeyColumn edss = numbers("edss", 0, 9);
const KeyColumn sex{.name = "sex", .levels = {"female", "male"}};

void add_population(Schema& rows) {
  rows.push_back(evidence("population.start_age", "years", 0, 110, "age at the start, whole years"));
  rows.push_back(evidence("population.female_share", "proportion", 0, 1, "share of women"));
  rows.push_back(
      evidence_table("population.start_edss", "proportion", 0, 1, {edss}, "distribution of EDSS at the start"));
  rows.push_back(words("population.start_phenotype", "phenotype at the start; PPMS needs its own matrix",
                       {"RRMS", "SPMS", "PPMS"}, "\"RRMS\""));
  rows.push_back(evidence("population.disease_duration", "years", 0, 110, "duration of disease at the start", false));
  rows.push_back(
      evidence("population.jcv_positive", "proportion", 0, 1, "share with antibodies against JC virus", false));
}

void add_natural_history(Schema& rows) {
  rows.push_back(words("natural_history.variant",
                       "which natural history is used, by its name under natural_history.variants", {}, {}, true));
  rows.push_back(evidence("natural_history.variants.*.speed", "ratio", 0, 10,
                          "multiplies the hazards of worsening and, without `conversion`, of conversion"));
  rows.push_back(evidence("natural_history.variants.*.conversion", "ratio", 0, 10,
                          "multiplies the hazard of conversion, in place of `speed`", false));
  rows.push_back(evidence("natural_history.variants.*.excess_mortality", "ratio", 0, 10,
                          "multiplies what the hazard of death has beyond the life table: multiplier - 1; absent: 1",
                          false));
  rows.push_back(words("natural_history.structure",
                       "with conversion to SPMS and its own matrix, or EDSS alone, where conversion does not exist",
                       {"rrms_spms", "edss_only"}, "\"rrms_spms\""));
  rows.push_back(evidence_table("natural_history.rrms_intensities", "per year", -any_rate, any_rate,
                                {numbers("from_edss", 0, 9), numbers("to_edss", 0, 9)},
                                "intensities of EDSS change in RRMS; the diagonal is minus the sum of its row"));
  const std::vector<KeyColumn> progressive = {numbers("from_edss", 1, 9), numbers("to_edss", 0, 9)};
  rows.push_back(evidence_table("natural_history.spms_probabilities", "probability per year", 0, 1, progressive,
                                "annual probabilities of EDSS change in SPMS"));
  rows.push_back(evidence_table("natural_history.ppms_probabilities", "probability per year", 0, 1, progressive,
                                "annual probabilities of EDSS change in PPMS", false));
  rows.push_back(evidence_table("natural_history.conversion", "probability per year", 0, 0.9999, {edss},
                                "annual probability of conversion from RRMS to SPMS"));
  rows.push_back(whole("natural_history.edss_step_at_conversion", 1, 9,
                       "EDSS steps that conversion brings, in place of any other in that cycle", "1"));
  rows.push_back(choice("natural_history.effect_on_conversion",
                        "whether the worsening ratio of a therapy also acts on conversion", "true"));
  rows.push_back(evidence("natural_history.relapse_associated_share", "proportion", 0, 0.99,
                          "share of untreated worsening that relapses leave; the rest is progression independent of "
                          "relapse activity. Only where a therapy states `pira`",
                          false));
  rows.push_back(evidence("natural_history.heterogeneity.frailty_log_sd", "factor", 0, 2,
                          "standard deviation of the logarithm of a patient's own multiplier of worsening in RRMS, "
                          "whose mean is 1; 200 quantiles",
                          false));
  rows.push_back(evidence("natural_history.heterogeneity.ratio_per_relapse", "hazard ratio", 0.5, 2,
                          "of worsening in RRMS for each relapse so far, ten at most", false));
  rows.push_back(evidence("natural_history.heterogeneity.ratio_per_year_at_edss", "hazard ratio", 0.5, 2,
                          "of worsening in RRMS for each year at the same EDSS, ten at most", false));
  rows.push_back(evidence_table("mortality.life_table", "probability per year", 0, 1,
                                {sex, numbers("age", 0, 100, true)},
                                "annual probability of death of the general population"));
  rows.push_back(
      evidence_table("mortality.multiplier", "hazard ratio", 0, any_rate, {edss}, "multiplies the hazard of death"));
}

void add_relapses(Schema& rows) {
  rows.push_back(evidence_table("relapses.rate_rrms", "per year", 0, 20, {edss}, "relapses in RRMS without treatment"));
  rows.push_back(evidence_table("relapses.rate_spms", "per year", 0, 20, {edss}, "relapses in SPMS without treatment"));
  rows.push_back(evidence("relapses.qaly_change", "QALY per relapse", -1, 0,
                          "QALYs lost in a relapse, negative: decrement times duration"));
  rows.push_back(
      evidence("relapses.cost", "money per relapse", 0, any_money, "cost of a relapse, admissions included"));
  rows.push_back(evidence("relapses.admitted_share", "proportion", 0, 1,
                          "of relapses, with an admission; counted, because the cost of a relapse contains it", false));
  rows.push_back(evidence("relapses.dispersion", "ratio", 0, 100,
                          "variance of the drawn number in a cycle = mean x (1 + dispersion x mean); absent: Poisson",
                          false));
}

void add_living(Schema& rows) {
  rows.push_back(evidence_table("utilities.state", "utility", -1, 1, {edss}, "utility by EDSS in RRMS"));
  rows.push_back(evidence("utilities.spms_change", "utility", -1, 1, "added to the utility in SPMS and PPMS"));
  rows.push_back(words("utilities.age_adjustment",
                       "whether utilities are multiplied by the general population's at the age over that at the "
                       "reference age",
                       {"none", "multiplicative"}, "\"none\""));
  rows.push_back(evidence_table("utilities.general_population", "utility", 0, 1, {sex, numbers("age", 0, 100, true)},
                                "utility of the general population", false));
  rows.push_back(
      whole("utilities.reference_age", 0, 110, "mean age in years of those from whom the utilities by EDSS come"));
  rows.push_back(evidence_table("utilities.carer_change", "QALY per year", -1, 0, {edss},
                                "QALYs that one carer loses in a year, negative"));
  rows.push_back(choice("utilities.carer_counted", "whether the carer's QALYs are part of the total", "true"));
  rows.push_back(evidence_table("costs.state_rrms", "money per year", 0, any_money, {edss},
                                "health and social care by EDSS in RRMS, without drugs and relapses"));
  rows.push_back(evidence("costs.spms_addition", "money per year", -any_money, any_money,
                          "added to the cost of care in SPMS and PPMS"));
  rows.push_back(evidence("costs.infusion", "money per infusion", 0, any_money, "giving one infusion"));
  rows.push_back(choice("costs.productivity_counted", "whether lost earnings are part of the total cost", "false"));
  rows.push_back(words("symptoms.*.label", "name of a symptom", {}, {}, true));
  rows.push_back(evidence_table("symptoms.*.prevalence", "proportion", 0, 1, {edss}, "who has it, by EDSS"));
  rows.push_back(evidence_table("work.employment", "proportion", 0, 1, {edss}, "in work, by EDSS", false));
  rows.push_back(evidence("work.earnings", "money per year", 0, any_money, "earnings, with work.employment", false));
  rows.push_back(whole("work.until_age", 0, 110, "age in years at which work ends, with work.employment"));
}

void add_treatment_rules(Schema& rows) {
  rows.push_back(whole("treatment.stop_at_edss", 0, 10, "every drug stops at this EDSS, for good; 10 for never", "7"));
  rows.push_back(choice("treatment.stop_at_spms",
                        "whether every drug, and the effect of a procedure, ends at SPMS; a therapy acts there only "
                        "with worsening_spms",
                        "true"));
  rows.push_back(evidence("treatment.discontinuation", "probability per year", 0, 1,
                          "all-cause discontinuation of a drug without a rate of its own"));
  rows.push_back(words("treatment.discontinuation_causes.*.label", "why drugs are given up", {}, {}, true));
  rows.push_back(evidence("treatment.discontinuation_causes.*.share", "proportion", 0, 1,
                          "share of all-cause discontinuation; shares sum to 1"));
  rows.push_back(whole("treatment.switch_relapses", 0, 100,
                       "so many relapses in a cycle end a drug, and the next begins; 0: never", "0"));
  rows.push_back(choice("treatment.switch_confirmed_worsening",
                        "whether EDSS worsening that is still there at the next time point ends a drug, and the next "
                        "begins",
                        "false"));
  rows.push_back(
      whole("treatment.stop_after_years", 0, 100, "years after which a drug ends, and the next begins; 0: never", "0"));
  rows.push_back(choice("treatment.rebound", "whether the rebound of relapses after a drug acts", "false"));
  rows.push_back(words("treatment.waning",
                       "none, or the schedule under treatment.waning_schedules that every therapy follows", {},
                       "\"none\""));
  rows.push_back(evidence_table(
      "treatment.waning_schedules.*.effect_remaining", "share of effect", 0, 1, {numbers("year", 1, 1, true)},
      "share of its effect that a therapy has in each year since it was started; the last goes on", false));
  rows.push_back(words("treatment.waning_on", "whether the share multiplies 1 - ratio or the logarithm of the ratio",
                       {"one_minus_ratio", "log_ratio"}, "\"one_minus_ratio\""));
}

}  // namespace

const Schema& MsModel::schema() const {
  static const Schema rows = [] {
    Schema all;
    all.push_back({.path = "strategies.*.lines",
                   .kind = text_list,
                   .description = "therapies in order, one procedure at most; after the last comes no treatment"});
    all.push_back(choice("analysis.follow_up",
                         "whether first relapse, confirmed worsening and improvement since entry are recorded",
                         "false"));
    add_population(all);
    add_natural_history(all);
    add_relapses(all);
    add_living(all);
    add_treatment_rules(all);
    add_therapies(all);
    add_access(all);
    return all;
  }();
  return rows;
}

}  // namespace myelin::ms
