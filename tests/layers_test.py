"""Holds the layer rules of sim/README.md: which folder may include which.

usage: layers_test.py SOURCE_DIR

Reads the #include lines and OpenMP pragmas of every source in sim/ and models/ and names each line that breaks a rule.
"""

import pathlib
import re
import sys
import tempfile

BELOW_ENGINE = {"core", "random", "program"}
BELOW_STUDY = BELOW_ENGINE | {"engine", "scenario"}

# What each folder of sim/ may include besides itself. An entry with a slash allows one header instead of a folder.
ALLOWED = {
    "core": set(),
    "random": {"core"},
    "program": {"core", "random"},
    "engine": BELOW_ENGINE,
    "scenario": BELOW_ENGINE,
    "study": BELOW_STUDY,
    "results": BELOW_STUDY | {"study"},
    # The result types carry the parameters with their provenance; another timing convention needs its weights.
    "economics": {"results", "core", "random", "program/parameters.hpp", "program/timing.hpp"},
    # What `analyse` is asked stands in the scenario, and some answers need the programs of the run.
    "report": BELOW_STUDY | {"study", "results", "economics"},
    "page": BELOW_STUDY | {"study", "results", "economics", "report"},
}
COMPOSER = "cli"
MODEL_MAY_INCLUDE = BELOW_ENGINE

SOURCE_SUFFIXES = {".hpp", ".cpp", ".h", ".in"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
OPENMP = re.compile(r"^\s*#\s*(pragma\s+omp\b|include\s*<omp\.h>)")
HDF5 = re.compile(r'^\s*#\s*include\s*[<"]hdf5')


def folder_of(path):
    """The layer that a path relative to the repository or to sim/ belongs to; None for a bare file name."""
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] == "sim":
        parts = parts[1:]
    if parts[0] == "models" and len(parts) > 2:
        return f"models/{parts[1]}"
    return parts[0] if len(parts) > 1 else None


def may_include(folder, target, header):
    if target == folder or folder == COMPOSER:
        return True
    allowed = MODEL_MAY_INCLUDE if folder.startswith("models/") else ALLOWED[folder]
    return target in allowed or header in allowed


def problems_of_include(root, folder, bracket, header):
    """Yields what is wrong with one #include line of a file in `folder`."""
    known = set(ALLOWED) | {COMPOSER} | {f"models/{path.name}" for path in (root / "models").glob("*/")}
    if ".." in pathlib.PurePosixPath(header).parts:
        yield f"{header}: paths start at sim/ or at the repository, never at the including file"
        return
    target = folder_of(header)
    if target is None or (bracket == "<" and target not in known):
        return
    if target not in known:
        yield f"{header}: {target} is no layer"
        return
    if not ((root / "sim" / header).is_file() or (root / header).is_file()):
        yield f"{header}: no such file"
    if not may_include(folder, target, header):
        yield f"{folder} may not include {header}"


def problems_of_file(root, path):
    relative = path.relative_to(root).as_posix()
    folder = folder_of(relative)
    if folder is None or (folder not in ALLOWED and folder != COMPOSER and not folder.startswith("models/")):
        yield f"{relative}: in no folder of the layer map"
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{relative}:{number}: "
        if OPENMP.match(line) and folder != "study":
            yield place + "OpenMP outside sim/study, where all parallel loops are"
        if HDF5.match(line) and folder != "results":
            yield place + "HDF5 outside sim/results"
        include = INCLUDE.match(line)
        if include:
            for problem in problems_of_include(root, folder, *include.groups()):
                yield place + problem


def check_tree(root):
    """All broken rules of the tree at `root`, one text each."""
    problems = [f"sim/{folder}: in the layer map, but there is no such folder"
                for folder in [*ALLOWED, COMPOSER] if not (root / "sim" / folder).is_dir()]
    for top in ("sim", "models"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES:
                problems.extend(problems_of_file(root, path))
    return problems


def planted_tree(root, files):
    for folder in [*ALLOWED, COMPOSER]:
        (root / "sim" / folder).mkdir(parents=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def self_test():
    """A clean tree passes and each planted violation is named with its line: a check that cannot fail proves nothing."""
    clean = {
        "sim/core/a.hpp": "#pragma once\n#include <vector>\n",
        "sim/program/parameters.hpp": '#include "core/a.hpp"\n',
        "sim/program/other.hpp": '#include "parameters.hpp"\n',
        "sim/results/types.hpp": '#include <hdf5.h>\n#include "program/parameters.hpp"\n',
        "sim/economics/icer.cpp": '#include "results/types.hpp"\n#include "program/parameters.hpp"\n',
        "sim/study/run.cpp": '#include <omp.h>\n#pragma omp parallel for\n#include <sys/stat.h>\n',
        "sim/cli/main.cpp": '#include "models/ms/edss.hpp"\n#include "study/run.cpp"\n',
        "models/ms/edss.hpp": '#include "program/parameters.hpp"\n',
        "models/markov/model.cpp": '#include "core/a.hpp"\n',
    }
    planted = {
        "sim/core/bad.hpp": ("\n#include \"program/parameters.hpp\"\n", 2),
        "sim/random/bad.hpp": ("#include <study/run.cpp>\n", 1),
        "sim/engine/kernels/bad.cpp": ("\n\n  #  pragma omp simd\n", 3),
        "sim/study/bad.cpp": ("#include <hdf5.h>\n", 1),
        "sim/program/bad.cpp": ("#include <omp.h>\n", 1),
        "sim/results/bad.cpp": ('#include "../core/a.hpp"\n', 1),
        "sim/economics/bad.cpp": ('#include "program/other.hpp"\n', 1),
        "sim/report/bad.cpp": ('#include "core/missing.hpp"\n', 1),
        "sim/scenario/bad.cpp": ('#include "plugins/loader.hpp"\n', 1),
        "models/markov/bad.cpp": ('#include "models/ms/edss.hpp"\n', 1),
        "models/ms/bad.cpp": ('#include "engine/kernels/bad.cpp"\n', 1),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        planted_tree(root, clean)
        problems = check_tree(root)
        assert not problems, f"the clean tree is said to break rules: {problems}"
        for name, (text, line) in planted.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        (root / "sim/stray.hpp").write_text("", encoding="utf-8")
        (root / "sim/gpu").mkdir()
        (root / "sim/gpu/bad.cpp").write_text("", encoding="utf-8")
        problems = check_tree(root)
        expected = [f"{name}:{line}: " for name, (text, line) in planted.items()]
        expected += ["sim/stray.hpp: ", "sim/gpu/bad.cpp: "]
        for place in expected:
            assert sum(problem.startswith(place) for problem in problems) == 1, f"missed: {place}{problems}"
        assert len(problems) == len(expected), f"too many: {problems}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    self_test()
    problems = check_tree(pathlib.Path(sys.argv[1]))
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} breaches of the layer rules")
    print("all includes keep to the layer rules")


if __name__ == "__main__":
    main()
