#include "report/sensitivity_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using results::Better;
using results::RunResults;
using results::SensitivityResult;
using results::ThresholdResult;
using Rows = std::vector<std::vector<std::string>>;
constexpr auto text = TableColumn::Kind::text;

constexpr std::size_t bars_shown = 15;
constexpr std::size_t pairs_shown = 3;
constexpr std::size_t values_side_by_side = 5;
constexpr std::size_t names_shown = 10;
constexpr std::size_t chart_width = 17;
constexpr std::size_t name_width = 26;
constexpr double least_width = 1;  // of a bar, in currency

/// Thousands with commas, what is smaller with four digits.
std::string value_in_words(double value) {
  return std::abs(value) >= 1000 ? format_number(value, 0) : fmt::format("{:.4g}", value);
}

std::string at_threshold(const RunResults& run, double threshold) {
  return fmt::format("at {} {} per QALY", format_number(threshold, money_decimals), run.currency);
}

std::string name(const RunResults& run, std::size_t strategy) { return label(run.analyses.front(), strategy); }

/// A long name in lines that end with a dot, so that it is not broken within a word.
std::string broken_at_dots(const std::string& name) {
  std::string broken;
  std::size_t width = 0;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size() - 1) + 1;
    if (width > 0 && width + end - at > name_width) {
      broken += "\n";
      width = 0;
    }
    broken += name.substr(at, end - at);
    width += end - at;
    at = end;
  }
  return broken;
}

/// The values that the ends of a bar stand for.
std::pair<std::string, std::string> ends_in_words(const results::OneWayResult& bar) {
  if (bar.ranges.size() != 1) return {"low ends", "high ends"};
  return {value_in_words(bar.ranges.front().low), value_in_words(bar.ranges.front().high)};
}

/// Where another strategy is best than in the base.
std::string decision_in_words(const RunResults& run, const economics::Tornado& tornado,
                              const economics::TornadoBar& bar) {
  const bool changes_low = bar.best_at_low != tornado.best, changes_high = bar.best_at_high != tornado.best;
  if (!changes_low && !changes_high) return "same";
  std::string words = changes_low ? "low:\n" + name(run, bar.best_at_low) : "";
  if (changes_high) words += (changes_low ? "\n" : "") + ("high:\n" + name(run, bar.best_at_high));
  return words;
}

Document tornado_table(const RunResults& run, const economics::Tornado& tornado) {
  const std::vector<results::OneWayResult>& one_way = run.sensitivity->one_way;
  const auto wide = static_cast<std::size_t>(
      std::ranges::count_if(tornado.bars, [](const economics::TornadoBar& bar) { return bar.width >= least_width; }));
  const std::size_t shown = std::min(bars_shown, wide), narrow = tornado.bars.size() - wide;
  double least = tornado.base, greatest = tornado.base;
  for (const economics::TornadoBar& bar : tornado.bars) {
    least = std::min({least, bar.at_low, bar.at_high});
    greatest = std::max({greatest, bar.at_low, bar.at_high});
  }
  Rows rows;
  for (std::size_t i = 0; i < shown; ++i) {
    const economics::TornadoBar& bar = tornado.bars[i];
    const auto [low, high] = ends_in_words(one_way[bar.bar]);
    rows.push_back({broken_at_dots(one_way[bar.bar].name), low, high, format_number(bar.at_low, money_decimals),
                    format_number(bar.at_high, money_decimals), bar_chart(bar, tornado.base, least, greatest),
                    decision_in_words(run, tornado, bar)});
  }
  Document document = Heading{
      fmt::format(
          "Tornado: net monetary benefit of {} above that of {} {} ({} in the base case, where {} is best of all)",
          name(run, tornado.pair.strategy), name(run, tornado.pair.versus), at_threshold(run, tornado.threshold),
          format_number(tornado.base, money_decimals), name(run, tornado.best)),
      true};
  document += Table{{{"Input", text},
                     {"Low"},
                     {"High"},
                     {"At low"},
                     {"At high"},
                     {"░ low, █ high", TableColumn::Kind::chart},
                     {"Best of all", text}},
                    rows};
  List left_out;
  if (shown < wide)
    left_out.items.push_back(fmt::format("Left out: {} narrower bar{}.", wide - shown, wide - shown == 1 ? "" : "s"));
  if (narrow > 0)
    left_out.items.push_back(
        fmt::format("Left out: {} bar{} of less than 1 {}.", narrow, narrow == 1 ? "" : "s", run.currency));
  if (!left_out.items.empty()) document += left_out;
  return document;
}

