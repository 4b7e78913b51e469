#!/usr/bin/python3
"""Independent calculation of the UK base case: a cohort Markov model in numpy.

A referee for the C++ program. It reads the CSV tables that the project ships and nothing else of the project, and was
written from the description of the base case without sight of the program: for an error to pass, it must have been
made twice.

Conventions
  * A cohort aged 39 with relapsing-remitting MS (RRMS) is followed in annual cycles to age 100: time points 0..61.
  * At t = 0, AHSCT has its procedure deaths, procedure cost and QALY loss, all undiscounted.
  * Cycle [t, t+1): death, by age and EDSS at t; conversion to secondary progressive MS (SPMS) by EDSS at t, moving to
    EDSS + 1 with no further EDSS step; an EDSS step for the others; changes of treatment line; then every drug stops
    for good at SPMS or EDSS 7.
  * A drug is left at a constant annual probability for the next line. AHSCT is not a drug: its effect ends when a drug
    is restarted, at SPMS or at death. Nobody restarts a drug at EDSS 7 or above, so there its effect goes on.
  * `speed` multiplies the worsening and conversion hazards of RRMS, and the hazards of SPMS. At speed 1 the SPMS matrix
    is as published. It is not the exponential of any generator, so at another speed it becomes exp(speed x Q), where Q
    is its logarithm with negative hazards set to zero. No treatment acts in SPMS.
  * Rewards are the mean of their rates at t and t+1, discounted at 1.035^-(t + 0.5). Years on a line are those
    completed at the time point, so that the costs of a first year belong to the point at which the line starts.
  * Complications of AHSCT and adverse events of drugs have no cost or QALY loss of their own.

Arrays: rrms[sex, line, years on line, EDSS], spms[sex, EDSS], dead[sex]; sex 0 is female, sex 1 is male.
"""

import argparse
import csv
import json
import os
from dataclasses import dataclass

import numpy as np

START_AGE = 39  # CLARITY, 38.7 years (Michels 2021), rounded
FEMALE_SHARE = 0.6587  # CLARITY (Michels 2021)
N_CYCLES = 61  # to age 100
N_POINTS = N_CYCLES + 1
N_EDSS = 10
DISCOUNT_RATE = 0.035  # NICE reference case
DRUG_STOP_EDSS = 7  # NICE models
DISCONTINUATION = 0.10  # annual probability, all causes, every drug (ICER 2017, JMCP 2019)

# Weibull cumulative hazard of restarting a drug after AHSCT: 19 % at 5 years, 24.5 % at 10 (assumption).
RESTART_SCALE = 0.1080
RESTART_SHAPE = 0.4153

PROCEDURE_COST = 46809.0  # GBP 2024/25, everything in the first year (assumption)
PROCEDURE_QALYS = -0.07  # Stein 2018, derived

SPMS_COST_ADDITION = 432.0  # GBP 2024/25 a year (Tyas 2007)
SPMS_UTILITY_CHANGE = -0.045  # Orme 2007
RELAPSE_COST = 390.0  # GBP 2024/25 per relapse (Hawton 2016)
RELAPSE_QALYS = -0.038  # per relapse (Hawton 2016)
INFUSION_COST = 536.0  # GBP 2024/25 per day case (National Cost Collection 2024/25)
MONITORING_COST = 400.0  # GBP 2024/25 a year, any drug and AHSCT (assumption)


@dataclass
class Treatment:
    """One line of treatment; ratios are against no treatment, money in GBP 2024/25 a year."""

    is_drug: bool
    worsening: float  # hazard ratio, also on conversion to SPMS
    relapse: float  # rate ratio
    price: float = 0.0
    infusions_first_year: float = 0.0
    infusions_later: float = 0.0  # a year
    improvement: float = 1.0  # hazard ratio, in the first `improvement_years` on the line
    improvement_years: int = 0
    monitoring: float = MONITORING_COST


# Worsening: Hauser 2017 (ocrelizumab 0.60 v interferon beta-1a) x ICER 2017 (interferon 0.73 v none); AFFIRM;
# FREEDOMS; Muraro 2025 (AHSCT 1.08 v ocrelizumab). Relapse: Samjoo 2023; Muraro 2025 (0.45 v ocrelizumab).
# Improvement: Kalincik 2023 (AHSCT 1.37 v ocrelizumab). List prices: NICE TA533, TA254, ID natalizumab 2025.
TREATMENTS = {
    "none": Treatment(is_drug=False, worsening=1.0, relapse=1.0, monitoring=0.0),
    "ocrelizumab": Treatment(is_drug=True, worsening=0.60 * 0.73, relapse=0.34, price=19160.0,
                             infusions_first_year=3.0, infusions_later=2.0),
    "natalizumab": Treatment(is_drug=True, worsening=0.46, relapse=0.32, price=14740.0,
                             infusions_first_year=13.04, infusions_later=13.04),
    "fingolimod": Treatment(is_drug=True, worsening=0.63, relapse=0.42, price=19169.0),
    "ahsct": Treatment(is_drug=False, worsening=1.08 * 0.60 * 0.73, relapse=0.45 * 0.34,
                       improvement=1.37, improvement_years=2),
}

