#include "models/ms/patient.hpp"

#include <algorithm>
#include <cmath>

#include "models/ms/relapses.hpp"

namespace myelin::ms {

namespace {

/// Whether something holds for a line of therapy, or for what is taken while its procedure is waited for.
bool any_therapy(const Inputs& inputs, const auto& holds) {
  return std::ranges::any_of(inputs.lines, holds) || std::ranges::any_of(inputs.bridging, holds);
}

std::vector<std::string> names_with(std::string first, const std::vector<Named>& names) {
  std::vector<std::string> levels = {std::move(first)};
  for (const Named& each : names) levels.push_back(each.label);
  return levels;
}

void add_treatment_attributes(ProgramBuilder& builder, const Inputs& inputs, PatientAttributes& is) {
  const bool on_relapses = any_therapy(inputs, [](const Therapy& t) { return t.switch_relapses > 0; });
  const bool on_worsening = any_therapy(inputs, [](const Therapy& t) { return t.switch_on_worsening; });
  const bool serious = any_therapy(
      inputs, [](const Therapy& t) { return std::ranges::any_of(t.adverse_events, &AdverseEvent::is_serious); });
  const bool jcv = any_therapy(inputs, [](const Therapy& t) {
    return std::ranges::any_of(t.adverse_events, [](const auto& e) { return e.risk_per_year.depends_on("jcv"); });
  });
  add_heterogeneity_attributes(builder, inputs, is);
  if (inputs.relapses.drawn || on_relapses || inputs.follow_up)
    is.relapses = builder.transient("relapses", numbered_levels(most_relapses(inputs)), 0);
  if (on_worsening)
    is.edss_at_line = builder.state("edss_at_line_start", numbered_levels(edss_count - 1), ProgramBuilder::unset);
  if (serious) is.adverse = builder.transient("adverse_event", names_with("none", inputs.reported.adverse_events), 0);
  if (on_relapses || on_worsening || serious) is.trigger = builder.transient("trigger", {"stay", "switch"}, 0);
  if (jcv) {
    is.jcv = builder.constant("jcv", {"negative", "positive"}, ProgramBuilder::unset);
    builder.may_leave_out(*is.jcv, no);
  }
}

void add_procedure_attributes(ProgramBuilder& builder, const Inputs& inputs, PatientAttributes& is) {
  if (!any_therapy(inputs, [](const Therapy& t) { return t.kind == TherapyKind::procedure; })) return;
  is.pathway = builder.transient(
      "pathway",
      {"elsewhere", "waiting", "not eligible", "in progressive MS", "withdrawn", "not mobilised", "transplanted"},
      elsewhere);
  for (const Named& complication : inputs.reported.complications)
    is.complications.push_back(builder.transient("complication." + complication.name, {"no", "yes"}, no));
  const std::vector<LateEffect> late = late_effects_of(inputs);
  if (late.empty()) return;
  std::vector<std::string> since = {"never"};
  for (int cycle = 0; cycle <= cycles_since_that_matter(inputs); ++cycle) since.push_back(std::to_string(cycle));
  is.since = builder.state("cycles_since_transplantation", since, 0);
  builder.may_leave_out(*is.since, 0);
  for (const LateEffect& effect : late) {
    if (effect.recurs) continue;
    const AttributeIndex lasts = builder.state("late." + effect.name, {"no", "yes"}, no);
    builder.may_leave_out(lasts, no);
    is.lasting.emplace(effect.name, lasts);
  }
}

}  // namespace

std::size_t place_of(const std::string& name, const std::vector<Named>& names) {
  const auto found = std::ranges::find(names, name, &Named::name);
  MYELIN_EXPECT(found != names.end());
  return static_cast<std::size_t>(found - names.begin());
}

int vital_level(const Inputs& inputs, const std::string& cause) {
  return first_further_cause + static_cast<int>(place_of(cause, inputs.reported.causes_of_death));
}

PatientAttributes add_attributes(ProgramBuilder& builder, const Inputs& inputs, const TherapyLines& lines) {
  PatientAttributes is;
  is.sex = builder.constant("sex", {"female", "male"}, ProgramBuilder::unset);
  std::vector<int> years_passed;
  for (std::uint32_t time = 0; time <= inputs.timing.cycles; ++time)
    years_passed.push_back(static_cast<int>(time) / inputs.cycles_per_year);
  const int highest_age = static_cast<int>(inputs.death_probability_per_year[0].size()) - 1;
  is.age = builder.clock("age", highest_age, inputs.population.start_age_years, years_passed);
  is.edss = builder.state("edss", numbered_levels(edss_count - 1), ProgramBuilder::unset);
  std::vector<std::string> phenotypes = {"RRMS", "SPMS"};
  if (inputs.population.start_phenotype == Phenotype::primary_progressive) phenotypes.push_back("PPMS");
  is.edss_before = builder.transient("edss_before", numbered_levels(edss_count - 1), 0);
  is.phenotype = builder.state("phenotype", phenotypes, static_cast<int>(inputs.population.start_phenotype));
  std::vector<std::string> fates = {"alive", "died", "died of procedure"};
  for (const Named& cause : inputs.reported.causes_of_death) fates.push_back("died of " + cause.label);
  is.vital = builder.state("vital", fates, alive);
  is.line = builder.state("line", lines.labels(), 0);
  is.cycles_on = builder.state("cycles_on_line", numbered_levels(lines.most_cycles()), 0);
  is.effect =
      builder.state("effect", numbered_levels(static_cast<int>(lines.effects().size()) - 1), lines.effect_of({0, 0}));
  is.candidate = builder.transient("candidate", candidate_levels(inputs), 0);
  is.converted = builder.transient("converted", {"no", "yes"}, no);
  add_treatment_attributes(builder, inputs, is);
  add_procedure_attributes(builder, inputs, is);
  is.arrived = builder.transient(
      "arrived", {"stayed", "at a therapy", "at a line of waiting", "discontinued", "discontinued, now waiting"},
      stayed);
  builder.dead(is.vital, died);
  return is;
}

}  // namespace myelin::ms
