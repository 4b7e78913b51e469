#include <algorithm>

#include "models/ms/natural_history.hpp"
#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_progression(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const Inputs& inputs = patient.inputs;
  const NaturalHistory& history = inputs.natural_history;
  const Years length = inputs.timing.cycle_length;
  const EdssMatrix spms = spms_step(history, length);
  std::vector<EdssMatrix> rrms;
  for (const Effects& effects : patient.lines.effects()) {
    rrms.push_back(rrms_step(history, effects.worsening, effects.improvement, length));
  }
  const auto candidate = [&](int phenotype, int edss) {
    if (phenotype == secondary_progressive && inputs.stop_at_spms)
      return static_cast<int>(Candidate::secondary_progressive);
    return static_cast<int>(edss >= inputs.stop_at_edss ? Candidate::at_edss_limit : Candidate::treatable);
  };
  patient.builder.draw(
      Phase::cycle, "progression", {is.phenotype, is.edss, is.effect}, {is.edss, is.phenotype, is.candidate},
      [&](const Levels& levels, Branches& branches) {
        const auto edss = static_cast<std::size_t>(levels[is.edss]),
                   effect = static_cast<std::size_t>(levels[is.effect]);
        const auto add = [&](double p, int phenotype, int to) {
          branches.add(p, {to, phenotype, candidate(phenotype, to)});
        };
        if (levels[is.phenotype] == secondary_progressive) {
          for (std::size_t to = 0; to < edss_count; ++to)
            add(spms[edss][to], secondary_progressive, static_cast<int>(to));
          return;
        }
        // Whoever converts takes the step that conversion brings and no other; conversion is the worst outcome.
        const double converts =
            conversion_probability(history, edss, patient.lines.effects()[effect].worsening, length).value();
        for (std::size_t to = 0; to < edss_count; ++to) {
          add((1 - converts) * rrms[effect][edss][to], relapsing_remitting, static_cast<int>(to));
        }
        const int highest = static_cast<int>(edss_count) - 1;
        add(converts, secondary_progressive,
            std::min(highest, static_cast<int>(edss) + history.edss_step_at_conversion));
      });
}

}  // namespace myelin::ms
