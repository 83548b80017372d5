"""The command line. Thin: it reads arguments, wires real readers and prints what others made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from typer.core import TyperGroup
from typer.main import get_command

from inspector import cli_catalogue
from inspector.capture.faults import UnusableFileError
from inspector.capture.sources import find_sources, open_captures
from inspector.catalogue.matching import DatedMatcher
from inspector.data_folder import FILES_VARIABLE, STORE_VARIABLE
from inspector.domain.capture import Capture, HeightMark, Told
from inspector.domain.facts import Answer, Site, Zone
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectionReport
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Outcome
from inspector.doors import has_sign_in, is_local
from inspector.errors import InspectorError
from inspector.evaluation.run import ALL
from inspector.evaluation.run import evaluate as run_evaluation
from inspector.evaluation.table import table as evaluation_table
from inspector.evaluation.truth import load_truths
from inspector.geometry.calibration import calibrate
from inspector.geometry.kit import KIT
from inspector.inspection import default_reader, judge_captures, register_in_use, see
from inspector.joining import close_ups, joined
from inspector.report.files import write_kit, write_overview, write_report
from inspector.report.labels import Labels
from inspector.report.messages import Messages
from inspector.report.overlay import annotate
from inspector.report.summary import overview_from_reports
from inspector.report.table import table_from_overview
from inspector.rules import PLACED_QUESTIONS, QUESTION_IDS, RULES, is_question
from inspector.rules.asking import is_placed
from inspector.terminal import (
    EXIT_UNUSABLE,
    CatalogueOption,
    Lang,
    LangOption,
    complain,
    err,
    exit_code,
    out,
)
from inspector.vision.tags import find_tags
from inspector.workplace import Workplace

LATER = {name: f"inspector.cli_{name}" for name in ("batch", "verify", "watch")}
"""Commands whose modules are imported only when they are called: they stand on the database or on
cameras, which takes as long to import as everything else together."""


class _Commands(TyperGroup):
    # Typer keeps the types of a context and of a command to itself.
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        return [*super().list_commands(ctx), *LATER]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        if cmd_name in LATER:
            return get_command(import_module(LATER[cmd_name]).app)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_Commands,
    help="Inspects shelves with OTC medicine in self-selection (håndkøbslægemidler i selvvalg).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_catalogue.app, name="catalogue")

STYLES = {
    Outcome.FAILED: "bold red",
    Outcome.CANT_TELL: "yellow",
    Outcome.PASSED: "green",
    Outcome.INAPPLICABLE: "dim",
    Outcome.UNTESTED: "cyan",
}


@app.command()
def inspect(
    paths: Annotated[list[Path], typer.Argument(help="Photos, folders of photos, video files.")],
    dealer: Annotated[
        DealerType | None,
        typer.Option(help="Kind of dealer; rules that need it cannot be told without."),
    ] = None,
    zone: Annotated[Zone, typer.Option(help="Where the shelf stands.")] = Zone.PUBLIC,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            help="Answer to a question that only a person can decide, as ID=yes|no|not-relevant; "
            "may be repeated. `inspector rules` lists the ids; those of one gap, strip or sign "
            "stand below the findings."
        ),
    ] = None,
    camera_height_cm: Annotated[
        float | None,
        typer.Option(
            min=30, max=300, help="Height of the camera's lens above the floor, in centimetres."
        ),
    ] = None,
    camera_height_within_cm: Annotated[
        float,
        typer.Option(min=0.2, max=50, help="How far that may be off, either way (95 %)."),
    ] = 1.0,
    mark: Annotated[
        list[str] | None,
        typer.Option(
            help="A point or shelf edge of one photo whose height above the floor was measured, in "
            "pixels and centimetres: X,Y=CM or X1,Y1,X2,Y2=CM; may be repeated."
        ),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(help="The same for the lock of a cabinet that is in the photo: X,Y=CM."),
    ] = None,
    one_fixture: Annotated[
        bool,
        typer.Option(
            "--one-fixture",
            help="All photos show one fixture: one report. What is read in close-ups counts in the "
            "photo of the whole fixture, and photos without a scale take heights from those that "
            "have one, by the print that both show.",
        ),
    ] = False,
    catalogue: CatalogueOption = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for reports.")] = Path("out"),
    lang: LangOption = Lang.DA,
) -> None:
    """Inspect photos: print the findings, write reports and annotated photos."""
    now = datetime.now(UTC)
    told = Told(
        camera_height_m=None if camera_height_cm is None else camera_height_cm / 100,
        camera_height_u_m=camera_height_within_cm / 200,
        marks=tuple(
            _parsed_mark(text, is_lock=is_lock)
            for is_lock, texts in ((False, mark or []), (True, lock or []))
            for text in texts
        ),
        fixture="told" if one_fixture else "",
    )
    workplace = Workplace.load()
    site = Site(dealer, now.date(), zone, dict(_parsed_answer(text) for text in answer or []))
    register = register_in_use(catalogue)
    sources = find_sources(paths)
    if told.marks and len(sources) > 1:
        raise typer.BadParameter("marks belong to one photo", param_hint="--mark, --lock")
    unread: dict[str, str] = {}
    seen = list(_looked_at(sources, workplace, told, unread, lang))
    # Photos of one fixture lend each other their scale, also where each has a report of its own.
    together = [seen] if one_fixture and seen else [[one] for one in joined(seen)]
    matchers = DatedMatcher(register)
    reports = [
        judge_captures(
            group, model=default_reader().versions, matchers=matchers, site=site, created_at=now
        )
        for group in together
    ]
    image_paths: dict[str, Path] = {}
    # Opened again to be drawn on: the pixels of a folder of photos are more than memory holds.
    captures = chain.from_iterable(_captures_until_fault(source, {}, lang) for source in sources)
    for report in reports:
        images = {
            inspected.capture_id: annotate(
                capture.image_bgr, inspected, report.verdicts, lang=lang.value
            )
            for inspected, capture in zip(report.captures, captures, strict=False)
        }
        image_paths.update(write_report(report, images, out_dir).image_paths)
    if reports:
        write_overview(reports, image_paths, out_dir, lang=lang.value, unread=unread)
        _print_findings(reports, lang)
        out.print(f"{out_dir / 'report.html'}  {out_dir / 'report.pdf'}", highlight=False)
    for reason in unread.values():
        complain(reason)
    if not one_fixture:
        files = {one.capture_id: one.file for one in seen}
        for near, far in close_ups(seen):
            said = Labels.load(lang.value).text("close_up_hint", near=files[near], far=files[far])
            err.print(said, highlight=False)
    if workplace.print_scale is None and any(_uses_kit(report) for report in reports):
        err.print(Labels.load(lang.value).text("kit_bar_untold"), highlight=False)
    outcomes = {outcome for report in reports for outcome in report.summary.values()}
    raise typer.Exit(exit_code(outcomes))


@app.command()
def kit(
    out_file: Annotated[
        Path | None, typer.Option("--out", help="PDF to write; print it at 100 %.")
    ] = None,
    bar_mm: Annotated[
        float | None,
        typer.Option(help="Measured length of the printed bar (100 mm); kept, and corrected for."),
    ] = None,
) -> None:
    """Make the printable reference kit, or tell how long its bar came out of the printer."""
    if out_file is None and bar_mm is None:
        raise typer.BadParameter("expected --out FILE.pdf, --bar-mm LENGTH, or both")
    if out_file is not None:
        write_kit(out_file)
        out.print(str(out_file), highlight=False)
        if bar_mm is None and Workplace.load().print_scale is None and sys.stdin.isatty():
            typed = typer.prompt("Length of the printed bar in mm (empty: later)", default="")
            bar_mm = float(typed.replace(",", ".")) if typed else None
    if bar_mm is not None:
        kept = Workplace.load().with_bar(bar_mm).save()
        out.print(f"{bar_mm:g} mm: {kept}", highlight=False)


@app.command()
def camera(
    paths: Annotated[
        list[Path], typer.Argument(help="Photos of the strip by one device, from many sides.")
    ],
) -> None:
    """Make a profile of a device's camera, once, from a few photos of the kit's strip."""
    captures = [capture for path in find_sources(paths) for capture in open_captures(path)]
    workplace, device = Workplace.load(), captures[0].device
    lens = calibrate([find_tags(capture.image_bgr) for capture in captures], captures[0].camera)
    kept = workplace.with_camera(captures, lens).save()
    if lens is not None:
        out.print(
            f"{device}: focal length {lens.focal_px:.0f} px ± {2 * lens.focal_u_rel:.1%}, k1 "
            f"{lens.k1:.4f} ± {2 * lens.k1_u:.4f}, residual {lens.rms_px:.2f} px, "
            f"{lens.photos} photos: {kept}",
            highlight=False,
        )


@app.command()
def rules(lang: LangOption = Lang.DA) -> None:
    """List every rule: its section, who decides it, and the questions a person can answer."""
    messages = Messages.load(lang.value)
    table = Table("id", "§", "", "")
    for rule in RULES:
        table.add_row(
            rule.id, rule.section, messages.title(rule.id), messages.automation(rule.automation)
        )
    out.print(table)
    questions = Table("--answer", "")
    for question_id in QUESTION_IDS:
        questions.add_row(question_id, messages.question(question_id))
    for question_id in PLACED_QUESTIONS:
        questions.add_row(f"{question_id}:…", messages.question(question_id))
    out.print(questions)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Pictures with their truth as JSON beside them.")],
    dealer: Annotated[DealerType | None, typer.Option(help="Kind of dealer to judge for.")] = None,
    catalogue: CatalogueOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write the figures to this JSON file too.")
    ] = None,
) -> None:
    """Measure how right the inspector is on pictures whose truth is known."""
    truths = load_truths(folder)
    with Progress(console=err, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=len(truths))
        evaluation = run_evaluation(
            truths,
            reader=default_reader(),
            register=register_in_use(catalogue),
            dealer=dealer,
            on_picture=lambda truth: progress.advance(task),
        )
    out.print(evaluation_table(evaluation))
    for line in evaluation.figures[ALL].wrong:
        out.print(f"WRONG {line}", style="red", highlight=False)
    if out_file is not None:
        out_file.write_text(json.dumps(evaluation.document(), indent=1), encoding="utf-8")


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
    address: Annotated[
        str,
        typer.Option(help="Address to listen on; another than this machine's needs sign-in."),
    ] = "127.0.0.1",
    store: Annotated[
        str | None,
        typer.Option(help="Store of visits: sqlite:///FILE or postgresql://USER@HOST/NAME."),
    ] = None,
    files: Annotated[
        str | None,
        typer.Option(help="Where photos are kept: a folder, or an fsspec URL (s3://…)."),
    ] = None,
) -> None:
    """Open the dashboard in a browser, by default on this machine only."""
    if not is_local(address) and not has_sign_in():
        raise typer.BadParameter(
            f"others can reach {address}, and nobody would have to sign in. Set up sign-in in "
            ".streamlit/secrets.toml (docs/visits.md), or leave the address out.",
            param_hint="--address",
        )
    page = Path(__file__).with_name("app.py")
    if not page.exists():
        page = Path(__file__).resolve().parents[1] / "app.py"
    places = {STORE_VARIABLE: store, FILES_VARIABLE: files}
    raise typer.Exit(
        subprocess.call(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                str(page),
                "--server.address",
                address,
                "--server.port",
                str(port),
                "--browser.gatherUsageStats",
                "false",
            ],
            env=os.environ | {name: place for name, place in places.items() if place},
        )
    )


def main() -> None:
    """Run the command line; errors that a person can act on are printed without a traceback."""
    try:
        app()
    except InspectorError as error:
        complain(str(error))
        sys.exit(EXIT_UNUSABLE)


def _uses_kit(report: InspectionReport) -> bool:
    kit_methods = {part.method for part in KIT}
    return any(capture.facts.scale.method in kit_methods for capture in report.captures)


def _looked_at(
    sources: Sequence[Path], workplace: Workplace, told: Told, unread: dict[str, str], lang: Lang
) -> Iterator[SeenCapture]:
    """Yield what is seen in every photo and frame, and note the files that cannot be read."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=len(sources) == 1 or not err.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(sources))
        for source in sources:
            progress.update(task, description=source.name)
            for capture in _captures_until_fault(source, unread, lang):
                yield see(workplace.equip(capture, told), default_reader())
            progress.advance(task)


