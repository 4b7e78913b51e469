#pragma once

#include "study/calibrate.hpp"
#include "study/calibrate_misfit.hpp"

namespace myelin::study {

/// The normal approximation to the likelihood at an optimum: the inverse of half the objective's second derivatives
/// (central differences) is the covariance on the parameters' scales. A parameter that ends at a bound is held there. A
/// direction in which the standard error exceeds the whole range of the parameters is not identified: then there are
/// neither standard errors nor draws, and a warning says so. Draws outside the bounds are made anew.
Uncertainty uncertainty_at(const CalibrationSpec& spec, const Misfit& misfit, const Misfit::Point& optimum);

}  // namespace myelin::study
