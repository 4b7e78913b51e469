#pragma once

#include "models/ms/inputs.hpp"
#include "models/ms/treatment.hpp"
#include "program/builder.hpp"

/// \file
/// The attributes and outcomes that the life processes of the MS model share. Each process adds its steps in its own
/// file.

namespace myelin::ms {

struct PatientAttributes {
  AttributeIndex sex;        ///< constant: female, male
  AttributeIndex age;        ///< clock, whole years
  AttributeIndex edss;       ///< state: 0..9
  AttributeIndex phenotype;  ///< state: RRMS, SPMS
  AttributeIndex vital;      ///< state: alive, or the cause of death
  AttributeIndex line;       ///< state: line of therapy, the last is no treatment
  AttributeIndex cycles_on;  ///< state: completed cycles on the line
  AttributeIndex effect;     ///< state: which of the distinct effects acts, a function of line and cycles on it
  AttributeIndex candidate;  ///< transient: how treatment may go on after this cycle's change of disability
};

enum Sex { female, male };
enum Phenotype { relapsing_remitting, secondary_progressive };
enum Vital { alive, died, died_of_procedure };

struct OutcomeIndices {
  OutcomeIndex cost, cost_state, cost_relapse, cost_acquisition, cost_administration, cost_monitoring, cost_procedure;
  OutcomeIndex qaly, qaly_patient, qaly_carer;
  OutcomeIndex life_years, relapses, transplants, procedure_deaths;
  std::vector<OutcomeIndex> complications;  ///< as in Inputs::all_complications
};

/// What every process needs while a strategy is compiled.
struct Patient {
  const Inputs& inputs;
  const TherapyLines& lines;
  ProgramBuilder& builder;
  PatientAttributes is;
  OutcomeIndices outcomes;

  double cycle_length_years() const { return inputs.timing.cycle_length.value; }
  TherapyLines::Position position(const Levels& levels) const {
    return {static_cast<std::size_t>(levels[is.line]), levels[is.cycles_on]};
  }
};

PatientAttributes add_attributes(ProgramBuilder& builder, const Inputs& inputs, const TherapyLines& lines);
OutcomeIndices add_outcomes(ProgramBuilder& builder, const Inputs& inputs);

// The life processes, in the order in which they add their steps.
void add_population(const Patient& patient);       ///< start: sex, EDSS
void add_transplantation(const Patient& patient);  ///< start: complications, death, cost and QALY loss of a procedure
void add_courses(const Patient& patient);          ///< cycle: therapies given in courses
void add_relapses(const Patient& patient);         ///< relapses, with their cost and QALY loss
void add_death(const Patient& patient);            ///< cycle: death by age, sex and EDSS
void add_progression(const Patient& patient);      ///< cycle: EDSS and conversion to SPMS
void add_treatment(const Patient& patient);        ///< cycle: change of line; continuous costs of therapies
void add_living(const Patient& patient);           ///< life years, utilities, carers and care by EDSS; tallies

}  // namespace myelin::ms
