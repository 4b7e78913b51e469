#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Lines = std::vector<std::string>;

namespace {

struct Mistake {
  std::string file, from, to;
  Lines diagnostics;
};

void check_each(const std::vector<Mistake>& mistakes) {
  const ScenarioFolder folder;
  for (const Mistake& mistake : mistakes) {
    INFO(mistake.file << ": " << mistake.from << " -> " << mistake.to);
    folder.spoil(mistake.file, mistake.from, mistake.to);
    CHECK(folder.problems() == mistake.diagnostics);
    folder.write(mistake.file, toy_files().at(mistake.file));
  }
}

}  // namespace

TEST_CASE("mistakes in keys and plain values") {
  check_each({
      {"inputs.toml",
       "start_age",
       "strat_age",
       {"inputs.toml:2:1: unknown key population.strat_age -- did you mean population.start_age?"}},
      {"inputs.toml",
       "[population]",
       "[populaton]",
       {"inputs.toml:1:2: unknown key populaton -- did you mean population?"}},
      {"toy.toml",
       "horizon_years = 40\n",
       "",
       {"toy.toml:7:2: required key analysis.horizon_years is missing -- add it: how long patients are followed "
        "(years)"}},
      {"toy.toml",
       "label = \"Drug\"\n",
       "",
       {"toy.toml:20:13: required key strategies.on_drug.label is missing -- add it: name of a strategy in tables and "
        "figures"}},
      {"toy.toml",
       "horizon_years = 40",
       "horizon_years = \"40\"",
       {"toy.toml:13:17: analysis.horizon_years must be a number, not text -- write analysis.horizon_years = 1.5"}},
      {"toy.toml",
       "horizon_years = 40",
       "horizon_years = nan",
       {"toy.toml:13:17: analysis.horizon_years: nan is no finite number -- write a finite number"}},
      {"toy.toml",
       "horizon_years = 40",
       "horizon_years = 400",
       {"toy.toml:13:17: analysis.horizon_years: 400 is out of range (must be from 0 to 200) -- write a number in the "
        "range; the unit is years"}},
      {"toy.toml",
       "patients = 1000",
       "patients = 10.5",
       {"toy.toml:18:12: analysis.patients must be a whole number, not a number with a decimal point -- write "
        "analysis.patients = 1"}},
      {"toy.toml",
       "patients = 1000",
       "patients = 0",
       {"toy.toml:18:12: analysis.patients: 0 is out of range (must be from 1 to 1000000000000) -- write a number in "
        "the range"}},
      {"toy.toml",
       "\"list\"",
       "\"lst\"",
       {"toy.toml:11:10: analysis.prices: \"lst\" is not one of list, net -- did you mean \"list\"?"}},
      {"toy.toml",
       "\"list\"",
       "\"\"",
       {"toy.toml:11:10: analysis.prices is empty -- write what it stands for: list prices or prices net of "
        "discounts"}},
      {"toy.toml",
       "model = \"toy\"",
       "model = \"toi\"",
       {"toy.toml:2:9: unknown model \"toi\" -- did you mean \"toy\"?"}},
      {"toy.toml",
       "model = \"toy\"\n",
       "",
       {"toy.toml: required key model is missing -- add it: name of the disease model"}},
      {"toy.toml",
       "format = 1",
       "format = 2",
       {"toy.toml:1:10: format: 2 is out of range (must be 1) -- write a number in the range"}},
      {"toy.toml",
       "[20000, 30000]",
       "[20000, -1]",
       {"toy.toml:12:22: analysis.thresholds: -1 is out of range (must be at least 0) -- write a number in the range; "
        "the unit is money per QALY"}},
      {"toy.toml",
       "[20000, 30000]",
       "[20000, \"a\"]",
       {"toy.toml:12:22: analysis.thresholds must be a list of numbers, but holds text -- write analysis.thresholds = "
        "[1, 2.5]"}},
      {"toy.toml",
       "[20000, 30000]",
       "20000",
       {"toy.toml:12:14: analysis.thresholds must be a list of numbers, not a whole number -- write "
        "analysis.thresholds = [1, 2.5]"}},
      {"inputs.toml",
       "\"data/utility.csv\"",
       "[1]",
       {"inputs.toml:8:9: utilities.state must be the path of a CSV file, not a list -- write utilities.state = "
        "\"data/file.csv\""}},
      {"inputs.toml",
       "[costs]",
       "[costs]\n\"odd name\" = 1",
       {"inputs.toml:5:1: the name \"odd name\" cannot be part of a key -- use letters, digits, _ and - only"}},
      {"inputs.toml",
       "[population]",
       "population = 3\n[populatio]",
       {"inputs.toml:1:1: population must be a table of keys, not a value -- write [population] and its keys below",
        "inputs.toml:2:2: unknown key populatio -- did you mean population?"}},
      {"toy.toml",
       "currency = \"GBP\"\n",
       "",
       {"toy.toml:7:2: required key analysis.currency is missing -- add it: currency of all money, as its ISO 4217 "
        "code"}},
  });
}

