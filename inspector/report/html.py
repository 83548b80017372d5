"""The report as one web page for all photos of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from inspector.domain.report import InspectionReport
from inspector.report.head import head_from_reports
from inspector.report.labels import Labels, Lang
from inspector.report.packs_read import packs_read
from inspector.report.summary import overview_from_reports


def html_from_reports(
    reports: Sequence[InspectionReport],
    *,
    lang: Lang,
    images: Mapping[str, str],
    unread: Mapping[str, str] | None = None,
) -> str:
    """Return one page for all reports of a run. It loads nothing but the pictures beside it.

    Args:
        reports: Reports of the same place, at least one.
        lang: Language of the page; the guidance is always quoted in Danish.
        images: Annotated pictures: file name beside the page, by capture id. A capture without one
            is shown without a picture.
        unread: Files that could not be read, with the reason.

    Raises:
        ValueError: When there is no report.
        GuidanceError: When a sentence is missing from a message file.
    """
    labels = Labels.load(lang)
    return _template().render(
        lang=lang,
        text=labels.text,
        count=labels.count,
        head=head_from_reports(reports, lang=lang),
        overview=overview_from_reports(reports, lang=lang, unread=unread),
        packs_read=packs_read(reports, lang=lang),
        images={capture_id: quote(name) for capture_id, name in images.items()},
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("inspector", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html.jinja")
