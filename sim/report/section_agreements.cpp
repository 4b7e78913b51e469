#include <fmt/format.h>

#include <algorithm>

#include "economics/accruals.hpp"
#include "economics/price.hpp"
#include "report/budget_request.hpp"
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

constexpr const char* agreements_key = "prices.agreements";
constexpr const char* prices_key = "prices.negotiated";
constexpr int unit_decimals = 1, unit_price_decimals = 2;

/// A price-volume agreement as the scenario gives it.
struct Agreement {
  NegotiatedPrice price;
  SourcePlace place;
  double list_price = 0;  ///< of a unit
  std::vector<VolumeTier> tiers;
};

/// Its calendar years, without and with the new therapy.
struct AgreementYears {
  std::vector<VolumeYear> without, with;
};

void append(Diagnostics& problems, const Diagnostics& more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

std::vector<VolumeTier> read_tiers(const ParameterSet& parameters, const std::string& key) {
  const std::vector<double>&from = parameters.number_list(key + ".from_units"),
        &rebates = parameters.number_list(key + ".rebates");
  std::vector<VolumeTier> tiers;
  for (std::size_t tier = 0; tier < std::min(from.size(), rebates.size()); ++tier)
    tiers.push_back({from[tier], rebates[tier]});
  return tiers;
}

Diagnostics check_agreement(const ParameterSet& parameters, const std::string& name) {
  const std::string key = fmt::format("{}.{}", agreements_key, name);
  const SourcePlace& place = parameters.entry(key + ".from_units").place;
  const std::vector<std::string> prices = parameters.names_under(prices_key);
  Diagnostics problems;
  if (std::ranges::find(prices, name) == prices.end()) {
    const auto nearest = nearest_name(name, prices);
    problems.push_back(
        {place, fmt::format("there is an agreement on '{}', which is no negotiated price", name),
         nearest ? fmt::format("did you mean '{}'?", *nearest)
                 : fmt::format("add [{}.{}] with a label and the inputs that are its price", prices_key, name)});
  }
  const std::size_t tiers = parameters.number_list(key + ".from_units").size(),
                    rebates = parameters.number_list(key + ".rebates").size();
  if (tiers != rebates) {
    problems.push_back({parameters.entry(key + ".rebates").place,
                        fmt::format("{} has {} rebates for {} tiers", key, rebates, tiers),
                        "give each tier of from_units its rebate, 0 if none"});
  }
  const auto sound = apply_agreement(parameters.number(key + ".list_price"), read_tiers(parameters, key), {});
  if (!sound) append(problems, placed_at(place, sound.error()));
  return problems;
}

/// The agreements of a scenario, each on one of `prices`.
std::vector<Agreement> read_agreements(const ParameterSet& parameters, const std::vector<NegotiatedPrice>& prices) {
  std::vector<Agreement> agreements;
  for (const std::string& name : parameters.names_under(agreements_key)) {
    const std::string key = fmt::format("{}.{}", agreements_key, name);
    const auto price = std::ranges::find(prices, name, &NegotiatedPrice::name);
    if (price == prices.end()) continue;
    agreements.push_back({*price, parameters.entry(key + ".from_units").place, parameters.number(key + ".list_price"),
                          read_tiers(parameters, key)});
  }
  return agreements;
}

/// Two agreements on one price would both rebate it.
Diagnostics check_shared_inputs(const std::vector<Agreement>& agreements) {
  Diagnostics problems;
  const auto share_input = [](const Agreement& a, const Agreement& b) {
    return std::ranges::any_of(a.price.cells, [&](const ParameterSet::Cell& cell) {
      return std::ranges::any_of(b.price.cells, [&](const ParameterSet::Cell& other) {
        return cell.entry == other.entry && cell.index == other.index;
      });
    });
  };
  for (auto agreement = agreements.begin(); agreement != agreements.end(); ++agreement) {
    for (auto before = agreements.begin(); before != agreement; ++before) {
      if (!share_input(*before, *agreement)) continue;
      problems.push_back({agreement->place,
                          fmt::format("the agreements on '{}' and '{}' rebate the same input", before->price.name,
                                      agreement->price.name),
                          "let each input be part of one price under agreement"});
    }
  }
  return problems;
}

// --- What is spent on a price ----------------------------------------------------------------------------------------

void subtract(std::vector<double>& from, const std::vector<double>& amounts) {
  for (std::size_t time = 0; time < from.size(); ++time) from[time] -= amounts[time];
}

/// [outcome] what `amounts` have beyond `others`.
engine::OutcomeAmounts difference(engine::OutcomeAmounts amounts, const engine::OutcomeAmounts& others) {
  for (std::size_t outcome = 0; outcome < amounts.size(); ++outcome) {
    if (!amounts[outcome] || !others[outcome]) {
      amounts[outcome].reset();
      continue;
    }
    amounts[outcome]->start -= others[outcome]->start;
    subtract(amounts[outcome]->point, others[outcome]->point);
    subtract(amounts[outcome]->event, others[outcome]->event);
  }
  return amounts;
}

/// The timing of the run, with what each strategy spends on a price as the amounts of its outcomes.
Result<AnalysisResult> spending_on(const Material& material, const NegotiatedPrice& price) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const auto list = programs_at(material, price, 1), none = programs_at(material, price, 0);
  if (!list) return tl::unexpected(list.error());
  if (!none) return tl::unexpected(none.error());
  AnalysisResult spending;
  spending.timing = analysis.timing;
  spending.outcomes = analysis.outcomes;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const auto amounts = [&](const Program& program) {
      return engine::amounts_from_tallies(program, material.lives->population,
                                          results::tallies_of(analysis.strategies[s]));
    };
    spending.strategies.emplace_back();
    spending.strategies.back().amounts = difference(amounts((*list)[s]), amounts((*none)[s]));
    if (!knows_amounts(spending, {s, *find_outcome(analysis, "cost")})) return tl::unexpected(not_counted(price));
  }
  return spending;
}

