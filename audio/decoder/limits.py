"""What one decode may use. Seconds, bytes and counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`required_walls` names the confinements (see confine) without which nothing is decoded."""

    max_seconds: float = 1200
    min_seconds: float = 0.5
    memory_bytes: int = 1024**3
    output_bytes: int = 256 * 1024**2
    cpu_seconds: int = 180
    wall_seconds: float = 240
    open_files: int = 64
    required_walls: frozenset[str] = frozenset()
