"""Instructions that small runs execute: they repeat, so that 1 % shows where times would need many pairs."""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import FAILED, NO_SLOWER, ROOT, SKIPPED, SLOWER, Stop, builds

RECORDED = ROOT / "bench" / "counts.json"
TOLERANCE = 0.01

# Valgrind 3.19 knows no AVX-512. One thread: with more, waiting would count.
SETTINGS = ["--threads", "1", "--instruction-set", "avx2", "--progress", "none", "--json"]
EDSS11 = ["run", "scenarios/examples/edss11.toml"]
BASE_CASE = ["run", "scenarios/ms/base_case_uk.toml"]
TWO_STRATEGIES = [*BASE_CASE, "--strategies", "ahsct,ocrelizumab"]
COHORT = [*BASE_CASE, "--engine", "cohort", "--strategies"]

# A case is a run, or what it takes more than a smaller one: reading the scenario costs as much as thousands of
# patients, and a slower engine would hide behind it.
Case = collections.namedtuple("Case", "meaning run less")
CASES = {
    "start/ms_base_case": Case("reading and preparing two strategies, with 1,024 patients",
                               [*TWO_STRATEGIES, "--patients", "1024"], None),
    "microsimulation/edss11": Case("102,400 patients instead of 1,024", [*EDSS11, "--patients", "102400"],
                                   [*EDSS11, "--patients", "1024"]),
    "microsimulation/ms_base_case": Case("10,240 patients instead of 1,024, two strategies",
                                         [*TWO_STRATEGIES, "--patients", "10240"],
                                         [*TWO_STRATEGIES, "--patients", "1024"]),
    "cohort/ms_base_case": Case("ocrelizumab beside fingolimod", [*COHORT, "fingolimod,ocrelizumab"],
                                [*COHORT, "fingolimod"]),
}

Change = collections.namedtuple("Change", "name recorded now word")


def callgrind(binary, arguments):
    """The instructions that one run of `binary` executes."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder, "callgrind")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", str(binary), *arguments, *SETTINGS]
        # The environment lies on the stack of the process and would move what is counted.
        done = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Stop(FAILED, f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return int(re.search(r"^totals: (\d+)", output.read_text(encoding="utf-8"), re.M).group(1))


def count(binary, run=callgrind):
    """Instructions by case; a run that several cases need is made once."""
    made = {}

    def instructions(arguments):
        if tuple(arguments) not in made:
            made[tuple(arguments)] = run(binary, arguments)
        return made[tuple(arguments)]

    return {name: instructions(case.run) - (instructions(case.less) if case.less else 0)
            for name, case in CASES.items()}


def conditions():
    """What counts depend on beside the sources of build/release."""
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {**builds.conditions(builds.RELEASE), "valgrind": version}


def why_uncountable():
    """Why instructions cannot be counted on this machine; empty if they can."""
    if shutil.which("valgrind") is None:
        return "valgrind is not installed (scripts/setup --tests installs it)"
    if not re.search(r"^flags\s*:.*\bavx2\b", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M):
        return "this processor has no AVX2, for which instructions are counted"
    return ""


def why_incomparable(recorded, present):
    """What differs between the conditions of the recorded counts and those of a build; empty if nothing does."""
    return "; ".join(f"{name} is {present.get(name)}, recorded with {recorded.get(name)}"
                     for name in sorted({*recorded, *present}) if recorded.get(name) != present.get(name))


def changes(recorded, now):
    """One Change for each case that is recorded or counted now."""

    def word(name):
        if name not in now:
            return "recorded, but no longer a case"
        if name not in recorded:
            return "not recorded"
        if now[name] > recorded[name] * (1 + TOLERANCE):
            return "more"
        return "less" if now[name] < recorded[name] * (1 - TOLERANCE) else "same"

    return [Change(name, recorded.get(name), now.get(name), word(name)) for name in {**recorded, **now}]


def report(made):
    """The lines of the table of changes, with what to do."""
    width = max(len(change.name) for change in made)
    millions = lambda count: "-" if count is None else f"{count / 1e6:.2f}"
    lines = [f"{'million instructions':{width}}  {'recorded':>10}  {'now':>10}  {'change':>8}"]
    for change in made:
        percent = "-" if None in (change.recorded, change.now) else f"{change.now / change.recorded - 1:+.2%}"
        lines.append(f"{change.name:{width}}  {millions(change.recorded):>10}  {millions(change.now):>10}  "
                     f"{percent:>8}  {change.word}")
    words = {change.word for change in made}
    if words - {"same", "less"}:
        lines.append("If that is meant, say why in the commit and renew the counts: scripts/bench count --record")
    elif "less" in words:
        lines.append("Renew the counts, or what was won can be lost unseen: scripts/bench count --record")
    return lines


def exit_status(made):
    """Slower unless every case is recorded and takes no more than that."""
    return NO_SLOWER if all(change.word in ("same", "less") for change in made) else SLOWER


def count_now():
    """(conditions, counts) of the working tree; Stop with status 3 where nothing can be counted."""
    reason = why_uncountable()
    if reason:
        raise Stop(FAILED, reason)
    binary = builds.build_release()
    return conditions(), count(binary)


def record():
    """Writes the counts of the working tree to bench/counts.json."""
    holds_for, instructions = count_now()
    text = json.dumps({"holds_for": holds_for, "instructions": instructions}, indent=2)
    RECORDED.write_text(text + "\n", encoding="utf-8")
    print("\n".join(f"{name}: {number:,} instructions" for name, number in instructions.items()))
    return NO_SLOWER


def check():
    """Prints how the instructions of the working tree compare with bench/counts.json; returns the exit status."""
    reason = why_uncountable()
    if reason:
        raise Stop(SKIPPED, f"SKIPPED, no instructions were counted: {reason}")
    if not RECORDED.exists():
        raise Stop(FAILED, f"there is no {RECORDED.relative_to(ROOT)}: scripts/bench count --record writes it")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    binary = builds.build_release()
    reason = why_incomparable(recorded["holds_for"], conditions())
    if reason:
        raise Stop(SKIPPED, f"SKIPPED, no instructions were counted: {reason}")
    made = changes(recorded["instructions"], count(binary))
    print("\n".join(report(made)))
    return exit_status(made)
