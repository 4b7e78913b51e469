#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_population(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const StartingPopulation& population = patient.inputs.population;
  patient.builder.draw(Phase::start, "sex", {}, {is.sex}, [&](const Levels&, Branches& branches) {
    branches.add(population.female_share, {female});
    branches.add(1 - population.female_share, {male});
  });
  if (is.jcv) {
    patient.builder.draw(Phase::start, "jcv", {}, {*is.jcv}, [&](const Levels&, Branches& branches) {
      branches.add(1 - population.jcv_positive_share, {no});
      branches.add(population.jcv_positive_share, {yes});
    });
  }
  patient.builder.draw(Phase::start, "start_edss", {}, {is.edss}, [&](const Levels&, Branches& branches) {
    for (std::size_t edss = 0; edss < edss_count; ++edss)
      branches.add(population.start_edss[edss], {static_cast<int>(edss)});
  });
}

}  // namespace myelin::ms
