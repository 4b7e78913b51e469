"""Times of two benchmark programs side by side, with a control that shows what the machine makes of no change."""

import collections
import json
import math
import re
import shutil
import statistics
import subprocess
import sys
import time

from . import FAILED, MISUSE, NO_SLOWER, SLOWER, Stop, builds

# One run takes seven seconds for the cohort engine, whose answers are checked before it is timed, two for the MS base
# case and a third of a second for the others.
USUAL_BENCHMARKS = "^(microsimulation/(edss11|ms_base_case)|cohort/ms_base_case/forward|compile/ms_base_case)$"
USUAL_PAIRS = 8
# Benchmarks that take little time get as many more pairs as fit into this.
SECONDS_OF_PAIRS = 30
# No more than one iteration of the slowest: to return to the other program soon tells more than to stay with one.
SECONDS_OF_RUN = "0.1"

# Where functions lie in memory can alone make this difference; the control, which is the same file, does not show it.
SMALLEST_DIFFERENCE = 0.02
STANDARD_ERRORS = 3
UNCLEAR = 0.05  # wider limits than this deserve a word, because a change worth knowing of could hide

Verdict = collections.namedtuple("Verdict", "ratio control limit word")
Ratios = collections.namedtuple("Ratios", "changed control")  # of each pair, by CPU time: working tree or copy / base


def names_of(binary):
    """The benchmarks of a program, in its order."""
    done = subprocess.run([binary, "--benchmark_list_tests=true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Stop(FAILED, f"{binary} does not list its benchmarks: {done.stderr.strip()}")
    return done.stdout.split()


def choose(base, changed, pattern):
    """(names on both sides, in the base alone, in the working tree alone) that a regular expression finds."""
    try:
        chosen = [[name for name in names if re.search(pattern, name)] for names in (base, changed)]
    except re.error as error:
        raise Stop(MISUSE, f"--filter '{pattern}' is no regular expression: {error}") from error
    if not chosen[0] and not chosen[1]:
        raise Stop(MISUSE, f"--filter '{pattern}' finds no benchmark; "
                           "`myelin_bench --benchmark_list_tests=true` lists them")
    return ([name for name in chosen[1] if name in chosen[0]], [name for name in chosen[0] if name not in chosen[1]],
            [name for name in chosen[1] if name not in chosen[0]])


def measure(binary, name):
    """CPU seconds of one iteration of a benchmark."""
    exactly = re.sub(r"([][.(){}*+?^$|\\])", r"\\\1", name)
    command = [binary, f"--benchmark_filter=^{exactly}$", f"--benchmark_min_time={SECONDS_OF_RUN}",
               "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        entries = json.loads(done.stdout)["benchmarks"]
    except (ValueError, KeyError) as error:
        raise Stop(FAILED, f"{binary} ended with {done.returncode}: {done.stderr.strip()}") from error
    for entry in entries:
        if entry.get("error_occurred"):
            raise Stop(FAILED, f"{binary}: {entry['name']}: {entry['error_message']}")
    if done.returncode != 0 or [entry["name"] for entry in entries] != [name]:
        raise Stop(FAILED, f"{binary} ended with {done.returncode} and timed {entries}, not {name} alone")
    return entries[0]["cpu_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[entries[0]["time_unit"]]


def take_pairs(base, changed, copy, name, pairs, clock=time.monotonic):
    """Ratios of a benchmark, `pairs` pairs at least: the programs run as changed base copy, copy base changed, ..."""
    ratios = Ratios([], [])
    begin = clock()
    while len(ratios.changed) < pairs or len(ratios.changed) % 2 or clock() - begin < SECONDS_OF_PAIRS:
        order = (copy, base, changed) if len(ratios.changed) % 2 else (changed, base, copy)
        times = {binary: measure(binary, name) for binary in order}
        ratios.changed.append(times[changed] / times[base])
        ratios.control.append(times[copy] / times[base])
    return ratios


def spread(values):
    """A standard deviation that single outliers do not change: of a normal distribution, 1.4826 median deviations."""
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(value - middle) for value in values)


def judge(ratios):
    """The verdict on one benchmark: its ratio is beyond the limit, or it is no difference.

    The limit is as wide as what the control shows: how far its median lies from 1, and three standard errors of a
    median (1.2533 standard deviations by the root of the number of pairs; the larger of control and change), and 2 % at
    least.
    """
    ratio, control = statistics.median(ratios.changed), statistics.median(ratios.control)
    deviation = max(spread(ratios.control), spread(ratios.changed))
    error = 1.2533 * deviation / math.sqrt(len(ratios.control))
    limit = max(SMALLEST_DIFFERENCE, abs(control - 1) + STANDARD_ERRORS * error)
    word = "slower" if ratio > 1 + limit else "faster" if ratio < 1 / (1 + limit) else "no difference"
    return Verdict(ratio, control, limit, word)


def report(verdicts, only_base, only_changed):
    """The lines of the table of verdicts, with what exists on one side only."""
    width = max([len(name) for name in [*verdicts, *only_base, *only_changed]] + [9])
    lines = [f"{'benchmark':{width}}  {'time':>7}  {'control':>7}  {'seen from':>9}  verdict"]
    for name, verdict in verdicts.items():
        lines.append(f"{name:{width}}  {verdict.ratio - 1:+7.1%}  {verdict.control - 1:+7.1%}  {verdict.limit:9.1%}  "
                     f"{verdict.word}")
    lines += [f"{name:{width}}  {'-':>7}  {'-':>7}  {'-':>9}  in the base only" for name in only_base]
    lines += [f"{name:{width}}  {'-':>7}  {'-':>7}  {'-':>9}  in the working tree only" for name in only_changed]
    if any(verdict.limit > UNCLEAR for verdict in verdicts.values()):
        lines.append("Too busy a machine to see small differences: repeat with more --pairs, or when it is quieter.")
    return lines


def take_verdicts(base, pattern, pairs):
    """Builds both sides and times them: (verdicts by benchmark, names in the base only, names in the tree only)."""
    commit = builds.commit_of(base)
    base_binary, changed_binary = builds.build_commit(commit), builds.build_working_tree()
    conditions = [builds.conditions(binary.parents[1]) for binary in (base_binary, changed_binary)]
    if conditions[0] != conditions[1]:
        raise Stop(FAILED, f"base and working tree were not built alike ({conditions[0]}, {conditions[1]}): "
                           f"remove {builds.FOLDER}")
    both, only_base, only_changed = choose(names_of(base_binary), names_of(changed_binary), pattern)
    copy = base_binary.with_name("myelin_bench_control")
    shutil.copy2(base_binary, copy)
    verdicts = {}
    for name in both:
        print(f"bench: {name}", file=sys.stderr)
        verdicts[name] = judge(take_pairs(base_binary, changed_binary, copy, name, pairs))
    return verdicts, only_base, only_changed


def compare(base, pattern, pairs):
    """Prints how the working tree's speed compares with a commit's; returns the exit status."""
    verdicts, only_base, only_changed = take_verdicts(base, pattern, pairs)
    print("\n".join(report(verdicts, only_base, only_changed)))
    return SLOWER if any(verdict.word == "slower" for verdict in verdicts.values()) else NO_SLOWER
