#!/usr/bin/python3
"""Holds that the scenarios of scenarios/examples give the published numbers, with both engines.

Usage: published_cases_test.py <myelin executable> <source folder>

1. scripts/published_cases ends well, and its output stands word for word in scenarios/examples/README.md. Each number
   of myelin is then changed by one part in a hundred, an estimate by nine standard errors: it must no longer agree.
2. The microsimulation of every example agrees with its cohort in the cost, QALYs and life years of each strategy within
   4 standard errors. The microsimulation of one model with the cohort of another must not.

Exit status: 0 all hold, 1 not, 77 numpy or h5py is not installed (skipped).
"""

import glob
import importlib.machinery
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is

PATIENTS, SEED, STANDARD_ERRORS = 100000, 20180801, 4
ROUNDING = 1e-9  # of a number without a standard error: every patient has the same
PERTURBATION = 0.01
OTHER_MODELS = [("sick_sicker", "sick_sicker_history"), ("sick_sicker_four_strategies", "sick_sicker_age_dependent"),
                ("illness_death", "illness_death_competing")]


def load_script(source):
    """scripts/published_cases as a module; None where numpy or h5py is not installed."""
    loader = importlib.machinery.SourceFileLoader("published_cases", os.path.join(source, "scripts", "published_cases"))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    try:
        loader.exec_module(script)
    except ModuleNotFoundError as missing:
        print(f"skipped: {missing}")
        return None
    return script


def table_failures(binary, source):
    """What is wrong with the output of scripts/published_cases."""
    script = os.path.join(source, "scripts", "published_cases")
    run = subprocess.run([sys.executable, script], env=dict(os.environ, MYELIN=binary), capture_output=True, text=True,
                         check=False)
    failures = [] if run.returncode == 0 else [f"{script} ended with {run.returncode}: {run.stderr}"]
    failures += [line for line in run.stdout.split("\n") if "**NO**" in line]
    readme = os.path.join(source, "scenarios", "examples", "README.md")
    with open(readme, encoding="utf-8") as file:
        document = file.read()
    if not run.stdout.strip() or run.stdout.strip() not in document:
        known = set(document.split("\n"))
        new = [line for line in run.stdout.split("\n") if line not in known]
        failures.append("\n".join([f"{readme} does not show what {script} prints; not in it:", *new[:10]]))
    return failures


def perturbed(comparison):
    """Another value than the one compared, which must not pass for it."""
    row, value, error, _ = comparison
    if isinstance(value, str):
        return value + " and another"
    if row["quantity"] == "trace":
        levels, shares, cycle_years = value
        return levels, shares * (1 + PERTURBATION), cycle_years
    error = math.hypot(error, float(row["standard_error"] or 0))
    return value + (9 * error if error else PERTURBATION * value or PERTURBATION)


def perturbation_failures(script, binary):
    """Rows of published.csv that would agree with a wrong number."""
    with tempfile.TemporaryDirectory() as folder:
        compared = script.compare(script.Runs(binary, folder))
    return [f"a wrong number agrees: {each.row}" for each in compared
            if script.judge(each.row, perturbed(each), each.error).agrees]


def simulate(binary, scenario, *options):
    """The strategies of `myelin run`, as its JSON has them."""
    command = [binary, "run", scenario, "--json", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr}")
    return {each["name"]: each for each in json.loads(run.stdout)["strategies"]}


def disagreements(simulated, exact):
    """Each mean of the microsimulation that is not that of the cohort."""
    found = []
    for name, strategy in simulated.items():
        for outcome in ("cost", "qaly", "ly"):
            mean, error, expected = strategy[outcome]["mean"], strategy[outcome]["mcse"], exact[name][outcome]["mean"]
            if abs(mean - expected) > max(STANDARD_ERRORS * error, ROUNDING * abs(expected)):
                found.append(f"{name}: {outcome} {mean} (standard error {error}), not {expected}")
    return found


def engine_failures(binary, source):
    """Examples whose engines disagree, and different models that agree."""
    simulated, exact = {}, {}
    for scenario in sorted(glob.glob(os.path.join(source, "scenarios", "examples", "*.toml"))):
        name = os.path.basename(scenario).removesuffix(".toml")
        exact[name] = simulate(binary, scenario, "--engine", "cohort")
        simulated[name] = simulate(binary, scenario, "--engine", "microsimulation", "--patients", str(PATIENTS),
                                   "--seed", str(SEED))
    failures = [f"{name}: the engines disagree: {each}" for name in simulated
                for each in disagreements(simulated[name], exact[name])]
    failures += [f"the microsimulation of {name} passes for the cohort of {other}" for name, other in OTHER_MODELS
                 if not disagreements(simulated[name], exact[other])]
    return failures if simulated else ["there are no examples"]


def main():
    binary, source = map(os.path.abspath, sys.argv[1:3])
    script = load_script(source)
    if script is None:
        return 77
    failures = table_failures(binary, source) + perturbation_failures(script, binary) + engine_failures(binary, source)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
