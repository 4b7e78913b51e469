#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "scenario/check.hpp"
#include "scenario/completion.hpp"
#include "scenario/document.hpp"
#include "scenario/reference_case.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// Where the source, the grade and the reason of what stands in tables of the user's names are.
void add_grounds(Schema& schema, const std::string& table) {
  schema.push_back({.path = table + ".source", .description = "one of the sources of this file"});
  schema.push_back({.path = table + ".grade", .description = "read, secondary, recalled, derived or assumption"});
  schema.push_back({.path = table + ".note", .description = "why, in a few words: messages show it"});
}

class Reader {
 public:
  explicit Reader(const File& file) : folder_({file}), index_(reference_case_schema()) {}

  Result<ReferenceCase> read() {
    const Documents documents = read_documents(folder_, found_);
    if (!documents.files.empty()) {
      read_values(documents);
      for (const ParameterSet::Entry& entry : values_.entries()) check(entry);
      check_thresholds();
      check_severity();
    }
    if (found_.empty()) return built();
    std::ranges::stable_sort(found_, {}, [](const Diagnostic& d) { return std::tie(d.place.line, d.place.column); });
    return tl::unexpected(std::move(found_));
  }

 private:
  void read_values(const Documents& documents) {
    const Leaves leaves = gather(documents, index_, UnknownKeys::are_mistakes, found_);
    report_missing(leaves, index_, documents.files.back().file.shown, found_);
    rules_.source_keys.emplace();
    for (const auto& [table, place] : leaves.tables) {
      if (table.size() == 2 && table.front() == "sources") rules_.source_keys->push_back(table.back());
    }
    std::vector<Leaf> complete = leaves.leaves;
    for (Leaf& leaf : fallbacks(leaves, index_)) complete.push_back(std::move(leaf));
    LeafChecker checker(folder_, rules_, found_);
    for (const Leaf& leaf : complete) {
      const std::size_t before = found_.size();
      std::optional<KeyValue> value = checker.check(leaf);
      const bool sound = value && found_.size() == before;
      values_.add({leaf.path, value ? std::move(*value) : KeyValue{}, leaf.place, sound});
    }
  }

  void check(const ParameterSet::Entry& entry) {
    if (!entry.sound) return;
    const KeyPath path = split_path(entry.path);
    const std::string& field = path.back();
    if (path.front() != "sources" && field == "source") {
      check_source(entry.path, std::get<std::string>(entry.value), rules_, entry.place, found_);
    } else if (field == "grade") {
      check_grade(entry.path, std::get<std::string>(entry.value), entry.place, found_);
    }
    if (const auto* number = std::get_if<Parameter>(&entry.value); number && number->provenance.note.empty())
      found_.push_back({entry.place, entry.path + ": note is missing", "add why it is asked for: messages show it"});
    const auto* texts = std::get_if<std::vector<std::string>>(&entry.value);
    const auto* numbers = std::get_if<std::vector<double>>(&entry.value);
    if ((texts != nullptr && texts->empty()) || (numbers != nullptr && numbers->empty()))
      found_.push_back({entry.place, entry.path + " is empty", "write one entry at least, or remove its table"});
    if (field == "one_of") check_accepted(entry, path.at(1), *texts);
  }

  // What is asked of a key must be something that a scenario can have.
  void check_accepted(const ParameterSet::Entry& entry, const std::string& name,
                      const std::vector<std::string>& texts) {
    std::vector<std::string> names;
    for (const KeyRow& row : common_schema()) {
      const KeyPath path = split_path(row.path);
      if (row.kind != KeyKind::text || path.size() != 2 || path.front() != "analysis") continue;
      names.push_back(path.back());
      if (names.back() != name || row.choices.empty()) continue;
      for (const std::string& text : texts) {
        if (std::ranges::find(row.choices, text) != row.choices.end()) continue;
        found_.push_back({entry.place,
                          fmt::format("{}: {} is not one of {}", entry.path, quote(text), listed(row.choices)),
                          did_you_mean(text, row.choices, "write one of them")});
      }
    }
    if (std::ranges::find(names, name) != names.end()) return;
    found_.push_back({entry.place, fmt::format("scenarios have no key analysis.{} of text", name),
                      did_you_mean(name, names, "name one of " + listed(names))});
  }

  void check_thresholds() {
    const std::vector<std::string> names = values_.names_under("thresholds");
    const std::string first = names.empty() ? "" : "thresholds." + names.front() + ".per_qaly";
    if (first.empty() || !values_.has(first) || values_.has("analysis.currency.one_of")) return;
    found_.push_back({values_.entry(first).place, "the thresholds have no currency",
                      "add [analysis.currency] with one_of = [\"EUR\"], and its source, grade and note"});
  }

  void check_severity() {
    const std::vector<std::string> names = values_.names_under("severity");
    for (std::size_t i = 1; i < names.size(); ++i) {
      for (const char* field : {"absolute_from", "proportional_from", "weight"}) {
        const std::string key = fmt::format("severity.{}.{}", names[i], field);
        const std::string milder = fmt::format("severity.{}.{}", names[i - 1], field);
        if (!values_.is_sound(key) || !values_.is_sound(milder) || values_.number(key) > values_.number(milder))
          continue;
        found_.push_back({values_.entry(key).place,
                          fmt::format("{} is {}, not above the {} of the level before it", key, values_.number(key),
                                      values_.number(milder)),
                          "write the levels from mild to severe, each number above the one before"});
      }
    }
  }

