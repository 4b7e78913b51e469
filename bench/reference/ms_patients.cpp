#include "bench/reference/ms_patients.hpp"

namespace myelin::reference {

namespace {

/// What a patient costs and gains.
struct CostAndQalys {
  static constexpr bool all = false;
  CostQaly sum{};

  template <std::size_t width>
  void add(const Amounts<width>& amounts, std::size_t row, std::size_t time) {
    if (amounts.cost_qaly_rows.empty()) return;
    sum.cost += amounts.cost_qaly_weights[time].cost * amounts.cost_qaly_rows[row].cost;
    sum.qaly += amounts.cost_qaly_weights[time].qaly * amounts.cost_qaly_rows[row].qaly;
  }
  void count(const Counts&, std::size_t, std::size_t) {}
};

/// All outcomes of all patients, with and without discount, and the tallies.
struct AllOutcomes {
  static constexpr bool all = true;
  std::vector<double> sums, undiscounted_sums;  // [place]
  std::vector<std::uint64_t> counts;            // [cell]

  template <std::size_t width>
  void add(const Amounts<width>& amounts, std::size_t row, std::size_t time) {
    if (amounts.rows.empty()) return;
    const auto &amount = amounts.rows[row], &weight = amounts.weights[time], &unit = amounts.undiscounted[time];
    double *sum = sums.data() + amounts.place, *undiscounted = undiscounted_sums.data() + amounts.place;
    std::array<double, width> a, b;
    for (std::size_t i = 0; i < width; ++i) a[i] = sum[i] + weight[i] * amount[i];
    for (std::size_t i = 0; i < width; ++i) b[i] = undiscounted[i] + unit[i] * amount[i];
    for (std::size_t i = 0; i < width; ++i) sum[i] = a[i];
    for (std::size_t i = 0; i < width; ++i) undiscounted[i] = b[i];
  }
  void count(const Counts& of, std::size_t cell, std::size_t time) { ++counts[of.place + time * of.cells + cell]; }
};

/// The lives of patients, one after the other.
template <class Accounts>
class Lives {
 public:
  Lives(const MsTables& tables, std::uint32_t seed) : is_(tables), generator_(seed) {}

  /// One life; gives the number of cycles lived.
  std::uint32_t live(Accounts& accounts) {
    MsPatient p = is_.entrant;
    start(p, accounts);
    std::uint32_t time = 0;
    for (; p.vital == alive; ++time) {
      p.age = is_.age_at[time];
      at_point(p, time, accounts);
      if (time == is_.cycles) break;
      in_cycle(p, time, accounts);
    }
    return time;
  }

 private:
  static constexpr std::uint32_t alive = 0;

  void start(MsPatient& p, Accounts& accounts) {
    p.sex = is_.sex.draw(0, generator_)[0];
    p.jcv = is_.jcv.draw(0, generator_)[0];
    p.edss = is_.start_edss.draw(0, generator_)[0];
    p.frailty_class = is_.frailty_class.draw(0, generator_)[0];
    p.frailty = is_.frailty.draw(0, generator_)[0];
    if (is_.transplants) refer(p, accounts);
    p.sustained = is_.entry_sustained[p.edss][0];
  }

  void refer(MsPatient& p, Accounts& accounts) {
    accounts.add(is_.referred, 0, 0);
    const std::uint32_t pathway =
        is_.referral.draw((p.edss * phenotypes + p.phenotype) * is_.levels.age + p.age, generator_)[0];
    const auto [line, cycles_on_line, effect] = is_.after_referral[pathway];
    p.line = line;
    p.cycles_on_line = cycles_on_line;
    p.effect = effect;
    if constexpr (Accounts::all) accounts.add(is_.pathway, pathway, 0);
    if (pathway == is_.transplanted) transplant(p, accounts);
  }

  void transplant(MsPatient& p, Accounts& accounts) {
    accounts.add(is_.transplantation, 0, 0);
    const std::uint32_t by_age_and_sex = p.age * sexes + p.sex;
    if constexpr (Accounts::all) {
      for (const Complication& complication : is_.complications)
        accounts.add(complication.count, complication.happens.draw(0, generator_)[0], 0);
      accounts.add(is_.ovarian_failures, by_age_and_sex, 0);
    }
    p.ovarian_failure = is_.ovarian_failure.draw(by_age_and_sex, generator_)[0];
    p.cycles_since_transplantation = is_.since_transplantation[0][0];
    p.vital = is_.procedure_death.draw(p.edss, generator_)[0];
    if constexpr (Accounts::all) accounts.add(is_.procedure_deaths, p.vital, 0);
  }

