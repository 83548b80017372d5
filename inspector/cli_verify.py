"""The command `inspector verify`: was a record of a visit changed?"""

from __future__ import annotations

import typer

from inspector.data_folder import files_url, visits_url
from inspector.store.kept_files import KeptFiles
from inspector.store.verify import Verifier
from inspector.terminal import EXIT_FAILED, EXIT_PASSED, complain, out

app = typer.Typer()


@app.command()
def verify() -> None:
    """Follow the records of every visit, and every file that they name; tell what was changed."""
    with Verifier.open(visits_url()) as verifier:
        checked = list(verifier.check(KeptFiles(files_url())))
    for visit in checked:
        line = f"{visit.visit_id}  {visit.n_records:4}  {visit.shop_name}"
        out.print(line, highlight=False, markup=False, style="red" if visit.faults else "")
        for number, head in visit.reported:
            out.print(f"  {number} · {head}", highlight=False, soft_wrap=True)
        for fault in visit.faults:
            complain(f"{visit.visit_id}  {fault}")
    n_changed = sum(bool(visit.faults) for visit in checked)
    out.print(f"{len(checked)} visits, {n_changed} changed", highlight=False)
    raise typer.Exit(EXIT_FAILED if n_changed else EXIT_PASSED)
