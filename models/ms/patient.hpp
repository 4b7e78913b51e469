#pragma once

#include <map>
#include <optional>

#include "models/ms/inputs.hpp"
#include "models/ms/treatment.hpp"
#include "program/builder.hpp"

/// \file
/// The attributes and outcomes that the life processes of the MS model share. Each process adds its steps in its own
/// file.

namespace myelin::ms {

struct PatientAttributes {
  AttributeIndex sex;          ///< constant: female, male
  AttributeIndex age;          ///< clock, whole years
  AttributeIndex edss;         ///< state: 0..9
  AttributeIndex edss_before;  ///< transient: EDSS at the start of the cycle
  AttributeIndex phenotype;    ///< state: RRMS, SPMS, and PPMS where somebody begins with it
  AttributeIndex vital;        ///< state: alive, or the cause of death
  AttributeIndex line;         ///< state: as TherapyLines
  AttributeIndex cycles_on;    ///< state: completed cycles on the line
  AttributeIndex effect;       ///< state: which of the distinct effects acts, a function of line and cycles on it
  AttributeIndex candidate;    ///< transient: how treatment may go on after this cycle's change of disability
  AttributeIndex converted;    ///< transient: to SPMS in this cycle
  std::optional<AttributeIndex> jcv;            ///< constant: antibodies against JC virus, where a risk depends on them
  std::optional<AttributeIndex> relapses;       ///< transient: number in the cycle, where it is drawn
  std::optional<AttributeIndex> edss_at_line;   ///< state: EDSS when the line began, where a rule needs it
  std::optional<AttributeIndex> trigger;        ///< transient: whether a rule ends the drug in this cycle
  std::optional<AttributeIndex> adverse;        ///< transient: the serious adverse event of the cycle
  AttributeIndex arrived;                       ///< transient: at a line just now, and whether by discontinuation
  std::optional<AttributeIndex> pathway;        ///< transient: how the way to transplantation went on just now
  std::optional<AttributeIndex> since;          ///< state: never transplanted, or completed cycles since plus one
  std::optional<AttributeIndex> first_relapse;  ///< transient: since entry, in this cycle, where it is followed up
  std::optional<AttributeIndex> frailty_class;  ///< constant: of a patient's own hazard of worsening
  std::optional<AttributeIndex> frailty;        ///< constant: quantile of it within the class
  std::optional<AttributeIndex> relapses_so_far;  ///< state, where it acts on worsening
  std::optional<AttributeIndex> cycles_at_edss;   ///< state: completed at the present EDSS, where it acts on worsening
  std::optional<AttributeIndex> own_ratio;        ///< transient: level of RatioGrid, where patients differ
  std::vector<AttributeIndex> complications;      ///< transient, as in Inputs::reported: no, yes
  std::map<std::string, AttributeIndex> lasting;  ///< state: no, yes; of late effects that last
};

enum Sex { female, male };
enum Vital { alive, died, died_of_procedure, first_further_cause };
enum YesNo { no, yes };

enum Arrived { stayed, at_therapy, at_waiting, discontinued, discontinued_to_waiting };

/// Levels of `pathway`.
enum Pathway { elsewhere, goes_on_waiting, not_eligible, progressed, withdrawn, not_mobilised, transplanted };

struct OutcomeIndices {
  OutcomeIndex cost_state, cost_relapse, cost_acquisition, cost_administration, cost_monitoring, cost_procedure,
      cost_adverse_events, cost_late_effects, cost_productivity;
  OutcomeIndex qaly_disability, qaly_relapses, qaly_adverse_events, qaly_procedure, qaly_late_effects, qaly_carer;
  OutcomeIndex life_years, relapses, admissions, relapse_free_years, activity_free_years, years_below_4, years_below_6,
      years_before_spms, years_working, spms;
  std::vector<OutcomeIndex> milestones, years_before;  ///< sustained EDSS 4, 6, 7
  OutcomeIndex referrals, transplants, not_eligible, withdrawals, mobilisation_failures, hospital_days, all_deaths;
  std::vector<OutcomeIndex> complications, adverse_events, late_effects;  ///< as in Inputs::reported
  std::vector<OutcomeIndex> years_on;          ///< [therapy of Inputs::reported]; then waiting, then no treatment
  std::vector<OutcomeIndex> deaths;            ///< [vital level - 1]
  std::vector<OutcomeIndex> discontinuations;  ///< [cause of Inputs::discontinuation_causes]
  std::vector<OutcomeIndex> symptoms;          ///< [symptom]
};

/// A patient's class of frailty, and the level of all else in which his worsening differs from others'.
struct OwnRatio {
  int frailty_class = 0;
  int level = 0;
};

/// The ratios by which patients' worsening differs: of the class, times a power of one factor, 1 among them. Only 1
/// where patients are alike.
struct RatioGrid {
  std::vector<double> log_of_class = {0};
  int one = 0;      ///< the level of the power 1
  double step = 0;  ///< in log ratio
  int levels = 1;

  int nearest(double log_of_own) const;
  double ratio(const OwnRatio& own) const;
};
RatioGrid ratio_grid(const Inputs& inputs);

/// The EDSS matrices of a cycle, by effect; those of RRMS also by the patient's own worsening ratio.
struct CycleMatrices {
  RatioGrid own;
  std::vector<EdssMatrix> rrms;  ///< [effect][class][level]
  std::vector<EdssMatrix> spms, ppms;

