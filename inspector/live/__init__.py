"""Live cameras: the line again and again, over weeks, and no picture of a person kept.

    Stream ─► ShelfArea ─► Gate ─► Still ─► look ─► Votes ─► Findings ─► Ledger ─► alerts, page
    newest    grey out-    quiet,  median   the     per      three in   tables,   MQTT, metrics
    frame     side         changed of time  line    place    a row      pictures

Read `settings` (what may be set), `camera` (one camera's path of a frame), `watching` (all of them
under supervision). Everything that decides is a plain class that is told the time; threads, sockets
and files stay at the edges: `streams`, `ledger`, `channels`, `home`, `metrics`.
"""
