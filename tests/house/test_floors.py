"""Foreign keys point down the floors only, as imports do (import-linter checks those)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Field

CONTRACTS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
LAYERS = CONTRACTS["tool"]["importlinter"]["contracts"][0]["layers"]
HEIGHT = {name.removeprefix("apps."): height for height, name in enumerate(reversed(LAYERS))}


def test_every_app_of_ours_has_its_floor() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}
    assert ours == set(HEIGHT)


def test_foreign_keys_point_down() -> None:
    upward = []
    for model in apps.get_models(include_auto_created=True):
        height = HEIGHT.get(model._meta.app_label)
        if height is None:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or not field.is_relation or field.related_model is None:
                continue
            target = HEIGHT.get(field.related_model._meta.app_label)
            if target is not None and target > height:
                upward.append(
                    f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
                )
    assert upward == []