TEST_CASE("mistakes in evidence") {
  check_each({
      {"inputs.toml",
       "unit = \"years\", ",
       "",
       {"inputs.toml:2:1: population.start_age: unit is missing -- add unit \"years\""}},
      {"inputs.toml",
       "unit = \"years\"",
       "unit = \"\"",
       {"inputs.toml:2:34: population.start_age: unit is missing -- add unit \"years\""}},
      {"inputs.toml",
       "unit = \"years\"",
       "unit = 3",
       {"inputs.toml:2:34: population.start_age: unit must be text -- write it between quotes"}},
      {"inputs.toml",
       "source = \"TRIAL\", ",
       "",
       {"inputs.toml:2:1: population.start_age: source is missing -- add the key of a row of the sources file"}},
      {"inputs.toml",
       "grade = \"recalled\", ",
       "",
       {"inputs.toml:2:1: population.start_age: grade is missing -- add one of read, secondary, recalled, derived, "
        "assumption"}},
      {"inputs.toml",
       "value = 30, ",
       "",
       {"inputs.toml:2:1: population.start_age: value is missing -- add value = a number"}},
      {"inputs.toml",
       "value = 30",
       "value = \"30\"",
       {"inputs.toml:2:23: population.start_age: value must be a number -- write a number without quotes"}},
      {"inputs.toml",
       "value = 30",
       "value = 130",
       {"inputs.toml:2:23: population.start_age: 130 is out of range (must be from 0 to 100) -- write a number in the "
        "range; the unit is years"}},
      {"inputs.toml",
       "value = 30",
       "value = 20",
       {"inputs.toml:2:23: population.start_age: low 25 is above the value 20 -- let low <= value <= high"}},
      {"inputs.toml",
       "value = 30",
       "value = inf",
       {"inputs.toml:2:23: population.start_age: inf is no finite number -- write a finite number"}},
      {"inputs.toml",
       "GBP 2024/25 per",
       "EUR per",
       {"inputs.toml:5:31: costs.visit: the unit is \"EUR per visit\" but must be \"GBP 2024/25 per visit\" -- convert "
        "the number and write \"GBP 2024/25 per visit\""}},
      {"inputs.toml",
       "NICE x TRIAL",
       "NICEE x TRIAL",
       {"inputs.toml:5:65: costs.visit: unknown source \"NICEE\" -- did you mean \"NICE\"?"}},
      {"inputs.toml",
       "recalled",
       "recaled",
       {"inputs.toml:2:69: population.start_age: unknown grade \"recaled\" -- did you mean \"recalled\"?"}},
      {"inputs.toml",
       "low =",
       "lwo =",
       {"inputs.toml:2:81: population.start_age: unknown field \"lwo\" -- did you mean \"low\"?"}},
      {"inputs.toml",
       "{ value = 100, unit = \"GBP 2024/25 per visit\", source = \"NICE x TRIAL\", grade = \"derived\", note = "
       "\"rounded\" }",
       "100",
       {"inputs.toml:5:9: costs.visit must be a number with its evidence, not a whole number -- write costs.visit = { "
        "value = 1.5, unit = \"GBP 2024/25 per visit\", source = \"...\", grade = \"...\" }"}},
  });
}

