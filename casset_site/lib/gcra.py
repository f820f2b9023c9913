"""The generic cell rate algorithm (GCRA, ITU-T I.371): a leaky bucket in one number.

The number is the theoretical arrival time (TAT): when the bucket will be full again. Pure.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """`count` a `per_seconds` in the long run, `burst` (by default as many) at once."""

    count: int
    per_seconds: int
    burst: int = 0

    def __post_init__(self) -> None:
        if self.count < 1 or self.per_seconds < 1 or self.burst < 0:
            raise ValueError(f"{self} is no limit.")

    @property
    def depth(self) -> int:
        return self.burst or self.count

    @property
    def step_us(self) -> int:
        """Time that one call costs, in microseconds."""
        return max(1, self.per_seconds * 1_000_000 // self.count)

    def share(self, processes: int) -> "Limit":
        """What one of several processes may allow that cannot ask each other."""
        count = max(1, self.count // processes)
        return Limit(count, self.per_seconds, max(1, self.depth // processes))


@dataclass(frozen=True)
class Verdict:
    """`remaining`: further calls allowed at once. `reset_ms`: until the whole burst is there again."""

    allowed: bool
    remaining: int
    retry_after_ms: int
    reset_ms: int

    @property
    def retry_after_s(self) -> int:
        return math.ceil(self.retry_after_ms / 1000)


def gcra(now: int, tat: int, limit: Limit) -> tuple[Verdict, int]:
    """One call at `now` against the stored `tat` (microseconds; 0 if none): the verdict and the new TAT.

    A refused call stores the TAT it found: asking too often does not lengthen the wait.
    """
    start = max(tat, now)
    after = start + limit.step_us
    early = after - limit.depth * limit.step_us - now
    if early > 0:
        return Verdict(False, 0, math.ceil(early / 1000), math.ceil((start - now) / 1000)), start
    return Verdict(True, -early // limit.step_us, 0, math.ceil((after - now) / 1000)), after
