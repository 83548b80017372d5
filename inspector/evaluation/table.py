"""The table of an evaluation, for the terminal."""

from __future__ import annotations

from itertools import pairwise

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from inspector.evaluation.run import Evaluation
from inspector.evaluation.score import RELIABILITY_STEPS, Figures


def table(evaluation: Evaluation) -> Table:
    """Return one row per figure and one column per kind of reference; fits 80 columns."""
    title = (
        f"{evaluation.made_at:%Y-%m-%d} · {evaluation.hardware} · "
        f"commit {evaluation.commit or 'unknown'}"
    )
    caption = " · ".join(f"{k} {_short(v)}" for k, v in sorted(evaluation.versions.items()))
    result = Table(
        Column("", no_wrap=True),
        *evaluation.figures,
        title=title,
        caption=caption,
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    columns = [dict(_rows(figures)) for figures in evaluation.figures.values()]
    for name in columns[0]:
        result.add_row(name, *(column[name] for column in columns))
    return result


def _rows(f: Figures) -> list[tuple[str, str]]:
    return [
        ("pictures", str(f.pictures)),
        ("packs to find", str(f.packs)),
        ("AP@0.5 of packs", _number(f.average_precision)),
        ("precision", _number(f.precision)),
        ("recall", _number(f.recall)),
        *_reliability(f),
        ("cards called packs", f"{f.cards_called_packs}/{f.cards}"),
        ("climbing aids found", f"{f.aids_found}/{f.aids}"),
        ("medicine: precision", _number(f.medicine_precision)),
        ("medicine: recall", _number(f.medicine_recall)),
        ("packs with a class", _number(f.decided)),
        ("packs with a name", _number(f.named)),
        ("names right", _number(f.names_right)),
        ("height error, median cm", _number(f.height_error_cm, 2)),
        ("heights inside interval", _number(f.height_covered)),
        ("half-width near 140, cm", _number(f.half_width_near_limit_cm, 2)),
        ("approved signs read", f"{f.signs_read}/{f.signs}"),
        ("verdicts definite", str(f.verdicts_definite)),
        ("verdicts undecided", str(f.verdicts_undecided)),
        ("verdicts WRONG", str(f.verdicts_wrong)),
    ]


def _reliability(f: Figures) -> list[tuple[str, str]]:
    return [
        (
            f"right at {low:.1f} to {high:.1f}",
            f"{right / count:.0%}" if count else "–",
        )
        for (low, high), (count, right) in zip(
            pairwise(RELIABILITY_STEPS), f.reliability, strict=True
        )
    ]


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _short(version: str) -> str:
    """Return a version with hashes cut to what people compare."""
    return "@".join(part[:12] if len(part) == 64 else part for part in version.split("@"))