  void at_point(const MsPatient& p, std::uint32_t time, Accounts& accounts) {
    if (is_.transplants) accounts.add(is_.lasting, (p.thyroid * 2 + p.ovarian_failure) * is_.levels.age + p.age, time);
    accounts.add(is_.disability, (p.phenotype * edss_levels + p.edss) * is_.levels.effect + p.effect, time);
    accounts.add(is_.therapy, p.line * is_.levels.cycles_on_line + p.cycles_on_line, time);
    accounts.add(is_.work, p.edss * is_.levels.age + p.age, time);
    if constexpr (Accounts::all) {
      accounts.add(is_.before_milestone, p.sustained, time);
      accounts.count(is_.by_sustained, p.sustained, time);
      accounts.count(is_.by_disability, p.phenotype * edss_levels + p.edss, time);
      accounts.count(is_.by_line, p.line, time);
    }
  }

  void in_cycle(MsPatient& p, std::uint32_t time, Accounts& accounts) {
    const std::uint32_t on_line = (p.line * is_.levels.cycles_on_line + p.cycles_on_line) * is_.levels.jcv + p.jcv;
    accounts.add(is_.drug_events, on_line, time);
    if (is_.transplants) suffer_late_effects(p, time, accounts);
    const std::uint32_t relapses = is_.relapses_drawn ? relapse(p, time, accounts) : 0;
    const std::uint32_t course = row_of_course(p);
    if constexpr (Accounts::all) accounts.add(is_.activity, course, time);
    p.vital = is_.death.draw((p.age * sexes + p.sex) * edss_levels + p.edss, generator_)[0];
    std::uint32_t trigger = 0;
    if (is_.serious_events && p.vital == alive) trigger = suffer_serious_event(p, on_line, time, accounts);
    if (is_.transplants && p.vital == alive) {
      p.vital = is_.late_death.draw(p.cycles_since_transplantation * sexes + p.sex, generator_)[0];
      p.cycles_since_transplantation = is_.since_next[p.cycles_since_transplantation][0];
    }
    if (p.vital == alive) change_disability(p, course, relapses, trigger, time, accounts);
    if constexpr (Accounts::all) {
      if (p.vital != alive) accounts.add(is_.deaths, p.vital, time);
      accounts.count(is_.by_vital, p.vital, time);
    }
  }

  void suffer_late_effects(MsPatient& p, std::uint32_t time, Accounts& accounts) {
    const std::uint32_t row = (p.cycles_since_transplantation * sexes + p.sex) * 2 + p.thyroid;
    accounts.add(is_.late_effects, row, time);
    p.thyroid = is_.thyroid.draw(row, generator_)[0];
  }

  /// The number of relapses in the cycle.
  std::uint32_t relapse(const MsPatient& p, std::uint32_t time, Accounts& accounts) {
    const std::uint32_t relapses =
        is_.relapses.draw((p.phenotype * edss_levels + p.edss) * is_.levels.effect + p.effect, generator_)[0];
    accounts.add(is_.relapse, relapses, time);
    return relapses;
  }

  std::uint32_t row_of_course(const MsPatient& p) const {
    std::uint32_t own = 0;
    if (is_.patients_differ) {
      const std::uint32_t remembered = p.relapses_so_far * is_.levels.cycles_at_edss + p.cycles_at_edss;
      const std::uint32_t person = p.frailty_class * is_.levels.frailty + p.frailty;
      own = p.frailty_class * is_.levels.own_ratio +
            is_.own_ratio[person * is_.levels.relapses_so_far * is_.levels.cycles_at_edss + remembered][0];
    }
    return ((own * phenotypes + p.phenotype) * edss_levels + p.edss) * is_.levels.effect + p.effect;
  }

