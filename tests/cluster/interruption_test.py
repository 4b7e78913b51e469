"""Runs that are divided, killed, starved of disk, damaged or started twice give the digest of an undisturbed run.

usage: interruption_test.py MYELIN SOURCE_FOLDER KILLS [MYELIN_MPI]

KILLS is how often runs are killed in each of three ways of dividing the work: not at all, as tasks of an array and, where
MYELIN_MPI is there, as ranks. Times of kills come from a fixed seed, but where they strike does not repeat.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MYELIN, SOURCE = sys.argv[1], Path(sys.argv[2])
KILLS = int(sys.argv[3])
MPI = sys.argv[4] if len(sys.argv) > 4 else None

# Many units of both kinds, each in milliseconds: (scenario, options).
WORK = {
    "patients": ("scenarios/examples/edss11.toml", ["--engine", "microsimulation", "--patients", "12000000"]),
    "draws": ("scenarios/ms/base_case_uk.toml",
              ["--engine", "microsimulation", "--patients", "64", "--patients-per-draw", "64", "--draws", "400",
               "--strategies", "best_supportive_care,fingolimod"]),
}
QUIET = ["--quiet", "--progress", "none"]
EVERY_UNIT = ["--batch-seconds", "0"]

random.seed(20261123)


def run(*arguments, code=0, program=None, **options):
    """Its standard error, once it has ended with the code that is expected."""
    done = subprocess.run([*(program or [MYELIN]), *map(str, arguments)], capture_output=True, text=True, **options)
    assert done.returncode == code, f"exit {done.returncode}, not {code}: {arguments}\n{done.stderr}"
    return done.stderr


def digest(path):
    return subprocess.run([MYELIN, "digest", str(path)], capture_output=True, text=True, check=True).stdout.strip()


def left_over(folder):
    return sorted(path.name for path in folder.iterdir() if "unfinished" in path.name)


class Work:
    """A scenario with a way of simulating it, and the digest of an undisturbed run."""

    def __init__(self, folder, scenario, options):
        self.folder, self.scenario, self.options = folder, scenario, options
        self.output = folder / "undisturbed.h5"
        begin = time.monotonic()
        run("run", scenario, *options, *QUIET, "-o", self.output)
        self.seconds = time.monotonic() - begin
        self.digest = digest(self.output)

    def command(self, output, *more):
        return ["run", self.scenario, *self.options, *QUIET, "-o", output, *more]

    def check(self, path, what):
        assert digest(path) == self.digest, f"{what}: another digest"
        assert not left_over(path.parent), f"{what}: {left_over(path.parent)} left behind"


def kill_until_done(command, output, kills, processes=None):
    """Starts a run again and again and kills it at random moments, as often as is asked; then lets it end. Returns how
    often it was killed in the middle of its work."""
    killed = 0
    begin = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - begin
    while killed < kills:
        output.unlink(missing_ok=True)
        while killed < kills:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)
            try:
                process.wait(timeout=random.uniform(0.1, 0.6) * whole)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                for _ in range(200 if processes else 0):  # ranks have sessions of their own
                    if subprocess.run(["pkill", "-KILL", "-f", processes], check=False).returncode != 0:
                        break
                    time.sleep(0.01)
                killed += 1
                continue
            assert process.returncode == 0, f"exit {process.returncode}: {command}"
            break
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return killed


def check_division(work):
    """Threads, tasks and ranks."""
    for threads in (1, 4):
        output = work.folder / f"threads{threads}.h5"
        run(*work.command(output, "--threads", threads))
        work.check(output, f"{threads} threads")
    for tasks in (1, 3, 8):
        parts = [work.folder / f"part{task}of{tasks}.h5" for task in range(1, tasks + 1)]
        for task, part in enumerate(parts, start=1):
            run(*work.command(part, "--task", f"{task}/{tasks}"))
        random.shuffle(parts)
        merged = work.folder / f"merged{tasks}.h5"
        run("merge", *parts, *QUIET, "-o", merged)
        work.check(merged, f"{tasks} tasks")
    for ranks in (1, 2, 3) if MPI else ():
        output = work.folder / f"ranks{ranks}.h5"
        run(*work.command(output), program=ranks_of(ranks))
        work.check(output, f"{ranks} ranks")


def ranks_of(ranks):
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMP_NUM_THREADS="1",
                      OMPI_MCA_rmaps_base_oversubscribe="1")
    return ["mpirun", "-n", str(ranks), MPI]


def check_kills(work):
    killed = {}
    output = work.folder / "killed.h5"
    command = [MYELIN, *map(str, work.command(output, *EVERY_UNIT))]
    killed["plain"] = kill_until_done(command, output, KILLS)
    work.check(output, "killed")

    parts = [work.folder / f"killed{task}of3.h5" for task in (1, 2, 3)]
    killed["tasks"] = 0
    for task, part in enumerate(parts, start=1):
        command = [MYELIN, *map(str, work.command(part, *EVERY_UNIT, "--task", f"{task}/3"))]
        killed["tasks"] += kill_until_done(command, part, (KILLS + 2) // 3)
    run("merge", *parts, *QUIET, "-o", output)
    work.check(output, "killed tasks")

    if MPI:
        output = work.folder / "killed_ranks.h5"
        command = [*ranks_of(2), *map(str, work.command(output, *EVERY_UNIT))]
        killed["ranks"] = kill_until_done(command, output, KILLS, processes=str(output))
        work.check(output, "killed ranks")
    return killed


def start_and_stop(work, output, wanted, *more, sent=signal.SIGTERM):
    """The folder of an unfinished run that was told to end when it had kept some batches."""
    folder = Path(f"{output}.unfinished")
    process = subprocess.Popen([MYELIN, *map(str, work.command(output, *EVERY_UNIT, *more))], stderr=subprocess.PIPE,
                               text=True)
    while len(list(folder.glob("batch-*.h5"))) < wanted and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(sent)
    message = process.communicate()[1]
    assert process.returncode == 130, f"exit {process.returncode} after {sent}: the run was too short for this test"
    assert "the same command goes on from there" in message, message
    return folder


def check_signals(work):
    for sent in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
        output = work.folder / "stopped.h5"
        output.unlink(missing_ok=True)
        start_and_stop(work, output, 2, sent=sent)
        assert not output.exists()
        run(*work.command(output))
        work.check(output, f"after {sent.name}")


def check_left_over(work):
    """Killed after its output was whole and before its folder was gone."""
    for output, more in ((work.folder / "whole.h5", []), (work.folder / "whole1of2.h5", ["--task", "1/2"])):
        folder = start_and_stop(work, output, 2, *more)
        shutil.copytree(folder, work.folder / "aside")
        for once_more in (False, True):
            if once_more:
                shutil.move(work.folder / "aside", folder)
            run(*work.command(output, *more))
            assert not left_over(work.folder), f"{left_over(work.folder)} left behind"
    assert digest(work.folder / "whole.h5") == work.digest


def check_damage(work):
    """One bit of a batch, of a part and of what is missing or strange."""
    output = work.folder / "damaged.h5"
    folder = start_and_stop(work, output, 3)
    batch = random.choice(sorted(folder.glob("batch-*.h5")))
    flip_a_bit(batch)
    message = run(*work.command(output), code=2)
    assert batch.name in message and "--remake-damaged" in message, message
    run(*work.command(output, "--remake-damaged"))
    work.check(output, "a damaged batch")

    parts = [work.folder / f"part{task}of3.h5" for task in (1, 2, 3)]
    bad, foreign, merged = work.folder / "bad.h5", work.folder / "foreign.h5", work.folder / "never.h5"
    shutil.copy(parts[1], bad)
    flip_a_bit(bad)
    run(*work.command(foreign, "--task", "2/3", "--seed", "5"))
    for given, problem in (
        ([parts[0], parts[2]], "no part of 2"),
        ([*parts, parts[1]], "are in"),
        ([parts[0], foreign, parts[2]], "differs in scenario"),
        ([parts[0], bad, parts[2]], "checksum"),
        ([parts[0], SOURCE / "README.md", parts[2]], "cannot be used"),
    ):
        message = run("merge", *given, *QUIET, "-o", merged, code=2)
        assert problem in message and not merged.exists(), message
    message = run("merge", parts[0], parts[0], bad, foreign, "-o", merged, code=2)
    assert all(text in message for text in ("are in", "checksum", "seed")), f"not all at once: {message}"


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    position = random.randrange(len(content))
    content[position] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def check_strangers(work):
    """Another scenario's unfinished work, and two runs at once."""
    output = work.folder / "shared.h5"
    folder = start_and_stop(work, output, 2)
    message = run(*work.command(output, "--seed", "7"), code=2)
    assert "seed" in message and folder.exists(), message
    first = subprocess.Popen([MYELIN, *map(str, work.command(output, *EVERY_UNIT))])
    first.send_signal(signal.SIGSTOP)
    time.sleep(0.05)
    first.send_signal(signal.SIGCONT)
    time.sleep(0.1 * work.seconds)
    refused = subprocess.run([MYELIN, *map(str, work.command(output))], capture_output=True, text=True)
    assert first.wait() == 0
    assert refused.returncode in (0, 2) and ("another run is at work" in refused.stderr or refused.returncode == 0)
    work.check(output, "two at once")
    return refused.returncode == 2


