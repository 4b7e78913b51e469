#include "page/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "economics/analysis.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;
using report::format_number;
using report::money_decimals;
using report::qaly_decimals;
using results::AnalysisResult;
using results::RunResults;

std::string money(const RunResults& run, double amount) {
  return format_number(amount, money_decimals) + " " + run.currency;
}

std::string percent(double share) {
  // Never certain because of rounding alone.
  if (share > 0 && share < 0.001) return "less than 0.1 %";
  if (share < 1 && share > 0.999) return "more than 99.9 %";
  return report::percent(share);
}

bool is_unread(const std::string& grade) { return grade == "recalled" || grade == "assumption"; }

}  // namespace

std::string in_words(const RunResults& run, const Decision& decision) {
  const AnalysisResult& analysis = run.analyses.front();
  const std::string at = fmt::format("At {} per QALY, ", money(run, decision.threshold));
  const std::string best = report::label(analysis, decision.best);
  if (!decision.runner_up) return fmt::format("{}{} is the only strategy.", at, best);
  const std::string next = report::label(analysis, *decision.runner_up);
  if (decision.lead == 0) return fmt::format("{}{} and {} are equally good.", at, best, next);
  std::string text =
      fmt::format("{}{} is the best buy, {} a patient ahead of {}", at, best, money(run, decision.lead), next);
  if (decision.lead < 2 * decision.lead_error) text += ", which is within two standard errors of the simulation";
  if (decision.probability.empty()) return text + "; how probable that is needs parameter draws.";
  return text + fmt::format("; it is best with a probability of {}, and choosing it loses {} a patient in expectation.",
                            percent(decision.probability[decision.best]), money(run, decision.loss[decision.best]));
}

namespace {

/// Of whom the QALYs are, where the analysis tells: `patient 1.2, carer 0.1`.
std::string split_by_person(const AnalysisResult& analysis, results::StrategyPair pair) {
  std::vector<std::string> parts;
  for (const char* person : {"patient", "carer"}) {
    const auto outcome = economics::find_outcome(analysis, fmt::format("qaly.{}", person));
    if (!outcome) continue;
    const auto mean = [&](std::size_t strategy) {
      return economics::outcome_estimate(analysis, strategy, *outcome, results::discounted_column).mean;
    };
    parts.push_back(
        fmt::format("{} {}", person, format_number(mean(pair.strategy) - mean(pair.versus), qaly_decimals)));
  }
  return parts.empty() ? "" : fmt::format(" ({})", fmt::join(parts, ", "));
}

}  // namespace

std::string increments_in_words(const RunResults& run, results::StrategyPair pair) {
  const AnalysisResult& analysis = report::decisive_analysis(run);
  const economics::Increment increment = economics::increment_between(analysis, pair);
  const double cost = increment.cost.mean, qaly = increment.qaly.mean;
  const std::string ours = report::label(run.analyses.front(), pair.strategy),
                    theirs = report::label(run.analyses.front(), pair.versus);
  std::string text = fmt::format("{} costs {} {} and yields {} {} QALYs than {}{}: ", ours, money(run, std::abs(cost)),
                                 cost < 0 ? "less" : "more", format_number(std::abs(qaly), qaly_decimals),
                                 qaly < 0 ? "fewer" : "more", theirs, split_by_person(analysis, pair));
  switch (economics::quadrant_of(cost, qaly)) {
    case economics::Quadrant::north_east:
      return text + fmt::format("each QALY gained costs {}.", money(run, cost / qaly));
    case economics::Quadrant::south_west:
      return text + fmt::format("each QALY forgone saves {}.", money(run, cost / qaly));
    case economics::Quadrant::south_east:
      return text + "it is better at both and dominates.";
    case economics::Quadrant::north_west:
      return text + "it is worse at both and dominated.";
    case economics::Quadrant::origin:
      break;
  }
  return text + "there is no difference.";
}

