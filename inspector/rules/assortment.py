"""assortment: may this pack stand in self-selection at this dealer?

> Vejledningen omfatter de håndkøbslægemidler, som Lægemiddelstyrelsen har besluttet kan stå i
> selvvalg, og som derfor fremgår af Lægemiddelstyrelsens liste på lmst.dk over håndkøbs-lægemidler
> i selvvalg.
>
> Der gøres opmærksom på, at sortimentet af håndkøbslægemidler, der kan stå i selvvalg på apoteker
> og herunder på apoteksfilialer og apoteksudsalg, er større end sortimentet af håndkøbslægemidler,
> der kan stå i selvvalg på håndkøbsudsalg og i detailhandlen i øvrigt.

Source: vejledning-selvvalg, sections 1-2, lines 67-76; bekendtgoerelse-udleveringsbestemmelser,
§§2-4; the agency's decisions of 2017 and 2018 as noted in `guidance.yaml`.

Applies to:  every pack identified as medicine, by all register entries it could be.
Expectation: the dispensing group is one that may stand in self-selection at this kind of dealer.
Assumptions: groups ending in Y (beredskab) follow their base group (BEK 196, §3) as long as the
             register says they hold, except HXY and HX18Y, which the order names and defines
             nowhere. What a list says of this very medicine counts before its group.
Not judged:  entries older than `register_max_age`; HF medicine outside pharmacies, as long as the
             agency's whole list of exclusions has not been imported, and HV medicine that is not on
             the part of the agency's list that we know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.facts import CaptureFacts, Facts, PackFacts
from inspector.domain.goods import DealerType, Goods, Group, Identity, Sku
from inspector.domain.verdict import Outcome, Reason, Target, TargetKind, Verdict
from inspector.rules import scope
from inspector.rules.guidance import Guidance
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="assortment",
    section="1-2",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 67-76; BEK 196, §§2-4",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.REGISTER, Need.DEALER_TYPE}),
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the lists say of one register entry."""

    outcome: Outcome
    case: str = ""
    reason: Reason | None = None


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per pack."""
    dealer, on = facts.site.dealer_type, facts.site.inspected_on

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        return [_judge_pack(capture, pack, dealer, on, guidance) for pack in capture.packs]

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_pack(
    capture: CaptureFacts, pack: PackFacts, dealer: DealerType | None, on: date, guidance: Guidance
) -> Verdict:
    if verdict := scope.no_medicine_pack(RULE, capture, pack):
        return verdict
    target = Target(TargetKind.PACK, pack.pack_id)
    evidence = scope.evidence(capture, [pack])
    if pack.goods is not Goods.OTC_MEDICINE or pack.identity is None:
        case = "told_medicine" if pack.is_told else ""
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, case=case, evidence=evidence)
    identity = pack.identity
    answer = _combine([_ask(sku, dealer, guidance) for sku in identity.candidates])
    details = Details(evidence=evidence, values=_values(pack, identity))
    if answer.outcome in (Outcome.PASSED, Outcome.FAILED) and _is_outdated(identity, on, guidance):
        # An old group says nothing definite: Panodil and Ibumetin have changed theirs before.
        case = f"outdated_{answer.case or 'allowed'}"
        return RULE.cant_tell(target, Reason.REGISTER_OUTDATED, case=case, **details)
    if answer.reason is not None:
        return RULE.cant_tell(target, answer.reason, case=answer.case, **details)
    if answer.outcome is Outcome.FAILED:
        return RULE.failed(target, case=answer.case, **details)
    return RULE.passed(target, case="emergency" if _is_emergency(identity) else "", **details)


def _ask(sku: Sku, dealer: DealerType | None, guidance: Guidance) -> _Answer:
    """Return what the law and the agency's lists say of one register entry at a dealer."""
    if sku.group is None:
        return _Answer(Outcome.CANT_TELL, reason=Reason.GROUP_UNKNOWN)
    if sku.group in guidance.groups_undefined:
        return _Answer(Outcome.CANT_TELL, reason=Reason.GROUP_UNDEFINED)
    group = Group(sku.group.removesuffix("Y"))
    if group in guidance.groups_forbidden_everywhere:
        return _Answer(Outcome.FAILED, "everywhere")
    if dealer is None:
        return _Answer(Outcome.CANT_TELL, reason=Reason.DEALER_UNKNOWN)
    if group in guidance.groups_not_addressed[dealer]:
        return _Answer(Outcome.CANT_TELL, reason=Reason.GROUP_NOT_ADDRESSED)
    if group not in guidance.self_selection_groups[dealer]:
        return _Answer(Outcome.FAILED, "here")
    is_listed = _is_listed(sku, group, dealer, guidance)
    if is_listed is False:
        return _Answer(Outcome.FAILED, "excluded")
    if is_listed is None:
        case = "animals" if group is Group.HV else ""
        return _Answer(Outcome.CANT_TELL, case, Reason.LIST_INCOMPLETE)
    return _Answer(Outcome.PASSED)


def _is_listed(sku: Sku, group: Group, dealer: DealerType, guidance: Guidance) -> bool | None:
    """Say whether medicine of a group that may stand there is on the agency's list itself.

    Pharmacies have all HA and HF. Outside them, some HF are excluded; of HV, some are listed, at
    every dealer alike. None where the list is not known.
    """
    if group is Group.HV:
        is_known = sku.atc in guidance.listed_animal_atc or None
        return is_known if sku.self_selection_pharmacy is None else sku.self_selection_pharmacy
    if dealer.is_pharmacy:
        return sku.self_selection_pharmacy is not False
    return sku.self_selection_retail


def _combine(answers: list[_Answer]) -> _Answer:
    """Return one answer for a pack that could be any of several register entries."""
    outcomes = {answer.outcome for answer in answers}
    if Outcome.FAILED in outcomes:
        if len(outcomes) > 1:
            return _Answer(Outcome.CANT_TELL, reason=Reason.PACK_SIZE_UNREAD)
        cases = {answer.case for answer in answers}
        return answers[0] if len(cases) == 1 else _Answer(Outcome.FAILED, "here")
    return next((a for a in answers if a.outcome is Outcome.CANT_TELL), answers[0])


def _is_outdated(identity: Identity, on: date, guidance: Guidance) -> bool:
    return any(
        (on - sku.valid_from).days > guidance.register_max_age_days for sku in identity.candidates
    )


def _is_emergency(identity: Identity) -> bool:
    return all(sku.group and sku.group.value.endswith("Y") for sku in identity.candidates)


def _values(pack: PackFacts, identity: Identity) -> dict[str, str]:
    groups = sorted({sku.group.value for sku in identity.candidates if sku.group})
    return {
        "name": pack.label,
        "group": "/".join(groups) or "?",
        "date": min(sku.valid_from for sku in identity.candidates).isoformat(),
    }
