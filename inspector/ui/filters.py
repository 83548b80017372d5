"""Filters that several pages ask for; each stands in the page's address, see `address`."""

from __future__ import annotations

from inspector.rules import RULES
from inspector.store.people import Person
from inspector.ui import address, cached
from inspector.ui.words import messages, words


def ask_shop(person: Person) -> None:
    """Ask for one of the shops that a person may see, or all."""
    shops = {shop.shop_id: shop.name for shop in cached.desk().visits.shops(person)}
    _ask("shop", shops)


def ask_rule() -> None:
    """Ask for one rule, or all."""
    _ask("rule", {rule.id: messages().title(rule.id) for rule in RULES})


def _ask(name: str, options: dict[str, str]) -> None:
    everything = words().text("all_of_them")
    address.choice(
        name, words().text(name), ("", *options), lambda key: options.get(key, everything)
    )
