"""What scripts/bench is made of: builds, pairs of timings, instruction counts, their history and its page."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]

NO_SLOWER, SLOWER, MISUSE, FAILED, SKIPPED = 0, 1, 2, 3, 77


class Stop(Exception):
    """Ends the program with an exit status and a message that says what to do."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
