#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "economics/price.hpp"
#include "report/negotiated_price.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

constexpr const char* negotiated_key = "prices.negotiated";
constexpr std::size_t therapies_side_by_side = 5;
constexpr std::size_t cell_width = 15;
/// Of a cost: how far prices at half may be off the mean of those at list and at none.
constexpr double affine_tolerance = 1e-9;

/// [strategy] the discounted cost with one price at a share of the list price, in the lives of the run.
Result<std::vector<double>> costs_at(const Material& material, const NegotiatedPrice& price, double share) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const Result<std::vector<Program>> programs = programs_at(material, price, share);
  if (!programs) return tl::unexpected(programs.error());
  std::vector<double> costs;
  for (std::size_t s = 0; s < programs->size(); ++s) {
    const auto mean = results::discounted_means((*programs)[s], material.lives->population,
                                                analysis.strategies[s])[*find_outcome(analysis, "cost")];
    if (!mean) return tl::unexpected(not_counted(price));
    costs.push_back(*mean);
  }
  return costs;
}

/// [strategy] the part of the cost that is the price, which must be in proportion to it.
Result<std::vector<double>> acquisition(const Material& material, const NegotiatedPrice& price) {
  const auto list = costs_at(material, price, 1), half = costs_at(material, price, 0.5),
             none = costs_at(material, price, 0);
  for (const auto* each : {&list, &half, &none}) {
    if (!*each) return tl::unexpected(each->error());
  }
  std::vector<double> parts;
  for (std::size_t s = 0; s < list->size(); ++s) {
    const double bend = (*half)[s] - ((*list)[s] + (*none)[s]) / 2, scale = std::max(1.0, std::abs((*list)[s]));
    if (!(std::abs(bend) <= affine_tolerance * scale)) {
      return tl::unexpected(Diagnostics{{price.place,
                                         fmt::format("the cost of {} does not fall in proportion to {}",
                                                     label(decisive_analysis(material.run), s), price.label),
                                         "name only inputs that are prices of one therapy"}});
    }
    const double part = (*list)[s] - (*none)[s];
    parts.push_back(std::abs(part) <= affine_tolerance * scale ? 0 : part);
  }
  return parts;
}

struct Question {
  std::vector<NegotiatedPrice> prices;
  PriceInput input;
  std::vector<double> discounts;
};

Result<Question> read_question(const Material& material, const SourcePlace& place) {
  const ParameterSet& parameters = material.scenario.parameters;
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const auto cost = find_outcome(analysis, "cost"), qaly = find_outcome(analysis, "qaly");
  Diagnostics problems = check_prices(Questions::of(material));
  const Diagnostics untold = check_priced_again(material, place);
  problems.insert(problems.end(), untold.begin(), untold.end());
  if (!problems.empty()) return tl::unexpected(problems);

  Question question{*read_negotiated_prices(parameters), {}, {}};
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const auto mean = [&](std::size_t outcome) {
      return outcome_estimate(analysis, s, outcome, results::discounted_column).mean;
    };
    question.input.strategies.push_back({analysis.strategies[s].name, mean(*cost), mean(*qaly)});
  }
  for (const NegotiatedPrice& price : question.prices) {
    Result<std::vector<double>> parts = acquisition(material, price);
    if (!parts) {
      problems.insert(problems.end(), parts.error().begin(), parts.error().end());
      continue;
    }
    question.input.therapies.push_back(price.label);
    question.input.acquisition.push_back(std::move(*parts));
  }
  if (parameters.has("prices.discounts")) {
    question.discounts = parameters.number_list("prices.discounts");
  } else {
    for (int tenth = 0; tenth < 10; ++tenth) question.discounts.push_back(tenth / 10.0);
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return question;
}

// --- At one threshold ------------------------------------------------------------------------------------------------

/// A price at which a strategy is just best.
struct BestPrice {
  std::size_t therapy = 0, strategy = 0;
  std::optional<DiscountRange> range;  ///< none: at no price
};

struct Answer {
  double threshold = 0;
  std::vector<PriceRow> grid;
  std::vector<DecisionChange> changes;
  std::vector<BestPrice> best;  ///< for each therapy and strategy that uses it
};