STRATEGIES = {
    "best_supportive_care": ["none"],
    "ocrelizumab_natalizumab": ["ocrelizumab", "natalizumab", "none"],
    "natalizumab_ocrelizumab": ["natalizumab", "ocrelizumab", "none"],
    "fingolimod": ["fingolimod", "none"],
    "ahsct": ["ahsct", "ocrelizumab", "natalizumab", "none"],
}


# ---------------------------------------------------------------------------------------------------------------------
# Tables


def read_rows(folder, name):
    """The rows of a table as dictionaries; lines that start with # are comments."""
    with open(os.path.join(folder, name + ".csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def read_by_edss(folder, name):
    """A column vector over EDSS 0..9."""
    vector = np.full(N_EDSS, np.nan)
    for row in read_rows(folder, name):
        vector[int(row["edss"])] = float(row["value"])
    assert not np.isnan(vector).any(), name
    return vector


def read_matrix(folder, name):
    """A matrix [from EDSS, to EDSS]; cells that the table leaves out are zero."""
    matrix = np.zeros((N_EDSS, N_EDSS))
    for row in read_rows(folder, name):
        matrix[int(row["from_edss"]), int(row["to_edss"])] = float(row["value"])
    return matrix


def read_life_table(folder):
    """Annual probability of death, q[sex, age]."""
    q = np.full((2, 120), np.nan)
    for row in read_rows(folder, "life_table_england_wales"):
        q[("female", "male").index(row["sex"]), int(row["age"])] = float(row["value"])
    assert not np.isnan(q[:, START_AGE:START_AGE + N_CYCLES]).any()
    return q


class Data:
    """The tables of the base case, read from `folder`."""

    def __init__(self, folder):
        self.start_edss = read_by_edss(folder, "start_edss")
        self.rrms_intensities = read_matrix(folder, "rrms_intensities")
        self.spms_probabilities = read_matrix(folder, "spms_probabilities")
        self.conversion = read_by_edss(folder, "conversion")
        self.life_table = read_life_table(folder)
        self.mortality_multiplier = read_by_edss(folder, "mortality_multiplier")
        self.relapse_rate_rrms = read_by_edss(folder, "relapse_rate_rrms")
        self.relapse_rate_spms = read_by_edss(folder, "relapse_rate_spms")
        self.utility = read_by_edss(folder, "utility")
        self.carer_change = read_by_edss(folder, "carer_qaly")
        self.state_cost_rrms = read_by_edss(folder, "state_cost_rrms")
        self.procedure_death = read_by_edss(folder, "procedure_death")

        assert abs(self.start_edss.sum() - 1.0) < 1e-9
        # EDSS 0 cannot be reached in SPMS, and has no row.
        assert np.allclose(self.spms_probabilities[1:].sum(axis=1), 1.0, rtol=0.0, atol=1e-9)
        # A certain conversion would have an infinite hazard: the table gives 0.999 at EDSS 9.
        assert self.conversion.max() < 1.0


# ---------------------------------------------------------------------------------------------------------------------
# Transitions


def matrix_exponential(q):
    """exp(q) by Taylor series of q / 2^10 and ten squarings."""
    small = q / 2.0**10
    result = np.eye(len(q))
    term = np.eye(len(q))
    for k in range(1, 12):
        term = term @ small / k
        result = result + term
    for _ in range(10):
        result = result @ result
    return result


def matrix_logarithm(p):
    """log(p) by the series -sum (1 - p)^k / k; with eigenvalues of p in (0.4, 1], 400 terms are more than enough."""
    rest = np.eye(len(p)) - p
    power = np.eye(len(p))
    result = np.zeros_like(p)
    for k in range(1, 400):
        power = power @ rest
        result = result - power / k
    return result


def edss_step_spms(data, speed):
    """Annual EDSS transition probabilities in SPMS; EDSS 0 is never reached."""
    if speed == 1.0:
        return data.spms_probabilities
    generator = np.maximum(matrix_logarithm(data.spms_probabilities[1:, 1:]), 0.0)
    np.fill_diagonal(generator, 0.0)
    generator = generator - np.diag(generator.sum(axis=1))
    p = np.zeros((N_EDSS, N_EDSS))
    p[1:, 1:] = matrix_exponential(generator * speed)
    assert np.allclose(p[1:].sum(axis=1), 1.0, atol=1e-12) and p.min() > -1e-12
    return p


def edss_step_rrms(data, treatment, years_on_line, speed):
    """Annual EDSS transition probabilities in RRMS under a treatment."""
    improvement = treatment.improvement if years_on_line < treatment.improvement_years else 1.0
    worsening_part = np.triu(data.rrms_intensities, 1) * treatment.worsening * speed
    improvement_part = np.tril(data.rrms_intensities, -1) * improvement
    generator = worsening_part + improvement_part
    generator = generator - np.diag(generator.sum(axis=1))
    p = matrix_exponential(generator)
    assert np.allclose(p.sum(axis=1), 1.0, atol=1e-12) and p.min() > -1e-12
    return p


def conversion_probability(data, treatment, speed):
    """Annual probability of conversion to SPMS by EDSS under a treatment."""
    hazard = -np.log(1.0 - data.conversion)
    return 1.0 - np.exp(-hazard * treatment.worsening * speed)


def survival_probability(data, t):
    """Probability of surviving cycle t, [sex, EDSS]."""
    hazard = -np.log(1.0 - data.life_table[:, START_AGE + t])
    return np.exp(-hazard[:, None] * data.mortality_multiplier[None, :])


def restart_probability(t):
    """Probability of restarting a drug in [t, t+1) after AHSCT at t = 0."""
    def cumulative_hazard(time):
        return RESTART_SCALE * time**RESTART_SHAPE
    return 1.0 - np.exp(cumulative_hazard(t) - cumulative_hazard(t + 1))


# ---------------------------------------------------------------------------------------------------------------------
# Cohort


def initial_cohort(data, lines):
    """Occupancy at t = 0, and the deaths from the procedure."""
    rrms = np.zeros((2, len(lines), N_POINTS, N_EDSS))
    spms = np.zeros((2, N_EDSS))
    dead = np.zeros(2)
    for sex, share in enumerate([FEMALE_SHARE, 1.0 - FEMALE_SHARE]):
        at_start = share * data.start_edss
        if lines[0] == "ahsct":
            dead[sex] = (at_start * data.procedure_death).sum()
            at_start = at_start * (1.0 - data.procedure_death)
        rrms[sex, 0, 0] = at_start
    return rrms, spms, dead


def next_cohort(data, lines, steps, spms_step, conversion, t, rrms, spms, dead):
    """Occupancy at t + 1 and the share of the cohort that converted; `steps` and `conversion` by line (and year)."""
    survival = survival_probability(data, t)
    alive_before = rrms.sum(axis=(1, 2, 3)) + spms.sum(axis=1)
    rrms = rrms * survival[:, None, None, :]
    spms = spms * survival
    dead = dead + alive_before - rrms.sum(axis=(1, 2, 3)) - spms.sum(axis=1)

    new_rrms = np.zeros_like(rrms)
    new_spms = spms @ spms_step
    converted = 0.0
    for line in range(len(lines)):
        for years in range(t + 1):
            occupancy = rrms[:, line, years]
            converters = occupancy * conversion[line]
            converted += converters.sum()
            new_spms[:, 1:] += converters[:, :-1]
            new_spms[:, 9] += converters[:, 9]
            new_rrms[:, line, years + 1] = (occupancy - converters) @ steps[line][years]

    return change_lines(lines, t, new_rrms), new_spms, dead, converted


def change_lines(lines, t, rrms):
    """Moves between lines at the end of cycle t, all from the lines held during the cycle; then the stopping rule."""
    changed = rrms.copy()
    last = len(lines) - 1
    for line in range(last):
        leaving = DISCONTINUATION if TREATMENTS[lines[line]].is_drug else restart_probability(t)
        movers = rrms[:, line] * leaving
        if not TREATMENTS[lines[line]].is_drug:
            movers[:, :, DRUG_STOP_EDSS:] = 0.0
        changed[:, line] -= movers
        changed[:, line + 1, 0] += movers.sum(axis=1)
    for line in range(last):
        if TREATMENTS[lines[line]].is_drug:
            stopping = changed[:, line, :, DRUG_STOP_EDSS:].copy()
            changed[:, line, :, DRUG_STOP_EDSS:] = 0.0
            changed[:, last, 0, DRUG_STOP_EDSS:] += stopping.sum(axis=1)
    return changed


# ---------------------------------------------------------------------------------------------------------------------
# Rewards


def reward_rates(data, lines, rrms, spms):
    """Rates a year at one time point, per member of the starting cohort."""
    rates = dict.fromkeys(["life_years", "patient_qalys", "carer_qalys", "relapses", "cost_state", "cost_relapse",
                           "cost_acquisition", "cost_administration", "cost_monitoring"], 0.0)
    relapses = (spms * data.relapse_rate_spms).sum()
    for line, name in enumerate(lines):
        treatment = TREATMENTS[name]
        on_line = rrms[:, line]
        first_year = on_line[:, 0].sum()
        later = on_line[:, 1:].sum()
        infusions = first_year * treatment.infusions_first_year + later * treatment.infusions_later
        relapses += (on_line * data.relapse_rate_rrms).sum() * treatment.relapse
        rates["cost_acquisition"] += (first_year + later) * treatment.price
        rates["cost_administration"] += infusions * INFUSION_COST
        rates["cost_monitoring"] += (first_year + later) * treatment.monitoring

    by_edss_rrms = rrms.sum(axis=(0, 1, 2))
    by_edss_spms = spms.sum(axis=0)
    by_edss = by_edss_rrms + by_edss_spms
    rates["life_years"] = by_edss.sum()
    rates["patient_qalys"] = ((by_edss * data.utility).sum() + by_edss_spms.sum() * SPMS_UTILITY_CHANGE
                              + relapses * RELAPSE_QALYS)
    rates["carer_qalys"] = (by_edss * data.carer_change).sum()
    rates["relapses"] = relapses
    rates["cost_state"] = (by_edss * data.state_cost_rrms).sum() + by_edss_spms.sum() * SPMS_COST_ADDITION
    rates["cost_relapse"] = relapses * RELAPSE_COST
    return rates


def accumulate(rates, discount_rate):
    """Sum over cycles of the mean of the rates at their two ends, discounted to mid-cycle."""
    totals = {}
    for name in rates[0]:
        series = np.array([point[name] for point in rates])
        means = (series[:-1] + series[1:]) / 2.0
        totals[name] = float((means * (1.0 + discount_rate) ** -(np.arange(N_CYCLES) + 0.5)).sum())
    return totals


def add_procedure(totals, lines):
    """Adds what happens at t = 0 and sums the costs."""
    has_procedure = lines[0] == "ahsct"
    totals["cost_procedure"] = PROCEDURE_COST if has_procedure else 0.0
    totals["patient_qalys"] += PROCEDURE_QALYS if has_procedure else 0.0
    totals["cost_total"] = sum(value for name, value in totals.items() if name.startswith("cost_"))
    return totals


def run_strategy(data, lines, speed):
    """Totals per patient of one strategy, discounted and undiscounted."""
    steps = []
    for name in lines:
        steps.append([edss_step_rrms(data, TREATMENTS[name], years, speed) for years in range(N_CYCLES)])
    spms_step = edss_step_spms(data, speed)
    conversion = [conversion_probability(data, TREATMENTS[name], speed) for name in lines]

    rrms, spms, dead = initial_cohort(data, lines)
    procedure_deaths = float(dead.sum())
    rates = [reward_rates(data, lines, rrms, spms)]
    spms_ever = 0.0
    for t in range(N_CYCLES):
        rrms, spms, dead, converted = next_cohort(data, lines, steps, spms_step, conversion, t, rrms, spms, dead)
        spms_ever += converted
        assert abs(rrms.sum() + spms.sum() + dead.sum() - 1.0) < 1e-9
        assert min(rrms.min(), spms.min()) > -1e-12
        rates.append(reward_rates(data, lines, rrms, spms))

    return {
        "discounted": add_procedure(accumulate(rates, DISCOUNT_RATE), lines),
        "undiscounted": add_procedure(accumulate(rates, 0.0), lines),
        "procedure_deaths": procedure_deaths,
        "spms_ever": float(spms_ever),
    }


def check_general_population(folder):
    """With every mortality multiplier at 1, life years are those of the life table, whatever happens to EDSS."""
    data = Data(folder)
    data.mortality_multiplier = np.ones(N_EDSS)
    model = run_strategy(data, ["none"], speed=1.0)["undiscounted"]["life_years"]
    life_table = 0.0
    for sex, share in enumerate([FEMALE_SHARE, 1.0 - FEMALE_SHARE]):
        alive = np.cumprod(1.0 - data.life_table[sex, START_AGE:START_AGE + N_CYCLES])
        life_table += share * (0.5 + alive[:-1].sum() + 0.5 * alive[-1])
    assert abs(model - life_table) < 1e-9, (model, life_table)


def main():
    parser = argparse.ArgumentParser(description="Independent calculation of the UK base case; prints JSON.")
    parser.add_argument("--data", required=True, help="folder with the CSV tables of the base case")
    parser.add_argument("--speed", type=float, default=1.0,
                        help="multiplier of the hazards of worsening and conversion (1.0 hta, 0.6 calibrated)")
    arguments = parser.parse_args()

    check_general_population(arguments.data)
    data = Data(arguments.data)
    results = {name: run_strategy(data, lines, arguments.speed) for name, lines in STRATEGIES.items()}
    print(json.dumps({"speed": arguments.speed, "strategies": results}, indent=2))


if __name__ == "__main__":
    main()
