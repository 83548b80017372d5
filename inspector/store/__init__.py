"""What was seen and judged, kept: SQLite by default, PostgreSQL by its URL.

Read `schema` (the tables), `codec` (a scene as bytes), `versions` (what a result rests on), then
`records` (the rows) and `store`, the only way in and out.
"""

from inspector.store.records import Inspection, Result, RuleOutcome
from inspector.store.store import Store

__all__ = ["Inspection", "Result", "RuleOutcome", "Store"]
