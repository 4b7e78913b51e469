#include "report/wording.hpp"

#include <fmt/format.h>

#include "report/text_table.hpp"
#include "study/plan.hpp"

namespace myelin::report {

std::string label(const results::AnalysisResult& analysis, std::size_t strategy) {
  const results::StrategyResult& result = analysis.strategies[strategy];
  return result.label.empty() ? result.name : result.label;
}

Heading heading(const results::RunResults& run, const results::AnalysisResult& analysis, const std::string& title) {
  std::string text = title + " (" + run.currency;
  if (!run.price_year.empty()) text += ", prices of " + run.price_year;
  text += ")";
  const bool is_alternative = analysis.name != "base" && analysis.name != study::probabilistic_name;
  if (is_alternative) text += ", alternative `" + analysis.name + "`";
  if (analysis.draws > 1)
    text += fmt::format(", mean of {} parameter draws", format_number(static_cast<double>(analysis.draws), 0));
  return {text};
}

std::string discount_in_words(const DiscountRate& rate) {
  std::string text;
  for (const DiscountRate::Step& step : rate.steps) {
    const double percent = 100 * step.rate_per_year;
    text += text.empty() ? fmt::format("{:.4g} % a year", percent)
                         : fmt::format(", {:.4g} % from year {:g}", percent, step.from.value);
  }
  return text + (rate.compounded ? "" : ", continuously compounded");
}

}  // namespace myelin::report