def check_full_disk(work):
    """A disk that fills up: what is complete stays, and the run goes on when there is room."""
    disk = work.folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "myelin", str(disk)], capture_output=True).returncode:
        print("SKIPPED: a disk that fills up: no right to mount a small one")
        return
    try:
        output = disk / "full.h5"
        message = run(*work.command(output, *EVERY_UNIT), code=3)
        assert "disk is full" in message, message
        kept = len(list(Path(f"{output}.unfinished").glob("batch-*.h5")))
        assert kept > 0, "nothing was kept"
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run(*work.command(output, *EVERY_UNIT))
        work.check(output, "a full disk")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def main():
    with tempfile.TemporaryDirectory() as name:
        for kind, (scenario, options) in WORK.items():
            folder = Path(name) / kind
            folder.mkdir()
            work = Work(folder, SOURCE / scenario, options)
            check_division(work)
            killed = check_kills(work)
            check_signals(work)
            check_left_over(work)
            check_damage(work)
            locked = check_strangers(work)
            check_full_disk(work)
            print(f"{kind}: undisturbed in {work.seconds:.1f} s; killed {killed}; second run refused: {locked}")
    if not MPI:
        print("SKIPPED: ranks: this build has no myelin_mpi")


if __name__ == "__main__":
    main()
