#pragma once

#include <cstdint>
#include <vector>

#include "program/program.hpp"
#include "study/simulate.hpp"

/// \file
/// How many patients a parameter draw needs. Few draws of many patients know each draw well and the inputs' uncertainty
/// badly; many draws of few patients the other way round.

namespace myelin::study {

/// What a draw costs to prepare and a patient to live, above 0, in one unit.
struct DrawWork {
  double per_draw = 0;
  double per_patient = 0;
};

/// The work of programs in which a patient lives `cycles_a_patient` cycles over all of them, in steps of one patient.
DrawWork work_of(const std::vector<Program>& programs, double cycles_a_patient);

/// The patients a draw, 1 or more, with which given work estimates the mean over draws best:
/// sqrt(per_draw x within / (per_patient x between)), of the variance between patients of a draw and that between the
/// draws' expectations (O'Hagan, Stevenson and Madan 2007, Health Econ 16, 1009). Infinite if the parameters cause no
/// variance.
double optimal_patients_per_draw(const DrawWork& work, double within_variance, double between_variance);

/// The patients a draw that are enough for the increments in net benefit between the first strategy and all others at
/// all thresholds (currency per QALY): as many as make the best mean for the work, and so many that the patients' share
/// of the variance between draws is a twentieth at most; never so few that they do not show their own error. From two
/// or more draws lived by `patients` each; infinite if these show no spread beyond chance, or there is nothing to
/// compare.
double enough_patients_per_draw(const std::vector<AnalysisOutput>& draws, const std::vector<Outcome>& outcomes,
                                double patients, const std::vector<double>& thresholds, const DrawWork& work);

}  // namespace myelin::study
