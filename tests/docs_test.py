#!/usr/bin/python3
"""Runs every command of the documents and looks for the output that they show.

In a block that begins with ```console each line `$ command` is run, in a folder where `scenarios` lies as in the
repository and `myelin` is the executable under test. Lines below a command must appear in its output, in this order.
"""

import os
import re
import subprocess
import sys
import tempfile


def console_blocks(text):
    """Lists of lines of the console blocks of a document."""
    return [block.strip("\n").split("\n") for block in re.findall(r"^```console\n(.*?)^```", text, re.S | re.M)]


def commands_of(block):
    """(command, expected lines) of a block."""
    commands = []
    for line in block:
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.strip():
            commands[-1][1].append(line.rstrip())
    return commands


def missing_line(expected, output):
    """The first expected line that does not follow the ones before it in the output; None if all do."""
    lines = iter(line.rstrip() for line in output.split("\n"))
    for wanted in expected:
        if not any(line == wanted for line in lines):
            return wanted
    return None


def main():
    binary, source = map(os.path.abspath, sys.argv[1:3])
    documents = [os.path.join(source, name) for name in sys.argv[3:]]
    failures, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(source, "scenarios"), os.path.join(folder, "scenarios"))
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(binary, os.path.join(folder, "bin", "myelin"))
        environment = dict(os.environ, PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"])
        for document in documents:
            with open(document, encoding="utf-8") as file:
                blocks = console_blocks(file.read())
            for command, expected in (pair for block in blocks for pair in commands_of(block)):
                count += 1
                run = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
                if run.returncode != 0:
                    failures.append(f"{document}: `{command}` ended with {run.returncode}: {run.stderr}")
                wanted = missing_line(expected, run.stdout)
                if wanted is not None:
                    failures.append(f"{document}: `{command}` does not print\n  {wanted}")
    for failure in failures:
        print(failure)
    print(f"{count - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
