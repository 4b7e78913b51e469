#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "models/markov/model.hpp"
#include "results/example.hpp"
#include "study/prediction.hpp"
#include "study/targets_file.hpp"

/// \file
/// A model small enough for a pencil, and files of targets for it, in a temporary folder.

namespace myelin::study::test {

using Lines = std::vector<std::string>;

/// Well, ill or dead, in six cycles of a year: in each, 0.2 of the well fall ill and 0.1 die, and 0.3 of the ill die; a
/// drug halves the first. Beside it a score that half of the patients begin at 0 and half at 1, and that rises by 1 in
/// half of those below 2.
inline const std::string& illness() {
  static const std::string text = R"-(format = 1
model = "markov"
title = "Well, ill or dead"
sources = "sources.csv"

[analysis]
perspective = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "list"
thresholds = [20000]
discount_timing = "start"
within_cycle_correction = "none"
cycle_length_years = 1
horizon_years = 6
discount_cost = { value = 0.035, unit = "per year", source = "TRIAL", grade = "read" }
discount_qaly = { value = 0.035, unit = "per year", source = "TRIAL", grade = "read" }

[attributes.state]
levels = ["Well", "Ill", "Dead"]
start = "Well"
dead = ["Dead"]

[attributes.ill]
levels = ["no", "yes"]
start = "no"

[attributes.score]
highest = 2
start = { 0 = 0.5, 1 = 0.5 }

[parameters]
p_ill = { value = 0.2, unit = "probability per year", source = "TRIAL", grade = "read", low = 0.1, high = 0.25 }
p_die = { value = 0.1, unit = "probability per year", source = "TRIAL", grade = "read", low = 0.05, high = 0.15 }
p_die_ill = { value = 0.3, unit = "probability per year", source = "TRIAL", grade = "read" }
effect = { value = 0.5, unit = "relative risk", source = "TRIAL", grade = "read", low = 0.4, high = 0.6 }
c_ill = { value = 1000, unit = "GBP 2024/25 per year", source = "TRIAL", grade = "read", low = 800, high = 1500 }
c_drug = { value = 500, unit = "GBP 2024/25 per year", source = "TRIAL", grade = "read" }
u_well = { value = 0.9, unit = "utility", source = "TRIAL", grade = "read" }
u_ill = { value = 0.5, unit = "utility", source = "TRIAL", grade = "read" }

[expressions]
treated = 0

[transitions.state]
attribute = "state"

[transitions.state.probabilities]
"Well->Ill" = "treated ? p_ill * effect : p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "p_die_ill"

[transitions.latch]
attribute = "ill"
probabilities = { "no->yes" = "state == Ill" }

[transitions.score]
attribute = "score"
probabilities = { "0->1" = 0.5, "1->2" = 0.5 }

[rewards.care]
outcome = "cost"
of = "state"
per_year = { Ill = "c_ill" }

[rewards.drug]
outcome = "cost"
per_year = "treated * c_drug"

[rewards.life]
outcome = "qaly"
of = "state"
per_year = { Well = "u_well", Ill = "u_ill" }

[rewards.years_ill]
outcome = "years_ill"
unit = "years"
of = "state"
per_year = { Ill = 1 }

[rewards.illness]
outcome = "reached_ill"
of = "ill"
on = { "no->yes" = 1 }

[rewards.diagnosis]
outcome = "diagnoses"
of = "ill"
on = { "no->yes" = 1 }
events = "at_time_point"

[rewards.years_before_illness]
outcome = "years_before_ill"
unit = "years"
of = "ill"
per_year = { no = 1 }

[strategies.none]
label = "No drug"

[strategies.drug]
label = "Drug"
values = { treated = 1 }
)-";
  return text;
}

inline const std::string target_header =
    "id,use,reason,scenario,set,strategy,measure,observed,low,high,level,n,unit,source,grade,vary,note\n";

/// A row of a file of targets; a field that a test does not name has a value without mistakes.
struct TargetRow {
  std::string id = "a", use = "fit", reason = {}, scenario = "scenario.toml", set = {}, strategy = "none",
              measure = "survival at 2", observed = "0.5", low = {}, high = {}, level = {}, n = {}, unit = "proportion",
              source = "TRIAL", grade = "read", vary = {}, note = {};

