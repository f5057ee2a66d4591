from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.desk.forms import packages
from apps.desk.forms.packages import MOST, ScansField
from tests.custody.goods import uri


def test_too_many_lines_are_refused_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> Any:
        raise AssertionError("was read")

    monkeypatch.setattr(packages, "read_scans", never)
    with pytest.raises(ValidationError, match="At most 10,000 packages"):
        ScansField().clean("rubbish\n" * (MOST + 1))


def test_empty_lines_do_not_count() -> None:
    assert len(ScansField().clean("\n" * (MOST + 1) + uri("S0")).packages) == 1
