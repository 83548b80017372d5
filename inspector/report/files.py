"""Writes reports into a folder: whole files or none, and never one photo over another."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.report import InspectedCapture, InspectionReport
from inspector.errors import OutputError
from inspector.report.document import document_from_report
from inspector.report.html import html_from_reports
from inspector.report.kit_paper import kit_pdf
from inspector.report.labels import Lang
from inspector.report.pdf import pdf_from_reports

_JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where one report was written.

    Attributes:
        json_path: The report.
        image_paths: The annotated pictures by capture id.
    """

    json_path: Path
    image_paths: Mapping[str, Path]


def write_report(
    report: InspectionReport,
    annotated_images: Mapping[str, NDArray[np.uint8]],
    out_dir: Path,
) -> ReportFiles:
    """Write `<stem>.report.json` and, for each picture, `<stem>.annotated.jpg`.

    The stem is that of the photo's file. When another photo has taken it, the first 8 hex digits
    of the capture id are appended; the same photo inspected again replaces its own files.

    Args:
        report: Report with at least one capture; the first one names the JSON file.
        annotated_images: Pictures by capture id, shape (H, W, 3), uint8, BGR.
        out_dir: Folder; made when it is missing.

    Raises:
        OutputError: When the folder cannot be written.
    """
    if not report.captures:
        raise ValueError("a report without a capture has no file name")
    _make_folder(out_dir)
    first = report.captures[0]
    stem = _free_stem(out_dir, first)
    image_paths = {}
    for inspected in report.captures:
        if inspected.capture_id in annotated_images:
            name = stem if inspected is first else _long_stem(inspected)
            path = out_dir / f"{name}.annotated.jpg"
            _write(path, _jpeg(annotated_images[inspected.capture_id]))
            image_paths[inspected.capture_id] = path
    json_path = out_dir / f"{stem}.report.json"
    text = json.dumps(document_from_report(report), ensure_ascii=False, indent=2)
    _write(json_path, f"{text}\n".encode())
    return ReportFiles(json_path, image_paths)


def write_overview(
    reports: Sequence[InspectionReport],
    image_paths: Mapping[str, Path],
    out_dir: Path,
    *,
    lang: Lang,
    unread: Mapping[str, str] | None = None,
) -> tuple[Path, Path]:
    """Write `report.html` and `report.pdf` for all reports of a run.

    Args:
        reports: Reports of the same place, at least one.
        image_paths: Annotated pictures in `out_dir` by capture id, as `write_report` returned them.
        out_dir: Folder; made when it is missing.
        lang: Language of both.
        unread: Files that could not be read, with the reason.

    Returns:
        Paths of the page and of the PDF.

    Raises:
        OutputError: When the folder cannot be written.
        ValueError: When there is no report.
    """
    names = {capture_id: path.name for capture_id, path in image_paths.items()}
    html = html_from_reports(reports, lang=lang, images=names, unread=unread)
    pdf = pdf_from_reports(reports, lang=lang, images=image_paths, unread=unread)
    _make_folder(out_dir)
    html_path, pdf_path = out_dir / "report.html", out_dir / "report.pdf"
    _write(html_path, html.encode())
    _write(pdf_path, pdf)
    return html_path, pdf_path


def write_kit(path: Path) -> None:
    """Write the printable reference kit.

    Raises:
        OutputError: When the file cannot be written.
    """
    _make_folder(path.parent)
    _write(path, kit_pdf())


def _free_stem(out_dir: Path, inspected: InspectedCapture) -> str:
    """Return the file's stem, or a longer one when another photo has taken it."""
    stem = Path(inspected.file).stem
    is_free = _is_free(out_dir / f"{stem}.report.json", inspected.capture_id)
    return stem if is_free else _long_stem(inspected)


def _long_stem(inspected: InspectedCapture) -> str:
    """Return the stem with 8 hex digits, and the milliseconds for a frame of a video."""
    digest, _, milliseconds = inspected.capture_id.partition("-")
    return "-".join(filter(None, (Path(inspected.file).stem, digest[:8], milliseconds)))


def _is_free(path: Path, capture_id: str) -> bool:
    """Return True when nothing lies there, or a report of the same photo."""
    if not path.exists():
        return True
    try:
        captures = json.loads(path.read_text(encoding="utf-8"))["captures"]
        return bool(captures[0]["capture_id"] == capture_id)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return False  # somebody else's file


def _jpeg(image_bgr: NDArray[np.uint8]) -> bytes:
    _, encoded = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none: readers see the old one until the new one is complete."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)  # mkstemp lets only the owner read
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"Cannot write {path}: {error.strerror or error}. Expected a folder that can be written "
        "and has room. Choose another folder with --out, or free space and check its rights."
    )
