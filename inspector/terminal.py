"""What the commands share: where they print, how they end, options that several take."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from inspector.domain.verdict import Outcome

out = Console()
err = Console(stderr=True)

EXIT_PASSED, EXIT_FAILED, EXIT_UNUSABLE, EXIT_OPEN = 0, 1, 2, 3
"""Exit codes of the commands that judge (contract, section 1)."""


class Lang(StrEnum):
    """Languages of the texts."""

    DA = "da"
    EN = "en"


LangOption = Annotated[Lang, typer.Option(help="Language of the texts.")]
CatalogueOption = Annotated[
    Path | None, typer.Option("--catalogue", help="Register of goods (CSV) instead of the bundled.")
]


def complain(text: str) -> None:
    """Print what went wrong, word for word."""
    err.print(text, style="red", markup=False, highlight=False, soft_wrap=True)


def exit_code(outcomes: Collection[Outcome]) -> int:
    """Return the exit code for what was judged; nothing judged is unusable."""
    if not outcomes:
        return EXIT_UNUSABLE
    if Outcome.FAILED in outcomes:
        return EXIT_FAILED
    is_open = Outcome.CANT_TELL in outcomes or Outcome.UNTESTED in outcomes
    return EXIT_OPEN if is_open else EXIT_PASSED
