#!/usr/bin/python3
"""What only a person at a terminal sees: colour of errors, the bar of progress. Told by a pseudo-terminal.

usage: terminal_test.py MYELIN SOURCE_FOLDER
"""

import json
import os
import pty
import re
import subprocess
import sys
import tempfile

MYELIN, SOURCE = sys.argv[1:3]
SCENARIO = os.path.join(SOURCE, "scenarios/ms/base_case_uk.toml")
failures = []
count = 0


def check(good, what):
    global count
    count += 1
    if not good:
        failures.append(what)


def said(*arguments, terminal=True, **environment):
    """(exit code, standard error) of a command, whose standard error is a terminal or a pipe."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    of_process = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    of_process.update({"TERM": "xterm"}, **environment)
    process = subprocess.Popen([MYELIN, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
                               env=of_process)
    os.close(theirs)
    text = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux says so at the end of a terminal
            break
        if not block:
            break
        text += block
    os.close(ours)
    return process.wait(), text.decode()


def check_colour():
    mistakes = {
        "a missing file": (["check", "no_such.toml"], 2),
        "no such command": (["chek"], 2),
        "an unknown option": (["run", SCENARIO, "--patints", "3"], 2),
        "no results file": (["digest", "no_such.h5"], 3),
    }
    for name, (arguments, code) in mistakes.items():
        ended, text = said(*arguments)
        check(ended == code and "\x1b[" in text and "\x1b[0m" in text, f"{name}: no colour on a terminal: {text!r}")
        plain = re.sub(r"\x1b\[[\d;]*m", "", text).replace("\r\n", "\n")
        for why, options in {"a pipe": {"terminal": False}, "NO_COLOR": {"NO_COLOR": "1"}, "a dumb one": {"TERM": "dumb"}}.items():
            again, uncoloured = said(*arguments, **options)
            check(again == code and "\x1b" not in uncoloured, f"{name}: colour in spite of {why}: {uncoloured!r}")
            check(uncoloured.replace("\r\n", "\n") == plain, f"{name}: other words for {why}: {uncoloured!r}, not {plain!r}")
        check("\x1b[" in said(*arguments, NO_COLOR="")[1], f"{name}: an empty NO_COLOR forbids colour")


def check_progress():
    until = ["run", SCENARIO, "--strategies", "ocrelizumab,ahsct", "--until", "se=1500@20000"]
    code, text = said(*until)
    check(code == 0 and re.search(r"\[#+\.*\] +\d+ %  [\d.]+ M patient-cycles/s  \d+ s left +error [\d.e+]+, asked 1.5e\+03", text),
          f"no bar with its error: {text[-400:]!r}")
    summary = re.search(r"[\d.]+ million patient-cycles in ([\d.]+) s: [\d.]+ million a second on .*; ([\d.]+) microseconds of "
                        r"computing for the life of a patient, all included; (\d+) MB of memory", text)
    check(summary and float(summary.group(2)) > 0 and int(summary.group(3)) > 10, f"no summary: {text[-400:]!r}")
    check(re.search(r"standard error of incremental net monetary benefit at 20000 per QALY: [\d.]+ at most, 1500 asked for", text),
          f"no error reached: {text[-400:]!r}")
    code, text = said(*until, "--progress", "json", terminal=False)
    lines = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
    told = [line for line in lines if "standard_error" in line]
    check(code == 0 and told and all(line["standard_error_asked"] == 1500 for line in told), f"no error in JSON: {text[-400:]!r}")
    check(told and told[-1]["standard_error"] <= 1500, f"the last error is not what was reached: {told[-1:]}")
    code, text = said("run", SCENARIO, "--patients", "64", "--progress", "json", terminal=False)
    check(code == 0 and "standard_error" not in text, "an error without --until")


def check_shared_file():
    """An installed program finds its own targets beside itself."""
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "bin"))
        targets = os.path.join(folder, "share/myelin/scenarios/ms/validation")
        os.makedirs(targets)
        installed = os.path.join(folder, "bin/myelin")
        with open(MYELIN, "rb") as program, open(installed, "wb") as copy:
            copy.write(program.read())
        os.chmod(installed, 0o755)
        with open(os.path.join(targets, "targets.csv"), "w", encoding="utf-8") as file:
            file.write("nonsense\n1\n")
        done = subprocess.run([installed, "validate"], cwd=folder, capture_output=True, text=True)
        check(done.returncode == 2 and os.path.join(targets, "targets.csv") in done.stderr, f"validate: {done.stderr}")


check_colour()
check_progress()
check_shared_file()
for failure in failures:
    print(failure)
print(f"{count - len(failures)} passed, {len(failures)} failed")
sys.exit(1 if failures or count == 0 else 0)