namespace {

/// The key of an input as an override names it: `table[edss=3, sex=female]` is `table[3,female]` there.
std::string key_of_override(const std::string& path) {
  const std::size_t open = path.find('[');
  if (open == std::string::npos) return path;
  std::string key;
  bool in_name = true;
  for (const char c : path.substr(open + 1)) {
    if (c == '=') in_name = false;
    if (c == ',' || c == ']') in_name = true;
    if (c == ',' || c == ']' || (!in_name && c != '=' && c != ' ')) key.push_back(c);
  }
  return path.substr(0, open + 1) + key;
}

}  // namespace

std::vector<std::string> without_unread_amounts(const RunResults& run) {
  const auto is_amount = [&](const results::InputRecord& input) {
    const bool of_money = !run.currency.empty() && input.unit.starts_with(run.currency) &&
                          input.unit.find("per QALY") == std::string::npos;
    return of_money || input.unit.starts_with("utility") || input.unit.starts_with("QALY");
  };
  std::vector<std::string> overrides;
  for (const results::InputRecord& input : run.inputs) {
    if (is_unread(input.provenance.grade) && is_amount(input) && input.value != 0)
      overrides.push_back(key_of_override(input.path) + "=0");
  }
  return overrides;
}

namespace {

/// The three inputs that matter most: by what it is worth to know them, else by the width of their bar.
std::string what_matters_most(const PageMaterial& page) {
  constexpr std::size_t most = 3;
  std::vector<std::string> names;
  const auto graded = [&](const std::string& name) {
    const auto found = std::ranges::find(page.run().inputs, name, &results::InputRecord::path);
    return found == page.run().inputs.end() ? name : fmt::format("{} ({})", name, found->provenance.grade);
  };
  const auto take = [&](const Json& list, const char* key) {
    for (std::size_t i = 0; i < std::min(most, list.size()); ++i)
      names.push_back(graded(list[i][key].get<std::string>()));
  };
  std::string by;
  if (const Json* voi = page.section("voi"); voi != nullptr && !(*voi)["inputs"].empty()) {
    take((*voi)["inputs"], "name");
    by = "by what it would be worth to know each exactly";
  } else if (const Json* moved = page.section("sensitivity"); moved != nullptr && !(*moved)["tornado"].empty()) {
    take((*moved)["tornado"][0]["bars"], "name");
    by = "by how far each moves the net benefit of the two best within its range";
  }
  if (names.empty())
    return "Which inputs matter most was not asked: give --draws, or `sensitivity.one_way` in the scenario.";
  return fmt::format("The inputs that matter most, {}: {}.", by, fmt::join(names, "; "));
}

/// How much of a difference is left when what was not read is 0.
std::string share_in_words(double whole, double read) {
  const double unread = whole - read, sum = std::abs(read) + std::abs(unread);
  return sum == 0 ? std::string("0 %") : report::percent(std::abs(unread) / sum);
}

/// The increments of the base case that counted lives come to; none where tallies do not tell them.
std::optional<economics::Increment> increments_of(const results::CountedLives& lives, const AnalysisResult& analysis,
                                                  results::StrategyPair pair) {
  const auto mean = [&](std::size_t strategy, const char* outcome) {
    const auto means =
        results::discounted_means(lives.programs[strategy], lives.population, analysis.strategies[strategy]);
    return means[*economics::find_outcome(analysis, outcome)];
  };
  economics::Increment increment{pair, {}, {}, 0};
  for (const auto& [name, estimate] : {std::pair("cost", &increment.cost), std::pair("qaly", &increment.qaly)}) {
    const std::optional<double> ours = mean(pair.strategy, name), theirs = mean(pair.versus, name);
    if (!ours || !theirs) return std::nullopt;
    estimate->mean = *ours - *theirs;
  }
  return increment;
}

std::string unread_in_words(const PageMaterial& page, results::StrategyPair pair, const WithoutUnread& unread) {
  const RunResults& run = page.run();
  const AnalysisResult& base = run.analyses.front();
  const auto count =
      std::ranges::count_if(run.inputs, [](const auto& input) { return is_unread(input.provenance.grade); });
  std::string text =
      fmt::format("{} of {} inputs were recalled or assumed, not read in their sources.", count, run.inputs.size());
  if (unread.overrides.empty()) return text + " No amount of money or health is among them.";
  const auto whole = page.material.lives != nullptr ? increments_of(*page.material.lives, base, pair) : std::nullopt,
             read = unread.lives ? increments_of(*unread.lives, base, pair) : std::nullopt;
  if (!whole || !read)
    return text + " What part of the increments rests on them cannot be told without a new simulation.";
  return text +
         fmt::format(
             " Of the increments of {} against {}, {} of the cost and {} of the QALYs rest on {} amounts of money "
             "and health among them, base case; the course of the disease is not in these shares.",
             report::label(base, pair.strategy), report::label(base, pair.versus),
             share_in_words(whole->cost.mean, read->cost.mean), share_in_words(whole->qaly.mean, read->qaly.mean),
             unread.overrides.size());
}

const results::Setting* setting(const RunResults& run, const std::string& key) {
  const auto found = std::ranges::find(run.settings, key, &results::Setting::key);
  return found == run.settings.end() ? nullptr : &*found;
}

/// The run's other natural histories beside its own, at the first threshold.
std::vector<std::string> natural_histories(const PageMaterial& page) {
  const RunResults& run = page.run();
  const results::Setting* own = setting(run, "natural_history");
  if (own == nullptr || run.thresholds.empty()) return {};
  std::vector<std::string> sentences;
  const auto add = [&](const std::string& name, const AnalysisResult& analysis) {
    const auto found =
        economics::analyse(analysis, std::vector<double>{run.thresholds.front()}, page.material.reference);
    if (!found) return;
    const economics::ThresholdRow& row = found->thresholds.front();
    if (!row.runner_up) return;
    const economics::Increment increment = economics::increment_between(analysis, {row.best, *row.runner_up});
    sentences.push_back(fmt::format(
        "Natural history {}, without draws: {} is best at {}, ahead of {} by {}; it costs {} {} and "
        "yields {} {} QALYs.",
        name, report::label(run.analyses.front(), row.best), money(run, run.thresholds.front()),
        report::label(run.analyses.front(), *row.runner_up), money(run, row.lead.mean),
        money(run, std::abs(increment.cost.mean)), increment.cost.mean < 0 ? "less" : "more",
        format_number(std::abs(increment.qaly.mean), qaly_decimals), increment.qaly.mean < 0 ? "fewer" : "more"));
  };
  add(fmt::format("`{}`", own->value), run.analyses.front());
  for (const AnalysisResult& other : run.analyses) {
    const auto is_history = [](const std::string& override) { return override.starts_with("natural_history."); };
    if (std::ranges::any_of(other.overrides, is_history)) add(fmt::format("`{}`", other.name), other);
  }
  if (sentences.size() == 1) sentences.push_back("The run has no other natural history to set beside it.");
  return sentences;
}

}  // namespace

std::vector<std::string> answer_in_words(const PageMaterial& page, const std::vector<Decision>& at_thresholds,
                                         const WithoutUnread& unread) {
  const RunResults& run = page.run();
  std::vector<std::string> sentences;
  for (const Decision& decision : at_thresholds) sentences.push_back(in_words(run, decision));
  const bool decided = !at_thresholds.empty() && at_thresholds.front().runner_up;
  const std::size_t best = decided ? at_thresholds.front().best : page.material.reference;
  for (std::size_t s = 0; s < run.analyses.front().strategies.size(); ++s) {
    if (s != best)
      sentences.push_back(decided ? increments_in_words(run, {best, s}) : increments_in_words(run, {s, best}));
  }
  sentences.push_back(what_matters_most(page));
  if (decided) sentences.push_back(unread_in_words(page, {best, *at_thresholds.front().runner_up}, unread));
  for (std::string& sentence : natural_histories(page)) sentences.push_back(std::move(sentence));
  if (const results::Setting* prices = setting(run, "prices")) {
    sentences.push_back(prices->value == "list" ? "Prices are list prices, before any confidential discount."
                                                : fmt::format("Prices are {} prices.", prices->value));
  }
  return sentences;
}

}  // namespace myelin::page
