#include "models/ms/treatment.hpp"

#include <algorithm>
#include <cmath>

namespace myelin::ms {

namespace {

bool equal(const Effects& a, const Effects& b) {
  return a.worsening == b.worsening && a.relapse == b.relapse && a.improvement == b.improvement;
}

}  // namespace

TherapyLines::TherapyLines(const Inputs& inputs) : inputs_(inputs) {
  none_.label = "No treatment";
  for (const Therapy& line : inputs.lines) labels_.push_back(line.label);
  labels_.push_back(none_.label);
  for (std::size_t line = 0; line < labels_.size(); ++line) {
    cycles_that_matter_.push_back(cycles_that_matter(line));
    most_cycles_ = std::max(most_cycles_, cycles_that_matter_.back());
    std::vector<int>& of_year = effect_of_year_.emplace_back();
    for (int year = 0; year <= cycles_that_matter_.back() / inputs.cycles_per_year; ++year) {
      const Effects effects = line == untreated() ? Effects{} : effects_in_year(inputs, therapy(line), year);
      const auto known = std::ranges::find_if(effects_, [&](const Effects& each) { return equal(each, effects); });
      of_year.push_back(static_cast<int>(known - effects_.begin()));
      if (known == effects_.end()) effects_.push_back(effects);
    }
  }
}

int TherapyLines::cycles_that_matter(std::size_t line) const {
  const Therapy& on = therapy(line);
  const int waning = waning_years(inputs_);
  int years = 0;
  switch (on.kind) {
    case TherapyKind::none:
      return 0;
    case TherapyKind::procedure:
      return static_cast<int>(inputs_.timing.cycles);  // the hazard of restarting a drug never settles
    case TherapyKind::courses:
      years = static_cast<int>(std::max(on.course_price.size(), on.course_infusions.size()));
      break;
    case TherapyKind::continuous:
      years = on.infusions_first_year == on.infusions_per_year ? 0 : 1;
      break;
  }
  years = std::max({years, waning, on.improvement_years});
  return std::min(years * inputs_.cycles_per_year, static_cast<int>(inputs_.timing.cycles));
}

int TherapyLines::effect_of(Position position) const {
  const std::vector<int>& of_year = effect_of_year_[position.line];
  return of_year[std::min(static_cast<std::size_t>(year(position)), of_year.size() - 1)];
}

Probability TherapyLines::leaving(Position position) const {
  const Therapy& on = therapy(position.line);
  const Years length = inputs_.timing.cycle_length;
  if (on.kind == TherapyKind::none) return Probability(0);
  if (on.kind == TherapyKind::procedure) {
    const auto cumulative_hazard = [&](double years) {
      return on.procedure.restart_scale * std::pow(years, on.procedure.restart_shape);
    };
    const double begin = position.cycles * length.value, end = begin + length.value;
    return Probability(-std::expm1(cumulative_hazard(begin) - cumulative_hazard(end)));
  }
  if (on.discontinuation_per_year.value() == 1) return Probability(1);
  return to_probability(to_rate(on.discontinuation_per_year, Years{1}), length);
}

TherapyLines::Position TherapyLines::stay(Position position) const {
  return {position.line, std::min(position.cycles + 1, cycles_that_matter_[position.line])};
}

}  // namespace myelin::ms
