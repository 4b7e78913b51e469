#!/usr/bin/python3
"""Files that are made to harm, or are of another kind, are refused by every command that reads one.

usage: hostile_test.py MYELIN SOURCE_FOLDER [RANDOM_CASES NUMBER_CASES]

Each way of harm is a function that changes a good file; the checksum at its end is made good again, so that the check
behind it is reached. A command must end with its code for such a file and a message that names the file and the cause,
in little time and memory. Then bytes are changed at random, by a fixed seed.
"""

import collections
import hashlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import h5py

    from hostile_files import RESULTS, UNITS, fewer_tallies
except ImportError:
    print("no h5py here")
    sys.exit(77)

MYELIN, SOURCE = sys.argv[1], Path(sys.argv[2])
LEAD = b"\nmyelin file sha256 "
MEBIBYTE = 1 << 20
ADDRESS_SPACE = 1024 * MEBIBYTE
MOST_MEMORY_KIB = 200 * 1024
MOST_SECONDS = 20  # of the wall; a loaded machine is slow, and memory and processor time are bounded besides
MOST_CPU_SECONDS = 4
MOST_ANALYSIS_SECONDS = 15
RANDOM_CASES, NUMBER_CASES = (int(number) for number in sys.argv[3:5]) if len(sys.argv) > 4 else (200, 10)


class Ended:
    """How a command ended: its code, what it said, and what it took, its children included."""

    def __init__(self, arguments, limit=True):
        def limits():
            if limit:
                resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        environment = dict(os.environ, OMP_NUM_THREADS="2")
        process = subprocess.Popen([MYELIN, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL, preexec_fn=limits, env=environment)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            out, err = process.communicate(timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\nTIMEOUT"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.code, self.out, self.err = process.returncode, out.decode(errors="replace"), err.decode(errors="replace")
        self.cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.most_kib = after.ru_maxrss  # the largest of all so far


def take_checksum_off(path):
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(LEAD)])


def put_checksum_on(path):
    data = path.read_bytes()
    path.write_bytes(data + LEAD + hashlib.sha256(data).hexdigest().encode() + b"\n")


failures = []
count = 0
reasons = collections.Counter()


def judge(what, ended, code, pattern, name, cpu_seconds=MOST_CPU_SECONDS):
    """Notes what is wrong with how a command ended on a hostile file."""
    global count
    count += 1
    wrong = []
    if ended.code not in code:
        wrong.append(f"ended with {ended.code}")
    if pattern and not re.search(pattern, ended.err):
        wrong.append(f"does not say '{pattern}'")
    if name and not any(each in ended.err for each in name.split("|")):
        wrong.append("does not name the file")
    if "internal error" in ended.err or "TIMEOUT" in ended.err:
        wrong.append("goes wrong inside")
    if ended.cpu_seconds > cpu_seconds:
        wrong.append(f"takes {ended.cpu_seconds:.1f} s of a processor")
    if ended.most_kib > MOST_MEMORY_KIB:
        wrong.append(f"takes {ended.most_kib // 1024} MB")
    if wrong:
        failures.append(f"{what}: {', '.join(wrong)}: {ended.err.strip()[-300:]}")


def altered(good, path, change):
    """A copy of a good file, changed, with a good checksum."""
    shutil.copyfile(good, path)
    take_checksum_off(path)
    file = h5py.File(path, "r+")
    change(file)
    if file:
        file.close()
    put_checksum_on(path)