  using Field = std::string TargetRow::*;

  static const std::vector<Field>& fields() {
    static const std::vector<Field> all = {
        &TargetRow::id,       &TargetRow::use,     &TargetRow::reason,   &TargetRow::scenario, &TargetRow::set,
        &TargetRow::strategy, &TargetRow::measure, &TargetRow::observed, &TargetRow::low,      &TargetRow::high,
        &TargetRow::level,    &TargetRow::n,       &TargetRow::unit,     &TargetRow::source,   &TargetRow::grade,
        &TargetRow::vary,     &TargetRow::note};
    return all;
  }

  std::string line() const {
    std::string text;
    for (const Field field : fields()) text += (field == &TargetRow::id ? "" : ",") + this->*field;
    return text + "\n";
  }

  /// The column in which a field begins, from 1.
  std::size_t column(Field wanted) const {
    std::size_t column = 1;
    for (const Field field : fields()) {
      if (field == wanted) break;
      column += (this->*field).size() + 1;
    }
    return column;
  }

  /// The beginning of a message about a field of the row on this line.
  std::string place(Field field, int line = 2) const {
    return "targets.csv:" + std::to_string(line) + ":" + std::to_string(column(field)) + ": ";
  }
};

class StudyFolder {
 public:
  explicit StudyFolder(const std::string& scenario = illness()) {
    write("scenario.toml", scenario);
    write("sources.csv", "key,citation,table_or_page,url_or_where,how_verified\nTRIAL,A trial,2,web,read\n");
  }

  void write(const std::string& file, const std::string& text) const { results::test::put_file(folder_ / file, text); }

  void write_targets(const std::vector<TargetRow>& rows) const {
    std::string text = target_header;
    for (const TargetRow& row : rows) text += row.line();
    write("targets.csv", text);
  }

  std::filesystem::path path(const std::string& file) const { return folder_ / file; }

  /// Lines of diagnostics with paths counted from the folder.
  Lines lines_of(const Diagnostics& problems) const {
    Lines lines;
    const std::string prefix = folder_.path().string() + "/";
    for (const Diagnostic& problem : problems) {
      std::string line = to_string(problem);
      for (std::size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
      lines.push_back(line);
    }
    return lines;
  }

  std::vector<Target> targets() const {
    Diagnostics found;
    std::vector<Target> read = read_targets(path("targets.csv"), found);
    for (const std::string& line : lines_of(found)) UNSCOPED_INFO(line);
    REQUIRE(found.empty());
    return read;
  }

  std::vector<Prediction> predictions(const std::vector<TargetRow>& rows) const {
    write_targets(rows);
    const auto predicted = predict(targets(), models(), {});
    if (!predicted) {
      for (const std::string& line : lines_of(predicted.error())) UNSCOPED_INFO(line);
    }
    REQUIRE(predicted);
    return *predicted;
  }

  /// What is wrong with a file of targets in itself.
  Lines mistakes_of_file() const {
    Diagnostics found;
    read_targets(path("targets.csv"), found);
    return lines_of(found);
  }

  /// What the scenarios show to be wrong with targets; the same whether they are to be predicted or only checked.
  Lines mistakes(const std::vector<TargetRow>& rows) const {
    write_targets(rows);
    const std::vector<Target> read = targets();
    const auto predicted = predict(read, models(), {});
    REQUIRE_FALSE(predicted);
    Lines lines = lines_of(predicted.error());
    CHECK(lines_of(check_targets(read, models())) == lines);
    return lines;
  }

  static const Models& models() {
    static const markov::MarkovModel model;
    static const Models all = {&model};
    return all;
  }

 private:
  results::test::TemporaryFolder folder_;
};

/// The one value that a measure has under a strategy.
inline std::optional<double> value_of(const StudyFolder& folder, const std::string& measure,
                                      const std::string& strategy = "none", const std::string& set = "") {
  return folder.predictions({{.set = set, .strategy = strategy, .measure = measure, .observed = "0", .unit = "number"}})
      .front()
      .value;
}

}  // namespace myelin::study::test
