#!/usr/bin/python3
"""Holds that Python reads a results file and its export as myelin means them.

Usage: python_test.py <myelin executable> <source folder>

1. Both netCDF libraries read every group, each axis with its coordinates, and xarray opens them; ncdump and h5dump show
   the file.
2. scripts/readers/myelin.py gives the numbers of `analyse --json`, of h5py and of `myelin export`.
3. The three files of draws lead to the decision of `analyse --json`; with columns that changed places they must not.
4. scripts/readers/README.md explains every column, and the Python snippets of the README run.

Exit status: 0 all hold, 1 not, 77 a package is not installed (skipped).
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is

from example_runs import SKIPPED, Examples, decision_failures, report, snippets, swapped

try:
    import h5netcdf
    import h5py
    import netCDF4
    import numpy as np
    import pandas as pd
    import xarray as xr
except ModuleNotFoundError as absent:
    print(f"skipped: {absent}")
    sys.exit(SKIPPED)


def bare_axes(group, path):
    """The axes of a netCDF-4 group and those below it that have no coordinates, having read all its variables."""
    bare = [f"{path}/{name}" for name in group.dimensions if name not in group.variables]
    for variable in group.variables.values():
        variable[...]
    return bare + [axis for name, below in group.groups.items() for axis in bare_axes(below, f"{path}/{name}")]


def netcdf_failures(path):
    """(failures, number of things tried): axes without names or coordinates, and groups that do not open."""
    failures, opened = [], 2
    for name, file in (("h5netcdf", h5netcdf.File(path, "r")), ("netCDF4", netCDF4.Dataset(path))):
        with file:
            bare = bare_axes(file, "")
        if bare:
            failures.append(f"{name}: axes without coordinates: {bare}")
    for engine in ("h5netcdf", "netcdf4"):
        for group in (None, "scenario/inputs", "analyses/base", "analyses/base/increments"):
            with xr.open_dataset(path, engine=engine, group=group) as data:
                data.load()
                opened += 1
                if group and (not data.data_vars or set(data.dims) != set(data.coords)):
                    failures.append(f"{engine}: {group}: {data}")
    for tool in (["ncdump", "-h"], ["h5dump", "-H"]):
        if shutil.which(tool[0]) is None:
            print(f"{tool[0]} is not installed and was not tried")
            continue
        run = subprocess.run([*tool, path], capture_output=True, check=False)
        opened += 1
        if run.returncode != 0 or b"per_patient" not in run.stdout:
            failures.append(f"{tool[0]} ended with {run.returncode}: {run.stderr.decode()}")
    return failures, opened


def same(left, right):
    """Whether two tables hold the same rows in some order, numbers up to the rounding of a sum."""
    right = right[list(left.columns)]
    keys = [name for name in left.columns if name not in ("prob", "costs", "qalys", "lys", "mean", "mcse", "dr")]
    try:
        left, right = (table.sort_values(keys, ignore_index=True) for table in (left, right))
        pd.testing.assert_frame_equal(left, right, check_dtype=False, rtol=1e-12, atol=1e-12)
    except AssertionError as difference:
        return str(difference)
    return None


def read_csv(path):
    """A CSV file with its texts as they are: `None` or `NA` can be somebody's name."""
    return pd.read_csv(path, keep_default_na=False, na_values={"dr": [""], "psa_low": [""], "psa_high": [""]},
                       dtype={"state": str}, float_precision="round_trip")


def table_failures(examples, name, run):
    """Tables of the reader that are not those of the export."""
    failures = []
    for table, mine in (("summary", run.summary()), ("costs", run.costs()), ("qalys", run.qalys()),
                        ("stateprobs", run.stateprobs().astype({"state": str}))):
        theirs = read_csv(examples.exported(name, table))
        difference = same(mine, theirs)
        if difference:
            failures.append(f"{name}: {table} of the reader is not that of the export: {difference}")
        number = mine.columns[-1]
        if same(mine.assign(**{number: mine[number] * (1 + 1e-9) + 1e-9}), theirs) is None:
            failures.append(f"{name}: a wrong {table} passes")
    if not run.inputs["value"].equals(read_csv(examples.exported(name, "parameters_used"))["value"]):
        failures.append(f"{name}: the values of inputs differ")
    return failures


def answer_failures(examples, name, run):
    """Means and errors of the summary that are not those of `analyse --json`."""
    failures, table = [], run.summary().set_index(["analysis", "strategy", "outcome", "discounting"])
    for strategy in examples.answers[name]["strategies"]:
        for key, outcome in (("cost", "cost"), ("qaly", "qaly"), ("ly", "life_years")):
            row = table.loc[(run.decisive(), strategy["name"], outcome, "discounted")]
            told = strategy[key]
            if not np.allclose([row["mean"], row["mcse"]], [told["mean"], told["mcse"]], rtol=1e-12, atol=0):
                failures.append(f"{name}: {outcome} of {strategy['name']} is {row['mean']} and not {told['mean']}")
    return failures


