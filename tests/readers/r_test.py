#!/usr/bin/python3
"""Holds that R reads a results file and its export as myelin means them.

Usage: r_test.py <myelin executable> <source folder>

1. scripts/readers/myelin.R gives the numbers of `myelin export`, by hdf5r and by rhdf5, and what dampack and BCEA take.
2. The three files of draws, read by R, lead to the decision of `analyse --json`; with columns that changed places they
   must not.
3. The R snippets of the README run.

Exit status: 0 all hold, 1 not, 77 R or a package is not installed (skipped).
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is

from example_runs import SKIPPED, Examples, decision_failures, report, snippets, swapped

PACKAGES = ("hdf5r", "rhdf5")
NUMBERS = {"mean", "mcse", "dr", "costs", "qalys", "lys", "prob", "t", "value", "low", "high", "sample", "strategy_id",
           "state_id"}


def absent():
    """What of R is not installed; None if all is."""
    if shutil.which("Rscript") is None:
        return "Rscript"
    wanted = ", ".join(f'"{name}"' for name in PACKAGES)
    check = f"cat(Filter(function(name) !requireNamespace(name, quietly = TRUE), c({wanted})))"
    found = subprocess.run(["Rscript", "-e", check], capture_output=True, text=True, check=True).stdout
    return "the R package " + found if found else None


def number(text):
    """A number that R or myelin wrote; None where there is none."""
    if text in ("", "NA", "NaN"):
        return None
    return float.fromhex(text) if "0x" in text else float(text)


def rows_of(path, all_numbers=False):
    """(header, rows) of a CSV file, columns of numbers as such."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, [[number(cell) if all_numbers or name in NUMBERS else cell for name, cell in zip(header, row)]
                    for row in rows]


def is_close(left, right):
    """Whether two cells are equal, numbers up to the rounding of a sum."""
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= 1e-12 * max(1, abs(right))
    return left == right


def difference(mine, theirs):
    """Why R's table is not the exported one, of which it may have fewer columns; None if it is."""
    (header, rows), (all_names, all_rows) = mine, theirs
    places = [all_names.index(name) for name in header]
    keys = [i for i, name in enumerate(header) if name not in NUMBERS or name in ("t", "sample")]
    order = lambda row: [row[i] for i in keys]
    left, right = sorted(rows, key=order), sorted(([row[i] for i in places] for row in all_rows), key=order)
    if len(left) != len(right):
        return f"{len(left)} rows and not {len(right)}"
    for a, b in zip(left, right):
        if not all(map(is_close, a, b)):
            return f"{a} is not {b}"
    return None


def by_strategy(table):
    """{column: [row]}"""
    header, rows = table
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def package_failures(examples, source, package, name):
    """(failures, checks) of the tables that R makes of a run by one package."""
    to = os.path.join(examples.folder, f"{package}_{name}")
    os.mkdir(to)
    has_draws = name == "drawn"
    readers = os.path.join(source, "scripts", "readers", "myelin.R")
    command = ["Rscript", os.path.join(os.path.dirname(os.path.abspath(__file__)), "r_tables.R"), readers, package,
               examples.file(name), to] + ([os.path.join(examples.folder, name)] if has_draws else [])
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return [f"{package}: {name}: Rscript ended with {run.returncode}: {run.stderr}"], 1
    failures, checks = [], 0
    for table in os.listdir(to):
        draws = table.startswith("psa_")
        theirs = rows_of(examples.exported(name, table.removesuffix(".csv").removesuffix("_by_r")), draws)
        mine = rows_of(os.path.join(to, table), draws)
        # Draws stay in their order.
        found = (None if mine == theirs else "draws differ") if draws else difference(mine, theirs)
        checks += 1
        if found:
            failures.append(f"{package}: {name}: {table}: {found}")
    if has_draws:
        costs, effects = (by_strategy(rows_of(os.path.join(to, f"psa_{kind}_by_r.csv"), True))
                          for kind in ("costs", "effects"))
        failures += decision_failures(examples.answers[name], costs, effects, package)
        if not decision_failures(examples.answers[name], swapped(costs), effects, ""):
            failures.append("costs under other names pass")
        header, rows = rows_of(os.path.join(to, "costs.csv"))
        wrong = [[*row[:-1], row[-1] + 1] for row in rows]
        if difference((header, wrong), rows_of(examples.exported(name, "costs"))) is None:
            failures.append("wrong costs pass")
    return failures, checks


def snippet_failures(examples, source):
    """Snippets of the README that do not run."""
    os.symlink(examples.file("drawn"), os.path.join(examples.folder, "uncertain.h5"))
    os.symlink(os.path.join(examples.folder, "drawn"), os.path.join(examples.folder, "uncertain_csv"))
    blocks, failures = snippets(source, "r"), []
    for block in blocks:
        run = subprocess.run(["Rscript", "-e", block], cwd=examples.folder, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            failures.append(f"README.md: {block}ended with {run.returncode}: {run.stderr}")
    return failures if blocks else ["README.md has no R snippet"]


def main():
    binary, source = map(os.path.abspath, sys.argv[1:3])
    if missing := absent():
        print(f"skipped: {missing} is not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        examples = Examples(binary, source, folder)
        failures, checks = [], 0
        for package in PACKAGES:
            for name in ("drawn", "exact"):
                found, made = package_failures(examples, source, package, name)
                failures += found
                checks += made
        failures += snippet_failures(examples, source)
    return report(failures, checks)


if __name__ == "__main__":
    sys.exit(main())
