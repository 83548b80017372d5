"""What people and programs get to see of an inspection.

`summary` groups the verdicts into `findings` once; `html`, `pdf` and `table` only set them.
`document` is the JSON that stays stable, `overlay` the annotated photo, `files` writes them all.
Sentences about rules come from `messages`, fixed words from `labels`.
"""
