import pytest
from hypothesis import given
from hypothesis import strategies as st

from casset_site.lib.gcra import Limit, Verdict, gcra

limits = st.builds(
    Limit, count=st.integers(1, 500), per_seconds=st.integers(1, 86_400), burst=st.integers(0, 500)
)
gaps_us = st.lists(st.integers(0, 90_000_000), min_size=1, max_size=200)


def play(limit: Limit, gaps: list[int]) -> list[tuple[int, Verdict]]:
    """Calls at the given distances, with their verdicts."""
    now, tat, played = 1_700_000_000_000_000, 0, []
    for gap in gaps:
        now += gap
        verdict, tat = gcra(now, tat, limit)
        played.append((now, verdict))
    return played


@given(limits, gaps_us)
def test_no_window_holds_more_than_the_burst_and_what_time_adds(limit: Limit, gaps: list[int]) -> None:
    allowed = [now for now, verdict in play(limit, gaps) if verdict.allowed]
    for first, start in enumerate(allowed):
        for last in range(first, len(allowed)):
            assert last - first + 1 <= limit.depth + (allowed[last] - start) // limit.step_us


@given(limits, st.integers(1, 50))
def test_calls_at_the_rate_are_never_refused(limit: Limit, calls: int) -> None:
    assert all(verdict.allowed for _, verdict in play(limit, [limit.step_us] * calls))


@given(limits, gaps_us)
def test_remaining_calls_are_allowed_at_once_and_no_more(limit: Limit, gaps: list[int]) -> None:
    now, tat, verdict = 0, 0, Verdict(True, 0, 0, 0)
    for gap in gaps:
        now += gap
        verdict, tat = gcra(now, tat, limit)
    for _ in range(verdict.remaining):
        further, tat = gcra(now, tat, limit)
        assert further.allowed
    assert not gcra(now, tat, limit)[0].allowed


@given(limits, gaps_us)
def test_waiting_as_told_is_enough_and_a_little_less_is_not(limit: Limit, gaps: list[int]) -> None:
    now, tat = 0, 0
    for gap in [*gaps, *[0] * limit.depth]:
        now += gap
        _, tat = gcra(now, tat, limit)
    refused, after = gcra(now, tat, limit)
    assert not refused.allowed
    assert after == tat
    wait_us = refused.retry_after_ms * 1000
    assert gcra(now + wait_us, tat, limit)[0].allowed
    assert not gcra(now + wait_us - 1000 - 1, tat, limit)[0].allowed


@given(limits, gaps_us)
def test_after_the_reset_the_whole_burst_is_there(limit: Limit, gaps: list[int]) -> None:
    now, tat = 0, 0
    for gap in gaps:
        now += gap
        verdict, tat = gcra(now, tat, limit)
    assert gcra(now + verdict.reset_ms * 1000, tat, limit)[0].remaining == limit.depth - 1


def test_a_clock_that_goes_back_never_gives_more() -> None:
    limit = Limit(2, 60)
    _, tat = gcra(100_000_000, 0, limit)
    _, tat = gcra(100_000_000, tat, limit)
    assert not gcra(50_000_000, tat, limit)[0].allowed


@given(limits, st.integers(1, 16))
def test_shares_together_are_no_more_than_the_whole_or_one_each(limit: Limit, processes: int) -> None:
    share = limit.share(processes)
    assert share.count * processes <= max(limit.count, processes)
    assert share.depth * processes <= max(limit.depth, processes)


@pytest.mark.parametrize("numbers", [(0, 60), (5, 0), (-1, 60), (5, 60, -1)])
def test_a_limit_of_nothing_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no limit"):
        Limit(*numbers)
