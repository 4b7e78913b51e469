#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "models/ms/patient.hpp"

/// \file
/// Patients worsen unlike one another: by a frailty of their own, by the relapses they have had and by how long they
/// have been at their EDSS. The three multiply into one ratio of worsening in RRMS: that of the patient's class of
/// frailty, times what is within the class and what comes of the course. The second is rounded to a grid of levels, so
/// that the matrices of a cycle stay few; a control of chance does without it, and knows the class.

namespace myelin::ms {

namespace {

/// Classes of frailty, and quantiles within each, all of the same probability: so many that patients hardly share one.
constexpr int frailty_classes = 7, quantiles_in_class = 30;
constexpr int most_relapses_counted = 10;
constexpr int most_years_counted = 10;
constexpr int steps_of_ratio = 40;
/// The course that stands for all where the control does without it.
constexpr int usual_relapses = 3, usual_years = 2;

/// The logarithm of a quantile of frailty, log-normal with mean 1.
double log_frailty(const Heterogeneity& heterogeneity, double probability) {
  const boost::math::normal standard;
  const double sd = heterogeneity.frailty_log_sd;
  return sd * boost::math::quantile(standard, probability) - sd * sd / 2;
}

double log_of_class(const Heterogeneity& heterogeneity, int frailty_class) {
  return log_frailty(heterogeneity, (frailty_class + 0.5) / frailty_classes);
}

/// Levels of what is remembered of a patient; 0 of what does not act.
struct Remembered {
  int frailty_class, quantile, relapses, cycles_at_edss;
};

Remembered highest_levels(const Inputs& inputs) {
  const Heterogeneity& heterogeneity = inputs.natural_history.heterogeneity;
  const bool frail = heterogeneity.frailty_log_sd != 0;
  return {frail ? frailty_classes - 1 : 0, frail ? quantiles_in_class - 1 : 0,
          heterogeneity.ratio_per_relapse != 1 ? most_relapses_counted : 0,
          heterogeneity.ratio_per_year_at_edss != 1 ? most_years_counted * inputs.cycles_per_year : 0};
}

/// What a patient's course and place within the class of frailty come to.
double log_ratio(const Inputs& inputs, const Remembered& levels) {
  const Heterogeneity& heterogeneity = inputs.natural_history.heterogeneity;
  const double quantile = levels.frailty_class + (levels.quantile + 0.5) / quantiles_in_class;
  return log_frailty(heterogeneity, quantile / frailty_classes) - log_of_class(heterogeneity, levels.frailty_class) +
         levels.relapses * std::log(heterogeneity.ratio_per_relapse) +
         levels.cycles_at_edss * inputs.timing.cycle_length.value * std::log(heterogeneity.ratio_per_year_at_edss);
}

}  // namespace

RatioGrid ratio_grid(const Inputs& inputs) {
  const Heterogeneity& heterogeneity = inputs.natural_history.heterogeneity;
  if (!heterogeneity.any()) return {};
  const Remembered highest = highest_levels(inputs);
  RatioGrid grid;
  grid.log_of_class.clear();
  double low = 0, high = 0;
  for (int frailty_class = 0; frailty_class <= highest.frailty_class; ++frailty_class) {
    grid.log_of_class.push_back(log_of_class(heterogeneity, frailty_class));
    for (const int quantile : {0, highest.quantile}) {
      for (const int relapses : {0, highest.relapses}) {
        for (const int cycles : {0, highest.cycles_at_edss}) {
          const double log_of_own = log_ratio(inputs, {frailty_class, quantile, relapses, cycles});
          low = std::min(low, log_of_own);
          high = std::max(high, log_of_own);
        }
      }
    }
  }
  grid.step = (high - low) / steps_of_ratio;
  grid.one = static_cast<int>(std::ceil(-low / grid.step));
  grid.levels = grid.one + static_cast<int>(std::ceil(high / grid.step)) + 1;
  return grid;
}

int RatioGrid::nearest(double log_of_own) const {
  return std::clamp(one + static_cast<int>(std::lround(log_of_own / step)), 0, levels - 1);
}

double RatioGrid::ratio(const OwnRatio& own) const {
  return std::exp(log_of_class[static_cast<std::size_t>(own.frailty_class)] + (own.level - one) * step);
}

void add_heterogeneity_attributes(ProgramBuilder& builder, const Inputs& inputs, PatientAttributes& is) {
  const Heterogeneity& heterogeneity = inputs.natural_history.heterogeneity;
  if (!heterogeneity.any()) return;
  const Remembered highest = highest_levels(inputs);
  if (highest.quantile > 0) {
    is.frailty_class = builder.constant("frailty_class", numbered_levels(highest.frailty_class), ProgramBuilder::unset);
    is.frailty = builder.constant("frailty", numbered_levels(highest.quantile), ProgramBuilder::unset);
    builder.may_leave_out(*is.frailty, quantiles_in_class / 2);
  }
  double usual = 0;
  if (highest.relapses > 0) {
    is.relapses_so_far = builder.state("relapses_so_far", numbered_levels(highest.relapses), 0);
    builder.may_leave_out(*is.relapses_so_far, usual_relapses);
    usual += usual_relapses * std::log(heterogeneity.ratio_per_relapse);
  }
  if (highest.cycles_at_edss > 0) {
    is.cycles_at_edss = builder.state("cycles_at_edss", numbered_levels(highest.cycles_at_edss), 0);
    builder.may_leave_out(*is.cycles_at_edss, usual_years * inputs.cycles_per_year);
    usual += usual_years * std::log(heterogeneity.ratio_per_year_at_edss);
  }
  const RatioGrid grid = ratio_grid(inputs);
  is.own_ratio = builder.transient("own_worsening_ratio", numbered_levels(grid.levels - 1), grid.one);
  builder.may_leave_out(*is.own_ratio, grid.nearest(usual));
}

void add_frailty(const Patient& patient) {
  if (!patient.is.frailty) return;
  const auto draw = [&](const char* name, AttributeIndex attribute, int levels) {
    patient.builder.draw(Phase::start, name, {}, {attribute}, [levels](const Levels&, Branches& branches) {
      for (int level = 0; level < levels; ++level) branches.add(1.0 / levels, {level});
    });
  };
  draw("frailty_class", *patient.is.frailty_class, frailty_classes);
  draw("frailty", *patient.is.frailty, quantiles_in_class);
}

void add_own_ratio(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  if (!is.own_ratio) return;
  ProgramBuilder::Attributes reads;
  for (const auto& attribute : {is.frailty_class, is.frailty, is.relapses_so_far, is.cycles_at_edss}) {
    if (attribute) reads.push_back(*attribute);
  }
  const auto level = [](const Levels& levels, const std::optional<AttributeIndex>& attribute) {
    return attribute ? levels[*attribute] : 0;
  };
  patient.builder.draw(Phase::cycle, "own_worsening_ratio", reads, {*is.own_ratio},
                       [&, level](const Levels& levels, Branches& branches) {
                         const Remembered own{level(levels, is.frailty_class), level(levels, is.frailty),
                                              level(levels, is.relapses_so_far), level(levels, is.cycles_at_edss)};
                         branches.add(1, {patient.matrices.own.nearest(log_ratio(patient.inputs, own))});
                       });
}

void remember_course(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const Remembered highest = highest_levels(patient.inputs);
  if (is.relapses_so_far) {
    const AttributeIndex so_far = *is.relapses_so_far, now = *is.relapses;
    patient.builder.draw(Phase::cycle, "relapses_so_far", {so_far, now}, {so_far},
                         [&, highest](const Levels& levels, Branches& branches) {
                           branches.add(1, {std::min(highest.relapses, levels[so_far] + levels[now])});
                         });
  }
  if (is.cycles_at_edss) {
    const AttributeIndex cycles = *is.cycles_at_edss;
    patient.builder.draw(Phase::cycle, "cycles_at_edss", {cycles, is.edss_before, is.edss}, {cycles},
                         [&, highest](const Levels& levels, Branches& branches) {
                           const bool stays = levels[is.edss] == levels[is.edss_before];
                           branches.add(1, {stays ? std::min(highest.cycles_at_edss, levels[cycles] + 1) : 0});
                         });
  }
}

}  // namespace myelin::ms
