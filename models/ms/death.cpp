#include <cmath>

#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_death(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const Inputs& inputs = patient.inputs;
  patient.builder.draw(
      Phase::cycle, "death", {is.age, is.sex, is.edss}, {is.vital}, [&](const Levels& levels, Branches& branches) {
        const double q = inputs.death_probability_per_year[levels[is.sex]][static_cast<std::size_t>(levels[is.age])];
        // The multiplier acts on the hazard -ln(1 - q), so that the probability cannot pass one.
        const double multiplier = inputs.mortality_multiplier[static_cast<std::size_t>(levels[is.edss])];
        const double survival = std::pow(1 - q, multiplier * patient.cycle_length_years());
        branches.add(survival, {alive});
        branches.add(1 - survival, {died});
      });
}

}  // namespace myelin::ms
