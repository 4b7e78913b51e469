"""The history of speed, bench/history.jsonl: a line a commit, with its counts and its times beside another's."""

import collections
import datetime
import json
import pathlib
import re

from . import FAILED, MISUSE, NO_SLOWER, ROOT, Stop, builds, counts, pairs

HISTORY = ROOT / "bench" / "history.jsonl"
# What the executables are made of and read; the records themselves are written after the commit that they describe.
SOURCES = ["CMakeLists.txt", "CMakePresets.json", "sim", "models", "scenarios", "bench",
           ":!bench/counts.json", ":!bench/history.jsonl", ":!bench/*.md"]

Point = collections.namedtuple("Point", "commit date value note begins")  # begins: does not continue the line before it


def processor(cpuinfo):
    """The name of the processor in the text of /proc/cpuinfo."""
    found = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.M)
    return found.group(1).strip() if found else "unknown"


def record(base):
    """Appends the counts of the present commit, and its times beside those of `base` where that is given."""
    commit = builds.commit_of("HEAD")
    changed = builds.git("status", "--porcelain", "--", *SOURCES)
    if changed:
        raise Stop(MISUSE, f"the history names commits, and these files are in none: commit them first\n{changed}")
    conditions, instructions = counts.count_now()
    entry = {"commit": commit[:12], "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
             "processor": processor(pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")), **conditions,
             "counts": instructions}
    if base is not None:
        verdicts, _, _ = pairs.take_verdicts(base, pairs.USUAL_BENCHMARKS, pairs.USUAL_PAIRS)
        entry["base"] = builds.commit_of(base)[:12]
        entry["times"] = {name: {"ratio": round(verdict.ratio, 4), "control": round(verdict.control, 4),
                                 "limit": round(verdict.limit, 4)} for name, verdict in verdicts.items()}
    with HISTORY.open("a", encoding="utf-8") as history:
        history.write(json.dumps(entry) + "\n")
    print(f"bench: {commit[:12]} is recorded in {HISTORY.relative_to(ROOT)}")
    return NO_SLOWER


def read():
    """The entries of the history, oldest first."""
    if not HISTORY.exists():
        raise Stop(FAILED, f"there is no {HISTORY.relative_to(ROOT)} yet: scripts/bench record writes its first line")
    return [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines() if line.strip()]


def trend_of_counts(entries):
    """Points in million instructions by case; counts of another compiler, its flags or another valgrind begin anew."""
    lines, latest = {}, {}
    for entry in entries:
        conditions = tuple(entry[key] for key in ("compiler", "flags", "valgrind"))
        for name, number in entry["counts"].items():
            point = Point(entry["commit"], entry["date"], number / 1e6, f"{entry['compiler']}, {entry['valgrind']}",
                          latest.get(name) != conditions)
            lines.setdefault(name, []).append(point)
            latest[name] = conditions
    return lines


def trend_of_times(entries):
    """Points by benchmark, in times of a line's first commit: a ratio times the point of the commit timed beside.

    Beside a commit that has no point itself, the line begins anew, with that commit at 1.
    """
    lines = {}
    for entry in entries:
        for name, time in entry.get("times", {}).items():
            line = lines.setdefault(name, [])
            known = {point.commit: point.value for point in line}
            begins = entry["base"] not in known
            if begins:
                line.append(Point(entry["base"], "", 1.0, "begins a line", True))
            note = (f"{time['ratio'] - 1:+.1%} beside {entry['base']}, control {time['control'] - 1:+.1%}, "
                    f"seen from {time['limit']:.1%}")
            value = time["ratio"] * (1.0 if begins else known[entry["base"]])
            line.append(Point(entry["commit"], entry["date"], value, note, False))
    return lines
