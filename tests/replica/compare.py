#!/usr/bin/python3
"""Compares the totals of `myelin run --engine cohort` with those of the independent replica of the UK base case.

Usage: compare.py <myelin executable> <source folder>

The replica knows no adverse events of drugs and no late effects of transplantation, so the base case is run without
them. Both natural histories are compared: the base case, and the alternative `calibrated` that every run shows beside it.
Each total must agree to BOUND relative to its size. The executable holds probabilities in 31 bits, an error of up to
2.3e-10 each, which grows to some 1e-8 over 61 cycles and 1e-7 in a probability of 0.002; the bound leaves a factor of
ten, and a difference of convention moves a total by more than 1e-4.

Then one number of each table of the replica, and each of its other numbers, is changed by one part in a thousand, one
at a time: each time the comparison must fail, or it would not notice that input.

Exit status: 0 agreement, 1 not, 77 numpy is not installed (skipped).
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is

try:
    import base_case_replica as replica
except ModuleNotFoundError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BOUND = 1e-6

# Names of the strategies in the scenario and in the replica.
STRATEGIES = {
    "best_supportive_care": "best_supportive_care",
    "ocrelizumab": "ocrelizumab_natalizumab",
    "natalizumab": "natalizumab_ocrelizumab",
    "fingolimod": "fingolimod",
    "ahsct": "ahsct",
}
WITH_EVERY_THERAPY = ["fingolimod", "ahsct"]  # between them, their lines hold every therapy of the replica
WITHOUT = ["therapies.ocrelizumab.adverse_events", "therapies.natalizumab.adverse_events",
           "therapies.ahsct.procedure.late_effects"]
SPEEDS = {"hta": 1.0, "calibrated": 0.6}
COST_CATEGORIES = ["state", "relapse", "acquisition", "administration", "monitoring", "procedure"]

# What the replica calls the inputs that are changed, and by which share of their value.
TABLES = ["start_edss", "rrms_intensities", "spms_probabilities", "conversion", "life_table", "mortality_multiplier",
          "relapse_rate_rrms", "relapse_rate_spms", "utility", "carer_change", "state_cost_rrms", "procedure_death"]
NUMBERS = ["FEMALE_SHARE", "DISCOUNT_RATE", "DISCONTINUATION", "RESTART_SCALE", "RESTART_SHAPE", "PROCEDURE_COST",
           "PROCEDURE_QALYS", "SPMS_COST_ADDITION", "SPMS_UTILITY_CHANGE", "RELAPSE_COST", "RELAPSE_QALYS",
           "INFUSION_COST"]
EFFECTS = ["worsening", "relapse", "price", "infusions_first_year", "infusions_later", "improvement", "monitoring"]
PERTURBATION = 0.001


def run_myelin(executable, source):
    with tempfile.TemporaryDirectory() as folder:
        # A scenario must be complete in one folder.
        scenarios = shutil.copytree(os.path.join(source, "scenarios", "ms"), os.path.join(folder, "ms"))
        scenario = os.path.join(scenarios, "as_the_replica.toml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write('title = "UK base case of the replica"\ninclude = ["base_case_uk.toml"]\n'
                       f"without = {json.dumps(WITHOUT)}\n")
        command = [executable, "run", scenario, "--engine", "cohort", "--json", "--strategies", ",".join(STRATEGIES)]
        output = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    calibrated = [each for each in output["alternatives"] if each["name"] == "calibrated"]
    assert len(calibrated) == 1, "the run shows no alternative `calibrated`"
    return {"hta": totals_of_myelin(output), "calibrated": totals_of_myelin(calibrated[0])}


def totals_of_myelin(analysis):
    """[strategy][name of total]: discounted, and undiscounted under a name that says so."""
    totals = {}
    for strategy in analysis["strategies"]:
        cost, qaly, others = strategy["cost"], strategy["qaly"], strategy["outcomes"]
        both = {"life_years": strategy["ly"], "patient_qalys": qaly["patient"], "carer_qalys": qaly["carer"],
                "total_qalys": qaly, "cost_total": cost}
        for category in COST_CATEGORIES:
            both["cost_" + category] = cost["by_category"][category]
        of_strategy = {name: each["mean"] for name, each in both.items()}
        of_strategy.update({name + ", undiscounted": each["undiscounted"] for name, each in both.items()})
        of_strategy["relapses"] = others["relapses"]["mean"]
        of_strategy["procedure_deaths"] = others["deaths.procedure"]["mean"]
        totals[strategy["name"]] = of_strategy
    assert set(totals) == set(STRATEGIES), "the run has other strategies than were asked for"
    return totals


def run_replica(data, speed, strategies):
    """The same totals by the replica."""
    totals = {}
    for name in strategies:
        result = replica.run_strategy(data, replica.STRATEGIES[STRATEGIES[name]], speed)
        of_strategy = {}
        for column, suffix in [("discounted", ""), ("undiscounted", ", undiscounted")]:
            values = dict(result[column])
            relapses = values.pop("relapses")
            values["total_qalys"] = values["patient_qalys"] + values["carer_qalys"]
            of_strategy.update({total + suffix: value for total, value in values.items()})
        of_strategy["relapses"] = relapses
        of_strategy["procedure_deaths"] = result["procedure_deaths"]
        totals[name] = of_strategy
    return totals


def relative_difference(a, b):
    largest = max(abs(a), abs(b))
    return abs(a - b) / largest if largest > 0 else 0.0


def differences(myelin, other):
    """(strategy, total, relative difference) of all totals of the strategies in `other`."""
    rows = []
    for strategy, totals in other.items():
        assert set(totals) == set(myelin[strategy]), set(totals) ^ set(myelin[strategy])
        rows += [(strategy, name, relative_difference(myelin[strategy][name], value)) for name, value in totals.items()]
    return rows


def agree(myelin, other):
    return all(difference <= BOUND for _, _, difference in differences(myelin, other))


def print_table(variant, myelin, other):
    print(f"\n=== {variant}: speed {SPEEDS[variant]} ===")
    print(f"{'strategy':<21} {'total':<34} {'myelin':>18} {'replica':>18} {'relative':>9}")
    for strategy, name, difference in differences(myelin, other):
        mark = "" if difference <= BOUND else "  <-- differs"
        print(f"{strategy:<21} {name:<34} {myelin[strategy][name]:>18.8f} {other[strategy][name]:>18.8f} "
              f"{difference:>9.1e}{mark}")


def perturbed_tables(folder):
    """(table, data) with one number of each table in turn changed."""
    for table in TABLES:
        data = replica.Data(folder)
        values = getattr(data, table)
        cell = {"life_table": (0, 60), "spms_probabilities": (6, 7), "rrms_intensities": (3, 4)}.get(table, 5)
        change = values[cell] * PERTURBATION
        values[cell] += change
        if table == "start_edss":
            values[4] -= change
        if table == "spms_probabilities":
            values[6, 6] -= change
        yield table, data


def perturbed_numbers(data):
    """(number, data) while one number of the replica in turn is changed."""
    numbers = [(replica, "replica", name) for name in NUMBERS]
    for name, treatment in replica.TREATMENTS.items():
        if name != "none":
            numbers += [(treatment, name, effect) for effect in EFFECTS if changes_anything(treatment, effect)]
    for owner, owner_name, name in numbers:
        original = getattr(owner, name)
        setattr(owner, name, original * (1 + PERTURBATION))
        yield f"{owner_name}: {name}", data
        setattr(owner, name, original)


def changes_anything(treatment, effect):
    acts = effect != "improvement" or treatment.improvement_years > 0
    return acts and getattr(treatment, effect) != 0


def main():
    executable, source = sys.argv[1:]
    folder = os.path.join(source, "scenarios", "ms", "data")
    replica.check_general_population(folder)
    myelin = run_myelin(executable, source)
    data = replica.Data(folder)
    good = True
    for variant, speed in SPEEDS.items():
        other = run_replica(data, speed, STRATEGIES)
        print_table(variant, myelin[variant], other)
        good = good and agree(myelin[variant], other)
    changes = itertools.chain(perturbed_tables(folder), perturbed_numbers(data))
    noticed = {what: not agree(myelin["calibrated"], run_replica(changed, SPEEDS["calibrated"], WITH_EVERY_THERAPY))
               for what, changed in changes}
    unnoticed = [what for what, seen in noticed.items() if not seen]
    print(f"\nlargest relative difference allowed: {BOUND:g}")
    print(f"{len(noticed)} inputs of the replica changed by 0.1 %, one at a time; unnoticed: "
          f"{', '.join(unnoticed) or 'none'}")
    print("agreement" if good and not unnoticed else "NO AGREEMENT")
    return 0 if good and not unnoticed else 1


if __name__ == "__main__":
    sys.exit(main())