TEST_CASE("mistakes in files and includes") {
  check_each({
      {"toy.toml",
       "title = \"A toy\"",
       "title = A toy",
       {"toy.toml:3:9: TOML syntax: Error while parsing value: could not determine value type -- correct the line "
        "(https://toml.io describes the format)"}},
      {"toy.toml",
       "[analysis]",
       "[/N",
       {"toy.toml:7:2: TOML syntax: Error while parsing key: expected bare key starting character or string delimiter, "
        "saw '/' -- correct the line (https://toml.io describes the format)"}},
      {"inputs.toml",
       "[population]",
       "[population",
       {"inputs.toml:1:12: TOML syntax: Error while parsing table header: expected ']', saw '\\n' -- correct the line "
        "(https://toml.io describes the format)"}},
      {"inputs.toml",
       "data/utility.csv",
       "data/utilty.csv",
       {"inputs.toml:8:9: cannot use the file \"data/utilty.csv\": there is no such file -- correct the path, which "
        "counts from the folder of the file that names it"}},
      {"inputs.toml",
       "data/utility.csv",
       "../utility.csv",
       {"inputs.toml:8:9: cannot use the file \"../utility.csv\": it is outside the scenario's folder (a scenario must "
        "be complete in one folder) -- copy the file beside the scenario and name the copy"}},
      {"inputs.toml",
       "data/utility.csv",
       "data",
       {"inputs.toml:8:9: cannot use the file \"data\": it is a folder -- correct the path, which counts from the "
        "folder of the file that names it"}},
      {"inputs.toml",
       "[costs]",
       "[strategies.on_drug]\nlabel=\"x\"\n[therapies.b_drug]\nlabel=\"C\"\n[costs]",
       {"therapies/b_drug.toml:2:1: therapies.b_drug.label is also set at inputs.toml:7 (included by the same file) -- "
        "keep one of the two, or set it in the file that includes both"}},
      {"toy.toml",
       "inputs.toml",
       "inptus.toml",
       {"toy.toml:5:12: cannot use the file \"inptus.toml\": there is no such file -- correct the path, which counts "
        "from the folder of the file that names it"}},
      {"toy.toml",
       "inputs.toml",
       "toy.toml",
       {"toy.toml:5:12: the file \"toy.toml\" includes itself, directly or through others -- break the circle of "
        "includes"}},
      {"toy.toml",
       "inputs.toml\"",
       "inputs.toml\", \"inputs.toml\"",
       {"toy.toml:5:27: the file \"inputs.toml\" is included twice (first at toy.toml:5) -- include it once, from a "
        "file that all who need it include"}},
      {"toy.toml",
       "[\"inputs.toml\", \"therapies/b_drug.toml\"]",
       "\"inputs.toml\"",
       {"toy.toml:5:11: include must be a list of file names -- write include = [\"inputs.toml\"]"}},
      {"toy.toml",
       "inputs.toml",
       "../inputs.toml",
       {"toy.toml:5:12: cannot use the file \"../inputs.toml\": it is outside the scenario's folder (a scenario must "
        "be complete in one folder) -- copy the file beside the scenario and name the copy"}},
      {"toy.toml",
       "data/sources",
       "data/source",
       {"toy.toml:4:11: cannot use the file \"data/source.csv\": there is no such file -- correct the path, which "
        "counts from the folder of the file that names it"}},
  });
}

