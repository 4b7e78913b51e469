"""Holds the judgement of scripts/bench, on made-up times and counts: slowdowns are flagged, noise is not.

usage: bench_test.py SOURCE_DIR
"""

import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

from benchmarks import Stop, builds, counts, history, page, pairs  # noqa: E402

# Stands in for myelin_bench: each run takes the next of its times, so that two programs can be told apart.
PROGRAM = """#!/usr/bin/python3
import json, pathlib, re, sys
here = pathlib.Path(__file__)
with open(here.parent / "order", "a") as order: order.write(here.name + " ")
times = json.loads((here.parent / (here.name + ".json")).read_text())
if "--benchmark_list_tests=true" in sys.argv:
    print("\\n".join(times))
    sys.exit(0)
pattern = next(word.partition("=")[2] for word in sys.argv if word.startswith("--benchmark_filter="))
entries = []
for name in times:
    if re.search(pattern, name):
        value = times[name].pop(0)
        entries.append({"name": name, "error_occurred": True, "error_message": value} if isinstance(value, str) else
                       {"name": name, "cpu_time": value, "time_unit": "ms"})
(here.parent / (here.name + ".json")).write_text(json.dumps(times))
print(json.dumps({"benchmarks": entries}))
"""


def ratios(pairs_, slowdown, noise, seed):
    """Pairs with independent relative errors of standard deviation `noise`, and a few runs that were disturbed."""
    chance = random.Random(seed)
    time = lambda factor: factor * (1 + chance.gauss(0, noise) + (chance.random() < 0.1) * 8 * noise * chance.random())
    made = pairs.Ratios([], [])
    for _ in range(pairs_):
        base = time(1)
        made.changed.append(time(slowdown) / base)
        made.control.append(time(1) / base)
    return made


class Verdicts(unittest.TestCase):
    def words(self, slowdown, noise):
        return [pairs.judge(ratios(10, slowdown, noise, seed)).word for seed in range(300)]

    def test_slowdown_is_flagged(self):
        self.assertGreater(self.words(1.05, 0.005).count("slower"), 295)
        self.assertGreater(self.words(1.10, 0.02).count("slower"), 250)

    def test_gain_is_flagged(self):
        self.assertGreater(self.words(1 / 1.05, 0.005).count("faster"), 295)

    def test_noise_is_not_flagged(self):
        for noise in (0, 0.005, 0.02, 0.05):
            self.assertLessEqual(300 - self.words(1, noise).count("no difference"), 3, f"noise {noise}")

    def test_limit_is_wider_than_what_the_control_shows(self):
        quiet = pairs.judge(pairs.Ratios([1.03] * 10, [1.0] * 10))
        self.assertEqual((quiet.word, quiet.limit), ("slower", 0.02))
        shifted = pairs.judge(pairs.Ratios([1.03] * 10, [1.035] * 10))
        self.assertEqual(shifted.word, "no difference")
        # Median deviation 0.05: three times 1.2533 x 1.4826 x 0.05 / root of 10.
        wide = pairs.judge(pairs.Ratios([1.08] * 10, [0.95, 1.05] * 5))
        self.assertAlmostEqual(wide.limit, 0.08814, places=4)
        self.assertEqual(wide.word, "no difference")

    def test_one_disturbed_pair_decides_nothing(self):
        self.assertEqual(pairs.judge(pairs.Ratios([1.0] * 9 + [3.0], [1.0] * 10)).word, "no difference")


class Choice(unittest.TestCase):
    def test_one_sided_benchmarks_are_named(self):
        chosen = pairs.choose(["a/x", "a/old", "b"], ["a/new", "a/x", "b"], "^a/")
        self.assertEqual(chosen, (["a/x"], ["a/old"], ["a/new"]))
        text = "\n".join(pairs.report({"a/x": pairs.Verdict(1.0, 1.0, 0.02, "no difference")}, ["a/old"], ["a/new"]))
        self.assertRegex(text, r"a/old .* in the base only\na/new .* in the working tree only")

    def test_filter_that_finds_nothing_is_misuse(self):
        for pattern in ("nothing", "("):
            with self.assertRaisesRegex(Stop, "--filter") as stopped:
                pairs.choose(["a"], ["a"], pattern)
            self.assertEqual(stopped.exception.code, 2)

    def test_busy_machine_is_told(self):
        told = lambda limit: "Too busy" in "\n".join(pairs.report({"a": pairs.Verdict(1.0, 1.0, limit, "")}, [], []))
        self.assertEqual([told(0.02), told(0.08)], [False, True])