Result<Answer> answer_at(const Question& question, double threshold) {
  Answer answer{threshold, {}, {}, {}};
  auto grid = tabulate_discounts(question.input, question.discounts, threshold);
  if (!grid) return tl::unexpected(grid.error());
  auto changes = find_decision_changes(question.input, threshold);
  if (!changes) return tl::unexpected(changes.error());
  answer.grid = std::move(*grid);
  answer.changes = std::move(*changes);
  for (std::size_t therapy = 0; therapy < question.prices.size(); ++therapy) {
    for (std::size_t s = 0; s < question.input.strategies.size(); ++s) {
      if (question.input.acquisition[therapy][s] == 0) continue;
      const auto range = discounts_where_best(question.input, therapy, s, threshold);
      if (!range) return tl::unexpected(range.error());
      answer.best.push_back({therapy, s, *range});
    }
  }
  return answer;
}

Table acquisition_table(const Material& material, const Question& question) {
  std::vector<StrategyRow> rows;
  for (std::size_t therapy = 0; therapy < question.prices.size(); ++therapy) {
    rows.push_back({question.prices[therapy].label, {}});
    for (const double part : question.input.acquisition[therapy])
      rows.back().cells.push_back(format_number(part, money_decimals));
  }
  return strategy_table(decisive_analysis(material.run), "Price", rows);
}

/// Discounts by therapies: the best strategy and its ICER against the next cheaper of the frontier.
Table grid_table(const Material& material, const Question& question, const Answer& answer) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  Table table{{{"Discount on"}}, {}, therapies_side_by_side};
  for (const NegotiatedPrice& price : question.prices)
    table.columns.push_back({price.label, TableColumn::Kind::number, cell_width});
  for (std::size_t row = 0; row < question.discounts.size(); ++row) {
    table.rows.push_back({percent(question.discounts[row])});
    for (std::size_t therapy = 0; therapy < question.prices.size(); ++therapy) {
      const PriceRow& found = answer.grid[therapy * question.discounts.size() + row];
      table.rows.back().push_back(label(analysis, found.best) +
                                  (found.icer ? "\n" + format_number(*found.icer, money_decimals) : ""));
    }
  }
  return table;
}

List changes_in_words(const Material& material, const Question& question, const Answer& answer) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  List sentences;
  for (std::size_t therapy = 0; therapy < question.prices.size(); ++therapy) {
    const std::string& price = question.prices[therapy].label;
    bool changes = false;
    for (const DecisionChange& change : answer.changes) {
      if (change.therapy != therapy) continue;
      changes = true;
      sentences.items.push_back(fmt::format("From a discount of {} on {}, {} is best in place of {}.",
                                            percent(change.discount), price, label(analysis, change.to),
                                            label(analysis, change.from)));
    }
    if (!changes) sentences.items.push_back(fmt::format("No discount on {} alone changes the best strategy.", price));
  }
  return sentences;
}

/// A discount as the share of the list price that is left, and as money where one input alone is the price.
std::string price_in_words(const NegotiatedPrice& price, double discount) {
  const std::string share = percent(1 - discount) + " of list";
  return price.cells.size() == 1
             ? fmt::format("{} {} ({})", format_number((1 - discount) * price.list.front(), money_decimals), price.unit,
                           share)
             : share;
}

std::string range_in_words(const NegotiatedPrice& price, const std::optional<DiscountRange>& range) {
  if (!range) return "at none";
  const bool has_highest = std::isfinite(range->from), has_lowest = range->to < 1;
  if (has_highest && has_lowest)
    return fmt::format("{} to {}", price_in_words(price, range->to), price_in_words(price, range->from));
  if (has_highest) return "up to " + price_in_words(price, range->from);
  if (has_lowest) return "from " + price_in_words(price, range->to);
  return "at any";
}

Table best_table(const Material& material, const Question& question, const Answer& answer) {
  Cells cells;
  for (const BestPrice& best : answer.best) {
    const NegotiatedPrice& price = question.prices[best.therapy];
    cells.push_back(
        {price.label, label(decisive_analysis(material.run), best.strategy), range_in_words(price, best.range)});
  }
  return {{{"Price", TableColumn::Kind::text},
           {"Strategy", TableColumn::Kind::text},
           {"Best at a price of", TableColumn::Kind::text}},
          cells};
}

