"""Runs that the tests of readers and of `myelin export` read, what myelin says of them, and README snippets."""

import json
import os
import re
import subprocess
import sys

SKIPPED = 77


def call(binary, *arguments, cwd=None):
    """Standard output of a command of myelin, which must end well."""
    run = subprocess.run([binary, *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    if run.returncode != 0:
        sys.exit(f"myelin {' '.join(arguments)} ended with {run.returncode}:\n{run.stderr}")
    return run.stdout


class Examples:
    """Two runs in a folder, `drawn` over parameter draws and `exact` without, each with its export beside it."""

    def __init__(self, binary, source, folder):
        self.binary, self.folder = binary, folder
        scenarios = os.path.join(source, "scenarios")
        os.symlink(scenarios, os.path.join(folder, "scenarios"))
        os.symlink(os.path.join(source, "scripts"), os.path.join(folder, "scripts"))
        call(binary, "run", os.path.join(scenarios, "ms", "base_case_uk.toml"), "--strategies",
             "alemtuzumab,ahsct,ocrelizumab", "--patients", "100", "--draws", "12", "--quiet", "-o", self.file("drawn"))
        call(binary, "run", os.path.join(scenarios, "examples", "sick_sicker_history.toml"), "--engine", "cohort",
             "--quiet", "-o", self.file("exact"))
        for name in ("drawn", "exact"):
            call(binary, "export", self.file(name), "--to", os.path.join(folder, name))
        self.answers = {name: json.loads(call(binary, "analyse", self.file(name), "--json"))
                        for name in ("drawn", "exact")}

    def file(self, name):
        """The results file of a run."""
        return os.path.join(self.folder, name + ".h5")

    def exported(self, name, table):
        """A file of its export."""
        return os.path.join(self.folder, name, table + ".csv")


def snippets(source, language):
    """The blocks of a language in the README."""
    with open(os.path.join(source, "README.md"), encoding="utf-8") as file:
        return re.findall(rf"^```{language}\n(.*?)^```", file.read(), re.S | re.M)


def decision_failures(answers, cost, effect, what):
    """Where the mean net benefits that follow from costs and effects by draw, {strategy: [draw]}, are not those of
    `analyse`, or their best is not."""
    failures = []
    for threshold in answers["decision_uncertainty"]["thresholds"]:
        nmb = {name: sum(threshold["threshold"] * q - c for c, q in zip(cost[name], effect[name])) / len(cost[name])
               for name in cost}
        for strategy in threshold["strategies"]:
            told = strategy["nmb"]["mean"]
            if not abs(nmb[strategy["name"]] - told) <= 1e-9 * abs(told):
                failures.append(f"{what}: {strategy['name']} at {threshold['threshold']}: {nmb} is not {told}")
        if max(nmb, key=nmb.get) != threshold["optimal"]:
            failures.append(f"{what}: the best at {threshold['threshold']} is not {threshold['optimal']}: {nmb}")
    return failures


def swapped(by_strategy):
    """The same columns under each other's names: what must not pass."""
    names = list(by_strategy)
    return dict(zip(names, [by_strategy[name] for name in names[1:] + names[:1]]))


def report(failures, checks):
    """Prints failures and returns the exit code; no check at all is a failure."""
    for failure in failures:
        print(failure)
    print(f"{checks} checks, {len(failures)} failures")
    return 1 if failures or checks == 0 else 0