/// The years of the budget impact under an agreement: its patients' spending on the price stands where their costs did.
Result<AgreementYears> follow(const Material& material, const BudgetRequest& request, const Agreement& agreement) {
  const Result<AnalysisResult> spending = spending_on(material, agreement.price);
  if (!spending) return tl::unexpected(spending.error());
  BudgetInput input = request.input;
  for (std::size_t s = 0; s < input.strategies.size(); ++s) {
    const StrategyOutcome cost{request.strategies[s], *find_outcome(*spending, "cost")};
    input.strategies[s].cost_at_start = amount_at_start(*spending, cost);
    input.strategies[s].cost_by_year_since_start = amounts_by_year(*spending, cost, input.incident_patients.size());
  }
  const Result<std::vector<BudgetYear>> years = analyse_budget_impact(input);
  if (!years) return tl::unexpected(placed_at(agreement.place, years.error()));
  std::vector<double> without, with;
  for (const BudgetYear& year : *years) {
    without.push_back(year.total.without / agreement.list_price);
    with.push_back(year.total.with / agreement.list_price);
  }
  const auto rebated_without = apply_agreement(agreement.list_price, agreement.tiers, without),
             rebated_with = apply_agreement(agreement.list_price, agreement.tiers, with);
  for (const auto* rebated : {&rebated_without, &rebated_with}) {
    if (!*rebated) return tl::unexpected(placed_at(agreement.place, rebated->error()));
  }
  return AgreementYears{*rebated_without, *rebated_with};
}

// --- The answer ------------------------------------------------------------------------------------------------------

struct Answer {
  BudgetRequest request;
  std::vector<Agreement> agreements;
  std::vector<AgreementYears> years;            ///< [agreement]
  std::vector<BudgetDifference> before, after;  ///< [year] the budget impact without rebates and with them
};

double before_rebates(const Agreement& agreement, const VolumeYear& year) { return agreement.list_price * year.units; }

double rebate(const Agreement& agreement, const VolumeYear& year) {
  return before_rebates(agreement, year) - year.expenditure;
}

/// The budget impact less the rebates of all agreements.
std::vector<BudgetDifference> less_rebates(std::vector<BudgetDifference> impact, const Answer& answer) {
  double cumulative = 0;
  for (std::size_t year = 0; year < impact.size(); ++year) {
    for (std::size_t a = 0; a < answer.agreements.size(); ++a) {
      impact[year].without -= rebate(answer.agreements[a], answer.years[a].without[year]);
      impact[year].with -= rebate(answer.agreements[a], answer.years[a].with[year]);
    }
    impact[year].difference = impact[year].with - impact[year].without;
    impact[year].cumulative = cumulative += impact[year].difference;
  }
  return impact;
}

