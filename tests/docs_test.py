#!/usr/bin/python3
"""Runs every command of the documents and looks for the output that they show.

A block that begins with ```toml or ```csv and a line `# name.toml` is a file of the folder in which the commands run;
`scenarios` lies there as in the repository, and `myelin` is the executable under test. In a block that begins with
```console each line `$ command` is run. It must end well, or with the code that `# ends with 2` behind it says. Lines
below a command must appear in its output, in this order.
"""

import os
import re
import subprocess
import sys
import tempfile


def console_blocks(text):
    """Lists of lines of the console blocks of a document."""
    return [block.strip("\n").split("\n") for block in re.findall(r"^```console\n(.*?)^```", text, re.S | re.M)]


def files_of(text):
    """(name, content) of the files that a document shows."""
    return re.findall(r"^```(?:toml|csv)\n# (\S+)\n(.*?)^```", text, re.S | re.M)


def unused_files(text):
    """The files that a document shows and neither a command nor another of its files names."""
    files = files_of(text)
    commands = [command for block in console_blocks(text) for command, _ in commands_of(block)]
    named = lambda name: any(name in command for command in commands) or any(
        f'"{name}"' in content for other, content in files if other != name
    )
    return [name for name, _ in files if not named(name)]


def wanted_code(command):
    """The exit code that a command line says it has."""
    said = re.search(r"# ends with (\d+)", command)
    return int(said.group(1)) if said else 0


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
                text = file.read()
            blocks = console_blocks(text)
            failures += [f"{document}: {name} is shown and not run" for name in unused_files(text)]
            for name, content in files_of(text):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(content)
            for command, expected in (pair for block in blocks for pair in commands_of(block)):
                count += 1
                run = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
                if run.returncode != wanted_code(command):
                    failures.append(f"{document}: `{command}` ended with {run.returncode}: {run.stderr}")
                wanted = missing_line(expected, run.stdout + run.stderr)
                if wanted is not None:
                    failures.append(f"{document}: `{command}` does not print\n  {wanted}")
    for failure in failures:
        print(failure)
    print(f"{count - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
