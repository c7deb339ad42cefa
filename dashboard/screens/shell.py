"""What stands around every dashboard page: template variable `shell`, by context processor."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.screens.common import Option


@dataclass(frozen=True, kw_only=True, slots=True)
class NavItem:
    """One entry of the side bar. `icon` is a symbol of icons.svg; `count` is what waits there."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """`search_url` takes `?q=`; `set_language_url` is Django's set_language view.

    `switch_url` leads to the member's other merchants; empty for a member of one.
    """

    nav: tuple[NavItem, ...]
    merchant_name: str
    member_name: str
    member_role: str
    home_url: str
    search_url: str
    account_url: str
    sign_out_url: str
    set_language_url: str
    languages: tuple[Option, ...]
    switch_url: str = ""
