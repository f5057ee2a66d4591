"""The menu of whoever asks: {% menu as menu %}."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library

from apps.desk import navigation

register = Library()


@register.simple_tag(takes_context=True)
def menu(context: Context) -> navigation.Menu:
    request: Any = context["request"]
    return navigation.menu(membership=request.membership, path=request.path)
