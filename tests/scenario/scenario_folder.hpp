#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

/// \file
/// A small valid scenario of a toy model in a temporary folder, to be spoilt by tests.

namespace myelin::scenario {

inline const Schema& toy_schema() {
  using enum KeyKind;
  static const Schema schema = {
      {.path = "population.start_age",
       .kind = parameter,
       .description = "age at entry",
       .unit = "years",
       .low = 0,
       .high = 100},
      {.path = "costs.visit", .kind = parameter, .description = "cost of a visit", .unit = "money per visit", .low = 0},
      {.path = "utilities.state",
       .kind = table,
       .description = "utility of each state",
       .unit = "utility",
       .low = -1,
       .high = 1,
       .columns = {{.name = "edss", .levels = {}, .first = 0, .last = 2}}},
      {.path = "mortality.life_table",
       .kind = table,
       .description = "probability of death",
       .unit = "probability per year",
       .low = 0,
       .high = 1,
       .columns = {{.name = "sex", .levels = {"female", "male"}},
                   {.name = "age", .levels = {}, .first = 0, .last = 1, .open = true}}},
      {.path = "strategies.*.lines", .kind = text_list, .description = "therapies in order"},
      {.path = "therapies.*.label", .kind = text, .description = "name of a therapy"},
      {.path = "therapies.*.kind",
       .kind = text,
       .description = "how it is given",
       .choices = {"continuous", "procedure"}},
      {.path = "therapies.*.effect",
       .kind = parameter,
       .description = "effect",
       .unit = "hazard ratio",
       .low = 0,
       .required = false},
      {.path = "treatment.stop", .kind = boolean, .description = "whether therapy stops", .fallback = "true"},
      {.path = "treatment.remission",
       .kind = parameter,
       .description = "share",
       .unit = "proportion",
       .low = 0,
       .high = 1,
       .fallback = "0.25"},
  };
  return schema;
}

inline const std::map<std::string, std::string>& toy_files() {
  static const std::map<std::string, std::string> files = {
      {"toy.toml", R"(format = 1
model = "toy"
title = "A toy"
sources = "data/sources.csv"
include = ["inputs.toml", "therapies/b_drug.toml"]

[analysis]
perspective = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "list"
thresholds = [20000, 30000]
horizon_years = 40
discount_cost = { value = 0.035, unit = "per year", source = "NICE", grade = "read" }
discount_qaly = { value = 0.035, unit = "per year", source = "NICE", grade = "read" }
discount_timing = "start"
within_cycle_correction = "trapezoid"
patients = 1000

[strategies.on_drug]
label = "Drug"
lines = ["b_drug"]

[strategies.none]
label = "No drug"
lines = []
)"},
      {"inputs.toml", R"([population]
start_age = { value = 30, unit = "years", source = "TRIAL", grade = "recalled", low = 25, high = 35 }

[costs]
visit = { value = 100, unit = "GBP 2024/25 per visit", source = "NICE x TRIAL", grade = "derived", note = "rounded" }

[utilities]
state = "data/utility.csv"

[mortality]
life_table = "data/life_table.csv"

[therapies.a_drug]
label = "A"
kind = "continuous"
)"},
      {"therapies/b_drug.toml", R"([therapies.b_drug]
label = "B"
kind = "procedure"
effect = { value = 0.5, unit = "hazard ratio", source = "TRIAL", grade = "read", versus = "none", distribution = "lognormal(SE 10 %) between 0.1 and 2" }
)"},
      {"data/sources.csv", R"(key,citation,table_or_page,url_or_where,how_verified
NICE,"A guide, 2022",1,web,read
TRIAL,A trial,2,web,read
)"},
      {"data/utility.csv", R"(# utilities of the toy
edss,value,unit,source,grade,low,high,note
0,0.9,utility,TRIAL,read,0.8,1,
1,0.7,utility,TRIAL,read,,,"a ""quoted"" note"
2,0.4,utility,TRIAL;NICE,derived,,,
)"},
      {"data/life_table.csv", R"(sex,age,value,unit,source,grade
male,0,0.3,probability per year,NICE,read
male,1,0.4,probability per year,NICE,read
male,2,0.5,probability per year,NICE,read
female,0,0.1,probability per year,NICE,read
female,1,0.2,probability per year,NICE,read
female,2,0.25,probability per year,NICE,read
)"},
  };
  return files;
}

/// A temporary folder with the toy's files, removed at the end of its scope.
class ScenarioFolder {
 public:
  ScenarioFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "myelin-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    base_ = name;
    for (const auto& [file, text] : toy_files()) write(file, text);
  }
  ~ScenarioFolder() { std::filesystem::remove_all(base_); }
  ScenarioFolder(const ScenarioFolder&) = delete;
  ScenarioFolder& operator=(const ScenarioFolder&) = delete;

  std::filesystem::path path(const std::string& file) const { return base_ / "toy" / file; }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(path(file).parent_path());
    std::ofstream(path(file), std::ios::binary) << text;
  }

  /// Replaces the first `from` in one of the toy's files as they were at first.
  void spoil(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = toy_files().at(file);
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(from + " is not in " + file);
    write(file, text.replace(at, from.size(), to));
  }

  void append(const std::string& file, const std::string& text) const {
    std::ofstream(path(file), std::ios::binary | std::ios::app) << text;
  }

  Result<Scenario> read(const std::vector<std::string>& overrides = {}) const {
    const SchemaOfModel schema = [](const std::string& model) { return model == "toy" ? &toy_schema() : nullptr; };
    return scenario::read(path("toy.toml"), overrides, schema, {"toy"});
  }

  /// The diagnostics as lines, with paths counted from the folder.
  std::vector<std::string> problems(const std::vector<std::string>& overrides = {}) const {
    std::vector<std::string> lines;
    const auto scenario = read(overrides);
    if (scenario) return lines;
    const std::string prefix = path("").string();
    for (const Diagnostic& diagnostic : scenario.error()) {
      std::string line = to_string(diagnostic);
      for (std::size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
      lines.push_back(line);
    }
    return lines;
  }

 private:
  std::filesystem::path base_;
};

}  // namespace myelin::scenario
