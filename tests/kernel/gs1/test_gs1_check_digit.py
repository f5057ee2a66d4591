from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.gs1.check_digit import check_digit, has_good_check_digit

DIGITS = st.text("0123456789", min_size=1, max_size=17)


@pytest.mark.parametrize(
    "key", ["4012345111118", "04012345111118", "340123451111111111", "96385074", "036000291452"]
)
def test_published_keys_have_good_check_digits(key):
    assert has_good_check_digit(key)


@given(DIGITS)
def test_what_it_computes_it_accepts(body):
    assert has_good_check_digit(body + check_digit(body))


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_noticed(body, data):
    key = body + check_digit(body)
    place = data.draw(st.integers(0, len(key) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != key[place]]))
    assert not has_good_check_digit(key[:place] + wrong + key[place + 1 :])


@pytest.mark.parametrize("key", ["", "7", "401234511111x", "４０１２３４５１１１１１８"])
def test_anything_but_digits_is_bad(key):
    assert not has_good_check_digit(key)


def test_a_body_of_other_characters_is_a_fault():
    with pytest.raises(ValueError, match="not digits"):
        check_digit("12a")