Json to_json(const Question& question, const std::vector<Answer>& answers) {
  const auto strategy = [&](std::size_t s) { return question.input.strategies[s].name; };
  Json json = {{"negotiated", Json::array()}, {"thresholds", Json::array()}};
  for (std::size_t therapy = 0; therapy < question.prices.size(); ++therapy) {
    Json parts = Json::object();
    for (std::size_t s = 0; s < question.input.strategies.size(); ++s)
      parts[strategy(s)] = question.input.acquisition[therapy][s];
    json["negotiated"].push_back(
        {{"name", question.prices[therapy].name}, {"label", question.prices[therapy].label}, {"acquisition", parts}});
  }
  for (const Answer& answer : answers) {
    Json at = {{"threshold", answer.threshold},
               {"grid", Json::array()},
               {"changes", Json::array()},
               {"best_at", Json::array()}};
    for (const PriceRow& row : answer.grid)
      at["grid"].push_back({{"price", question.prices[row.therapy].name},
                            {"discount", row.discount},
                            {"best", strategy(row.best)},
                            {"versus", row.versus ? Json(strategy(*row.versus)) : Json()},
                            {"icer", row.icer ? Json(*row.icer) : Json()}});
    for (const DecisionChange& change : answer.changes)
      at["changes"].push_back({{"price", question.prices[change.therapy].name},
                               {"discount", change.discount},
                               {"from", strategy(change.from)},
                               {"to", strategy(change.to)}});
    for (const auto& [therapy, s, range] : answer.best) {
      Json best = {{"price", question.prices[therapy].name}, {"strategy", strategy(s)}, {"at_any", range.has_value()}};
      best["lowest_discount"] = range && std::isfinite(range->from) ? Json(range->from) : Json();
      best["highest_discount"] = range ? Json(range->to) : Json();
      at["best_at"].push_back(std::move(best));
    }
    json["thresholds"].push_back(std::move(at));
  }
  return json;
}

/// Doses and agreements, which stand below `prices` too, have answers of their own.
std::optional<SourcePlace> asked_at(const ParameterSet& parameters) {
  if (const auto place = first_key_below(parameters, negotiated_key)) return place;
  return parameters.has("prices.discounts") ? std::optional(parameters.entry("prices.discounts").place) : std::nullopt;
}

}  // namespace

Diagnostics check_prices(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const std::optional<SourcePlace> place = asked_at(parameters);
  if (!place) return {};
  Diagnostics problems;
  if (parameters.names_under(negotiated_key).empty())
    problems.push_back({*place, "no price is named", "add [prices.negotiated.NAME] with a label and its inputs"});
  const Result<std::vector<NegotiatedPrice>> prices = read_negotiated_prices(parameters);
  if (!prices) problems.insert(problems.end(), prices.error().begin(), prices.error().end());
  return problems;
}

Result<std::optional<Section>> prices_section(const Material& material) {
  const std::optional<SourcePlace> place = asked_at(material.scenario.parameters);
  if (!place) return std::nullopt;
  const Result<Question> question = read_question(material, *place);
  if (!question) return tl::unexpected(question.error());
  const AnalysisResult& analysis = decisive_analysis(material.run);
  Document document = heading(material.run, analysis, "What of each strategy's cost is a price that is negotiated") +
                      acquisition_table(material, *question) +
                      Paragraph{
                          "Discounted, per patient, at the prices of the run. Below, one price at a time is "
                          "lowered and the others stay; costs fall in proportion to it. Best is the strategy with "
                          "the most net monetary benefit, with its ICER against the next cheaper of the frontier "
                          "below its name; none where it is the cheapest. A price "
                          "that parameter draws vary stands at its own value."};
  std::vector<Answer> answers;
  for (const double threshold : material.run.thresholds) {
    Result<Answer> answer = answer_at(*question, threshold);
    if (!answer) return tl::unexpected(placed_at(*place, answer.error()));
    document +=
        heading(material.run, analysis,
                fmt::format("Best strategy by discount at {} per QALY", format_number(threshold, money_decimals))) +
        grid_table(material, *question, *answer) + changes_in_words(material, *question, *answer) +
        best_table(material, *question, *answer);
    answers.push_back(std::move(*answer));
  }
  document += Paragraph{
      "Prices at which two strategies are equally good are exact for the means of the run; how far "
      "parameters are uncertain is not in them."};
  return Section{"prices", std::move(document), to_json(*question, answers)};
}

}  // namespace myelin::report
