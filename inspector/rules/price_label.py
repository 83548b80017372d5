"""price-label: does a price label say nothing but the plain data of the medicine?

> Reglerne om reklame for lægemidler finder ikke anvendelse på prislister, produktkataloger o.l.,
> der ikke indeholder andre oplysninger om lægemidlerne end lægemiddelnavne, lægemiddelformer,
> styrker, pakningsstørrelser, priser og billeder af lægemiddelpakninger
>
> I denne situation, hvor der ikke er flere oplysninger på salgsdisplays/prisskilte, finder
> reklamereglerne ikke anvendelse, og der skal derfor ikke være pligttekst.

Source: vejledning-selvvalg, section 7, lines 201-211.

Applies to:  every price label that names medicine, or could.
Expectation: name, form, strength, pack size, price and picture; nothing else.
Assumptions: numbers, units, item numbers, unit prices and flavours are tolerated; the first word of
             a label that names medicine is its name.
Not judged:  labels of other goods, and words that we do not know.
"""

from __future__ import annotations

from inspector.domain.facts import CaptureFacts, Facts, SignFacts
from inspector.domain.scene import SignKind
from inspector.domain.verdict import Reason, Target, TargetKind, Verdict
from inspector.rules import scope, words
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="price-label",
    section="7",
    automation=Automation.ASSISTED,
    source="vejledning-selvvalg, lines 201-211",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.READABLE_TEXT, Need.REGISTER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per price label, or one for a photo without labels."""

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if not scope.medicine(capture) and not scope.unknown_packs(capture):
            return scope.no_medicine(RULE, capture)
        labels = [sign for sign in capture.signs if sign.kind is SignKind.PRICE_LABEL]
        if labels:
            names = _names(capture)
            return [_judge_label(capture, label, names, guidance) for label in labels]
        if not capture.is_readable:
            return [RULE.cant_tell(STORE, Reason.VIEW_UNREADABLE)]
        return [RULE.inapplicable(STORE)]

    return scope.judge_captures(RULE, facts, judge_capture, only_public=False)


def _judge_label(
    capture: CaptureFacts, label: SignFacts, names: tuple[str, ...], guidance: Guidance
) -> Verdict:
    target = Target(TargetKind.SIGN, label.sign_id)
    claims = words.claims(label.text, guidance)
    extra = _extra_words(label, names, guidance)
    details = Details(
        evidence=scope.at(capture, label.box_xyxy_px),
        values={"text": label.text, "words": ", ".join(claims or extra)},
    )
    if not label.text.strip():
        return RULE.cant_tell(target, Reason.LABEL_UNREADABLE, **details)
    if not label.names_medicine:
        if words.indications(label.text, guidance) or (claims and not extra):
            return RULE.cant_tell(target, Reason.LABEL_UNREADABLE, case="whose", **details)
        return RULE.inapplicable(target, case="names_no_medicine", **details)
    if claims:
        return RULE.failed(target, **details)
    if extra:
        return RULE.cant_tell(target, Reason.LABEL_UNREADABLE, case="unknown_words", **details)
    return RULE.passed(target, **details)


def _names(capture: CaptureFacts) -> tuple[str, ...]:
    """Return what the goods in the picture are called, each name once."""
    texts = (
        text
        for pack in capture.packs
        if pack.identity is not None
        for sku in pack.identity.candidates
        for text in (sku.name, sku.form, sku.substance)
    )
    return tuple(dict.fromkeys(texts))


def _extra_words(label: SignFacts, names: tuple[str, ...], guidance: Guidance) -> tuple[str, ...]:
    """Return the words of a label that are neither its plain data nor claims."""
    claims = words.claims(label.text, guidance)
    extra = words.extra_words(label.text, guidance, (*names, *claims))
    first = words.extra_words(label.text, guidance, claims)[:1]
    # A label that names medicine begins with the name, also where no such pack was identified.
    return extra[1:] if label.names_medicine and extra[:1] == first else extra
