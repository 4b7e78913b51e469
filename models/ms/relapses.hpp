#pragma once

#include "models/ms/patient.hpp"

namespace myelin::ms {

/// So many relapses in a cycle, over all states and effects, that more have a probability below 1e-9.
int most_relapses(const Inputs& inputs);

/// Probability of no relapse in a cycle, for a patient of whom phenotype, EDSS and effect are read.
double relapse_free_in_cycle(const Patient& patient, const Levels& levels);

}  // namespace myelin::ms
