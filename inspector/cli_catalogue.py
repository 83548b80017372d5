"""The commands of `inspector catalogue`: import lists, show the register of a day, compare days."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from inspector.capture.photo import read_photo
from inspector.catalogue.editions import Source
from inspector.catalogue.imports import Changes, ImportSummary, changes_between, import_list
from inspector.catalogue.register import Register
from inspector.data_folder import data_folder
from inspector.domain.goods import Kind, Sku
from inspector.domain.verdict import Outcome
from inspector.errors import CaptureError, LessonError
from inspector.inspection import EDITIONS, LESSONS, register_in_use
from inspector.rejudging import judge_again
from inspector.report.labels import Labels
from inspector.report.messages import Messages
from inspector.terminal import CatalogueOption, Lang, LangOption, err, out

app = typer.Typer(help="The dated register of goods.", no_args_is_help=True)

_MOST_LINES = 40
"""A new Takst changes thousands of entries; more than this is counted, not listed."""

DayOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today when left out.")
]


@app.command("show")
def show(on: DayOption = None, catalogue: CatalogueOption = None) -> None:
    """Show the register as it holds on a day."""
    day = on.date() if on else date.today()
    register = register_in_use(catalogue).on(day)
    table = Table("name", "form", "strength", "pack", "kind", "group", "vnr", "source")
    for sku in register.skus:
        group = sku.group.value if sku.group else ""
        table.add_row(
            *(sku.name, sku.form, sku.strength, sku.pack_size, sku.kind, group, sku.vnr, sku.source)
        )
    out.print(table)
    out.print(f"{register.name}: {len(register.skus)} ({day}), sha256 {register.sha256[:12]}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON, or a zip or folder of LMS files.")],
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Day from which the list holds; a Takst names its own."
        ),
    ] = None,
    source: Annotated[
        Source | None, typer.Option("--as", help="Kind of list, where its columns do not tell.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a text file, for example cp1252.")
    ] = None,
    lang: LangOption = Lang.DA,
) -> None:
    """Import a list of goods: as a whole or not at all. Older lists stay as they were."""
    with Progress(
        TextColumn(file.name),
        BarColumn(),
        MofNCompleteColumn(),
        console=err,
        disable=not err.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)
        summary = import_list(
            file,
            folder=data_folder() / EDITIONS,
            today=date.today(),
            day=on.date() if on else None,
            source=source,
            encoding=encoding,
            progress=lambda done, total: progress.update(task, completed=done, total=total or None),
        )
    _print_summary(summary, Labels.load(lang.value))


@app.command("compare")
def compare(
    earlier: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="One day.")],
    later: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Another day.")],
    catalogue: CatalogueOption = None,
    lang: LangOption = Lang.DA,
) -> None:
    """Show how the register of one day differs from that of another."""
    register = register_in_use(catalogue)
    changes = changes_between(register.on(earlier.date()), register.on(later.date()))
    _print_changes(changes, Labels.load(lang.value))


@app.command("rejudge")
def rejudge(
    reports: Annotated[list[Path], typer.Argument(help="Reports: *.report.json.")],
    on: DayOption = None,
    catalogue: CatalogueOption = None,
    lang: LangOption = Lang.DA,
) -> None:
    """Judge the recognised packs of stored reports under the register of another day."""
    day = on.date() if on else date.today()
    register: Register = register_in_use(catalogue).on(day)
    labels, messages = Labels.load(lang.value), Messages.load(lang.value)
    for path in reports:
        try:
            packs = judge_again(json.loads(path.read_text(encoding="utf-8")), register)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, CaptureError) as error:
            raise CaptureError(f"{path.name}: {error}") from error
        changed = [pack for pack in packs if pack.is_changed]
        table = Table(title=path.name, title_justify="left", box=SIMPLE_HEAD)
        for key in ("catalogue_pack", "catalogue_before", "catalogue_after"):
            table.add_column(labels.text(key))
        rows = Counter(
            (
                pack.name,
                f"{pack.group_before or '?'}: {_outcome_word(messages, pack.outcome_before)}",
                f"{pack.group or '?'}: {messages.sentence(pack.verdict)}",
            )
            for pack in changed
        )
        for (name, before, after), n in rows.items():
            table.add_row(f"{n} × {name}", before, after)
        out.print(table)
        out.print(
            labels.text("catalogue_rejudged", n=len(packs), changed=len(changed))
            + f" {register.name}, sha256 {register.sha256[:12]}"
        )


@app.command("teach")
def teach_pack(
    name: Annotated[str, typer.Argument(help="Name of the goods, as in the register.")],
    pictures: Annotated[
        list[Path], typer.Argument(help="One to five pictures of nothing but the pack's front.")
    ],
    box: Annotated[
        str | None,
        typer.Option(help="Part of the picture that shows the pack, X1,Y1,X2,Y2 in pixels."),
    ] = None,
    lang: LangOption = Lang.DA,
) -> None:
    """Teach a pack that its text alone does not tell; it counts from the next photo on."""
    from inspector.vision.lessons import teach  # OpenCV is not needed to show a register

    known = {sku.name for sku in register_in_use().on(date.today()).skus}
    if name not in known:
        close = ", ".join(get_close_matches(name, known))
        raise LessonError(
            f"{name}: the register has no goods of that name. Expected a name as it stands there"
            + (f", such as {close}" if close else "")
            + ". Import it first in a list of your own (inspector catalogue import)."
        )
    crops = [_cropped(read_photo(path).image_bgr, box) for path in pictures]
    lesson = teach(data_folder() / LESSONS, name, crops, taught_on=date.today())
    labels = Labels.load(lang.value)
    out.print(labels.text("lesson_taught", id=lesson.lesson_id, n=len(lesson.crops)))


@app.command("lessons")
def list_lessons() -> None:
    """List what has been taught, and when."""
    from inspector.vision.lessons import lessons_in

    table = Table("id", "name", "date", "pictures")
    for lesson in lessons_in(data_folder() / LESSONS):
        table.add_row(
            lesson.lesson_id, lesson.name, lesson.taught_on.isoformat(), str(len(lesson.crops))
        )
    out.print(table)


@app.command("forget")
def forget_lesson(
    lesson_id: Annotated[str, typer.Argument(help="Id of the lesson.")],
    lang: LangOption = Lang.DA,
) -> None:
    """Take a lesson back; its pictures are deleted."""
    from inspector.vision.lessons import forget

    lesson = forget(data_folder() / LESSONS, lesson_id)
    out.print(Labels.load(lang.value).text("lesson_forgotten", id=lesson.lesson_id))


def _cropped(image_bgr: NDArray[np.uint8], box: str | None) -> NDArray[np.uint8]:
    if box is None:
        return image_bgr
    height, width = image_bgr.shape[:2]
    try:
        x1, y1, x2, y2 = (round(float(edge)) for edge in box.split(","))
    except ValueError:
        x1 = y1 = x2 = y2 = -1
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise typer.BadParameter(
            f"{box!r} is no part of a picture of {width} × {height} pixels. Expected X1,Y1,X2,Y2 "
            "from left to right and top to bottom.",
            param_hint="--box",
        )
    return image_bgr[y1:y2, x1:x2]


def _outcome_word(messages: Messages, key: str) -> str:
    return next((messages.outcome(o) for o in Outcome if o.key == key), "?")


def _print_summary(summary: ImportSummary, labels: Labels) -> None:
    kept = "catalogue_imported" if summary.edition else "catalogue_known"
    out.print(labels.text(kept, source=summary.source, day=labels.day(summary.day)))
    out.print(labels.text("catalogue_entries", n=summary.entries))
    if summary.left_out:
        listed = ", ".join(f"{group} {n}" for group, n in summary.left_out.items())
        out.print(labels.text("catalogue_left_out", listed=listed))
    if summary.unknown_columns:
        out.print(labels.text("catalogue_columns", listed=", ".join(summary.unknown_columns)))
    _print_changes(summary.changes, labels)
    for warning in summary.warnings:
        out.print(warning.message_da if labels.file.endswith("_da.yaml") else warning.message_en)


def _print_changes(changes: Changes, labels: Labels) -> None:
    out.print(
        labels.text(
            "catalogue_changes",
            added=len(changes.added),
            removed=len(changes.removed),
            regrouped=len(changes.regrouped),
        )
    )
    table = Table(box=SIMPLE_HEAD)
    for key in ("catalogue_pack", "catalogue_before", "catalogue_after"):
        table.add_column(labels.text(key))
    rows = [
        *((new, _group(old), _group(new)) for old, new in changes.regrouped),
        *((sku, "–", _group(sku)) for sku in _medicine_first(changes.added)),
        *((sku, _group(sku), "–") for sku in _medicine_first(changes.removed)),
    ]
    for sku, before, after in rows[:_MOST_LINES]:
        pack = " ".join(filter(None, (sku.name, sku.strength, sku.form, sku.pack_size, sku.vnr)))
        table.add_row(pack, before, after)
    if rows:
        out.print(table)
    if len(rows) > _MOST_LINES:
        out.print(labels.text("catalogue_more", n=len(rows) - _MOST_LINES))


def _medicine_first(skus: Iterable[Sku]) -> list[Sku]:
    return sorted(skus, key=lambda sku: sku.kind is not Kind.MEDICINE)


def _group(sku: Sku) -> str:
    return sku.group.value if sku.group else sku.kind.value