class Programs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def program(self, name, times):
        path = self.folder / name
        path.write_text(PROGRAM, encoding="utf-8")
        path.chmod(0o755)
        (self.folder / (name + ".json")).write_text(json.dumps(times), encoding="utf-8")
        return path

    def test_pairs_are_interleaved_and_divided(self):
        base = self.program("base", {"a.b": [2, 4, 2, 4, 2, 4], "axb": []})
        changed = self.program("changed", {"a.b": [3, 6, 3, 6, 3, 6], "axb": []})
        copy = self.program("copy", {"a.b": [2, 4, 2, 4, 2, 4], "axb": []})
        made = pairs.take_pairs(base, changed, copy, "a.b", 6, clock=itertools.count(0, 40).__next__)
        self.assertEqual(made, pairs.Ratios([1.5] * 6, [1.0] * 6))
        order = (self.folder / "order").read_text(encoding="utf-8").split()
        self.assertEqual(order, ["changed", "base", "copy", "copy", "base", "changed"] * 3)

    def test_what_takes_little_time_gets_more_pairs_and_always_an_even_number(self):
        programs = [self.program(name, {"a": [1] * 9}) for name in ("base", "changed", "copy")]
        made = pairs.take_pairs(*programs, "a", 2, clock=itertools.count(0, 9).__next__)
        self.assertEqual(len(made.changed), 8)

    def test_names_are_listed(self):
        self.assertEqual(pairs.names_of(self.program("base", {"a": [], "b/c": []})), ["a", "b/c"])

    def test_wrong_answer_ends_the_comparison(self):
        with self.assertRaisesRegex(Stop, "a: wrong answer") as stopped:
            pairs.measure(self.program("base", {"a": ["wrong answer"]}), "a")
        self.assertEqual(stopped.exception.code, 3)

    def test_benchmark_that_was_not_timed_ends_the_comparison(self):
        with self.assertRaisesRegex(Stop, "timed"):
            pairs.measure(self.program("base", {"a": [1]}), "b")


class Counts(unittest.TestCase):
    def words(self, recorded, now):
        return {change.name: change.word for change in counts.changes(recorded, now)}

    def test_one_percent_decides(self):
        recorded = {"a": 100000, "b": 100000, "c": 100000, "d": 100000}
        now = {"a": 101001, "b": 101000, "c": 99000, "d": 98999}
        self.assertEqual(self.words(recorded, now), {"a": "more", "b": "same", "c": "same", "d": "less"})

    def test_exit_status(self):
        status = lambda recorded, now: counts.exit_status(counts.changes(recorded, now))
        self.assertEqual(status({"a": 100}, {"a": 100}), 0)
        self.assertEqual(status({"a": 100}, {"a": 90}), 0)
        self.assertEqual(status({"a": 100, "b": 100}, {"a": 90, "b": 102}), 1)
        self.assertEqual(status({"a": 100}, {"a": 100, "b": 1}), 1)
        self.assertEqual(status({"a": 100, "b": 1}, {"a": 100}), 1)

    def test_report_names_what_is_missing_and_what_to_do(self):
        text = "\n".join(counts.report(counts.changes({"gone": 1, "a": 100}, {"a": 90, "new": 1})))
        self.assertRegex(text, "gone .* recorded, but no longer a case")
        self.assertRegex(text, "new .* not recorded")
        self.assertIn("count --record", "\n".join(counts.report(counts.changes({"a": 100}, {"a": 90}))))
        self.assertNotIn("--record", "\n".join(counts.report(counts.changes({"a": 100}, {"a": 100}))))

    def test_a_case_is_a_difference_and_runs_are_made_once(self):
        runs = []

        def run(binary, arguments):
            runs.append(tuple(arguments))
            return 1000 if "--patients" in arguments and arguments[-1] == "1024" else 5000

        counted = counts.count("myelin", run)
        self.assertEqual(counted["start/ms_base_case"], 1000)
        self.assertEqual(counted["microsimulation/ms_base_case"], 4000)
        self.assertEqual(len(runs), len(set(runs)))

    def test_other_conditions_are_told(self):
        conditions = {"compiler": "g++ 12", "flags": "-O3", "valgrind": "3.19"}
        self.assertEqual(counts.why_incomparable(conditions, dict(conditions)), "")
        self.assertIn("compiler is g++ 13, recorded with g++ 12",
                      counts.why_incomparable(conditions, {**conditions, "compiler": "g++ 13"}))

    def test_recorded_counts_are_those_of_the_cases(self):
        recorded = json.loads((ROOT / "bench" / "counts.json").read_text(encoding="utf-8"))
        self.assertEqual(set(recorded["instructions"]), set(counts.CASES))
        self.assertEqual(set(recorded["holds_for"]), {"compiler", "flags", "valgrind"})

    def test_settings_of_a_build(self):
        cache = "CMAKE_BUILD_TYPE:STRING=Release\nCMAKE_CXX_FLAGS:STRING=\nMYELIN_CONTRACTS:BOOL=OFF\nOTHER:BOOL=ON\n"
        self.assertEqual(builds.settings_in(cache), "CMAKE_BUILD_TYPE=Release MYELIN_CONTRACTS=OFF")


