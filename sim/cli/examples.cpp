#include <fmt/format.h>

#include <map>
#include <vector>

#include "cli/manual.hpp"
#include "core/contract.hpp"

namespace myelin::cli {

namespace {

/// By command, in an order in which each finds what it reads: a test runs them one after the other.
const std::map<std::string, std::vector<std::string>>& examples() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"check",
       {"myelin check scenarios/ms/base_case_uk.toml",
        "myelin check scenarios/ms/base_case_uk.toml --inputs --set therapies.ahsct.procedure.cost=32900"}},
      {"run",
       {"myelin run scenarios/ms/base_case_uk.toml --patients 20000 -o base_case.h5",
        "myelin run scenarios/ms/base_case_uk.toml --engine cohort --reference ocrelizumab",
        "myelin run scenarios/ms/base_case_uk.toml --strategies ocrelizumab,ahsct --until se=1000@20000",
        "myelin run scenarios/ms/base_case_uk.toml --draws 20 --patients 500 -o uncertain.h5",
        "myelin run scenarios/ms/base_case_uk.toml --patients 20000 --engine microsimulation --task 1/2 -o part1.h5",
        "myelin run scenarios/ms/base_case_uk.toml --patients 20000 --engine microsimulation --task 2/2 -o part2.h5"}},
      {"merge", {"myelin merge part1.h5 part2.h5 -o merged.h5"}},
      {"analyse",
       {"myelin analyse base_case.h5 --thresholds 25000,35000 --reference ocrelizumab",
        "myelin analyse base_case.h5 --all-conventions",
        "myelin analyse base_case.h5 --set therapies.ahsct.procedure.cost=32900 --json"}},
      {"report",
       {"myelin report base_case.h5",
        "myelin report base_case.h5 --thresholds 25000,35000 --reference ocrelizumab -o for_the_committee.html"}},
      {"export", {"myelin export uncertain.h5 --to tables"}},
      {"digest", {"myelin digest base_case.h5", "myelin digest base_case.h5 --by-strategy"}},
      {"describe",
       {"myelin describe scenario", "myelin describe results",
        "myelin describe model ms --scenario scenarios/ms/base_case_uk.toml", "myelin describe man > myelin.1",
        "myelin describe completion > myelin.bash"}},
      {"validate", {"myelin validate", "myelin validate scenarios/ms/validation/targets.csv --to predictions.csv"}},
      {"calibrate", {"myelin calibrate scenarios/ms/calibration/natural_history.toml --to fit"}},
      {"access", {"myelin access scenarios/ms/access_uk.toml --set analysis.cycle_length_years=1"}},
      {"patient",
       {"myelin patient scenarios/ms/base_case_uk.toml --age 34 --sex female --edss 3.5 --strategies "
        "ocrelizumab,ahsct"}},
  };
  return all;
}

}  // namespace

void add_examples(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands({})) {
    const auto found = examples().find(command->get_name());
    if (found == examples().end()) fail_contract("every command has examples", __FILE__, __LINE__);
    const std::string more = command->get_footer();
    command->footer(
        fmt::format("Examples:\n  {}{}{}", fmt::join(found->second, "\n  "), more.empty() ? "" : "\n\n", more));
  }
}

}  // namespace myelin::cli
