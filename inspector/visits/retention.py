"""Deletes what visits gathered and kept long enough: files first, then the record of it.

A program that ends in between finds the same photos again, and goes on.
"""

from __future__ import annotations

from datetime import datetime

from inspector.visits.desk import Desk


def delete_old(desk: Desk, now: datetime) -> int:
    """Delete what is past its time; return how many photos went.

    Raises:
        StoreError: A file cannot be deleted; nothing is recorded of its visit then.
    """
    n_photos = 0
    for visit_id, names in desk.retention.old_photos(now).items():
        for name in names:
            desk.files.delete(name)
        desk.retention.photos_deleted(visit_id, names, now)
        n_photos += len(names)
    desk.retention.delete_old_log(now)
    return n_photos