/// Inputs that were asked for and have no bar, by reason.
Document left_out_in_words(const SensitivityResult& sensitivity) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const results::LeftOutInput& input : sensitivity.left_out) by_reason[input.reason].push_back(input.name);
  if (by_reason.empty()) return {};
  List reasons;
  for (const auto& [reason, names] : by_reason) {
    const std::size_t shown = std::min(names_shown, names.size());
    reasons.items.push_back(fmt::format(
        "Without a bar: {}{}: {}.", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
        shown < names.size() ? fmt::format(" and {} more", names.size() - shown) : "", reason));
  }
  return reasons;
}

Document one_way_tables(const RunResults& run, std::size_t reference) {
  const SensitivityResult& sensitivity = *run.sensitivity;
  if (sensitivity.one_way.empty()) return left_out_in_words(sensitivity);
  Document tables;
  std::size_t pairs_left_out = 0;
  for (const double threshold : run.thresholds) {
    const auto pairs = economics::pairs_of_interest(sensitivity, reference, threshold);
    for (std::size_t i = 0; i < std::min(pairs_shown, pairs.size()); ++i)
      tables += tornado_table(run, economics::tornado(sensitivity, pairs[i], threshold));
    pairs_left_out = std::max(pairs_left_out, pairs.size() - std::min(pairs_shown, pairs.size()));
  }
  if (tables.empty()) return Paragraph{"There is no other strategy, or no threshold, to compare with."};
  std::size_t moved = 0;
  for (const results::OneWayResult& bar : sensitivity.one_way) moved += bar.ranges.size();
  std::string note = fmt::format(
      "Each input goes to the low and to the high end of its published range, else to the ends of the 95 % interval of "
      "its distribution, while all others stay; those of a joint group go together. At low and At high are what the "
      "net monetary benefit then is, in {} a patient; a bar that crosses 0 changes which of the two is the better buy. "
      "{} of {} inputs moved; the others were not asked for or have no range. A bar says how far a result could go, "
      "not how likely that is, and nothing of inputs that change at the same time.",
      run.currency, moved, run.inputs.size());
  if (pairs_left_out > 0)
    note += fmt::format(" The JSON has {} more pair{} of strategies a threshold.", pairs_left_out,
                        pairs_left_out == 1 ? "" : "s");
  return tables + Paragraph{note} + left_out_in_words(sensitivity);
}

/// Rows are values of `x`; columns are values of `y`.
Table grid_table(const RunResults& run, const results::TwoWayResult& grid, double threshold) {
  const std::size_t best_in_base = economics::rank(run.sensitivity->base, threshold).best;
  Table table{{{"", text}}, {}, values_side_by_side};
  for (const double y : grid.y.values) table.columns.push_back({value_in_words(y), text});
  for (std::size_t x = 0; x < grid.x.values.size(); ++x) {
    table.rows.push_back({value_in_words(grid.x.values[x])});
    for (std::size_t y = 0; y < grid.y.values.size(); ++y) {
      const economics::Ranking ranking = economics::rank(grid.outcomes[x * grid.y.values.size() + y], threshold);
      table.rows.back().push_back((ranking.best == best_in_base ? "" : "*") + name(run, ranking.best) +
                                  (ranking.runner_up ? "\nby " + format_number(ranking.lead, money_decimals) : ""));
    }
  }
  return table;
}

Document two_way_tables(const RunResults& run) {
  Document tables;
  for (const results::TwoWayResult& grid : run.sensitivity->two_way) {
    const auto in_words = [](const results::TwoWayResult::Axis& axis) {
      return fmt::format("{} ({}; {} in the base case)", axis.input.name, axis.input.unit,
                         value_in_words(axis.input.base));
    };
    for (const double threshold : run.thresholds) {
      tables += Heading{fmt::format("Two-way `{}`: best strategy {}; rows: {}; columns: {}", grid.name,
                                    at_threshold(run, threshold), in_words(grid.x), in_words(grid.y)),
                        true} +
                grid_table(run, grid, threshold);
    }
  }
  if (tables.empty()) return {};
  return tables +
         Paragraph{"`by` is how far its net monetary benefit lies above that of the runner-up, in " + run.currency +
                   " a patient; * is another decision than in the base case. All other inputs stay."};
}

