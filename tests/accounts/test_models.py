"""What the fields of people take."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import COLOR_RULE, HANDLE_RULE


@pytest.mark.parametrize("handle", ["a", "ana", "a-b_c9", "a" * 30])
def test_a_handle_is_letters_digits_hyphens_and_underscores(handle: str) -> None:
    HANDLE_RULE(handle)


@pytest.mark.parametrize("handle", ["", "ana\n", "\nana", "Ana", "-ana", "ana_", "a" * 31, "ä", "a b"])
def test_nothing_else_is_a_handle(handle: str) -> None:
    with pytest.raises(ValidationError):
        HANDLE_RULE(handle)


@pytest.mark.parametrize("colour", ["", "#e8552d\n", "\n#e8552d", "#E8552D", "e8552d", "#e8552"])
def test_a_colour_is_six_small_digits(colour: str) -> None:
    COLOR_RULE("#e8552d")
    with pytest.raises(ValidationError):
        COLOR_RULE(colour)
