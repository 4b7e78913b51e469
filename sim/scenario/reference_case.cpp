#include "scenario/reference_case.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/contract.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

constexpr const char* thresholds_key = "analysis.thresholds";
constexpr const char* horizon_key = "analysis.horizon_years";
constexpr const char* later_rates = "analysis.discount_later";
constexpr const char* other_analysis = "leave out analysis.reference_case";

std::string called(const ReferenceCase& reference_case) { return "reference case " + reference_case.name; }

std::string in_brackets(const Provenance& provenance) {
  return fmt::format("({}; {})", provenance.note, provenance.source);
}

std::string either(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(quote(text));
  return fmt::format("{}", fmt::join(quoted, " or "));
}

class ContradictionSearch {
 public:
  ContradictionSearch(const ReferenceCase& reference_case, const ParameterSet& parameters)
      : reference_case_(reference_case), parameters_(parameters) {}

  Diagnostics run() {
    for (const AcceptedTexts& texts : reference_case_.texts) text(texts);
    if (reference_case_.discount_cost) rate("cost", *reference_case_.discount_cost);
    if (reference_case_.discount_qaly) rate("qaly", *reference_case_.discount_qaly);
    thresholds();
    if (reference_case_.horizon_at_least) horizon(*reference_case_.horizon_at_least);
    return std::move(found_);
  }

 private:
  void refuse(const std::string& key, const std::string& is, const std::string& required, std::string remedy) {
    found_.push_back({parameters_.entry(key).place,
                      fmt::format("{} is {}, but the {} requires {}", key, is, called(reference_case_), required),
                      fmt::format("{}, or {}", remedy, other_analysis)});
  }

  void text(const AcceptedTexts& accepted) {
    if (!parameters_.is_sound(accepted.key)) return;
    const std::string& given = parameters_.text(accepted.key);
    if (std::ranges::find(accepted.one_of, given) != accepted.one_of.end()) return;
    refuse(accepted.key, quote(given), fmt::format("{} {}", either(accepted.one_of), in_brackets(accepted.provenance)),
           fmt::format("write {}", either(accepted.one_of)));
  }

  void rate(const std::string& of, const Parameter& required) {
    const std::string key = "analysis.discount_" + of;
    const std::string wanted = fmt::format("{} {} {}", required.value, required.unit, in_brackets(required.provenance));
    if (parameters_.is_sound(key) && parameters_.number(key) != required.value) {
      refuse(key, fmt::format("{}", parameters_.number(key)), wanted,
             fmt::format("write {} or leave the key out", required.value));
    }
    for (const std::string& name : parameters_.names_under(later_rates)) {
      const std::string later = fmt::format("{}.{}.{}", later_rates, name, of);
      if (!parameters_.is_sound(later) || parameters_.number(later) == required.value) continue;
      refuse(later, fmt::format("{}", parameters_.number(later)), wanted + " at all times",
             fmt::format("remove {}.{}", later_rates, name));
    }
  }

  void thresholds() {
    if (reference_case_.thresholds.empty() || !parameters_.is_sound(thresholds_key)) return;
    const std::vector<double>& given = parameters_.number_list(thresholds_key);
    const auto has = [&](double threshold) { return std::ranges::find(given, threshold) != given.end(); };
    std::vector<std::string> wanted;
    for (const ThresholdSet& set : reference_case_.thresholds) {
      if (std::ranges::all_of(set.per_qaly, has)) return;
      wanted.push_back(fmt::format("{} {}", fmt::join(set.per_qaly, ", "), in_brackets(set.provenance)));
    }
    refuse(thresholds_key, fmt::format("{}", fmt::join(given, ", ")),
           fmt::format("all of {}", fmt::join(wanted, " or of ")),
           fmt::format("add the missing thresholds or leave the key out, which gives {}",
                       fmt::join(reference_case_.thresholds.front().per_qaly, ", ")));
  }

  void horizon(const Parameter& least) {
    if (!parameters_.is_sound(horizon_key) || parameters_.number(horizon_key) >= least.value) return;
    refuse(horizon_key, fmt::format("{}", parameters_.number(horizon_key)),
           fmt::format("at least {} {} {}", least.value, least.unit, in_brackets(least.provenance)),
           fmt::format("write {} or more", least.value));
  }

  const ReferenceCase& reference_case_;
  const ParameterSet& parameters_;
  Diagnostics found_;
};

