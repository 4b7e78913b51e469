"""Builds of a commit and of the working tree, and what they were built with."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from . import FAILED, MISUSE, ROOT, Stop

FOLDER = ROOT / "build" / "bench"
RELEASE = ROOT / "build" / "release"
# What changes the code made of the same sources; the flags that the project sets are sources themselves.
SETTINGS = ("CMAKE_BUILD_TYPE", "CMAKE_CXX_FLAGS", "CMAKE_CXX_FLAGS_RELEASE", "MYELIN_CONTRACTS", "MYELIN_MULTIVERSION")


def run(command, **options):
    """Runs a command whose output is progress, shown on standard error; Stop if it fails."""
    command = [str(word) for word in command]
    if subprocess.run(command, stdout=sys.stderr, check=False, **options).returncode != 0:
        raise Stop(FAILED, f"failed: {' '.join(command)}")


def git(*arguments):
    """What git says of this repository; None if it fails."""
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def commit_of(name):
    """The full hash of the commit that `name` stands for; Stop where there is none."""
    if git("rev-parse", "--git-dir") is None:
        raise Stop(MISUSE, "this folder is no git repository, so there is no commit to compare with")
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
    if commit is None:
        raise Stop(MISUSE, f"'{name}' names no commit of this repository: "
                           "give a branch, a tag or a hash (git log --oneline)")
    return commit


def environment():
    """As scripts/build has it; paths below build/bench count as relative, so that commits share what ccache holds."""
    variables = dict(os.environ)
    if "CMAKE_CXX_COMPILER_LAUNCHER" not in variables and shutil.which("ccache"):
        variables["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    variables["CCACHE_BASEDIR"] = str(FOLDER)
    variables["CCACHE_NOHASHDIR"] = "1"
    return variables


def build(folder, target, *configure):
    """Configures with `configure`, unless that is empty, and builds a target of a build folder."""
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count()))
    if configure:
        run(["cmake", *configure], env=environment(), cwd=ROOT)
    run(["cmake", "--build", folder, "--target", target, "--parallel", jobs], env=environment())


def build_benchmarks(folder):
    """The benchmark program of the sources in `folder`/source, built in `folder`/build; what was finished stays."""
    build(folder / "build", "myelin_bench", "-S", folder / "source", "-B", folder / "build", "-G", "Ninja",
          "-DCMAKE_BUILD_TYPE=Release", "-DMYELIN_TESTS=OFF", "-DMYELIN_BENCHMARKS=ON")
    return folder / "build" / "bin" / "myelin_bench"


def build_commit(commit):
    """The benchmark program of a commit, from a worktree of its own."""
    folder = FOLDER / commit[:12]
    if not (folder / "source" / ".git").exists():
        # Forced: git still knows a worktree whose folder was removed with build/.
        run(["git", "-C", ROOT, "worktree", "add", "--force", "--detach", folder / "source", commit])
    return build_benchmarks(folder)


def build_working_tree():
    """The benchmark program of the working tree, from a link to it, so that ccache sees the paths of any commit."""
    folder = FOLDER / "working_tree"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "source").is_symlink():
        (folder / "source").symlink_to("../../..")
    return build_benchmarks(folder)


def build_release():
    """The executable that users run, in build/release; how that folder is configured stays as it is."""
    configure = [] if (RELEASE / "CMakeCache.txt").exists() else ["--preset", "release"]
    build(RELEASE, "myelin", *configure)
    return RELEASE / "bin" / "myelin"


def settings_in(cache):
    """The settings among SETTINGS that the text of a CMakeCache.txt holds, as NAME=VALUE; unset ones are left out."""
    values = dict(re.findall(r"^(\w+):\w+=(.*)$", cache, re.M))
    return " ".join(f"{name}={values[name]}" for name in SETTINGS if values.get(name))


def conditions(folder):
    """The compiler and the flags that a build folder was configured with."""
    cache = pathlib.Path(folder, "CMakeCache.txt").read_text(encoding="utf-8")
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    # CMake calls the same compiler c++ that others call g++.
    return {"compiler": re.sub(r"^[cg]\+\+(-\d+)? ", "g++ ", version), "flags": settings_in(cache)}
