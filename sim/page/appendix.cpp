#include "page/appendix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/build_info.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::page {

namespace {

using report::Document;
using report::Heading;
using report::Paragraph;
using report::Table;
using results::RunResults;

constexpr auto text = report::TableColumn::Kind::text;
constexpr const char* grades[] = {"read", "secondary", "derived", "recalled", "assumption"};

std::string shown(double value) { return fmt::format("{:.6g}", value); }

std::string range_of(const Provenance& provenance) {
  if (!provenance.low && !provenance.high) return "";
  return fmt::format("{} to {}", provenance.low ? shown(*provenance.low) : "",
                     provenance.high ? shown(*provenance.high) : "");
}

/// Inputs of a table, `utilities.state[edss=3]`, belong to one name.
std::string family_of(const std::string& path) { return path.substr(0, path.find('[')); }

}  // namespace

Document evidence_summary(const RunResults& run) {
  std::map<std::string, std::size_t> count;
  for (const results::InputRecord& input : run.inputs) ++count[input.provenance.grade];
  constexpr const char* meanings[] = {"read in the source that is named", "read in another work that cites the source",
                                      "computed from what was read", "from memory: check it before use",
                                      "assumed, for want of evidence"};
  Table table{{{"Grade", text}, {"Inputs"}, {"Meaning", text}}, {}};
  for (std::size_t i = 0; i < std::size(grades); ++i) {
    if (count[grades[i]] > 0) table.rows.push_back({grades[i], std::to_string(count[grades[i]]), meanings[i]});
  }
  if (count[""] > 0) table.rows.push_back({"none given", std::to_string(count[""]), "the scenario gives no grade"});
  Document document;
  document += Heading{"Evidence by grade"};
  document += std::move(table);
  return document;
}

Document input_table(const RunResults& run) {
  Table table{{{"Input", text},
               {"Value"},
               {"Unit", text},
               {"Range", text},
               {"Distribution", text},
               {"Grade", text},
               {"Source", text},
               {"Note", text}},
              {}};
  for (const results::InputRecord& input : run.inputs)
    table.rows.push_back({input.path, shown(input.value), input.unit, range_of(input.provenance),
                          input.provenance.distribution, input.provenance.grade, input.provenance.source,
                          input.provenance.note});
  Document document;
  document += std::move(table);
  return document;
}

Document source_table(const RunResults& run, const scenario::Scenario& scenario) {
  std::map<std::string, std::size_t> uses;
  for (const results::InputRecord& input : run.inputs) ++uses[input.provenance.source];
  Table table{{{"Source", text}, {"Inputs"}, {"Citation", text}, {"Place", text}, {"How verified", text}}, {}};
  for (const scenario::SourceRecord& source : scenario.sources) {
    if (uses[source.key] > 0)
      table.rows.push_back(
          {source.key, std::to_string(uses[source.key]), source.citation, source.table_or_page, source.how_verified});
  }
  Document document;
  if (!table.rows.empty()) document += std::move(table);
  return document;
}

Document unread_inputs(const RunResults& run) {
  std::map<std::string, std::map<std::string, std::size_t>> families;  // name -> grade -> count
  for (const results::InputRecord& input : run.inputs) ++families[family_of(input.path)][input.provenance.grade];
  Table table{{{"Inputs", text}, {"Recalled"}, {"Assumed"}, {"Of"}}, {}};
  for (auto& [name, by_grade] : families) {
    const std::size_t recalled = by_grade["recalled"], assumed = by_grade["assumption"];
    std::size_t all = 0;
    for (const auto& [grade, count] : by_grade) all += count;
    if (recalled + assumed > 0)
      table.rows.push_back({name, std::to_string(recalled), std::to_string(assumed), std::to_string(all)});
  }
  Document document;
  if (table.rows.empty()) return document;
  document += Heading{"Inputs that were not read in their sources"};
  document += std::move(table);
  document += Paragraph{
      "Inputs of a therapy bear on the strategies that use it; those of natural history, costs and utilities bear "
      "on every strategy."};
  return document;
}

Document assumptions(const RunResults& run, const std::vector<std::string>& remarks,
                     const std::vector<DescriptiveTable>& implications) {
  Table settings{{{"Setting", text}, {"Value", text}}, {}};
  for (const results::Setting& setting : run.settings) settings.rows.push_back({setting.key, setting.value});
  Document document;
  document += Heading{"Conventions and structural choices"};
  document += std::move(settings);
  for (const std::string& remark : remarks) document += Paragraph{"Note: " + remark + "."};
  for (const DescriptiveTable& implied : implications) {
    Table table;
    for (const std::string& column : implied.columns) table.columns.push_back({column, text});
    table.rows = implied.rows;
    document += Heading{implied.title};
    document += std::move(table);
  }
  return document;
}

namespace {

constexpr const char* authors = "The author's to write.";

std::string strategies_in_words(const RunResults& run) {
  std::vector<std::string> names;
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s)
    names.push_back(report::label(run.analyses.front(), s));
  return fmt::format("{}.", fmt::join(names, "; "));
}

std::string setting_or(const RunResults& run, const std::string& key, const std::string& otherwise) {
  const auto found = std::ranges::find(run.settings, key, &results::Setting::key);
  return found == run.settings.end() ? otherwise : found->value;
}

