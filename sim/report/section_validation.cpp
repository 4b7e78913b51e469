#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/section.hpp"
#include "report/text_table.hpp"
#include "report/validation.hpp"
#include "report/wording.hpp"
#include "scenario/evidence.hpp"

namespace myelin::report {

namespace {

constexpr const char* key = "validation.predictions";
constexpr std::array columns = {"id", "use", "observed", "low", "high", "predicted", "inside", "source"};

/// Positions of the columns in the file, [as in `columns`]; or which are missing.
Result<std::array<std::size_t, columns.size()>> positions_of(const Records& file, const SourcePlace& place) {
  std::array<std::size_t, columns.size()> positions{};
  Diagnostics problems;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto found = std::ranges::find(file.columns, columns[i], &Records::Field::text);
    positions[i] = static_cast<std::size_t>(found - file.columns.begin());
    if (found == file.columns.end()) {
      problems.push_back({place, fmt::format("{}: {} has no column '{}'", key, file.file, columns[i]),
                          "name a file that `myelin validate --to` wrote"});
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return positions;
}

/// A number of the file as tables show it; any other text as it is.
std::string shortened(const std::string& text) {
  const auto number = scenario::parse_number(text);
  return number ? readable(*number) : text;
}

}  // namespace

Diagnostics check_validation(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  if (!parameters.has(key)) return {};
  const auto positions = positions_of(parameters.records(key), parameters.entry(key).place);
  return positions ? Diagnostics{} : positions.error();
}

Result<std::optional<Section>> validation_section(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  if (!parameters.has(key)) return std::nullopt;
  const Records& file = parameters.records(key);
  const auto positions = positions_of(file, parameters.entry(key).place);
  if (!positions) return tl::unexpected(positions.error());
  const std::string name = file.file.substr(file.file.find_last_of('/') + 1);
  Section section{.key = "validation", .document = {}, .json = {{"file", name}}};
  section.json["targets"] = nlohmann::ordered_json::array();
  std::vector<std::vector<std::string>> rows;
  std::size_t inside = 0, judged = 0;
  for (const std::vector<Records::Field>& row : file.rows) {
    const auto field = [&](std::size_t column) { return row[(*positions)[column]].text; };
    const std::string use = field(1), verdict = field(6);
    if (use == "unusable") continue;
    nlohmann::ordered_json json;
    for (std::size_t i = 0; i < columns.size(); ++i) json[columns[i]] = field(i);
    section.json["targets"].push_back(std::move(json));
    if (use != "held_out" || verdict.empty()) continue;
    ++judged;
    inside += verdict == "true";
    rows.push_back({field(0), shortened(field(2)), shortened(field(3)) + " to " + shortened(field(4)),
                    shortened(field(5)), verdict == "true" ? "yes" : "no"});
  }
  section.json["held_out_inside"] = inside;
  section.json["held_out_with_interval"] = judged;
  constexpr auto text = TableColumn::Kind::text;
  section.document = Heading{fmt::format("Predictions beside observations that nothing was fitted to ({})", name)} +
                     Table{{{"Target", text}, {"Observed"}, {"95 % interval"}, {"Predicted"}, {"Inside", text}}, rows} +
                     Paragraph{fmt::format(
                         "{} of {} predictions lie inside the interval of what was observed. The file is what `myelin "
                         "validate --to` wrote; `myelin validate` makes it anew, and shows the rest.",
                         inside, judged)};
  return section;
}

}  // namespace myelin::report
