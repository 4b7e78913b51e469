#pragma once

#include <vector>

#include "program/program.hpp"

/// \file
/// A program without some of its attributes: a smaller one, whose states a cohort engine can enumerate, and whose
/// values still to come stand for those of the whole.

namespace myelin {

/// The program as if the dropped attributes, none of which guards a step, had their reference levels throughout. Every
/// step keeps its place; those that have nothing left to do accrue nothing.
Program at_reference(const Program& program, const std::vector<DroppedAttribute>& dropped);

/// The same, with every outcome in a row that is possible at any level of the dropped attributes: what a patient can
/// become. Amounts and probabilities are arbitrary.
Program at_any_level(const Program& program, const std::vector<DroppedAttribute>& dropped);

}  // namespace myelin
