#include <algorithm>

#include "report/section.hpp"

namespace myelin::report {

namespace {

constexpr SectionMaker makers[] = {
    probabilistic_section, composition_section, uncertainty_section, sensitivity_section, value_of_information_section,
    scenarios_section,     subgroups_section,   severity_section,    prices_section,      budget_section,
    equity_section,        validation_section};

}  // namespace

Result<std::vector<Section>> make_sections(const Material& material) {
  std::vector<Section> sections;
  Diagnostics problems;
  for (const SectionMaker make : makers) {
    Result<std::optional<Section>> section = make(material);
    if (!section) {
      problems.insert(problems.end(), section.error().begin(), section.error().end());
    } else if (section->has_value()) {
      sections.push_back(std::move(**section));
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return sections;
}

}  // namespace myelin::report