def raw_failures(examples, run):
    """Draws of the reader that are not the numbers in the file."""
    costs, effects, parameters = run.psa()
    with h5py.File(examples.file("drawn"), "r") as file:
        group = file["analyses/probabilistic"]
        outcomes = list(group["outcome"].asstr()[()])
        raw = {name: group["mean"][:, :, outcomes.index(name), 0] for name in ("cost", "qaly")}
        drawn = group["drawn/value"][()]
    alike = [np.array_equal(costs, raw["cost"]), np.array_equal(effects, raw["qaly"]),
             np.array_equal(parameters, drawn), list(costs.columns) == list(effects.columns),
             not np.array_equal(costs, raw["qaly"])]
    for frame, table in ((costs, "psa_costs"), (effects, "psa_effects"), (parameters, "psa_parameters")):
        exported = pd.read_csv(examples.exported("drawn", table), float_precision="round_trip")
        alike.append(list(exported.columns) == list(frame.columns) and np.array_equal(exported, frame))
    return [] if all(alike) else [f"draws of the reader, the file and the export differ: {alike}"]


def uncertainty_failures(examples):
    """Acceptability and loss of the export that `analyse` does not tell."""
    failures = []
    ceac, loss = (pd.read_csv(examples.exported("drawn", table)).set_index(["WTP", "Strategy"])
                  for table in ("ceac", "exp_loss"))
    for threshold in examples.answers["drawn"]["decision_uncertainty"]["thresholds"]:
        for strategy in threshold["strategies"]:
            key = (threshold["threshold"], strategy["name"])
            told = (strategy["probability_best"]["mean"], strategy["expected_loss"]["mean"],
                    strategy["name"] == threshold["optimal"])
            found = (ceac.loc[key, "Proportion"], loss.loc[key, "Expected_Loss"], ceac.loc[key, "On_Frontier"])
            if not np.allclose(np.array(found, float), np.array(told, float), rtol=1e-12, atol=0):
                failures.append(f"{key}: acceptability, loss, best: {found} and not {told}")
    return failures


def column_failures(examples, source):
    """Columns of exported tables that scripts/readers/README.md does not explain."""
    with open(os.path.join(source, "scripts", "readers", "README.md"), encoding="utf-8") as file:
        rows = {line.split("`")[1]: line for line in file if line.startswith("| `")}
    failures = []
    for name in os.listdir(os.path.join(examples.folder, "drawn")):
        if name.startswith("psa_"):
            continue
        columns = read_csv(examples.exported("drawn", name.removesuffix(".csv"))).columns
        unexplained = [column for column in columns if f"`{column}`" not in rows.get(name, "")]
        if unexplained:
            failures.append(f"scripts/readers/README.md: {name}: nothing is said of {unexplained}")
    return failures


def snippet_failures(examples, source):
    """Snippets of the README that do not run."""
    os.symlink(examples.file("drawn"), os.path.join(examples.folder, "uncertain.h5"))
    os.symlink(os.path.join(examples.folder, "drawn"), os.path.join(examples.folder, "uncertain_csv"))
    blocks, failures = snippets(source, "python"), []
    for block in blocks:
        run = subprocess.run([sys.executable, "-B", "-c", block], cwd=examples.folder, capture_output=True, text=True,
                             check=False)
        if run.returncode != 0:
            failures.append(f"README.md: {block}ended with {run.returncode}: {run.stderr}")
    return failures if blocks else ["README.md has no Python snippet"]


def main():
    binary, source = map(os.path.abspath, sys.argv[1:3])
    sys.path.append(os.path.join(source, "scripts", "readers"))
    import myelin

    with tempfile.TemporaryDirectory() as folder:
        examples = Examples(binary, source, folder)
        failures, checks = [], 0
        runs = {name: myelin.Run(examples.file(name)) for name in ("drawn", "exact")}
        for name, run in runs.items():
            found, opened = netcdf_failures(examples.file(name))
            failures += found + table_failures(examples, name, run) + answer_failures(examples, name, run)
            checks += opened + 2
        failures += raw_failures(examples, runs["drawn"]) + uncertainty_failures(examples)
        costs, effects = (pd.read_csv(examples.exported("drawn", table)).to_dict("list")
                          for table in ("psa_costs", "psa_effects"))
        failures += decision_failures(examples.answers["drawn"], costs, effects, "exported draws")
        if not decision_failures(examples.answers["drawn"], swapped(costs), effects, ""):
            failures.append("costs under other names pass")
        failures += column_failures(examples, source) + snippet_failures(examples, source)
    return report(failures, checks + 6)


if __name__ == "__main__":
    sys.exit(main())
