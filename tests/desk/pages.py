"""How a person uses a page: open it, fill it in, send it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse


class Desk:
    """Somebody at their desk, with a browser that carries hidden fields along."""

    def __init__(self, person: Any) -> None:
        self.client: Client = person.client

    def open(self, name: str, /, *args: Any, **query: Any) -> Any:
        return self.client.get(reverse(f"desk:{name}", args=args), query)

    def fill_in(self, name: str, /, *args: Any, at: str = "", **fields: Any) -> Any:
        """Opens the page, then sends its form with `fields`; `at` is the query of the address."""
        address = reverse(f"desk:{name}", args=args) + at
        page = self.client.get(address)
        return self.send(address, hidden(page) | fields)

    def scan(self, name: str, *codes: str, **fields: Any) -> str:
        """Opens a session by the page `name`, with the codes as if they had been chosen; its address."""
        address = reverse(f"desk:{name}", args=fields.pop("args", []))
        opened = self.send(
            address, hidden(self.client.get(address)) | fields | {"package": list(codes)}
        )
        assert opened.status_code == 302, text(opened)
        return str(opened["Location"])

    def sign(self, session: str) -> Any:
        return self.client.post(f"{session}sign/")

    def send(self, address: str, fields: dict[str, Any]) -> Any:
        return self.client.post(address, fields)


def hidden(page: Any) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def text(response: Any) -> str:
    """What the page says, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def after(response: Any, client: Client) -> str:
    """What the page a redirect leads to says."""
    assert response.status_code == 302, text(response)
    return text(client.get(response["Location"]))
