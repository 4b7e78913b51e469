#pragma once

#include "core/units.hpp"
#include "models/ms/inputs.hpp"

namespace myelin::ms {

/// EDSS transition probabilities of RRMS over a cycle: P = exp(Q x length), where worsening intensities (above the
/// diagonal) are multiplied by `worsening` and improvement intensities by `improvement`. Rows sum to one.
EdssMatrix rrms_step(const NaturalHistory& history, double worsening, double improvement, Years cycle_length);

/// EDSS transition probabilities of SPMS over a cycle. The published annual matrix as it stands where the cycle is a
/// year and the speed 1. Elsewhere its logarithm is needed, which has negative intensities: they are set to zero and
/// the diagonal restored (diagonal adjustment; Israel, Rosenthal and Wei 2001), then P = exp(speed x Q x length).
EdssMatrix spms_step(const NaturalHistory& history, Years cycle_length);

/// Whether `spms_step` needs the matrix's logarithm: a cycle other than a year, or a speed other than 1.
bool needs_spms_logarithm(double speed, Years cycle_length);

/// Whether the matrix has a real logarithm: no eigenvalue of its EDSS 1 to 9 is zero or negative.
bool has_real_logarithm(const EdssMatrix& spms_probabilities_per_year);

/// Largest change of an annual probability by that adjustment: how far the regularised matrix is from the published
/// one.
double spms_regularisation_error(const NaturalHistory& history);

/// Probability of conversion to SPMS over a cycle: the annual probability's hazard times speed and, where the effect
/// acts on conversion, the worsening ratio.
Probability conversion_probability(const NaturalHistory& history, std::size_t edss, double worsening,
                                   Years cycle_length);

}  // namespace myelin::ms
