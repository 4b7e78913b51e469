"""A real Slurm on this machine runs the shipped array and merge scripts to the digest of a run without it, though one of
the tasks is killed and put into the queue again, and another is told that its time is up.

usage: slurm_test.py MYELIN SOURCE_FOLDER

Exit 77, with the reason, where Slurm or munge are missing or cannot start.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MYELIN, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
SCENARIO = SOURCE / "scenarios" / "examples" / "edss11.toml"
OPTIONS = ["--engine", "microsimulation", "--patients", "300000000", "--batch-seconds", "0.2", "--quiet"]
TASKS = 3

CONFIGURATION = """
ClusterName=myelin
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
JobRequeue=1
MailProg=/bin/true
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SchedulerParameters=requeue_setup_env_fail,sched_interval=1
KillWait=5
MinJobAge=600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=60 State=UP
"""


def skip(reason):
    print(f"SKIPPED: Slurm: {reason}")
    sys.exit(77)


class Slurm:
    def __init__(self, folder):
        self.folder, self.daemons = folder, []
        for program in ("munged", "slurmctld", "slurmd", "sbatch"):
            if shutil.which(program) is None:
                skip(f"there is no {program} (packages slurm-wlm and munge)")
        if os.geteuid() != 0:
            skip("only root can start it")
        host = os.uname().nodename.split(".")[0]
        for name in ("state", "spool"):
            (folder / name).mkdir()
        (folder / "slurm.conf").write_text(CONFIGURATION.format(host=host, folder=folder, cpus=os.cpu_count()))
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket",
                   f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log",
                   f"--seed-file={folder}/munge.seed", "--num-threads=2")
        self.until(lambda: (folder / "munge.socket").exists(), "munge does not start", 10)
        self.start("slurmctld", "-D", "-c", "-i")
        self.start("slurmd", "-D")
        self.until(lambda: "idle" in self.ask("sinfo", "--noheader", "-o", "%T"), "its node does not come up", 40)

    def start(self, *command):
        log = (self.folder / f"{command[0]}.out").open("w")
        self.daemons.append(subprocess.Popen(command, stdout=log, stderr=log))

    def until(self, reached, problem, seconds):
        end = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > end:
                for log in sorted(self.folder.glob("*.log")):
                    print(f"--- {log.name}\n{log.read_text()[-1500:]}")
                self.stop()
                skip(problem)
            time.sleep(0.1)

    @staticmethod
    def ask(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout

    def states(self, job):
        """{task: state} of an array, or of a single job as task None."""
        lines = self.ask("squeue", "--noheader", "--array", "--states=all", f"--jobs={job}", "-o", "%K %T").split("\n")
        pairs = [line.split() for line in lines if line.strip()]
        return {int(task) if task.isdigit() else None: state for task, state in pairs}

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()


def wait_for(what, seconds, reached):
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.1)


def batches(folder, task):
    return len(list(folder.glob(f"results.part-{task}-of-{TASKS}.h5.unfinished/batch-*.h5")))


def process_of(task):
    """The process of a task's myelin."""
    found = subprocess.run(["pgrep", "-f", f"^{MYELIN} run .*--task {task}/{TASKS} "], capture_output=True, text=True)
    return [int(number) for number in found.stdout.split()]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        undisturbed = folder / "undisturbed.h5"
        subprocess.run([MYELIN, "run", SCENARIO, *OPTIONS, "-o", undisturbed], check=True, capture_output=True)
        slurm = Slurm(folder)
        try:
            check(slurm, folder, undisturbed)
        finally:
            slurm.stop()


def check(slurm, folder, undisturbed):
    environment = dict(os.environ, MYELIN=str(MYELIN), SBATCH_OPTIONS=f"--cpus-per-task=1 --chdir={folder}")
    submitted = subprocess.run([SOURCE / "scripts/slurm/submit", str(TASKS), "results.h5", SCENARIO, *OPTIONS],
                               env=environment, capture_output=True, text=True)
    assert submitted.returncode == 0, submitted.stderr
    array, merge = submitted.stdout.replace(",", "").split()[1::2]

    # A node that dies: the task is killed without warning, and Slurm puts it into the queue again.
    wait_for("a batch of task 1", 60, lambda: batches(folder, 1) > 0)
    for process in process_of(1):
        os.kill(process, signal.SIGSTOP)  # so that it does not end in the meantime
    requeued = subprocess.run(["scontrol", "requeue", f"{array}_1"], capture_output=True, text=True)
    for process in process_of(1):
        os.kill(process, signal.SIGKILL)
    assert requeued.returncode == 0, requeued.stderr

    # Time that runs out: the script is told, and puts its task into the queue itself.
    wait_for("a batch of task 2", 60, lambda: batches(folder, 2) > 0)
    subprocess.run(["scancel", "--batch", "--signal=USR1", f"{array}_2"], check=True)
    log = folder / f"myelin-{array}_2.log"
    wait_for("task 2 to go into the queue again", 60,
             lambda: log.exists() and "put into the queue again" in log.read_text())

    finished = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}
    wait_for("the merge", 400, lambda: slurm.states(merge).get(None) in finished)
    logs = "\n".join(f"{path.name}:\n{path.read_text()}" for path in sorted(folder.glob("myelin*.log")))
    assert slurm.states(merge)[None] == "COMPLETED", logs
    assert set(slurm.states(array).values()) == {"COMPLETED"}, logs
    for task in (1, 2):
        assert "going on from" in (folder / f"myelin-{array}_{task}.log").read_text() or "--quiet" in OPTIONS, logs
    digests = [subprocess.run([MYELIN, "digest", path], check=True, capture_output=True, text=True).stdout
               for path in (undisturbed, folder / "results.h5")]
    assert digests[0] == digests[1], f"another digest under Slurm\n{logs}"
    print(f"array {array} and merge {merge}: digest of the run without Slurm; task 1 killed, task 2 out of time")


if __name__ == "__main__":
    main()
