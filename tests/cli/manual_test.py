#!/usr/bin/python3
"""The manual page, the completion of shells and the examples of --help, all made from the table of options.

usage: manual_test.py MYELIN SOURCE_FOLDER [examples]

With `examples` the commands below `Examples:` of every --help are started, one after the other, in one folder; else the page
and the completion are looked at.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

MYELIN, SOURCE = map(os.path.abspath, sys.argv[1:3])
failures = []
count = 0


def check(good, what):
    global count
    count += 1
    if not good:
        failures.append(what)


def output(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def commands():
    text = output(MYELIN, "--help")
    names = re.findall(r"^  (\w+) ", text[text.index("Subcommands:") :].split("\n\n")[0], re.M)
    assert "run" in names and "digest" in names, text
    return names


def options_of(command):
    """(long options, {option or positional: values}) that --help tells."""
    text = output(MYELIN, command, "--help").split("Examples:")[0]
    longs = re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M)
    values = {name: listed.split(",") for name, listed in
              re.findall(r"^  (?:-\w,)?((?:--)?[\w-]+) (?:TEXT:)?\{([\w,]+)\}", text, re.M)}
    assert "--help" in longs
    return longs, values


def check_page():
    page = output(MYELIN, "describe", "man")
    plain = page.replace("\\-", "-").replace("\\&", "").replace("\\fB", "").replace("\\fI", "").replace("\\fR", "")
    for command in commands():
        section = plain.split(f".SS {command}\n")[1].split("\n.SS ")[0]
        for option in options_of(command)[0]:
            check(re.search(rf"^(?:-\w, )?{option}\b", section, re.M), f"the page lacks {option} of {command}")
        check("Examples:" in section, f"the page lacks the examples of {command}")
    if not shutil.which("groff"):
        print("no groff here: the page is not set")
        return
    set_page = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww"], input=page, capture_output=True, text=True)
    check(set_page.returncode == 0 and not set_page.stderr, f"groff: {set_page.stderr}")
    check("--thresholds" in re.sub(r"\x1b\[[\d;]*m", "", set_page.stdout), "the page as it is set lacks --thresholds")
    wrong = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page + "\n.nonsense\n", capture_output=True, text=True)
    check(wrong.stderr, "groff does not warn of nonsense")


def completions(script, folder, *words):
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in words)
    return output("bash", "--norc", "-c", f"""source '{script}'
        COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _myelin; printf '%s\\n' "${{COMPREPLY[@]}}" """,
                  cwd=folder).split()


def check_completion():
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "myelin.bash")
        with open(script, "w", encoding="utf-8") as file:
            file.write(output(MYELIN, "describe", "completion"))
        offered = lambda *words: completions(script, folder, "myelin", *words)
        open(os.path.join(folder, "scenario.toml"), "w", encoding="utf-8").close()
        names = commands()
        check(set(names) <= set(offered("")), f"commands: {offered('')}")
        check(offered("dig") == ["digest"], f"dig: {offered('dig')}")
        seen = set()
        for command in names:
            longs, values = options_of(command)
            check(set(longs) <= set(offered(command, "-")), f"options of {command}: {set(longs) - set(offered(command, '-'))}")
            for name, listed in values.items():
                got = offered(command, name, "") if name.startswith("--") else offered(command, "")
                check(set(listed) <= set(got), f"values of {command} {name}: {got}")
                seen.add(name)
        check({"--engine", "--progress", "--instruction-set", "topic", "--sex"} <= seen, f"values are told of {seen} alone")
        check(offered("run", "--engine", "c") == ["cohort"], f"--engine c: {offered('run', '--engine', 'c')}")
        check(offered("run", "sc") == ["scenario.toml"], f"files: {offered('run', 'sc')}")
        check(offered("run", "--output", "sc") == ["scenario.toml"], "files of --output")
        check(offered("run", "--seed", "") == [], f"--seed: {offered('run', '--seed', '')}")
        check("complete" in output("bash", "--norc", "-c", f"source '{script}'; complete -p myelin"), "bash does not know it")


def run_example(example, **options):
    """(whether it is a good command, what to say if not). What takes long is good once it is at work: mistakes are told
    before that."""
    process = subprocess.Popen("exec " + example, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    try:
        said = process.communicate(timeout=5 if example.split()[1] in ("validate", "calibrate") else None)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True, ""
    return process.returncode == 0, f"`{example}` ended with {process.returncode}: {said[-500:]}"


def check_examples():
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(SOURCE, "scenarios"), os.path.join(folder, "scenarios"))
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(MYELIN, os.path.join(folder, "bin", "myelin"))
        environment = dict(os.environ, PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"])
        for command in [None, *commands()]:
            text = output(MYELIN, *([command] if command else []), "--help")
            examples = re.findall(r"^  (myelin .*)$", text.split("Examples:")[1], re.M)
            check(examples, f"{command} has no examples")
            for example in examples:
                check(not command or example.split()[1] == command, f"{example} is no example of {command}")
                check(*run_example(example, cwd=folder, env=environment))


if sys.argv[3:] == ["examples"]:
    check_examples()
else:
    check_page()
    check_completion()
for failure in failures:
    print(failure)
print(f"{count - len(failures)} passed, {len(failures)} failed")
sys.exit(1 if failures or count < 20 else 0)
