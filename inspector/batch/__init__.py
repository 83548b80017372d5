"""The same line over an archive: many photos, many processes or many machines, stopped and resumed.

    manifest ─► plan ─► engine (local processes or Ray) ─► store ─► reports and tables
    which       what    looks at photos, in order          in bulk   exports.py
    photos      is new  engines.py, on_ray.py              run.py

`rejudge` judges again what is in the store, under another register or day, without any photo.
"""
