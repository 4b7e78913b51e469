#pragma once

#include "core/units.hpp"
#include "models/ms/inputs.hpp"

namespace myelin::ms {

/// EDSS transition probabilities of RRMS over a cycle: P = exp(Q x length), where worsening intensities (above the
/// diagonal) are multiplied by `worsening` and improvement intensities by `improvement`. Rows sum to one.
EdssMatrix rrms_step(const NaturalHistory& history, double worsening, double improvement, Years cycle_length);

/// EDSS transition probabilities of a progressive phenotype over a cycle, where worsening is multiplied by `worsening`.
/// The published annual matrix as it stands where `needs_logarithm` is false. Elsewhere its logarithm is needed, which
/// has negative intensities: they are set to zero and the diagonal restored (diagonal adjustment; Israel, Rosenthal and
/// Wei 2001), then P = exp(speed x worsening x Q x length), because the matrices have no improvement.
EdssMatrix progressive_step(const EdssMatrix& probabilities_per_year, const NaturalHistory& history, double worsening,
                            Years cycle_length);

/// Whether a progressive matrix's logarithm is needed: a cycle other than a year, a speed other than 1, or a therapy
/// that acts on it; then in every arm, so that a ratio of 1 changes nothing.
bool needs_logarithm(double speed, Years cycle_length, bool effect_on_progressive);

/// Whether the matrix has a real logarithm: no eigenvalue of its EDSS 1 to 9 is zero or negative.
bool has_real_logarithm(const EdssMatrix& probabilities_per_year);

/// Largest change of an annual probability by that adjustment: how far the regularised matrix is from the published
/// one.
double regularisation_error(const EdssMatrix& probabilities_per_year);

/// Probability of conversion to SPMS over a cycle: the annual probability's hazard times its speed and, where the
/// effect acts on conversion, the worsening ratio.
Probability conversion_probability(const NaturalHistory& history, std::size_t edss, double worsening,
                                   Years cycle_length);

}  // namespace myelin::ms
