"""What was seen, judged and decided, kept: SQLite by default, PostgreSQL by its URL.

`schema` holds the tables, `migrations` how they came about, `database` what every part stands on.

store         scenes and results in bulk, for archives (`codec`, `surveys`, `versions`, `records`)
visits        shops and visits; `visit` is one as its records tell it, `chain` binds the records
actions       corrective actions; each step is a record of its visit
people        who may see and do what
photo_queue   photos that are still to be looked at
finding_rows  findings of all visits, for pages over many
kept_files    photos and reports as files named by their sha256
verify        finds what is no longer as it was recorded
"""

from inspector.store.records import Inspection, Result, RuleOutcome
from inspector.store.store import Store

__all__ = ["Inspection", "Result", "RuleOutcome", "Store"]
