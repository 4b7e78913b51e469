#include <fmt/format.h>

#include "economics/price.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

constexpr const char* doses_key = "prices.doses";
constexpr int dose_decimals = 1, cost_decimals = 2, vial_decimals = 2;

/// A medicine dosed by body weight, and what a dose of it comes to.
struct Dose {
  std::string name;
  std::string label;
  std::vector<std::string> vial_names;
  std::vector<Vial> vials;
  DoseCost cost;
};

BodyWeights read_weights(const ParameterSet& parameters, const std::string& key) {
  const double mean_kg = parameters.number(key + ".weight_mean"), sd_kg = parameters.number(key + ".weight_sd");
  if (parameters.text(key + ".weight_distribution") == "lognormal") return LognormalWeights{mean_kg, sd_kg};
  return NormalWeights{mean_kg, sd_kg};
}

Result<Dose> read_dose(const ParameterSet& parameters, const std::string& name) {
  const std::string key = fmt::format("{}.{}", doses_key, name), vials = key + ".vials";
  Dose dose{name, parameters.text(key + ".label"), parameters.names_under(vials), {}, {}};
  for (const std::string& vial : dose.vial_names) {
    dose.vials.push_back({parameters.number(fmt::format("{}.{}.content", vials, vial)),
                          parameters.number(fmt::format("{}.{}.price", vials, vial))});
  }
  Result<DoseCost> cost = cost_of_dose(parameters.number(key + ".dose"), read_weights(parameters, key), dose.vials);
  if (!cost) return tl::unexpected(placed_at(parameters.entry(key + ".dose").place, cost.error()));
  dose.cost = std::move(*cost);
  return dose;
}

Result<std::vector<Dose>> read_doses(const ParameterSet& parameters) {
  std::vector<Dose> doses;
  Diagnostics problems;
  for (const std::string& name : parameters.names_under(doses_key)) {
    Result<Dose> dose = read_dose(parameters, name);
    if (dose) {
      doses.push_back(std::move(*dose));
    } else {
      problems.insert(problems.end(), dose.error().begin(), dose.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return doses;
}

Table cost_table(const std::vector<Dose>& doses) {
  Cells cells;
  for (const Dose& dose : doses) {
    const DoseCost& cost = dose.cost;
    cells.push_back({dose.label, format_number(cost.mean_dose_mg, dose_decimals),
                     format_number(cost.without_sharing.cost, cost_decimals),
                     percent(cost.without_sharing.share_wasted), format_number(cost.with_sharing.cost, cost_decimals)});
  }
  return {{{"Dose", TableColumn::Kind::text},
           {"Mean dose,\nmg"},
           {"Cost out of\nwhole vials"},
           {"Of their\ncontent wasted"},
           {"Cost with\nvials shared"}},
          cells};
}

Table vial_table(const std::vector<Dose>& doses) {
  Cells cells;
  for (const Dose& dose : doses) {
    for (std::size_t vial = 0; vial < dose.vials.size(); ++vial) {
      cells.push_back({vial == 0 ? dose.label : "", fmt::format("{:g} mg", dose.vials[vial].content_mg),
                       format_number(dose.vials[vial].price, cost_decimals),
                       format_number(dose.cost.without_sharing.vials[vial], vial_decimals),
                       format_number(dose.cost.with_sharing.vials[vial], vial_decimals)});
    }
  }
  return {{{"Dose", TableColumn::Kind::text},
           {"Vial"},
           {"Price"},
           {"Mean number,\nwhole vials"},
           {"Mean number,\nvials shared"}},
          cells};
}

Json use_json(const Dose& dose, const VialUse& use) {
  Json json = {{"cost", use.cost}, {"share_wasted", use.share_wasted}, {"vials", Json::object()}};
  for (std::size_t vial = 0; vial < use.vials.size(); ++vial) json["vials"][dose.vial_names[vial]] = use.vials[vial];
  return json;
}

}  // namespace

Diagnostics check_doses(const Questions& questions) {
  const Result<std::vector<Dose>> doses = read_doses(questions.scenario.parameters);
  return doses ? Diagnostics{} : doses.error();
}

Result<std::optional<Section>> doses_section(const Material& material) {
  const Result<std::vector<Dose>> doses = read_doses(material.scenario.parameters);
  if (!doses) return tl::unexpected(doses.error());
  if (doses->empty()) return std::nullopt;
  Json json = Json::array();
  for (const Dose& dose : *doses)
    json.push_back({{"name", dose.name},
                    {"label", dose.label},
                    {"mean_dose_mg", dose.cost.mean_dose_mg},
                    {"whole_vials", use_json(dose, dose.cost.without_sharing)},
                    {"vials_shared", use_json(dose, dose.cost.with_sharing)}});
  Document document =
      heading(material.run, material.run.analyses.front(), "What a dose by body weight comes to") + cost_table(*doses) +
      vial_table(*doses) +
      Paragraph{
          "Out of whole vials each patient gets the cheapest that cover the dose, and the rest of them is thrown away; "
          "means over the distribution of body weights. With vials shared nothing is thrown away: the mean dose out of "
          "the vial that is cheapest by content. Costs of the strategies do not follow from these, but from the "
          "scenario's inputs: hold those against them."};
  return Section{"doses", std::move(document), std::move(json)};
}

}  // namespace myelin::report
