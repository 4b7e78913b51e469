#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_population(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  patient.builder.draw(Phase::start, "sex", {}, {is.sex}, [&](const Levels&, Branches& branches) {
    branches.add(patient.inputs.female_share, {female});
    branches.add(1 - patient.inputs.female_share, {male});
  });
  patient.builder.draw(Phase::start, "start_edss", {}, {is.edss}, [&](const Levels&, Branches& branches) {
    for (std::size_t edss = 0; edss < edss_count; ++edss)
      branches.add(patient.inputs.start_edss[edss], {static_cast<int>(edss)});
  });
}

}  // namespace myelin::ms
