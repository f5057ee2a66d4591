"""A passkey without a finger: Chromium's virtual authenticator (WebAuthn domain of its debugging protocol)."""

from __future__ import annotations

from playwright.sync_api import Page


def add_authenticator(page: Page) -> None:
    """The page's browser has one, built in, that says yes for its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
