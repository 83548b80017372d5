"""Visits to shops: the line of `inspection.py`, photo by photo, between a store and its people.

desk       the store's parts and the models, opened once
analysis   looks at photos in the background, in turn
judging    what was seen, judged under what people say: reports, findings, rows
follow_up  what changed since the visit before, and what shows that it was put right
trends     what many visits say together
exports    findings as tables to take along
closing    the report of a visit on paper, and the visit closed with it
"""