TEST_CASE("mistakes in CSV files") {
  check_each({
      {"data/sources.csv",
       "key,",
       "kee,",
       {"data/sources.csv:1:1: missing column \"key\" -- add it to the header and each row",
        "data/sources.csv:1:1: unknown column \"kee\" -- did you mean \"key\"?"}},
      {"data/sources.csv",
       "NICE,",
       "TRIAL,",
       {"data/life_table.csv:2:33: mortality.life_table: unknown source \"NICE\" -- add it to the sources file",
        "data/sources.csv:3:1: a second source with the key \"TRIAL\" -- rename one of the two",
        "data/utility.csv:5:15: utilities.state: unknown source \"NICE\" -- add it to the sources file",
        "inputs.toml:5:65: costs.visit: unknown source \"NICE\" -- add it to the sources file",
        "toy.toml:14:62: analysis.discount_cost: unknown source \"NICE\" -- add it to the sources file",
        "toy.toml:15:62: analysis.discount_qaly: unknown source \"NICE\" -- add it to the sources file"}},
      {"data/utility.csv",
       "value,unit",
       "value",
       {"data/utility.csv:2:1: missing column \"unit\" -- add it to the header and each row"}},
      {"data/utility.csv",
       "note",
       "nota",
       {"data/utility.csv:2:39: unknown column \"nota\" -- did you mean \"note\"?"}},
      {"data/utility.csv",
       "low,high",
       "low,low",
       {"data/utility.csv:2:34: duplicate column \"low\" -- keep one of the two"}},
      {"data/utility.csv",
       "0,0.9,",
       "0,",
       {"data/utility.csv:3:1: the row has 7 fields but the header has 8 -- write one field a column; put a field that "
        "holds a comma between quotes"}},
      {"data/utility.csv",
       "0.9,",
       "0.9x,",
       {"data/utility.csv:3:3: utilities.state: value \"0.9x\" is not a finite number -- write a number such as 0.035 "
        "or 3.5e-2, without spaces or units"}},
      {"data/utility.csv",
       "0.9",
       "1.9",
       {"data/utility.csv:3:3: utilities.state: 1.9 is out of range (must be from -1 to 1) -- write a number in the "
        "range; the unit is utility"}},
      {"data/utility.csv",
       "0.9",
       "nan",
       {"data/utility.csv:3:3: utilities.state: value \"nan\" is not a finite number -- write a number such as 0.035 "
        "or 3.5e-2, without spaces or units"}},
      {"data/utility.csv",
       "1,0.7",
       "0,0.7",
       {"data/utility.csv:4:1: utilities.state: a second row for edss 0 (first in line 3) -- keep one of the two"}},
      {"data/utility.csv",
       "1,0.7",
       "x,0.7",
       {"data/utility.csv:4:1: utilities.state: edss \"x\" is not in the table's range -- write a whole number from 0 "
        "to 2"}},
      {"data/utility.csv",
       "2,0.4",
       "7,0.4",
       {"data/utility.csv:5:1: utilities.state: edss \"7\" is not in the table's range -- write a whole number from 0 "
        "to 2"}},
      {"data/utility.csv",
       "\"\" note\"",
       " note",
       {"data/utility.csv:4:28: unterminated quote -- close the field with a quote"}},
      {"data/utility.csv",
       "a \"\"quoted\"\" note\"",
       "a",
       {"data/utility.csv:4:28: unterminated quote -- close the field with a quote"}},
      {"data/utility.csv",
       "utility,TRIAL;",
       "utils,TRAIL;",
       {"data/utility.csv:5:7: utilities.state: the unit is \"utils\" but must be \"utility\" -- convert the number "
        "and write \"utility\"",
        "data/utility.csv:5:13: utilities.state: unknown source \"TRAIL\" -- did you mean \"TRIAL\"?"}},
      {"data/utility.csv",
       "derived",
       "",
       {"data/utility.csv:5:26: utilities.state: grade is missing -- add one of read, secondary, recalled, derived, "
        "assumption"}},
      {"data/life_table.csv",
       "female,2",
       "female,4",
       {"data/life_table.csv:7:8: mortality.life_table: age 4 does not follow on (3 is missing) -- let the numbers "
        "follow one another"}},
      {"data/life_table.csv",
       "female,2,0.25,probability per year,NICE,read\n",
       "",
       {"data/life_table.csv: mortality.life_table: no row for sex female age 2 -- add the missing rows"}},
      {"data/life_table.csv",
       "female,1,0.2",
       "girl,1,0.2",
       {"data/life_table.csv:6:1: mortality.life_table: sex \"girl\" is not in the table's range -- write one of "
        "female, male"}},
      {"data/life_table.csv",
       "male,2,0.5",
       "male,x,5",
       {"data/life_table.csv:4:6: mortality.life_table: age \"x\" is not in the table's range -- write a whole number "
        "from 0 on",
        "data/life_table.csv:4:8: mortality.life_table: 5 is out of range (must be from 0 to 1) -- write a number in "
        "the range; the unit is probability per year"}},
  });
}
