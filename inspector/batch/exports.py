"""The results of an archive as files: reports as JSON lines, inspections and verdicts as Parquet.

Same photos and versions, same bytes, whichever engine made them and however often it was stopped.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from inspector.batch.manifest import Fault
from inspector.batch.rejudge import Rejudged
from inspector.batch.run import pages
from inspector.errors import OutputError
from inspector.rules import RULES
from inspector.store import Inspection, RuleOutcome, Store
from inspector.store.records import heaviest

_PAGE = 200
"""Reports in memory at once."""

Change = tuple[str, str, str]
"""A rule, its outcome before and its outcome now."""

_TEXTS = ("inspection_key", "capture_id", "url", "file", "store", "dealer_type")
_DAYS = ("inspected_on", "rules_of")
_VERSIONS = ("seen_with", "judged_by", "register")
INSPECTIONS = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS),
        *((name, pa.date32()) for name in _DAYS),
        ("outcome", pa.string()),
        *((rule.id, pa.string()) for rule in RULES),
        *((name, pa.string()) for name in _VERSIONS),
    ]
)
"""One row per inspection, with a column per rule."""

_VERDICT_FIELDS = ("rule_id", "section", "outcome", "reason", "measured", "limit")
VERDICTS = pa.schema(
    [
        (name, pa.string())
        for name in (
            *("inspection_key", "target_kind", "target_id", *_VERDICT_FIELDS),
            *("message_da", "message_en"),
        )
    ]
)
"""One row per verdict."""


def write_exports(
    inspections: Sequence[Inspection], faults: Sequence[Fault], *, store: Store, out_dir: Path
) -> list[Path]:
    """Write the results of an archive into a folder, in its order.

    Args:
        inspections: Inspections that are in the store with their reports.
        faults: What was left out.
        store: Holds the reports.
        out_dir: Folder; made when it is missing.

    Returns:
        `reports.jsonl.gz`, `inspections.parquet`, `verdicts.parquet` and `left_out.csv`.

    Raises:
        OutputError: The folder cannot be written; old files stay as they were.
    """
    names = ("reports.jsonl.gz", "inspections.parquet", "verdicts.parquet", "left_out.csv")
    with _whole_files(out_dir, names) as (reports, of_inspections, of_verdicts, left_out):
        with (
            gzip.GzipFile("", "wb", 6, reports, mtime=0) as lines,
            pq.ParquetWriter(of_inspections, INSPECTIONS, compression="zstd") as inspection_rows,
            pq.ParquetWriter(of_verdicts, VERDICTS, compression="zstd") as verdict_rows,
        ):
            for page in pages(inspections, _PAGE):
                documents = store.reports([made.key for made in page])
                rules = store.rules([made.key for made in page])
                for made in page:
                    lines.write(documents[made.key] + b"\n")
                inspection_rows.write_table(
                    pa.Table.from_pylist(
                        [_inspection_row(made, rules[made.key]) for made in page], INSPECTIONS
                    )
                )
                rows = [row for made in page for row in _verdict_rows(made, documents[made.key])]
                verdict_rows.write_table(pa.Table.from_pylist(rows, VERDICTS))
        with _csv(left_out) as rows_left_out:
            rows_left_out.writerow(("where", "reason"))
            rows_left_out.writerows((fault.where, fault.reason) for fault in faults)
    return [out_dir / name for name in names]


def write_differences(rejudged: Iterable[Rejudged], out_dir: Path) -> Counter[Change]:
    """Write differences to `differences.csv`, as they come.

    Args:
        rejudged: Inspections that were judged again.
        out_dir: Folder; made when it is missing.

    Returns:
        How many differences there are by rule, outcome before and outcome after.

    Raises:
        OutputError: The folder cannot be written; an old file stays as it was.
    """
    counts: Counter[Change] = Counter()
    with _whole_files(out_dir, ("differences.csv",)) as (file,), _csv(file) as rows:
        rows.writerow(
            ("url", "store", "date", "rule_id", "target", "name", "outcome_before", "outcome_now")
        )
        for again in rejudged:
            made = again.result.inspection
            where = (made.url, made.store, made.inspected_on.isoformat())
            for found in again.differences:
                rows.writerow((*where, *astuple(found)))
                counts[found.rule_id, found.before, found.after] += 1
    return counts


@contextmanager
def _csv(file: BinaryIO) -> Iterator[Any]:
    """Write CSV that spreadsheets open with the right letters."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    yield csv.writer(text)
    text.detach()


@contextmanager
def _whole_files(out_dir: Path, names: Sequence[str]) -> Iterator[list[BinaryIO]]:
    """Open files that replace the old ones when all of them are complete."""
    parts = [out_dir / f".{name}.part" for name in names]
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            yield [files.enter_context(part.open("wb")) for part in parts]
        for part, name in zip(parts, names, strict=True):
            part.replace(out_dir / name)
    except OSError as error:
        raise OutputError(
            f"Cannot write to {out_dir}: {error.strerror or error}. The results are safe in the "
            "store. Free space, or choose another folder with --out, and start the same command "
            "again: nothing is looked at twice."
        ) from error
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _inspection_row(made: Inspection, rules: Sequence[RuleOutcome]) -> dict[str, Any]:
    return {
        "inspection_key": made.key,
        **{name: getattr(made, name) for name in (*_TEXTS[1:], *_VERSIONS, *_DAYS)},
        "outcome": heaviest(rules).key,
        **{rule.rule_id: rule.outcome.key for rule in rules},
    }


def _verdict_rows(made: Inspection, document: bytes) -> Iterator[dict[str, Any]]:
    for verdict in json.loads(document)["verdicts"]:
        yield {
            **{name: verdict[name] for name in _VERDICT_FIELDS},
            "inspection_key": made.key,
            "target_kind": verdict["target"]["kind"],
            "target_id": verdict["target"]["id"],
            "message_da": verdict["message"]["da"],
            "message_en": verdict["message"]["en"],
        }