  ReferenceCase built() const {
    ReferenceCase built;
    built.name = values_.text("name");
    built.title = values_.text("title");
    for (const std::string& key : values_.names_under("sources")) {
      const std::string at = "sources." + key + ".";
      built.sources.push_back({key, values_.text(at + "citation"), values_.text(at + "table_or_page"),
                               values_.text(at + "url_or_where"), values_.text(at + "how_verified")});
    }
    built.discount_cost = parameter("analysis.discount_cost");
    built.discount_qaly = parameter("analysis.discount_qaly");
    built.horizon_at_least = parameter("horizon.at_least");
    built.alive_at_horizon_at_most = parameter("horizon.alive_at_most");
    built.probabilistic = values_.boolean("probabilistic");
    for (const std::string& name : values_.names_under("analysis")) {
      const std::string at = "analysis." + name;
      if (values_.has(at + ".one_of")) built.texts.push_back({at, values_.text_list(at + ".one_of"), grounds(at)});
    }
    build_named(built);
    return built;
  }

  void build_named(ReferenceCase& built) const {
    for (const std::string& name : values_.names_under("thresholds")) {
      const std::string at = "thresholds." + name;
      built.thresholds.push_back(
          {name, values_.text(at + ".label"), values_.number_list(at + ".per_qaly"), grounds(at)});
    }
    for (const std::string& name : values_.names_under("outcomes"))
      built.outcomes.push_back({values_.text_list("outcomes." + name + ".names"), grounds("outcomes." + name)});
    for (const std::string& name : values_.names_under("severity")) {
      const std::string at = "severity." + name + ".";
      built.severity.push_back({name, values_.parameter(at + "absolute_from"),
                                values_.parameter(at + "proportional_from"), values_.parameter(at + "weight")});
    }
    for (const std::string& name : values_.names_under("alternatives")) {
      const std::string at = "alternatives." + name;
      built.alternatives.push_back({name, values_.text(at + ".label"), values_.text_list(at + ".set"), grounds(at)});
    }
  }

  std::optional<Parameter> parameter(const std::string& key) const {
    return values_.has(key) ? std::optional(values_.parameter(key)) : std::nullopt;
  }

  Provenance grounds(const std::string& table) const {
    Provenance grounds;
    grounds.source = values_.text(table + ".source");
    grounds.grade = values_.text(table + ".grade");
    grounds.note = values_.text(table + ".note");
    return grounds;
  }

  const Folder folder_;
  const KeyIndex index_;
  EvidenceRules rules_;
  ParameterSet values_;
  Diagnostics found_;
};

}  // namespace

const Schema& reference_case_schema() {
  using enum KeyKind;
  static const Schema schema = [] {
    Schema rows = {
        {.path = "format", .kind = integer, .description = "version of the format", .low = 1, .high = 1},
        {.path = "name", .kind = text, .description = "by which messages call the reference case"},
        {.path = "title", .kind = text, .description = "whose reference case it is, in a line"},
        {.path = "probabilistic",
         .kind = boolean,
         .description = "whether the base case is the mean over draws of the parameters",
         .fallback = "false"},
        {.path = "sources.*.citation", .kind = text, .description = "what the source is"},
        {.path = "sources.*.table_or_page", .kind = text, .description = "where in it the numbers stand"},
        {.path = "sources.*.url_or_where", .kind = text, .description = "where the source is found"},
        {.path = "sources.*.how_verified", .kind = text, .description = "whether and how it was read"},
        {.path = "analysis.discount_cost",
         .kind = parameter,
         .description = "discount rate of costs, at all times",
         .unit = "per year",
         .low = 0,
         .high = 1,
         .required = false},
        {.path = "analysis.discount_qaly",
         .kind = parameter,
         .description = "discount rate of QALYs, at all times",
         .unit = "per year",
         .low = 0,
         .high = 1,
         .required = false},
        {.path = "horizon.at_least",
         .kind = parameter,
         .description = "shortest horizon",
         .unit = "years",
         .low = 0,
         .high = 200,
         .required = false},
        {.path = "horizon.alive_at_most",
         .kind = parameter,
         .description = "largest share of patients alive at the end of a lifetime horizon; remarked on, not refused",
         .unit = "proportion",
         .low = 0,
         .high = 1,
         .required = false},
        {.path = "severity.*.absolute_from",
         .kind = parameter,
         .description = "absolute shortfall from which the weight holds",
         .unit = "QALY",
         .low = 0},
        {.path = "severity.*.proportional_from",
         .kind = parameter,
         .description = "proportional shortfall from which the weight holds",
         .unit = "proportion",
         .low = 0,
         .high = 1},
        {.path = "severity.*.weight",
         .kind = parameter,
         .description = "how often a QALY gained counts",
         .unit = "weight",
         .low = 1},
        {.path = "analysis.*.one_of", .kind = text_list, .description = "texts of which the scenario's key has one"},
        {.path = "thresholds.*.label", .kind = text, .description = "name of a set of thresholds"},
        {.path = "thresholds.*.per_qaly",
         .kind = number_list,
         .description = "willingness to pay for a QALY, in the currency that analysis.currency asks for",
         .low = 0},
        {.path = "outcomes.*.names", .kind = text_list, .description = "outcomes that an analysis must have"},
        {.path = "alternatives.*.label", .kind = text, .description = "name of an analysis outside the reference case"},
        {.path = "alternatives.*.set", .kind = text_list, .description = "what it changes, each as key=value"},
    };
    for (const char* table : {"analysis.*", "thresholds.*", "outcomes.*", "alternatives.*"}) add_grounds(rows, table);
    return rows;
  }();
  return schema;
}

Result<ReferenceCase> read_reference_case(const std::string& text, const std::string& shown_name) {
  return Reader({shown_name, shown_name, text}).read();
}

}  // namespace myelin::scenario