def entry(commit, count, base=None, ratio=None, compiler="g++ 12"):
    made = {"commit": commit, "date": "2026-01-01", "processor": "x", "compiler": compiler, "flags": "-O3",
            "valgrind": "3.19", "counts": {"a": count}}
    if base:
        made.update(base=base, times={"t<1>": {"ratio": ratio, "control": 1.0, "limit": 0.02}})
    return made


class History(unittest.TestCase):
    def test_ratios_are_chained(self):
        entries = [entry("b", 1, "a", 1.1), entry("c", 1), entry("d", 1, "b", 0.5), entry("e", 1, "z", 2.0)]
        line = history.trend_of_times(entries)["t<1>"]
        self.assertEqual([(point.commit, round(point.value, 6), point.begins) for point in line],
                         [("a", 1.0, True), ("b", 1.1, False), ("d", 0.55, False), ("z", 1.0, True), ("e", 2.0, False)])

    def test_other_compiler_begins_a_line(self):
        line = history.trend_of_counts([entry("a", 2e6), entry("b", 3e6), entry("c", 4e6, compiler="g++ 13")])["a"]
        self.assertEqual([(point.value, point.begins) for point in line], [(2, True), (3, False), (4, True)])

    def test_page_is_well_formed_and_holds_every_number(self):
        text = page.draw([entry("a<b", 2e6), entry("b", 3e6, "a<b", 1.1), entry("c", 4e6, compiler="g++ 13")])
        body = text.partition("<body>")[2].partition("</body>")[0]
        tree = xml.etree.ElementTree.fromstring(f"<body>{body}</body>")
        self.assertEqual(len(tree.findall("svg")), 2)
        self.assertEqual([cell.text for cell in tree.iter("td") if cell.get("class") == "number"],
                         ["1.000", "1.100", "2.0", "3.0", "4.0"])
        path = [path.get("d") for path in tree.iter("path")][1]
        self.assertEqual((path.count("M"), path.count("L")), (2, 1))
        self.assertNotIn("http", text)

    def test_processor(self):
        self.assertEqual(history.processor("vendor : x\nmodel name\t: Some Processor\n"), "Some Processor")


class Commands(unittest.TestCase):
    def bench(self, *arguments, **environment):
        return subprocess.run([sys.executable, ROOT / "scripts" / "bench", *arguments], capture_output=True, text=True,
                              check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment})

    def test_invalid_base_is_misuse(self):
        done = self.bench("compare", "no-such-commit")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "'no-such-commit' names no commit of this repository|no git repository")

    def test_odd_or_few_pairs_are_misuse(self):
        for pairs_ in ("7", "4", "x"):
            self.assertEqual(self.bench("compare", "HEAD", "--pairs", pairs_).returncode, 2)

    def test_without_valgrind_the_count_is_skipped_and_says_so(self):
        with tempfile.TemporaryDirectory() as empty:
            done = self.bench("count", PATH=empty)
        self.assertEqual(done.returncode, 77)
        self.assertIn("SKIPPED, no instructions were counted: valgrind is not installed", done.stderr)


if __name__ == "__main__":
    unittest.main()