  const EdssMatrix& relapsing(std::size_t effect, const OwnRatio& of) const {
    const std::size_t by_class = effect * own.log_of_class.size() + static_cast<std::size_t>(of.frailty_class);
    return rrms[by_class * static_cast<std::size_t>(own.levels) + static_cast<std::size_t>(of.level)];
  }
};
CycleMatrices cycle_matrices(const Inputs& inputs, const TherapyLines& lines);

/// What every process needs while a strategy is compiled.
struct Patient {
  const Inputs& inputs;
  const TherapyLines& lines;
  ProgramBuilder& builder;
  PatientAttributes is;
  OutcomeIndices outcomes;
  CycleMatrices matrices;

  double cycle_length_years() const { return inputs.timing.cycle_length.value; }
  TherapyLines::Position position(const Levels& levels) const {
    return {static_cast<std::size_t>(levels[is.line]), levels[is.cycles_on]};
  }
  Phenotype phenotype(const Levels& levels) const { return static_cast<Phenotype>(levels[is.phenotype]); }
  /// Read where patients differ.
  OwnRatio own(const Levels& levels) const {
    return is.own_ratio ? OwnRatio{is.frailty_class ? levels[*is.frailty_class] : 0, levels[*is.own_ratio]}
                        : OwnRatio{};
  }
  const Effects& effects(const Levels& levels) const {
    return lines.effects()[static_cast<std::size_t>(levels[is.effect])];
  }
};

void add_heterogeneity_attributes(ProgramBuilder& builder, const Inputs& inputs, PatientAttributes& is);
PatientAttributes add_attributes(ProgramBuilder& builder, const Inputs& inputs, const TherapyLines& lines);
OutcomeIndices add_outcomes(ProgramBuilder& builder, const Inputs& inputs);

/// The place of a name in a list of names. It must be there.
std::size_t place_of(const std::string& name, const std::vector<Named>& names);
/// The level of `vital` for a cause of death of Inputs::reported.
int vital_level(const Inputs& inputs, const std::string& cause);
/// The late effects of the strategy's procedures, each name once.
std::vector<LateEffect> late_effects_of(const Inputs& inputs);
/// Cycles since a transplantation after which no late effect changes.
int cycles_since_that_matter(const Inputs& inputs);
/// Excess rate of a late effect for a patient of whom `since` and `sex` are read.
double late_rate_per_year(const Patient& patient, const LateEffect& effect, const Levels& levels);
/// The levels of `candidate`: those who may be treated by how many of the drugs' EDSS limits they have reached, then
/// those in progressive MS likewise.
std::vector<std::string> candidate_levels(const Inputs& inputs);
/// Whether anybody waits for a procedure or comes to one after the start.
bool decides_in_cycles(const Patient& patient);
/// Whether somebody at a level of `candidate` must stop a therapy for good: at its EDSS limit, where it is a drug, or
/// in progressive MS.
bool must_stop(const Inputs& inputs, const Therapy& therapy, int candidate);
/// Whether a level of `candidate` is at an EDSS limit of any drug of the strategy.
bool at_edss_limit(const Inputs& inputs, int candidate);

// The life processes, in the order in which they add their steps.
void add_population(const Patient& patient);         ///< start: sex, JC virus, EDSS
void add_referral_at_start(const Patient& patient);  ///< start: eligibility, and transplantation without a wait
void add_frailty(const Patient& patient);            ///< start: where patients differ
void add_drug_events(const Patient& patient);        ///< cycle: courses, adverse events that change nothing else
void add_late_effects(const Patient& patient);       ///< cycle: after transplantation
void add_relapses(const Patient& patient);           ///< relapses, with their cost and QALY loss
void follow_up_relapse(Patient& patient);            ///< cycle: the first relapse since entry
void add_own_ratio(const Patient& patient);          ///< cycle: how the patient worsens unlike others
void add_activity(const Patient& patient);           ///< cycle: years free of relapse and worsening
void add_death(const Patient& patient);              ///< cycle: by age, sex and EDSS; by adverse and late events
void add_time_since_transplantation(const Patient& patient);  ///< cycle: what late effects depend on
void add_progression(const Patient& patient);                 ///< cycle: EDSS and conversion to SPMS
void remember_course(const Patient& patient);                 ///< cycle: relapses so far, time at an EDSS
void add_milestones(const Patient& patient);                  ///< cycle: sustained EDSS
void follow_up_disability(const Patient& patient);            ///< cycle: what happened to EDSS since entry
void add_treatment(const Patient& patient);                   ///< cycle: change of line; continuous costs of therapies
void add_referral(const Patient& patient);                    ///< cycle: eligibility, waiting, transplantation
void add_deaths(const Patient& patient);                      ///< cycle: count by cause
void add_living(const Patient& patient);  ///< life years, utilities, carers and care by EDSS; tallies

/// Events that are drawn with the deaths they may bring: counted in those who die of them too.
void count_serious_events(const Patient& patient);
// Rules that end a drug, each where what it reads has just happened.
void trigger_on_relapses(const Patient& patient);
void trigger_on_event(const Patient& patient);
void trigger_on_worsening(const Patient& patient);
/// The EDSS at the start and at each change of line, from which worsening is counted.
void remember_start(const Patient& patient);
void remember_start_of_line(const Patient& patient);
/// A procedure's steps, for those whose `pathway` has reached it; in the start or the cycle phase.
void add_transplantation(const Patient& patient, Phase phase, std::size_t procedure_line);

}  // namespace myelin::ms