std::string uncertainty_in_words(const PageMaterial& page) {
  std::vector<std::string> done;
  if (const auto& drawn = page.run().probabilistic)
    done.push_back(
        fmt::format("probabilistic analysis with {} draws of {} inputs", drawn->draws, drawn->drawn.names.size()));
  if (page.section("sensitivity") != nullptr) done.push_back("deterministic sensitivity analyses");
  if (page.section("scenarios") != nullptr) done.push_back("scenario analyses");
  if (page.section("voi") != nullptr) done.push_back("value of information");
  return done.empty() ? "Not analysed in this run." : fmt::format("{}.", fmt::join(done, "; "));
}

/// The item's text from the run; the author's where there is none.
std::vector<std::pair<const char*, std::string>> checklist_items(const PageMaterial& page) {
  const RunResults& run = page.run();
  const results::AnalysisResult& base = run.analyses.front();
  const double years = static_cast<double>(base.timing.cycles) * base.timing.cycle_length.value;
  const auto answered = [&](const char* section, const char* chapter) {
    return page.section(section) != nullptr ? std::string("See ") + chapter + "." : "Not analysed in this run.";
  };
  return {
      {"Title", run.title},
      {"Abstract", fmt::format("{} Numbers for it: Question and answer.", authors)},
      {"Background and objectives", authors},
      {"Health economic analysis plan", authors},
      {"Study population", "See Assumptions and Inputs (population.*)."},
      {"Setting and location", authors},
      {"Comparators", strategies_in_words(run)},
      {"Perspective", setting_or(run, "perspective", authors)},
      {"Time horizon", fmt::format("{:g} years, in {} cycles of {:g} years.", years, base.timing.cycles,
                                   base.timing.cycle_length.value)},
      {"Discount rate", fmt::format("Costs {}; QALYs {}.", report::discount_in_words(base.discount_cost),
                                    report::discount_in_words(base.discount_qaly))},
      {"Selection of outcomes", "Costs, QALYs and life years; counts of clinical events: see Costs and outcomes."},
      {"Measurement of outcomes", "See Inputs, with the source of each."},
      {"Valuation of outcomes", "See Inputs (utilities.*), with the source of each."},
      {"Measurement and valuation of resources and costs",
       "See Inputs (costs.*, prices of therapies), with the source of each."},
      {"Currency, price date, conversion",
       fmt::format("{}, price year {}.", run.currency, run.price_year.empty() ? "not given" : run.price_year)},
      {"Rationale and description of model",
       fmt::format("Model `{}` of myelin {} (source code available with it); its rationale is the author's to write.",
                   run.model, build_info().version)},
      {"Analytics and assumptions",
       fmt::format("Engine {}; within-cycle correction {}; see Assumptions and Reproduction.", run.engine,
                   setting_or(run, "within_cycle_correction", "not stated"))},
      {"Characterising heterogeneity", answered("subgroups", "Other assumptions, other patients")},
      {"Characterising distributional effects", answered("equity", "Prices, budget, severity, equity")},
      {"Characterising uncertainty", uncertainty_in_words(page)},
      {"Approach to engagement with patients and others", authors},
      {"Study parameters",
       fmt::format("{} inputs with value, range, distribution and source: see Inputs.", run.inputs.size())},
      {"Summary of main results", "See Question and answer, and Costs and outcomes."},
      {"Effect of uncertainty", answered("decision_uncertainty", "Uncertainty")},
      {"Effect of engagement with patients and others", authors},
      {"Study findings, limitations, generalisability, current knowledge", authors},
      {"Source of funding", authors},
      {"Conflicts of interest", authors},
  };
}

}  // namespace

Document checklist(const PageMaterial& page) {
  Table table{{{"Item"}, {"Topic", text}, {"In this report", text}}, {}};
  std::size_t open = 0, number = 0;
  for (const auto& [topic, words] : checklist_items(page)) {
    open += words.find(authors) != std::string::npos;
    table.rows.push_back({std::to_string(++number), topic, words});
  }
  Document document;
  document += Paragraph{
      fmt::format("The items of CHEERS 2022 (Husereau et al., Value in Health 2022;25:3-9). {} of {} are left to "
                  "the author.",
                  open, number)};
  document += std::move(table);
  return document;
}

Document reproduction(const RunResults& run, const std::string& digest) {
  std::string command = "myelin run " + run.scenario_path;
  for (const std::string& override : run.scenario_overrides) command += " --set '" + override + "'";
  if (!run.strategies_asked_for.empty())
    command += fmt::format(" --strategies {}", fmt::join(run.strategies_asked_for, ","));
  const BuildInfo build = build_info();
  Table table{{{"What", text}, {"Value", text}}, {}};
  table.rows = {
      {"Command", command + " -o RESULTS.h5"},
      {"Report", "myelin report RESULTS.h5 -o REPORT.html"},
      {"Engine", run.engine},
      {"Seed", std::to_string(run.seed)},
      {"Patients a strategy",
       run.patients == 0 ? "none: expectations" : report::format_number(static_cast<double>(run.patients), 0)},
      {"Parameter draws", run.probabilistic ? std::to_string(run.probabilistic->draws) : "none"},
      {"Program of this report", fmt::format("myelin {} ({}, {})", build.version, build.commit, build.compiler)},
      {"SHA-256 of the scenario", run.scenario_sha256},
      {"SHA-256 of all results", digest}};
  for (const results::StrategyResult& strategy : run.analyses.front().strategies)
    table.rows.push_back({"SHA-256 of the tables of " + strategy.name, strategy.table_digest});
  Document document;
  document += std::move(table);
  document += Paragraph{
      "The same scenario, seed and program give the same results to the bit, whatever the number of threads or "
      "machines: `myelin digest RESULTS.h5` prints the last but one kind of digest."};
  return document;
}

}  // namespace myelin::page