/// The answer for a scenario whose agreements have been checked.
Result<Answer> answer_question(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  const SourcePlace budget = *first_key_below(parameters, "budget");
  Diagnostics problems = check_priced_again(material, *first_key_below(parameters, prices_key));
  const Result<std::vector<NegotiatedPrice>> prices = read_negotiated_prices(parameters);
  Result<BudgetRequest> request = read_budget_request(Questions::of(material), budget);
  if (!prices) append(problems, prices.error());
  append(problems, request ? add_costs(material, *request) : request.error());
  if (!problems.empty()) return tl::unexpected(problems);
  const Result<std::vector<BudgetYear>> impact = analyse_budget_impact(request->input);
  if (!impact) return tl::unexpected(placed_at(budget, impact.error()));

  Answer answer{std::move(*request), read_agreements(parameters, *prices), {}, {}, {}};
  for (const Agreement& agreement : answer.agreements) {
    Result<AgreementYears> years = follow(material, answer.request, agreement);
    if (years) {
      answer.years.push_back(std::move(*years));
    } else {
      append(problems, years.error());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  for (const BudgetYear& year : *impact) answer.before.push_back(year.total);
  answer.after = less_rebates(answer.before, answer);
  return answer;
}

Table agreement_table(const Answer& answer, std::size_t a) {
  Cells cells;
  for (std::size_t y = 0; y < answer.before.size(); ++y) {
    const Agreement& agreement = answer.agreements[a];
    const VolumeYear& year = answer.years[a].with[y];
    cells.push_back({answer.request.name_of(y), format_number(year.units, unit_decimals)});
    for (const double money : {before_rebates(agreement, year), rebate(agreement, year), year.expenditure})
      cells.back().push_back(format_number(money, money_decimals));
    cells.back().push_back(year.average_net_price ? format_number(*year.average_net_price, unit_price_decimals) : "");
  }
  return {{{"Year", TableColumn::Kind::text},
           {"Units"},
           {"At the list\nprice"},
           {"Rebate"},
           {"Net of\nrebate"},
           {"Average net\nprice of a unit"}},
          cells};
}

Table impact_table(const Answer& answer) {
  Cells cells;
  for (std::size_t y = 0; y < answer.before.size(); ++y) {
    const BudgetDifference &before = answer.before[y], &after = answer.after[y];
    cells.push_back({answer.request.name_of(y)});
    for (const double money : {before.difference, before.without - after.without, before.with - after.with,
                               after.difference, after.cumulative})
      cells.back().push_back(format_number(money, money_decimals));
  }
  return {{{"Year", TableColumn::Kind::text},
           {"Difference before\nrebates"},
           {"Rebates\nwithout"},
           {"Rebates\nwith"},
           {"Difference net\nof rebates"},
           {"Cumulative"}},
          cells};
}

Json years_json(const Answer& answer, std::size_t a, const std::vector<VolumeYear>& years) {
  Json json = Json::array();
  for (std::size_t y = 0; y < years.size(); ++y)
    json.push_back({{"year", answer.request.first_year + static_cast<std::int64_t>(y)},
                    {"units", years[y].units},
                    {"rebate", rebate(answer.agreements[a], years[y])},
                    {"expenditure", years[y].expenditure},
                    {"average_net_price", years[y].average_net_price ? Json(*years[y].average_net_price) : Json()}});
  return json;
}

Json to_json(const Answer& answer) {
  Json json = {{"agreements", Json::array()}, {"budget_impact", Json::array()}};
  for (std::size_t a = 0; a < answer.agreements.size(); ++a)
    json["agreements"].push_back({{"price", answer.agreements[a].price.name},
                                  {"label", answer.agreements[a].price.label},
                                  {"list_price", answer.agreements[a].list_price},
                                  {"without", years_json(answer, a, answer.years[a].without)},
                                  {"with", years_json(answer, a, answer.years[a].with)}});
  for (std::size_t y = 0; y < answer.after.size(); ++y)
    json["budget_impact"].push_back({{"year", answer.request.first_year + static_cast<std::int64_t>(y)},
                                     {"cost_without", answer.after[y].without},
                                     {"cost_with", answer.after[y].with},
                                     {"difference", answer.after[y].difference},
                                     {"cumulative", answer.after[y].cumulative}});
  return json;
}

}  // namespace

Diagnostics check_agreements(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, agreements_key);
  if (!place) return {};
  Diagnostics problems;
  for (const std::string& name : parameters.names_under(agreements_key))
    append(problems, check_agreement(parameters, name));
  if (const auto prices = read_negotiated_prices(parameters))
    append(problems, check_shared_inputs(read_agreements(parameters, *prices)));
  if (!first_key_below(parameters, "budget"))
    problems.push_back({*place, "nothing says how many patients an agreement on volume is about",
                        "add [budget] with the numbers of patients and the market shares"});
  return problems;
}

Result<std::optional<Section>> agreements_section(const Material& material) {
  const std::optional<SourcePlace> place = first_key_below(material.scenario.parameters, agreements_key);
  if (!place) return std::nullopt;
  if (Diagnostics problems = check_agreements(Questions::of(material)); !problems.empty())
    return tl::unexpected(problems);
  const Result<Answer> answer = answer_question(material);
  if (!answer) return tl::unexpected(answer.error());
  const AnalysisResult& analysis = decisive_analysis(material.run);
  Document document;
  for (std::size_t a = 0; a < answer->agreements.size(); ++a) {
    document +=
        heading(material.run, analysis,
                fmt::format("Price-volume agreement on {}, with the new therapy", answer->agreements[a].price.label)) +
        agreement_table(*answer, a);
  }
  document +=
      heading(material.run, analysis, "Budget impact net of rebates") + impact_table(*answer) +
      Paragraph{
          "Units are what all patients of the budget impact spend on the price in the calendar year, deaths and "
          "changes of therapy included, divided by the list price of a unit: whoever overrides the price overrides "
          "that too. A tier's rebate is on its own units, not on those of the tiers below; rebates are those of "
          "the mean volume. An agreement holds without the new therapy too. Rebates are in no other table. A price "
          "that parameter draws vary stands at its own value."};
  return Section{"agreements", std::move(document), to_json(*answer)};
}

}  // namespace myelin::report
