#include "bench/reference/ms_tables.hpp"

#include "bench/reference/program_reader.hpp"

namespace myelin::reference {

MsTables::MsTables(const Program& program) {
  ProgramReader reader(program);
  read_entry(reader, program);
  read_start(reader);
  if (transplants) read_transplantation(reader);
  entry_sustained = reader.rule<1>(Phase::start, "entry.sustained", {"sustained"}, {"edss"});
  read_points(reader);
  read_events(reader);
  read_course(reader);
  reader.finish();
  outcome_at = reader.outcome_at();
  cells = reader.cells();
  outcomes = program.outcomes;
}

void MsTables::read_entry(const ProgramReader& from, const Program& program) {
  cycles = program.cycles;
  const Attribute& age = program.attributes[from.attribute("age").value];
  for (const int passed : age.clock_offset) age_at.push_back(static_cast<std::uint32_t>(age.initial + passed));
  levels = {.age = from.levels("age"),
            .line = from.levels("line"),
            .cycles_on_line = from.levels("cycles_on_line"),
            .effect = from.levels("effect"),
            .candidate = from.levels("candidate"),
            .trigger = from.levels("trigger"),
            .jcv = from.levels("jcv"),
            .frailty = from.levels("frailty"),
            .relapses_so_far = from.levels("relapses_so_far"),
            .cycles_at_edss = from.levels("cycles_at_edss"),
            .own_ratio = from.levels("own_worsening_ratio"),
            .relapses = from.levels("relapses")};
  if (from.levels("sex") != sexes || from.levels("edss") != edss_levels || from.levels("phenotype") != phenotypes)
    from.refuse("is not of two sexes, ten levels of EDSS and two phenotypes");
  if (program.attributes[program.death_attribute.value].name != "vital" || program.first_dead_level != 1)
    from.refuse("does not tell the dead by 'vital'");
  for (const char* effect : {"late.thyroid", "late.ovarian_failure"})
    if (from.has("pathway") && from.levels(effect) != 2) from.refuse(std::string("has no '") + effect + "'");
  if (from.entry_level("trigger") != 0) from.refuse("ends a drug without an event");
  entrant.age = age_at.front();
  entrant.phenotype = from.entry_level("phenotype");
  entrant.line = from.entry_level("line");
  entrant.cycles_on_line = from.entry_level("cycles_on_line");
  entrant.effect = from.entry_level("effect");
  transplants = from.has("pathway");
  serious_events = from.has("adverse_event");
  relapses_drawn = from.has("relapses");
  patients_differ = from.has("own_worsening_ratio");
}

void MsTables::read_start(ProgramReader& from) {
  sex = from.choice<1>(Phase::start, "sex", {"sex"}, {});
  jcv = from.choice<1>(Phase::start, "jcv", {"jcv"}, {});
  start_edss = from.choice<1>(Phase::start, "start_edss", {"edss"}, {});
  frailty_class = from.choice<1>(Phase::start, "frailty_class", {"frailty_class"}, {});
  frailty = from.choice<1>(Phase::start, "frailty", {"frailty"}, {});
}

void MsTables::read_transplantation(ProgramReader& from) {
  const AttributeIndex pathway_attribute = from.attribute("pathway");
  referred = from.amounts<4>(Phase::start, {"referral"}, {});
  referral = from.choice<1>(Phase::start, "referral", {"pathway"}, {"edss", "phenotype", "age"});
  for (int level = 0; level < static_cast<int>(from.levels("pathway")); ++level) {
    if (from.level_name("pathway", level) == "transplanted") transplanted = static_cast<std::uint32_t>(level);
    after_referral.push_back(from.has_step(Phase::start, "leaves_waiting", Guard{pathway_attribute, level})
                                 ? from.rule<3>(Phase::start, "leaves_waiting", {"line", "cycles_on_line", "effect"},
                                                {}, Guard{pathway_attribute, level})
                                       .front()
                                 : Given<3>{static_cast<std::uint8_t>(entrant.line),
                                            static_cast<std::uint8_t>(entrant.cycles_on_line),
                                            static_cast<std::uint8_t>(entrant.effect)});
  }
  pathway = from.counts_only<4>(Phase::start, {"pathway"}, {"pathway"});
  const Guard done{pathway_attribute, static_cast<int>(transplanted)};
  transplantation = from.amounts<4>(Phase::start, {"transplantation"}, {}, done);
  for (const std::string& name : from.attributes_under("complication.")) {
    complications.push_back({from.choice<1>(Phase::start, name, {name}, {}, done),
                             from.counts_only<1>(Phase::start, {"transplantation"}, {name}, done)});
  }
  ovarian_failures = from.counts_only<1>(Phase::start, {"ovarian_failure"}, {"age", "sex"}, done);
  ovarian_failure =
      from.choice<1>(Phase::start, "left.ovarian_failure", {"late.ovarian_failure"}, {"age", "sex"}, done);
  since_transplantation = from.rule<1>(Phase::start, "transplanted", {"cycles_since_transplantation"}, {}, done);
  procedure_death = from.choice<1>(Phase::start, "procedure_death", {"vital"}, {"edss"}, done);
  procedure_deaths = from.counts_only<2>(Phase::start, {"procedure deaths"}, {"vital"}, done);
}

void MsTables::read_points(ProgramReader& from) {
  lasting = from.amounts<1>(Phase::point, {"lasting thyroid", "lasting ovarian_failure"},
                            {"late.thyroid", "late.ovarian_failure", "age"});
  disability = from.amounts<16>(Phase::point,
                                {"relapses", "relapses admitted", "years without relapse", "relapse cost",
                                 "relapse QALY loss", "free of activity", "care", "carer", "life years", "below EDSS 4",
                                 "below EDSS 6", "before SPMS", "fatigue", "cognitive_impairment", "utility"},
                                {"phenotype", "edss", "effect"});
  before_milestone = from.counts_only<4>(Phase::point, {"before milestone"}, {"sustained"});
  therapy = from.amounts<8>(Phase::point, {"drugs", "infusions", "monitoring", "years on therapy"},
                            {"line", "cycles_on_line"});
  work = from.amounts<2>(Phase::point, {"work", "lost earnings"}, {"edss", "age"});
  by_sustained = from.tally(Phase::point, "sustained", {"sustained"});
  by_disability = from.tally(Phase::point, "disability", {"phenotype", "edss"});
  by_line = from.tally(Phase::point, "therapy", {"line"});
}

void MsTables::read_events(ProgramReader& from) {
  const Names on_line = {"line", "cycles_on_line", "jcv"},
              late = {"cycles_since_transplantation", "sex", "late.thyroid"}, event = {"adverse_event", "line"};
  drug_events = from.amounts<8>(Phase::cycle,
                                {"courses", "course infusions", "count infusion_reaction", "count serious_infection",
                                 "count thyroid", "count itp", "adverse event cost", "adverse event QALY loss"},
                                on_line);
  late_effects = from.amounts<8>(Phase::cycle, {"late effects", "first thyroid"}, late);
  thyroid = from.choice<1>(Phase::cycle, "late.thyroid", {"late.thyroid"}, late);
  relapses = from.choice<1>(Phase::cycle, "relapses", {"relapses"}, {"phenotype", "edss", "effect"});
  relapse = from.amounts<8>(
      Phase::cycle, {"relapses", "relapses admitted", "years without relapse", "relapse cost", "relapse QALY loss"},
      {"relapses"});
  own_ratio = from.rule<1>(Phase::cycle, "own_worsening_ratio", {"own_worsening_ratio"},
                           {"frailty_class", "frailty", "relapses_so_far", "cycles_at_edss"});
  activity = from.counts_only<1>(Phase::cycle, {"free of activity"},
                                 {"frailty_class", "own_worsening_ratio", "phenotype", "edss", "effect"});
  death = from.choice<1>(Phase::cycle, "death", {"vital"}, {"age", "sex", "edss"});
  if (serious_events)
    serious_event = from.choice<2>(Phase::cycle, "adverse_event", {"vital", "adverse_event"}, on_line);
  serious_event_costs =
      from.amounts<4>(Phase::cycle, {"count serious pml", "serious event cost", "serious event QALY loss"}, event);
  for (std::size_t line = 0; line < levels.line; ++line) from.expect_nothing(serious_event_costs, line);
  trigger = from.rule<1>(Phase::cycle, "trigger.event", {"trigger"}, event);
  if (transplants)
    late_death = from.choice<1>(Phase::cycle, "late_death", {"vital"}, {"cycles_since_transplantation", "sex"});
  since_next = from.rule<1>(Phase::cycle, "since_transplantation", {"cycles_since_transplantation"},
                            {"cycles_since_transplantation"});
}

void MsTables::read_course(ProgramReader& from) {
  const Names before = {"edss"};
  const Rule<1> edss_before = from.rule<1>(Phase::cycle, "edss_before", {"edss_before"}, before);
  for (std::size_t edss = 0; edss < edss_before.size(); ++edss)
    if (edss_before[edss][0] != edss) from.refuse("does not keep the EDSS of a cycle's start in 'edss_before'");
  progression = from.choice<4>(Phase::cycle, "progression", {"edss", "phenotype", "candidate", "converted"},
                               {"frailty_class", "own_worsening_ratio", "phenotype", "edss", "effect"});
  conversion = from.counts_only<1>(Phase::cycle, {"conversion"}, {"converted"});
  from.expect_nothing(conversion, 0);
  relapses_so_far = from.rule<1>(Phase::cycle, "relapses_so_far", {"relapses_so_far"}, {"relapses_so_far", "relapses"});
  cycles_at_edss =
      from.rule<1>(Phase::cycle, "cycles_at_edss", {"cycles_at_edss"}, {"cycles_at_edss", "edss_before", "edss"});
  sustained =
      from.rule<2>(Phase::cycle, "sustained", {"sustained", "sustained_step"}, {"sustained", "edss_before", "edss"});
  milestone = from.counts_only<4>(Phase::cycle, {"milestone"}, {"sustained_step"});
  for (std::size_t row = 0; row < sustained.size(); ++row) {
    const bool stayed = sustained[row][0] == row / (edss_levels * edss_levels);
    if (stayed) from.expect_nothing(milestone, sustained[row][1]);
  }
  treatment = from.choice<4>(Phase::cycle, "treatment", {"line", "cycles_on_line", "effect", "arrived"},
                             {"line", "cycles_on_line", "candidate", "trigger"});
  discontinuation = from.counts_only<4>(Phase::cycle, {"discontinuation"}, {"arrived"});
  deaths = from.counts_only<8>(Phase::cycle, {"deaths"}, {"vital"});
  from.expect_nothing(discontinuation, 0);
  from.expect_nothing(deaths, 0);
  by_vital = from.tally(Phase::cycle, "deaths", {"vital"});
}

}  // namespace myelin::reference