def _captures_until_fault(source: Path, unread: dict[str, str], lang: Lang) -> Iterator[Capture]:
    """Yield the captures of a source; a fault ends this source and leaves the others alone."""
    try:
        yield from open_captures(source)
    except UnusableFileError as error:
        unread[source.name] = error.message[lang.value]


def _parsed_answer(text: str) -> tuple[str, Answer]:
    question_id, _, given = text.partition("=")
    if not is_question(question_id) or given not in set(Answer):
        raise typer.BadParameter(
            f"'{text}' is no answer. Expected ID=ANSWER with ANSWER one of {', '.join(Answer)} and "
            f"ID one of {', '.join(QUESTION_IDS)}, or one of those below the findings of a photo.",
            param_hint="--answer",
        )
    return question_id, Answer(given)


def _parsed_mark(text: str, *, is_lock: bool) -> HeightMark:
    place, _, height_cm = text.partition("=")
    try:
        numbers = [float(number) for number in place.split(",")]
        ends_px = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        mark = HeightMark(ends_px, float(height_cm) / 100, is_lock=is_lock)
    except ValueError:
        ends_px = ()
    if len(ends_px) not in ((1,) if is_lock else (1, 2)) or not 0 <= mark.height_m <= 3:
        raise typer.BadParameter(
            f"'{text}' is no mark. Expected X,Y=CM or, of an edge and no lock, X1,Y1,X2,Y2=CM: "
            "pixels of the upright photo and a height of 0 to 300 cm above the floor, for example "
            "812,455=140.",
            param_hint="--lock" if is_lock else "--mark",
        )
    return mark


def _print_findings(reports: list[InspectionReport], lang: Lang) -> None:
    """Print one table per photo; what only a person can answer stands in one row at its end."""
    for report in reports:
        overview = overview_from_reports([report], lang=lang.value)
        rows = table_from_overview(overview, lang=lang.value)
        table = Table(title=report.captures[0].file, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("§", ratio=1)
        table.add_column(overview.headline, ratio=3)
        for row in rows:
            if row.outcome is Outcome.UNTESTED:
                continue
            next_step = f"\n→ {row.next_step}" if row.next_step else ""
            table.add_row(
                f"[{STYLES[row.outcome]}]{escape(row.outcome_word)}[/]\n{escape(row.rule)}",
                escape(row.sentence + next_step),
            )
        untested = [row for row in rows if row.outcome is Outcome.UNTESTED]
        if untested:
            table.add_row(
                f"[{STYLES[Outcome.UNTESTED]}]{escape(untested[0].outcome_word)}[/]",
                escape(" · ".join(row.rule for row in untested)),
            )
        for question in overview.questions:
            if is_placed(question.question_id):
                table.add_row(escape(question.question_id), escape(question.text))
        out.print(table)