  /// Whether the event ends the drug.
  std::uint32_t suffer_serious_event(MsPatient& p, std::uint32_t on_line, std::uint32_t time, Accounts& accounts) {
    const auto [vital, event] = is_.serious_event.draw(on_line, generator_);
    p.vital = vital;
    const std::uint32_t row = event * is_.levels.line + p.line;
    if (event != 0) accounts.add(is_.serious_event_costs, row, time);
    return is_.trigger[row][0];
  }

  void change_disability(MsPatient& p, std::uint32_t course, std::uint32_t relapses, std::uint32_t trigger,
                         std::uint32_t time, Accounts& accounts) {
    const std::uint32_t edss_before = p.edss;
    const auto [edss, phenotype, candidate, converted] = is_.progression.draw(course, generator_);
    p.edss = edss;
    p.phenotype = phenotype;
    if (is_.patients_differ) {
      p.relapses_so_far = is_.relapses_so_far[p.relapses_so_far * is_.levels.relapses + relapses][0];
      p.cycles_at_edss = is_.cycles_at_edss[(p.cycles_at_edss * edss_levels + edss_before) * edss_levels + p.edss][0];
    }
    if constexpr (Accounts::all) {
      if (converted != 0) accounts.add(is_.conversion, converted, time);
      const auto [sustained, step] = is_.sustained[(p.sustained * edss_levels + edss_before) * edss_levels + p.edss];
      if (sustained != p.sustained) accounts.add(is_.milestone, step, time);
      p.sustained = sustained;
    }
    const std::uint32_t row =
        ((p.line * is_.levels.cycles_on_line + p.cycles_on_line) * is_.levels.candidate + candidate) *
            is_.levels.trigger +
        trigger;
    const auto [line, cycles_on_line, effect, arrived] = is_.treatment.draw(row, generator_);
    p.line = line;
    p.cycles_on_line = cycles_on_line;
    p.effect = effect;
    if constexpr (Accounts::all) {
      if (arrived != 0) accounts.add(is_.discontinuation, arrived, time);
    }
  }

  const MsTables& is_;
  std::mt19937 generator_;
};

}  // namespace

std::uint64_t live_for_cost_and_qalys(const MsTables& tables, std::uint32_t seed, std::span<CostQaly> patients) {
  Lives<CostAndQalys> lives(tables, seed);
  std::uint64_t cycles_lived = 0;
  for (CostQaly& patient : patients) {
    CostAndQalys accounts;
    cycles_lived += lives.live(accounts);
    patient = accounts.sum;
  }
  return cycles_lived;
}

MsTotals live_for_all_outcomes(const MsTables& tables, std::uint32_t seed, std::uint64_t patients) {
  Lives<AllOutcomes> lives(tables, seed);
  const std::size_t places = tables.outcome_at.size();
  AllOutcomes accounts{std::vector<double>(places), std::vector<double>(places),
                       std::vector<std::uint64_t>(tables.cells)};
  MsTotals totals{.patients = patients, .cycles_lived = 0, .outcomes = {}, .tallies = {}};
  for (std::uint64_t i = 0; i < patients; ++i) totals.cycles_lived += lives.live(accounts);
  totals.outcomes.resize(2 * tables.outcomes.size());
  for (std::size_t place = 0; place < places; ++place) {
    const std::size_t outcome = tables.outcome_at[place];
    if (outcome == tables.outcomes.size()) continue;
    totals.outcomes[2 * outcome] += accounts.sums[place];
    totals.outcomes[2 * outcome + 1] += accounts.undiscounted_sums[place];
  }
  for (std::size_t outcome = 0; outcome < tables.outcomes.size(); ++outcome) {
    for (const OutcomeIndex part : tables.outcomes[outcome].parts) {
      totals.outcomes[2 * outcome] += totals.outcomes[2 * part.value];
      totals.outcomes[2 * outcome + 1] += totals.outcomes[2 * part.value + 1];
    }
  }
  const auto begin = accounts.counts.begin();
  for (const Counts* counts : {&tables.by_sustained, &tables.by_disability, &tables.by_line, &tables.by_vital}) {
    const std::size_t times = tables.cycles + (counts == &tables.by_vital ? 0 : 1);
    const auto first = begin + static_cast<std::ptrdiff_t>(counts->place);
    totals.tallies.emplace_back(first, first + static_cast<std::ptrdiff_t>(times * counts->cells));
  }
  return totals;
}

}  // namespace myelin::reference
