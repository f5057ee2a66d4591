"""Bytes as text in templates."""

from __future__ import annotations

from django import template

from pharmatrace.kernel.tlog.base64text import to_base64

register = template.Library()


@register.filter(name="hex")
def as_hex(octets: bytes) -> str:
    return octets.hex()


@register.filter(name="base64")
def as_base64(octets: bytes) -> str:
    return to_base64(octets)