/// Values at which the strategy is better: `up to 5`, `between 2 and 5`, `above 2 and up to 1`, ...
std::string where_better(const RunResults& run, const ThresholdResult& search, const ThresholdResult::Crossings& at) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < at.better.size(); ++i) {
    if (at.better[i] != Better::strategy) continue;
    const bool is_first = i == 0, is_last = i + 1 == at.better.size();
    pieces.push_back(is_first  ? "up to " + value_in_words(at.value[i])
                     : is_last ? "above " + value_in_words(at.value[i - 1])
                               : "between " + value_in_words(at.value[i - 1]) + " and " + value_in_words(at.value[i]));
  }
  const bool is_money = search.input.unit.starts_with(run.currency);
  return fmt::format("{}{}", fmt::join(pieces, " and "), is_money ? " " + search.input.unit : "");
}

Document solved_thresholds(const RunResults& run) {
  const SensitivityResult& sensitivity = *run.sensitivity;
  if (sensitivity.threshold.empty()) return {};
  Document document = Heading{"Thresholds: values of inputs at which the decision turns", true};
  for (const ThresholdResult& search : sensitivity.threshold) {
    List solutions;
    solutions.lead = fmt::format("`{}`: {} ({}; {} in the base case), searched from {} to {}", search.name,
                                 search.input.name, search.input.unit, value_in_words(search.input.base),
                                 value_in_words(search.low), value_in_words(search.high));
    for (const ThresholdResult::Crossings& at : search.thresholds)
      solutions.items.push_back(solution_in_words(run, search, at));
    document += solutions;
  }
  std::string note =
      "At such a value the net monetary benefits are equal; each is solved, not read off a grid, and the JSON has its "
      "tolerance. All other inputs stay at their values. Beyond the values searched nothing is said.";
  if (sensitivity.engine != "cohort") note += " They are those of the patients simulated, whose number limits them.";
  return document + Paragraph{note};
}

std::string engine_in_words(const RunResults& run) {
  const bool exact = run.sensitivity->engine == "cohort";
  std::string words = exact ? "By the cohort engine, which is exact."
                            : "By the microsimulation, on the same patients and random numbers as in the base case, so "
                              "that differences between values of an input are surer than the net benefits themselves, "
                              "whose Monte Carlo errors stand with the base case.";
  if (exact && run.engine != "cohort")
    words += " The base case above is simulated, so that it differs from the one here by its Monte Carlo error.";
  return words;
}

}  // namespace

std::string bar_chart(const economics::TornadoBar& bar, double base, double least, double greatest) {
  const auto position = [&](double value) {
    const double share = greatest > least ? (value - least) / (greatest - least) : 0;
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(chart_width - 1)));
  };
  const std::size_t middle = position(base), low = position(bar.at_low), high = position(bar.at_high);
  std::vector<const char*> cells(chart_width, " ");
  const auto fill = [&](std::size_t end, const char* cell) {
    for (std::size_t i = std::min(middle, end); i <= std::max(middle, end); ++i) cells[i] = cell;
  };
  // Where both ends lie on one side of the base, the shorter part stands before the longer.
  const bool low_is_longer = std::abs(bar.at_low - base) > std::abs(bar.at_high - base);
  if (low_is_longer) fill(low, "░");
  fill(high, "█");
  if (!low_is_longer) fill(low, "░");
  cells[middle] = "│";
  return fmt::format("{}", fmt::join(cells, ""));
}

std::string solution_in_words(const RunResults& run, const ThresholdResult& search,
                              const ThresholdResult::Crossings& at) {
  const std::string versus = search.versus ? name(run, *search.versus) : "the best of the others",
                    beginning = fmt::format("At {} {} per QALY {} ", format_number(at.threshold, money_decimals),
                                            run.currency, name(run, search.strategy));
  if (std::ranges::find(at.better, Better::strategy) == at.better.end()) {
    return at.value.empty() && at.better.front() == Better::neither
               ? beginning + "and " + versus + " are equally good at every value searched."
               : beginning + "is a better buy than " + versus + " at no value searched.";
  }
  if (at.value.empty()) return beginning + "is a better buy than " + versus + " at every value searched.";
  return beginning + "is a better buy than " + versus + " " + where_better(run, search, at) + ".";
}

Document sensitivity_tables(const RunResults& run, std::size_t reference) {
  return heading(run, run.analyses.front(), "Deterministic sensitivity analyses") + Paragraph{engine_in_words(run)} +
         one_way_tables(run, reference) + two_way_tables(run) + solved_thresholds(run);
}

}  // namespace myelin::report
