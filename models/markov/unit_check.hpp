#pragma once

#include "models/markov/structure.hpp"

namespace myelin::markov {

/// Tells where a parameter stands alone as a probability, rate, cost or utility and its unit says that it is none. What
/// stands within a longer formula is the author's to get right.
void check_units(const ParameterSet& parameters, const Structure& structure, Diagnostics& found);

}  // namespace myelin::markov
