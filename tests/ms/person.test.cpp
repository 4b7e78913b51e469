#include "models/ms/person.hpp"

#include <catch2/catch.hpp>

#include "models/ms/network.hpp"
#include "ms/base_case.hpp"
#include "ms/problems.hpp"

namespace myelin::ms::test {

namespace {

Person person_of(const PersonText& text) { return value_of(read_person(text)); }

std::vector<std::string> mistakes_of(const PersonText& text) {
  std::vector<std::string> lines;
  const Result<Person> person = read_person(text);
  if (person) return lines;
  for (const Diagnostic& mistake : person.error()) lines.push_back(to_string(mistake));
  return lines;
}

/// The base case with the person's overrides, as the command line puts them in.
ParameterSet parameters_of(const Person& person) {
  const std::vector<std::string> overrides = value_of(overrides_of(person, base_case()));
  return value_of(scenario::read(
                      std::filesystem::path(MYELIN_SOURCE_DIR "/scenarios/ms/base_case_uk.toml"), overrides,
                      [](const std::string& name) { return name == "ms" ? &model().schema() : nullptr; }, {"ms"},
                      [](const std::string&, const ParameterSet& all) { return model().check(all); }))
      .parameters;
}

}  // namespace

TEST_CASE("a person is read from texts") {
  const Person person = person_of({"34", "female", "3.5", "6", "positive"});
  CHECK(person.age_years == 34);
  CHECK(person.is_female);
  CHECK(person.edss == 3.5);
  CHECK(person.edss_level() == 3);
  CHECK(person.disease_duration_years == 6.0);
  CHECK(person.jcv_positive == true);

  const Person other = person_of({"60", "male", "9.5", "", ""});
  CHECK_FALSE(other.is_female);
  CHECK(other.edss_level() == 9);
  CHECK_FALSE(other.disease_duration_years.has_value());
  CHECK_FALSE(other.jcv_positive.has_value());
  CHECK(person_of({"60", "male", "0", "", "negative"}).jcv_positive == false);
}

TEST_CASE("every mistake in a person is told at once") {
  CHECK(mistakes_of({"34.5", "woman", "3.3", "-1", "yes"}) ==
        std::vector<std::string>{
            "--age: '34.5' cannot be used -- give an age in whole years, from 0 to 110",
            "--sex: 'woman' cannot be used -- give 'female' or 'male'",
            "--edss: '3.3' cannot be used -- give an EDSS from 0 to 9.5 in halves",
            "--duration: '-1' cannot be used -- give the years since the first symptom, not above the age",
            "--jcv: 'yes' cannot be used -- give 'positive' or 'negative'"});
  CHECK(mistakes_of({"34", "male", "10", "", ""}).size() == 1);
  CHECK(mistakes_of({"34", "male", "-0.5", "", ""}).size() == 1);
  CHECK(mistakes_of({"34", "male", "3", "35", ""}).size() == 1);
  CHECK(mistakes_of({"34", "male", "3", "34", ""}).empty());
  CHECK(mistakes_of({"", "male", "nan", "", ""}).size() == 2);
  CHECK(mistakes_of({"34 years", "male", "3", "", ""}).size() == 1);
}

TEST_CASE("a person becomes overrides of the population, followed to the scenario's last age") {
  const ParameterSet parameters = base_case();
  REQUIRE(parameters.number("population.start_age") + parameters.number("analysis.horizon_years") == 100);
  CHECK(value_of(overrides_of(person_of({"34", "female", "3.5", "", ""}), parameters)) ==
        std::vector<std::string>{"population.start_age=34", "population.female_share=1", "analysis.horizon_years=66",
                                 "analysis.follow_up=true", "population.start_edss[0]=0", "population.start_edss[1]=0",
                                 "population.start_edss[2]=0", "population.start_edss[3]=1",
                                 "population.start_edss[4]=0", "population.start_edss[5]=0",
                                 "population.start_edss[6]=0", "population.start_edss[7]=0",
                                 "population.start_edss[8]=0", "population.start_edss[9]=0"});
}

TEST_CASE("a scenario takes the overrides of a person without a problem") {
  const ParameterSet parameters = parameters_of(person_of({"28", "male", "6.5", "4.5", "negative"}));
  CHECK(parameters.number("population.start_age") == 28);
  CHECK(parameters.number("population.female_share") == 0);
  CHECK(parameters.number("population.disease_duration") == 4.5);
  CHECK(parameters.number("population.jcv_positive") == 0);
  CHECK(parameters.number("analysis.horizon_years") == 72);
  CHECK(parameters.boolean("analysis.follow_up"));
  CHECK(parameters.table("population.start_edss").values == std::vector<double>{0, 0, 0, 0, 0, 0, 1, 0, 0, 0});
}

TEST_CASE("what a scenario knows nothing of cannot be said of a person") {
  const ParameterSet parameters =
      without(without(base_case(), "population.disease_duration"), "population.jcv_positive");
  const auto overrides = overrides_of(person_of({"100", "female", "3", "6", "positive"}), parameters);
  REQUIRE_FALSE(overrides.has_value());
  REQUIRE(overrides.error().size() == 3);
  CHECK_THAT(to_string(overrides.error()[0]), Catch::Contains("--age: the scenario ends at age 100"));
  CHECK_THAT(to_string(overrides.error()[1]), Catch::Contains("--duration: nothing in the scenario depends on it"));
  CHECK_THAT(to_string(overrides.error()[2]), Catch::Contains("--jcv: nothing in the scenario depends on it"));
  CHECK(overrides_of(person_of({"99", "female", "3", "", ""}), parameters).has_value());
}

TEST_CASE("milestones that a person has reached at entry are known") {
  const auto reached = [](const char* edss) {
    std::vector<std::string> outcomes;
    for (const Milestone& milestone : milestones_of(person_of({"40", "female", edss, "", ""}), base_case())) {
      if (milestone.reached_at_entry) outcomes.push_back(milestone.outcome);
    }
    return outcomes;
  };
  CHECK(reached("5.5").empty());
  CHECK(reached("6") == std::vector<std::string>{"reached.edss_6"});
  CHECK(reached("7.5") == std::vector<std::string>{"reached.edss_6", "reached.edss_7"});

  ParameterSet parameters = base_case();
  const auto outcomes = [&] {
    std::vector<std::string> names;
    for (const Milestone& milestone : milestones_of(person_of({"40", "female", "3", "", ""}), parameters))
      names.push_back(milestone.outcome + (milestone.reached_at_entry ? " already" : ""));
    return names;
  };
  set_text(parameters, "population.start_phenotype", "SPMS");
  CHECK(outcomes() == std::vector<std::string>{"reached.edss_6", "reached.edss_7", "reached.spms already",
                                               "reached.relapse", "deaths"});
  set_text(parameters, "population.start_phenotype", "RRMS");
  set_text(parameters, "natural_history.structure", "edss_only");
  CHECK(outcomes() == std::vector<std::string>{"reached.edss_6", "reached.edss_7", "reached.relapse", "deaths"});
}

TEST_CASE("milestones and possible events are outcomes of every program") {
  const ParameterSet parameters = parameters_of(person_of({"34", "female", "3", "", ""}));
  for (const std::string& strategy : parameters.names_under("strategies")) {
    const Program program = compile(parameters, strategy);
    std::vector<std::string> wanted;
    for (const Milestone& milestone : milestones_of({}, parameters)) wanted.push_back(milestone.outcome);
    const PossibleEvents events = possible_events(parameters, strategy);
    for (const auto* list : {&events.procedure, &events.lifetime}) {
      for (const PossibleEvent& event : *list) wanted.push_back(event.outcome);
    }
    for (const std::string& outcome : wanted) {
      CAPTURE(strategy, outcome);
      CHECK(std::ranges::count(wanted, outcome) == 1);
      CHECK(std::ranges::find(program.outcomes, outcome, &Outcome::name) != program.outcomes.end());
    }
    CHECK(events.procedure.empty() == (strategy != "ahsct"));
  }
  const PossibleEvents events = possible_events(parameters, "ahsct");
  CHECK(events.procedure.front().outcome == "transplants");
  CHECK(events.procedure.back().outcome == "deaths.procedure");
  CHECK_FALSE(events.lifetime.empty());
}

TEST_CASE("the comparisons by which a procedure enters the network are told with their interval and grade") {
  const auto comparisons = comparisons_of_procedures(base_case(), {"ocrelizumab", "ahsct"});
  REQUIRE(comparisons.size() == 3);
  const StatedComparison& worsening = comparisons.front();
  const ParameterSet parameters = base_case();
  const Parameter& stated = parameters.parameter(Network(parameters).comparison("ahsct", "worsening"));
  CHECK(worsening.therapy == "AHSCT");
  CHECK(worsening.versus == "Ocrelizumab");
  CHECK(worsening.effect == "worsening");
  CHECK(worsening.ratio == stated.value);
  CHECK(worsening.low == stated.provenance.low);
  CHECK(worsening.high == stated.provenance.high);
  CHECK(worsening.source == stated.provenance.source);
  CHECK(worsening.grade == stated.provenance.grade);
  CHECK(comparisons_of_procedures(base_case(), {"ocrelizumab"}).empty());
}

TEST_CASE("a person outside the limits of eligibility or the evidence is told so") {
  const auto warnings = [](const char* age, const char* edss, const char* duration, const char* strategy) {
    const Person person = person_of({age, "female", edss, duration, ""});
    return warnings_about(person, parameters_of(person), {strategy});
  };
  CHECK(warnings("34", "3.5", "6", "ahsct").empty());
  CHECK(warnings("34", "6.5", "6", "ahsct").empty());
  const auto disabled = warnings("34", "7", "6", "ahsct");
  REQUIRE(disabled.size() == 2);
  CHECK_THAT(disabled[0], Catch::Contains("not eligible for AHSCT") && Catch::Contains("EDSS above 6"));
  CHECK_THAT(disabled[1], Catch::Contains("EDSS is outside the evidence"));
  const auto young = warnings("17", "3", "2", "ahsct");
  REQUIRE(young.size() == 2);
  CHECK_THAT(young[0], Catch::Contains("younger than 18"));
  CHECK_THAT(young[1], Catch::Contains("age is outside the evidence"));
  CHECK(warnings("56", "3", "2", "ahsct").size() == 2);
  CHECK_THAT(warnings("50", "3", "20", "ahsct").at(0), Catch::Contains("limits of age and duration"));
  CHECK(warnings("56", "3", "2", "ocrelizumab").size() == 1);
}

}  // namespace myelin::ms::test
