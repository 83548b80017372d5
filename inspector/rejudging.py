"""Judges a stored report again under the register of another date.

A report holds what was read of each pack that was recognised: name, strength, form, size, Vnr. That
is enough to look it up again and to ask `assortment` again, the one rule that rests on the register
alone. Packs that were not recognised keep no text in the report: they stay unknown here, and to
judge everything again, with places and signs, takes the stored scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inspector.catalogue.matching import Matcher, Reading
from inspector.catalogue.register import Register
from inspector.domain.facts import PackFacts, Site
from inspector.domain.goods import DealerType, Goods
from inspector.domain.quantity import Unmeasured
from inspector.domain.scene import TextLine
from inspector.domain.verdict import Reason, Verdict
from inspector.errors import CaptureError
from inspector.rules import assortment, judge_packs
from inspector.rules.guidance import load_guidance

_LARGE_PX, _SMALL_PX = 40.0, 20.0
_NO_BOX = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class PackAgain:
    """One recognised pack of a report, as it was judged and as it would be now.

    Attributes:
        pack_id: Id of the pack in its capture.
        name: Name, strength and size as reported.
        group_before: Dispensing group in the report.
        outcome_before: Outcome of `assortment` in the report.
        goods_before: What it was taken for.
        verdict: Verdict of `assortment` under the other register.
        goods: What it is taken for under the other register.
        group: Its group there; None when unknown or several.
    """

    pack_id: str
    name: str
    group_before: str | None
    outcome_before: str
    goods_before: Goods
    verdict: Verdict
    goods: Goods
    group: str | None

    @property
    def is_changed(self) -> bool:
        """True when class, group or outcome differ."""
        return (self.goods_before, self.group_before, self.outcome_before) != (
            self.goods,
            self.group,
            self.verdict.outcome.key,
        )


def judge_again(report: Mapping[str, Any], register: Register) -> tuple[PackAgain, ...]:
    """Judge the recognised packs of a stored report under another register.

    Args:
        report: A report as `document_from_report` writes it.
        register: The register of the other day: `register.on(day)`. The guidance stays that of the
            day of the inspection, so the difference is the register's alone.

    Returns:
        Every recognised pack, in the order of the report.

    Raises:
        CaptureError: It is no report.
    """
    try:
        inspected_on = datetime.fromisoformat(report["created_at"]).date()
        dealer = DealerType(report["dealer_type"]) if report["dealer_type"] else None
        outcomes = {
            (verdict["evidence"][0]["capture_id"], verdict["target"]["id"]): verdict["outcome"]
            for verdict in report["verdicts"]
            if verdict["rule_id"] == assortment.RULE.id and verdict["evidence"]
        }
        packs = [
            (capture["capture_id"], pack)
            for capture in report["captures"]
            for pack in capture["packs"]
            if pack["identity"] is not None
        ]
        matcher = Matcher(register)
        return tuple(
            _again(pack, outcomes.get((key, pack["pack_id"]), ""), dealer, inspected_on, matcher)
            for key, pack in packs
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CaptureError(
            f"the file is no report of an inspection ({type(error).__name__}: {error}). Expected "
            "a file that `inspector inspect` wrote: *.report.json."
        ) from error


def _again(
    pack: Mapping[str, Any],
    outcome_before: str,
    dealer: DealerType | None,
    inspected_on: date,
    matcher: Matcher,
) -> PackAgain:
    reading = _read(pack["identity"], matcher)
    return PackAgain(
        pack_id=pack["pack_id"],
        name=" ".join(
            filter(None, (pack["identity"][key] for key in ("name", "strength", "pack_size")))
        ),
        group_before=pack["identity"]["group"],
        outcome_before=outcome_before,
        goods_before=Goods(pack["goods"]),
        verdict=_verdict(pack["pack_id"], reading, dealer, inspected_on),
        goods=reading.goods,
        group=str(reading.identity.group) if reading.identity and reading.identity.group else None,
    )


def _read(identity: Mapping[str, Any], matcher: Matcher) -> Reading:
    """Read a pack again from what its report says was on it."""
    details = " ".join(filter(None, (identity[key] for key in ("strength", "form", "pack_size"))))
    lines = [TextLine(identity["name"], _NO_BOX, _LARGE_PX, 1.0)]
    if details:
        lines.append(TextLine(details, (0.0, 2.0, 1.0, 3.0), _SMALL_PX, 1.0))
    return matcher.read(lines, codes=[identity["vnr"]] if identity["vnr"] else [])


def _verdict(
    pack_id: str, reading: Reading, dealer: DealerType | None, inspected_on: date
) -> Verdict:
    unknown = Unmeasured(Reason.NO_SCALE)
    pack = PackFacts(pack_id, _NO_BOX, 1.0, reading.goods, reading.kind, reading.identity, unknown)
    site = Site(dealer, inspected_on)
    (verdict,) = judge_packs([pack], site, load_guidance(inspected_on))
    return verdict