def check_not_ours(folder, good):
    """What is no file of ours at all, or only a part of one."""
    whole = good.read_bytes()
    kinds = {
        "empty": b"",
        "text": b"[scenario]\ntitle = 'no HDF5'\n",
        "only a signature": whole[:8],
        "the first half": whole[: len(whole) // 2],
        "all but the last byte": whole[:-1],
        "a byte changed": whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
        "zeros behind a signature": whole[:8] + bytes(100_000),
    }
    for kind, content in kinds.items():
        path = folder / "kind.h5"
        path.write_bytes(content)
        for command in (["analyse", path], ["digest", path], ["merge", path, "-o", folder / "merged.h5"]):
            judge(f"{command[0]}: {kind}", Ended(command), (2, 3), "", path.name)


def check_results(folder, good):
    scenario = SOURCE / "scenarios/examples/sick_sicker.toml"
    for name, (change, pattern) in RESULTS.items():
        path = folder / "hostile.h5"
        altered(good, path, change)
        judge(f"digest: {name}", Ended(["digest", path]), (3,), pattern, path.name)
        # The others read through the same function: one of them in turn.
        others = [(["analyse", path, "--json"], (3,)), (["run", scenario, "-o", path], (2,)), (["merge", path, "-o", path], (2,))]
        command, code = others[len(name) % 3]
        judge(f"{command[0]}: {name}", Ended(command), code, "" if command[0] == "merge" else pattern, path.name)


def check_against_scenario(folder, good):
    """Numbers that fit one another and not the scenario beside them."""
    path = folder / "hostile.h5"
    altered(good, path, fewer_tallies)
    judge("digest: fewer tallies", Ended(["digest", path]), (0,), "", "")
    judge("analyse: fewer tallies", Ended(["analyse", path, "--json"]), (0,), "", "", 10)
    judge("price again: fewer tallies", Ended(["analyse", path, "--set", "analysis.discount_cost=0.01"]), (2,),
          "is not what its scenario counts", "", 10)


def check_units(folder, part, batch, scenario, options):
    work = folder / "work.h5"
    unfinished = folder / "work.h5.unfinished"
    late = "not of the shape"
    for number, (name, (change, pattern)) in enumerate(UNITS.items()):
        path = folder / "part.h5"
        altered(part, path, change)
        found_late = pattern == late
        judge(f"merge: {name}", Ended(["merge", path, "-o", folder / "merged.h5"]), (3,) if found_late else (2,), pattern,
              "" if found_late else path.name)
        if number % 3 != len(UNITS) % 3:  # the same class reads both, and a run takes longer
            continue
        unfinished.mkdir(exist_ok=True)
        work.unlink(missing_ok=True)
        altered(batch, unfinished / "batch-000000.h5", change)
        judge(f"go on: {name}", Ended(["run", scenario, *options, "-o", work]), (3,) if found_late else (2,), pattern,
              "" if found_late else "batch-000000.h5")


def check_random(folder, good, part):
    """Bytes at random places, mostly where HDF5 keeps its structure; whatever is made of them, it is no harm."""
    random.seed(20261124)
    digest = Ended(["digest", good]).out
    path = folder / "random.h5"
    accepted = same = 0
    for case in range(RANDOM_CASES):
        source = part if case % 4 == 3 else good
        data = bytearray(source.read_bytes())
        del data[data.rindex(LEAD) :]
        structure = [match.start() for match in re.finditer(rb"TREE|HEAP|SNOD|GCOL|OHDR|OCHK|BTHD|BTLF|FRHP|FHDB", data)]
        for _ in range(random.choice((1, 1, 2, 8))):
            place = random.choice(structure) + random.randrange(200) if structure and case % 3 else random.randrange(len(data))
            data[min(place, len(data) - 1)] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
        path.write_bytes(data)
        put_checksum_on(path)
        command = ["merge", path, "-o", folder / "merged.h5"] if source is part else ["digest", path]
        ended = Ended(command)
        judge(f"random {case}", ended, (0, 2, 3), "", "" if ended.code == 0 else f"{path.name}|finished unit of work")
        if case % 6 == 1 and ended.code == 0 and ended.out != digest:
            judge(f"random {case}, shown", Ended(["analyse", path, "--json"]), (0, 2, 3), "", "", MOST_ANALYSIS_SECONDS)
        accepted += ended.code == 0
        for reason in ("the HDF5 library fails on it", "finds no end", "more memory than a file"):
            reasons[reason] += reason in ended.err
        same += ended.code == 0 and ended.out == digest
        (folder / "merged.h5").unlink(missing_ok=True)
    print(f"of {RANDOM_CASES} files changed at random {accepted} are read, {same} of them to the same digest; {dict(reasons)}")


def check_random_numbers(folder, good):
    """Files in which everything is well but a number, which `analyse` has to live with."""
    random.seed(20261125)
    path = folder / "number.h5"
    for case in range(NUMBER_CASES):
        said = []

        def change(file):
            numbers = []
            file.visititems(lambda name, item: numbers.append(name)
                            if isinstance(item, h5py.Dataset) and item.dtype.kind in "fu" and item.size > 0 else None)
            dataset = file[random.choice(numbers)]
            place = tuple(random.randrange(extent) for extent in dataset.shape)
            value = random.choice((0, 1, 3, 1e300, -1e300, 1e-300, -1) if dataset.dtype.kind == "f" else (0, 1, 2, 3, 1 << 40))
            said.append(f"{dataset.name}{place} = {value}")
            dataset[place] = value

        altered(good, path, change)
        ended = Ended(["analyse", path, "--json"])
        judge(f"number {case}: {said}", ended, (0, 2, 3), "", "" if ended.code == 0 else path.name, MOST_ANALYSIS_SECONDS)


def main():
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good, part = folder / "good.h5", folder / "good_part.h5"
        scenario = SOURCE / "scenarios/ms/base_case_uk.toml"
        options = ["--strategies", "best_supportive_care,ahsct", "--patients", "64", "--patients-per-draw", "64",
                   "--draws", "2", "--engine", "microsimulation", "--quiet"]
        for arguments in (["run", scenario, *options, "-o", good], ["run", scenario, *options, "--task", "1/1", "-o", part],
                          ["merge", part, "--quiet", "-o", folder / "joined.h5"]):
            ended = Ended(arguments, limit=False)
            assert ended.code == 0, ended.err
        assert Ended(["digest", good]).out == Ended(["digest", folder / "joined.h5"]).out
        check_not_ours(folder, good)
        check_results(folder, good)
        check_against_scenario(folder, good)
        batch = folder / "batch.h5"
        altered(part, batch, lambda file: None)  # a part is a batch with a share
        check_units(folder, part, batch, scenario, options)
        # Of a scenario that is soon merged, since many changes leave a part as good as it was.
        quick = folder / "quick_part.h5"
        assert Ended(["run", SOURCE / "scenarios/examples/sick_sicker.toml", "--engine", "microsimulation", "--patients", "64",
                      "--task", "1/1", "--quiet", "-o", quick], limit=False).code == 0
        check_random(folder, good, quick)
        check_random_numbers(folder, good)
    for failure in failures:
        print(failure)
    print(f"{count - len(failures)} passed, {len(failures)} failed in {time.monotonic() - begin:.0f} s")
    return 1 if failures or count < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