// A value as the scenario would write it, with the reference case as its source.
std::shared_ptr<const toml::node> as_node(const Parameter& parameter, const std::string& source) {
  const Provenance& from = parameter.provenance;
  auto node = std::make_shared<toml::table>();
  node->insert("value", parameter.value);
  node->insert("unit", parameter.unit);
  node->insert("source", source);
  node->insert("grade", from.grade);
  node->insert("note", fmt::format("{}: {}", from.source, from.note));
  if (from.low) node->insert("low", *from.low);
  if (from.high) node->insert("high", *from.high);
  if (!from.distribution.empty()) node->insert("distribution", from.distribution);
  return node;
}

std::shared_ptr<const toml::node> as_node(const std::vector<double>& numbers) {
  auto node = std::make_shared<toml::array>();
  for (const double number : numbers) node->push_back(number);
  return node;
}

// One field of all sources.
std::string joined(const std::vector<SourceRecord>& sources, std::string SourceRecord::*field) {
  std::vector<std::string> texts;
  for (const SourceRecord& source : sources) texts.push_back(source.*field);
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace

Diagnostics contradictions(const ReferenceCase& reference_case, const ParameterSet& parameters) {
  return ContradictionSearch(reference_case, parameters).run();
}

Diagnostics missing_outcomes(const ReferenceCase& reference_case, const std::vector<std::string>& outcomes,
                             const SourcePlace& place) {
  Diagnostics found;
  for (const RequiredOutcomes& required : reference_case.outcomes) {
    for (const std::string& name : required.names) {
      if (std::ranges::find(outcomes, name) != outcomes.end()) continue;
      found.push_back({place,
                       fmt::format("the {} requires the outcome {} {}, which is not among those of the analysis",
                                   called(reference_case), name, in_brackets(required.provenance)),
                       fmt::format("let the analysis count {}, or {}", name, other_analysis)});
    }
  }
  return found;
}

std::vector<std::string> remarks(const ReferenceCase& reference_case, const Conduct& conduct) {
  std::vector<std::string> told;
  if (reference_case.probabilistic && conduct.parameter_draws <= 1) {
    told.push_back(
        fmt::format("The {} takes the mean over draws of the parameters as the base case; this analysis is "
                    "at the parameters' means.",
                    called(reference_case)));
  }
  const auto& most = reference_case.alive_at_horizon_at_most;
  if (most && conduct.alive_at_horizon && *conduct.alive_at_horizon > most->value) {
    told.push_back(fmt::format(
        "The {} asks for a lifetime horizon, with at most {:.3g} % of patients alive at its end "
        "{}; {:.3g} % are.",
        called(reference_case), 100 * most->value, in_brackets(most->provenance), 100 * *conduct.alive_at_horizon));
  }
  return told;
}

std::vector<Leaf> fill_in(const ReferenceCase& reference_case, const Leaves& leaves, const KeyIndex& index) {
  std::vector<Leaf> filled;
  const std::string source = as_source(reference_case).key;
  const auto add = [&](const std::string& key, std::shared_ptr<const toml::node> node) {
    if (std::ranges::find(leaves.leaves, key, &Leaf::path) != leaves.leaves.end()) return;
    const KeyRow* row = index.row(split_path(key));
    MYELIN_EXPECT(row != nullptr);
    filled.push_back({row, key, {source}, {}, std::move(node), {}, {}});
  };
  for (const AcceptedTexts& texts : reference_case.texts)
    add(texts.key, std::make_shared<toml::value<std::string>>(texts.one_of.front()));
  if (reference_case.discount_cost) add("analysis.discount_cost", as_node(*reference_case.discount_cost, source));
  if (reference_case.discount_qaly) add("analysis.discount_qaly", as_node(*reference_case.discount_qaly, source));
  if (!reference_case.thresholds.empty()) add(thresholds_key, as_node(reference_case.thresholds.front().per_qaly));
  return filled;
}

SourceRecord as_source(const ReferenceCase& reference_case) {
  const std::vector<SourceRecord>& sources = reference_case.sources;
  return {called(reference_case),
          fmt::format("{} ({})", reference_case.title, joined(sources, &SourceRecord::citation)),
          joined(sources, &SourceRecord::table_or_page), joined(sources, &SourceRecord::url_or_where),
          joined(sources, &SourceRecord::how_verified)};
}

}  // namespace myelin::scenario
