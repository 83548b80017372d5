"""Inspects shelves with over-the-counter medicine in self-selection, by the Danish guidance.

    from inspector import inspect_photo

    report = inspect_photo("shelf.jpg", dealer="retailer")

Read `inspector.inspection` first: it is the line from a photo to a report.
"""

from inspector.domain.report import InspectionReport
from inspector.domain.verdict import Outcome, Verdict
from inspector.inspection import inspect_captures, inspect_photo

__all__ = ["InspectionReport", "Outcome", "Verdict", "inspect_captures", "inspect_photo"]
