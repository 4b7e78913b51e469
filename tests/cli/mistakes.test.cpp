#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;

namespace {

/// One mistake planted in the MS scenario.
struct Mistake {
  std::string file, section, from, to;
  std::string at;    ///< text on the line that is told, after `section`; empty where only the file can be told
  std::string told;  ///< part of the message
};

const std::vector<Mistake>& ten_mistakes() {
  static const std::string top = "base_case_uk.toml", inputs = "inputs_uk.toml";
  static const std::vector<Mistake> mistakes = {
      {top, "[analysis]", "perspective", "perspectve", "perspectve", "did you mean analysis.perspective?"},
      {top, "[analysis]", "horizon_years = 61", "horizon_years = \"61\"", "horizon_years",
       "must be a number, not text"},
      {top, "[analysis]", "prices = \"list\"", "prices = \"nett\"", "prices =", "did you mean \"net\"?"},
      {inputs, "[relapses.cost]", "GBP 2024/25 per", "GBP 2023/24 per",
       "unit =", "must be \"GBP 2024/25 per relapse\""},
      {inputs, "[treatment.discontinuation]", "value = 0.1\n", "value = 1.1\n", "value =", "must be from 0 to 1"},
      {inputs, "[utilities.spms_change]", "source = \"ORME2007\"\n", "", "[utilities.spms_change]",
       "source is missing"},
      {inputs, "[costs.infusion]", "grade = \"read\"", "grade = \"guess\"", "grade =", "unknown grade \"guess\""},
      {"therapies/natalizumab.toml", "worsening]", "low = 0.33", "low = 0.5",
       "value =", "low 0.5 is above the value 0.46"},
      {"therapies/ocrelizumab.toml", "worsening]", "HAUSER2017", "HAUSSER2017",
       "source =", "did you mean \"HAUSER2017\"?"},
      {"data/utility.csv", "\n5,", "\n5,", "\n# 5,", "", "no row for edss 5"},
  };
  return mistakes;
}

/// Mistakes that no single key shows.
const std::vector<Mistake>& cross_key_mistakes() {
  static const std::string top = "base_case_uk.toml";
  static const std::vector<Mistake> mistakes = {
      {top, "[analysis]", "horizon_years = 61", "horizon_years = 99", "horizon_years", "the horizon ends at age 138"},
      {top, "[strategies.fingolimod]", "[\"fingolimod\"]", "[\"fingolimood\"]",
       "lines =", "did you mean 'fingolimod'?"},
      {"inputs_uk.toml", "[natural_history]", "\"hta\"", "\"htaa\"", "variant =", "did you mean 'hta'?"},
      {top, "[strategies.alemtuzumab]", "[\"alemtuzumab\"]", "[\"mist_control\"]", "lines =", "only a comparator"},
      {top, "[strategies.ahsct]", "\"natalizumab\"]", "\"ahsct\"]",
       "lines =", "'ahsct' is the second procedure of the strategy"},
  };
  return mistakes;
}

void plant(const MsFolder& folder, const Mistake& mistake) {
  folder.change(mistake.file, mistake.section, mistake.from, mistake.to);
}

/// Whether a line names the mistake, its place and a remedy.
bool tells(const std::string& line, const MsFolder& folder, const Mistake& mistake) {
  std::string place = folder.path(mistake.file) + ":";
  if (!mistake.at.empty()) place += std::to_string(folder.line_of(mistake.file, mistake.section, mistake.at)) + ":";
  if (!line.starts_with(place)) return false;
  static const std::regex column_and_rest("[1-9][0-9]*: .+ -- .+"), rest(" .+ -- .+");
  return std::regex_match(line.substr(place.size()), mistake.at.empty() ? rest : column_and_rest) &&
         line.find(mistake.told) != std::string::npos;
}

void check_told(const std::string& error, const MsFolder& folder, const std::vector<Mistake>& mistakes) {
  INFO(error);
  std::vector<std::string> lines = lines_of(error);
  REQUIRE(lines.size() == mistakes.size() + 1);
  CHECK_THAT(lines.back(), Contains(std::to_string(mistakes.size()) + " problem") && Contains("nothing was run"));
  lines.pop_back();
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.file, mistake.told);
    CHECK(std::ranges::count_if(lines, [&](const std::string& line) { return tells(line, folder, mistake); }) == 1);
  }
}

/// By `check` and by `run`, which must write nothing.
void check_refused(const MsFolder& folder, const std::vector<Mistake>& mistakes) {
  const TemporaryFolder output;
  const Finished checked = run_myelin({"check", folder.base_case()});
  const Finished ran = run_myelin({"run", folder.base_case(), "-o", output / "run.h5"});
  for (const Finished& finished : {checked, ran}) {
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    check_told(finished.err, folder, mistakes);
  }
  CHECK(output.is_empty());
}

}  // namespace

TEST_CASE("a scenario with ten different mistakes yields ten diagnostics, and nothing is written") {
  const MsFolder folder;
  for (const Mistake& mistake : ten_mistakes()) plant(folder, mistake);
  check_refused(folder, ten_mistakes());
}

TEST_CASE("each mistake by itself yields one diagnostic") {
  for (const auto* mistakes : {&ten_mistakes(), &cross_key_mistakes()}) {
    for (const Mistake& mistake : *mistakes) {
      const MsFolder folder;
      plant(folder, mistake);
      check_refused(folder, {mistake});
    }
  }
}

TEST_CASE("mistakes that only show between keys are told together") {
  const MsFolder folder;
  for (const Mistake& mistake : cross_key_mistakes()) plant(folder, mistake);
  check_refused(folder, cross_key_mistakes());
}

TEST_CASE("shares at the start that do not sum to one are refused") {
  const MsFolder folder;
  folder.change("data/start_edss.csv", "\n2,", "0.325", "0.225");
  const Finished finished = run_myelin({"check", folder.base_case()});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("'population.start_edss' sum to 0.9, not to 1") && Contains(" -- "));
}

TEST_CASE("an unknown therapy in a strategy is told beside mistakes of single keys") {
  const MsFolder folder;
  const std::vector<Mistake> both = {ten_mistakes()[0], cross_key_mistakes()[1]};
  for (const Mistake& mistake : both) plant(folder, mistake);
  check_refused(folder, both);
}

TEST_CASE("a misspelt comparator is told where it stands, with a suggestion") {
  const MsFolder folder;
  const Mistake mistake = {
      "therapies/alemtuzumab.toml", "[therapies.alemtuzumab.worsening]", "interferon_beta_1a_sc",
      "interferon_beta1a_sc",       "[therapies.alemtuzumab.worsening]", "did you mean 'interferon_beta_1a_sc'?"};
  plant(folder, mistake);
  check_refused(folder, {mistake});
}

TEST_CASE("a mistake in an alternative names the alternative") {
  const MsFolder folder;
  folder.change("base_case_uk.toml", "[alternatives.calibrated]", "variant=calibrated", "variant=calibratd");
  const Finished finished = run_myelin({"check", folder.base_case()});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("alternative 'calibrated'") && Contains("did you mean 'calibrated'?"));
}
