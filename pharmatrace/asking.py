"""What a command asks a person before it does something that cannot be taken back."""

from __future__ import annotations


def confirmed(question: str) -> bool:
    """Whether somebody types yes. Where there is nobody to type (standard input has ended) it is a no."""
    try:
        return input(f"{question} Type yes: ") == "yes"
    except EOFError:
        return False
