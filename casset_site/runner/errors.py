"""What the runner tells its reader instead of a traceback."""


class RunnerError(Exception):
    """Something outside the code is in the way; the message says what it is and what to do about it."""
