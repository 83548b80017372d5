"""The command `inspector batch`: reads arguments, wires engine and store, prints what was done."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import fsspec
import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from inspector.batch.exports import write_differences, write_exports
from inspector.batch.local import inspect_locally
from inspector.batch.manifest import read_manifest
from inspector.batch.rejudge import Rejudged, rejudge
from inspector.batch.run import Engine, Run, pages, run
from inspector.batch.work import Models, ShippedModels, Terms
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.data_folder import visits_url
from inspector.domain.goods import DealerType
from inspector.domain.verdict import Outcome
from inspector.errors import OutputError
from inspector.inspection import register_in_use
from inspector.store import Store
from inspector.terminal import CatalogueOption, complain, err, exit_code, out
from inspector.visits.archive import keep_as_visits
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge

app = typer.Typer()

MOST_FAULTS_SHOWN = 20


class EngineName(StrEnum):
    """Where photos are looked at."""

    LOCAL = "local"
    RAY = "ray"


def models(device: str = "cpu") -> Models:
    """Return what photos are looked at with, on a device as PyTorch names it."""
    return ShippedModels(device)


@app.command()
def batch(
    source: Annotated[
        str | None,
        typer.Argument(help="Folder or fsspec URL (s3://…) with photos and manifest.csv/.parquet."),
    ] = None,
    engine: Annotated[
        EngineName, typer.Option(help="Processes of this machine, or a Ray cluster.")
    ] = EngineName.LOCAL,
    manifest: Annotated[
        str | None,
        typer.Option(help="Manifest elsewhere: CSV or Parquet: file, store, dealer_type, date."),
    ] = None,
    dealer: Annotated[
        DealerType | None, typer.Option(help="Kind of dealer where the manifest names none.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Workers, a core each; as many as cores when left out."),
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="Running Ray cluster; without it one is started here.")
    ] = None,
    gpus_per_worker: Annotated[
        float,
        typer.Option(
            min=0, help="With --engine ray: GPUs of each worker, or a part of one (0.25)."
        ),
    ] = 0.0,
    catalogue: CatalogueOption = None,
    store_url: Annotated[
        str | None,
        typer.Option(
            "--store",
            help="sqlite:///FILE or postgresql://…; inspections.sqlite in --out when left out.",
        ),
    ] = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path("out"),
    is_rejudged: Annotated[
        bool,
        typer.Option(
            "--rejudge",
            help="Judge what is in the store again, without photos, and list the differences.",
        ),
    ] = False,
    as_visits: Annotated[
        bool,
        typer.Option(
            "--as-visits",
            help="Show the findings on the dashboard: each shop's day becomes a closed visit in "
            "its store (or that of --store), with copies of the photos.",
        ),
    ] = False,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="With --rejudge: the day whose rules and register count; each photo's own day "
            "when left out.",
        ),
    ] = None,
) -> None:
    """Inspect an archive of photos; stop it at any time, start it again and it goes on."""
    if is_rejudged:
        outcomes = _rejudge(store_url, register_in_use(catalogue), on and on.date(), out_dir)
        raise typer.Exit(exit_code(outcomes))
    if source is None:
        raise typer.BadParameter("Name a folder or URL with photos.", param_hint="SOURCE")
    if gpus_per_worker and engine is not EngineName.RAY:
        raise typer.BadParameter("GPUs need --engine ray.", param_hint="--gpus-per-worker")
    what = models("cuda:0") if gpus_per_worker else models()
    register = register_in_use(catalogue)
    terms = Terms(what.versions, DatedMatcher(register))
    photos = read_manifest(source, manifest=manifest, dealer_type=dealer, today=date.today())
    count = workers or len(os.sched_getaffinity(0))
    look: Engine = partial(inspect_locally, models=what, register=register, workers=count)
    if engine is EngineName.RAY:
        from inspector.batch.on_ray import inspect_on_ray

        look = partial(
            inspect_on_ray,
            models=what,
            register=register,
            workers=count,
            address=ray_address,
            gpus_per_worker=gpus_per_worker,
        )
    if as_visits:
        store_url = store_url or visits_url()
    with _open_store(store_url, out_dir) as store:
        with _progress() as progress:
            task = progress.add_task("", total=len(photos.entries))
            done = run(
                photos,
                engine=look,
                terms=terms,
                store=store,
                advance=lambda count: progress.advance(task, count),
            )
        write_exports(done.inspections, done.faults, store=store, out_dir=out_dir)
        outcomes = Counter(
            outcome
            for page in pages(done.inspections)
            for outcome in _outcomes(store, [made.key for made in page])
        )
    _print_run(done, outcomes, out_dir)
    if as_visits:
        _keep_as_visits(done, store_url, terms)
    raise typer.Exit(exit_code(outcomes))


def _keep_as_visits(done: Run, store_url: str | None, terms: Terms) -> None:
    desk = Desk.open(store_url)
    kept = keep_as_visits(
        desk,
        Judge(desk, terms.matchers),
        done.inspections,
        fetch=_fetch,
        now=datetime.now(UTC),
    )
    out.print(f"{kept.n_visits} visits on the dashboard", highlight=False)
    for url in kept.changed:
        complain(f"{url}: is not the photo any more that was looked at. Run it again.")


def _fetch(url: str) -> bytes:
    with fsspec.open(url, "rb") as file:
        return bytes(file.read())


def _rejudge(
    store_url: str | None, register: Register, on: date | None, out_dir: Path
) -> Counter[Outcome]:
    outcomes: Counter[Outcome] = Counter()
    with _open_store(store_url, out_dir) as store, _progress() as progress:
        task = progress.add_task("", total=None)

        def counted() -> Iterator[Rejudged]:
            for again in rejudge(store, register=register, on=on):
                outcomes[again.result.outcome] += 1
                progress.advance(task)
                yield again

        start = time.monotonic()
        changes = write_differences(counted(), out_dir)
        seconds = time.monotonic() - start
    table = Table("rule", "before", "now", "targets")
    for (rule_id, before, after), targets in sorted(changes.items()):
        table.add_row(rule_id, before or "–", after or "–", str(targets))
    out.print(table)
    out.print(
        f"{outcomes.total()} inspections judged again, {outcomes.total() / seconds:.0f} a second; "
        f"{changes.total()} differences in {out_dir / 'differences.csv'}",
        highlight=False,
    )
    return outcomes


def _open_store(url: str | None, out_dir: Path) -> Store:
    if url is None:
        try:
            out_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"Cannot write to {out_dir} ({error.strerror}). Choose another folder with --out."
            ) from error
        url = f"sqlite:///{out_dir / 'inspections.sqlite'}"
    return Store.open(url)


def _outcomes(store: Store, keys: list[str]) -> list[Outcome]:
    found = store.outcomes(keys)
    return [found[key] for key in keys]


class _Rate(ProgressColumn):
    """Photos per second since the start."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.2f}/s")


def _progress() -> Progress:
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )


def _print_run(done: Run, outcomes: Counter[Outcome], out_dir: Path) -> None:
    table = Table("photos", "", show_header=False)
    rows = {
        "looked at": done.looked_at,
        "judged again from what was seen before": done.judged,
        "known with the same versions": done.known,
        "left out": len(done.faults),
        **{f"→ {outcome.key}": count for outcome, count in sorted(outcomes.items(), reverse=True)},
    }
    for name, count in rows.items():
        table.add_row(name, str(count))
    if done.looked_at:
        table.add_row("photos a second", f"{done.looked_at / done.seconds:.2f}")
        table.add_row("largest memory of a worker", f"{done.worker_gb:.2f} GB")
    out.print(table)
    out.print(f"{out_dir}", highlight=False)
    for fault in done.faults[:MOST_FAULTS_SHOWN]:
        complain(f"{fault.where}: {fault.reason}")
    if len(done.faults) > MOST_FAULTS_SHOWN:
        rest = len(done.faults) - MOST_FAULTS_SHOWN
        err.print(f"… and {rest} more in {out_dir / 'left_out.csv'}", style="red", highlight=False)
