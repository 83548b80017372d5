"""Shops and visits. Records are only ever added; who may see what is checked here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from inspector.domain.capture import Told
from inspector.domain.facts import Answer, Zone
from inspector.domain.goods import DealerType, Goods
from inspector.errors import AccessError, VisitError
from inspector.store import schema
from inspector.store.chain import Record, next_record
from inspector.store.database import Database
from inspector.store.people import Person
from inspector.store.visit import (
    Party,
    PhotoState,
    Ruling,
    Shop,
    Strokes,
    Visit,
    VisitKind,
    told_as_details,
    visit_from_records,
)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in a list of many.

    Attributes:
        visit_id: Its id.
        shop: The shop.
        kind: Why somebody looked.
        inspected_on: Its day.
        is_open: False once it is closed.
        version: 1, and one more for each correction.
        n_photos: Number of photos.
        n_failed: Number of findings that failed and that nobody overruled.
    """

    visit_id: str
    shop: Shop
    kind: VisitKind
    inspected_on: date
    is_open: bool
    version: int
    n_photos: int
    n_failed: int


@dataclass(frozen=True, slots=True)
class Access:
    """That somebody looked at a visit, or changed something that is no part of one.

    Attributes:
        at: When.
        by: Who.
        did: What they did, a word of the program; empty in old entries.
        details: What it was done to; the whole English sentence (`said`) in old entries.
        visit_id: The visit that was looked at.
        shop_name: Its shop.
    """

    at: datetime
    by: str
    did: str
    details: Mapping[str, Any]
    visit_id: str | None
    shop_name: str | None


class Visits(Database):
    """Shops and their visits."""

    def shops(self, person: Person) -> list[Shop]:
        """Return the shops that a person may see, by name."""
        query = seen_by(person, select(schema.shop), schema.shop.c.shop_id)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(schema.shop.c.name)).all()
        return [shop_of(row) for row in rows]

    def add_shop(
        self,
        person: Person,
        *,
        name: str,
        address: str,
        dealer_type: DealerType | None,
        now: datetime,
    ) -> Shop:
        """Enter a shop.

        Raises:
            AccessError: The person may not.
        """
        person.check_makes_shops()
        shop = Shop(_new_id(), name, address, dealer_type)
        with self._transaction() as connection:
            connection.execute(
                schema.shop.insert().values(
                    shop_id=shop.shop_id,
                    **_facts_of(shop),
                    made_at=now,
                    made_by=person.name,
                )
            )
            note(connection, person, "shop_added", now, name=name)
        return shop

    def change_shop(self, person: Person, shop: Shop, *, now: datetime) -> None:
        """Change what is known of a shop; visits that are open are judged by it from now on.

        Closed visits keep what they were judged with; one that is corrected takes the change over.

        Args:
            person: Who changes it.
            shop: The shop with its id and all that holds from now on.
            now: When.

        Raises:
            AccessError: The person may not, or there is no such shop.
            VisitError: The name is missing.
        """
        person.check_makes_shops()
        if not shop.name.strip():
            raise VisitError("Skriv butikkens navn.", "Write the name of the shop.")
        table, visit = schema.shop, schema.visit
        with self._transaction() as connection:
            row = connection.execute(
                select(table).where(table.c.shop_id == shop.shop_id)
            ).one_or_none()
            if row is None:
                raise AccessError("Butikken findes ikke.", "There is no such shop.")
            before = shop_of(row)
            if before == shop:
                return
            connection.execute(
                table.update().where(table.c.shop_id == shop.shop_id).values(_facts_of(shop))
            )
            details = {**_facts_of(shop), "name_before": before.name}
            details["dealer_type_before"] = _facts_of(before)["dealer_type"]
            note(connection, person, "shop_changed", now, **details)
            open_ids = connection.execute(
                select(visit.c.visit_id).where(visit.c.shop_id == shop.shop_id, visit.c.is_open)
            ).scalars()
            for visit_id in open_ids.all():
                _take_over_shop(connection, person, visit_id, now)

    def count_lines(
        self, person: Person, *, shop_id: str | None = None, is_open: bool | None = None
    ) -> int:
        """Return how many visits `lines` has: all, the open ones or the closed ones."""
        visit = schema.visit
        query = _listed(select(func.count()).select_from(visit), person, shop_id)
        if is_open is not None:
            query = query.where(visit.c.is_open == is_open)
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def lines(
        self, person: Person, *, shop_id: str | None = None, start: int = 0, most: int = 50
    ) -> list[VisitLine]:
        """Return the visits that a person may see: the open ones first, then the latest.

        Those of archives are many; they are among those of one shop only.

        Args:
            person: Who asks.
            shop_id: Only those of a shop; None for all shops.
            start: Place of the first one that is returned.
            most: Most visits.
        """
        visit, shop, photo, finding = (
            schema.visit,
            schema.shop,
            schema.visit_photo,
            schema.finding,
        )
        n_photos = select(func.count()).where(photo.c.visit_id == visit.c.visit_id)
        n_failed = select(func.count()).where(
            finding.c.visit_id == visit.c.visit_id,
            finding.c.outcome == "failed",
            finding.c.decision.is_distinct_from(Ruling.OVERRULED.value),
        )
        query = select(
            visit,
            shop.c.name,
            shop.c.address,
            shop.c.dealer_type,
            n_photos.scalar_subquery().label("n_photos"),
            n_failed.scalar_subquery().label("n_failed"),
        ).join(shop, shop.c.shop_id == visit.c.shop_id)
        query = _listed(query, person, shop_id).order_by(
            visit.c.is_open.desc(), visit.c.changed_at.desc(), visit.c.visit_id
        )
        query = query.offset(start).limit(most)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [
            VisitLine(
                row.visit_id,
                shop_of(row),
                VisitKind(row.kind),
                row.inspected_on,
                row.is_open,
                row.version,
                row.n_photos,
                row.n_failed,
            )
            for row in rows
        ]

    def open_visit(
        self,
        person: Person,
        shop: Shop,
        kind: VisitKind,
        now: datetime,
        *,
        day: date | None = None,
    ) -> str:
        """Open a visit to a shop and return its id.

        Raises:
            AccessError: The person may not.
        """
        person.check_writes(shop.shop_id)
        person.check_works_in(kind)
        visit_id = _new_id()
        first = next_record(
            visit_id,
            None,
            kind="opened",
            at=_instant(now),
            by=person.name,
            details={
                "kind": kind.value,
                **_facts_of(shop),
                **({} if day is None else {"day": day.isoformat()}),
            },
        )
        with self._transaction() as connection:
            connection.execute(
                schema.visit.insert().values(
                    visit_id=visit_id,
                    shop_id=shop.shop_id,
                    kind=kind.value,
                    inspected_on=day or now.astimezone(UTC).date(),
                    is_open=True,
                    version=1,
                    n_records=1,
                    head=first.hash,
                    changed_at=now,
                    projected="",
                )
            )
            connection.execute(schema.record.insert().values(_row(visit_id, first)))
        return visit_id

    def visit(self, person: Person, visit_id: str) -> Visit:
        """Return a visit.

        Raises:
            AccessError: The person may not see it, or there is none: both sound the same.
        """
        with self._reading() as connection:
            return read_for(connection, person, visit_id)[0]

    def check_changes(self, person: Person, visit_id: str) -> None:
        """Let pass who may change a visit, before anything is kept for it.

        Raises:
            AccessError: They may not.
            VisitError: The visit is closed.
        """
        with self._reading() as connection:
            read_for(connection, person, visit_id, is_writing=True)

    def looked(
        self,
        person: Person,
        visit_id: str | None,
        now: datetime,
        *,
        did: str = "looked",
        **details: str | int | None,
    ) -> None:
        """Note that a person looked at a visit or at something else, or took it along.

        Args:
            person: Who looked.
            visit_id: The visit; None for what is of many or of none.
            now: When.
            did: How, in a word; pages say it as their `log_<did>`.
            details: What that sentence names.
        """
        with self._transaction() as connection:
            note(connection, person, did, now, visit_id, **details)

    def changed(self, person: Person, did: str, now: datetime, **details: str | int | None) -> None:
        """Note that a person changed something that is no part of a visit."""
        with self._transaction() as connection:
            note(connection, person, did, now, **details)

    def accesses(self, person: Person, *, most: int) -> list[Access]:
        """Return who looked at what and changed what, the latest first.

        Raises:
            AccessError: The person may not see it.
        """
        person.check_sees_log()
        access, visit, shop = schema.access, schema.visit, schema.shop
        query = (
            select(access, shop.c.name.label("shop_name"))
            .outerjoin(visit, visit.c.visit_id == access.c.visit_id)
            .outerjoin(shop, shop.c.shop_id == visit.c.shop_id)
            .order_by(access.c.number.desc())
            .limit(most)
        )
        with self._reading() as connection:
            return [_access(row) for row in connection.execute(query)]

    def add_photo(
        self, person: Person, visit_id: str, *, capture_id: str, file: str, now: datetime
    ) -> bool:
        """Add a photo whose file is kept already; the same bytes are added once.

        Returns:
            False when the visit has it.
        """
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True)
            if visit.photo(capture_id) is not None:
                return False
            details = {"capture_id": capture_id, "file": file}
            add_record(connection, person.name, visit, last, "photo_added", details, now)
            connection.execute(
                schema.visit_photo.insert().values(
                    visit_id=visit_id,
                    capture_id=capture_id,
                    file=file,
                    state=PhotoState.WAITING.value,
                    attempts=0,
                    added_at=now,
                )
            )
        return True

    def remove_photo(
        self, person: Person, visit_id: str, capture_id: str, *, now: datetime
    ) -> None:
        """Take a photo out of the visit; its file and the record of it stay."""
        photo = schema.visit_photo
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True)
            if visit.photo(capture_id) is None:
                return
            details = {"capture_id": capture_id}
            add_record(connection, person.name, visit, last, "photo_removed", details, now)
            connection.execute(
                photo.delete().where(photo.c.visit_id == visit_id, photo.c.capture_id == capture_id)
            )

    def tell(
        self, person: Person, visit_id: str, capture_id: str, told: Told, *, now: datetime
    ) -> None:
        """Keep what a person says of a photo: the camera's height, points of known height."""
        details = {"capture_id": capture_id, "told": told_as_details(told)}
        self._add(person, visit_id, "told", details, now)

    def sort_packs(
        self,
        person: Person,
        visit_id: str,
        capture_id: str,
        pack_ids: Sequence[str],
        goods: Goods | None,
        *,
        now: datetime,
    ) -> None:
        """Keep what a person says that packs are which the machine could not read.

        Args:
            person: Who says it.
            visit_id: The visit.
            capture_id: The photo.
            pack_ids: Ids of the packs in that photo.
            goods: What they are; `PRODUCT_CARD` for no packs at all. None takes it back.
            now: When.
        """
        details = {
            "capture_id": capture_id,
            "packs": list(pack_ids),
            "goods": goods and goods.value,
        }
        self._add(person, visit_id, "sorted", details, now)

    def set_zone(self, person: Person, visit_id: str, zone: Zone, *, now: datetime) -> None:
        """Keep where the shelves stand."""
        self._add(person, visit_id, "zone", {"zone": zone.value}, now)

    def answer(
        self,
        person: Person,
        visit_id: str,
        question_id: str,
        answer: Answer | None,
        *,
        now: datetime,
    ) -> None:
        """Keep the answer to a question, or take it back with None."""
        details = {"question_id": question_id, "answer": answer and answer.value}
        self._add(person, visit_id, "answered", details, now)

    def decide(
        self,
        person: Person,
        visit_id: str,
        finding: str,
        ruling: Ruling | None,
        *,
        reason: str,
        machine: Mapping[str, str],
        now: datetime,
    ) -> None:
        """Keep what a person says of a finding beside what the machine said.

        Args:
            person: Who decides.
            visit_id: The visit.
            finding: Key of the finding.
            ruling: None takes back what was decided.
            reason: Why; an overruling needs one.
            machine: Rule, outcome and sentence that the person saw.
            now: When.

        Raises:
            VisitError: An overruling without a reason, or the visit is closed.
        """
        if ruling is Ruling.OVERRULED and not reason.strip():
            raise VisitError(
                "Skriv, hvorfor fundet tilsidesættes. Begrundelsen står i rapporten.",
                "Write why the finding is overruled. The reason stands in the report.",
            )
        details = {
            "finding": finding,
            "ruling": ruling and ruling.value,
            "reason": reason.strip(),
            "machine": dict(machine),
        }
        self._add(person, visit_id, "decided", details, now)

    def explain(
        self, person: Person, visit_id: str, finding: str, text: str, *, now: datetime
    ) -> None:
        """Keep the shop's account of a deviation (guidance, section 4)."""
        self._add(person, visit_id, "explained", {"finding": finding, "text": text.strip()}, now)

    def sign(
        self,
        person: Person,
        visit_id: str,
        party: Party,
        *,
        name: str,
        strokes: Strokes = (),
        refusal: str = "",
        now: datetime,
    ) -> None:
        """Sign all that has been recorded, or keep why a party would not.

        Raises:
            VisitError: A photo has not been looked at, or the name or the signature is missing.
        """
        if not name.strip() or not (strokes or refusal.strip()):
            raise VisitError(
                "Skriv navnet, og underskriv i feltet.", "Write the name, and sign in the field."
            )
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True)
            _check_complete(visit)
            details = {
                "party": party.value,
                "name": name.strip(),
                "strokes": [[[round(x, 3), round(y, 3)] for x, y in line] for line in strokes],
                "refusal": refusal.strip(),
            }
            add_record(connection, person.name, visit, last, "signed", details, now)

    def close(
        self, person: Person, visit_id: str, *, files: Mapping[str, str], head: str, now: datetime
    ) -> None:
        """Close a visit; from now on it does not change.

        Args:
            person: Who closes it.
            visit_id: The visit.
            files: sha256 of its reports by their name.
            head: Hash of the last record that the reports hold.
            now: When.

        Raises:
            VisitError: A signature is missing, or somebody changed something since.
        """
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True)
            if set(visit.parties) - visit.signatures.keys():
                raise VisitError(
                    "Besøget mangler en underskrift. Underskriv først.",
                    "The visit lacks a signature. Sign first.",
                )
            if visit.head != head:
                raise VisitError(
                    "Nogen har ændret besøget imens. Se ændringen, og underskriv igen.",
                    "Somebody has changed the visit meanwhile. Look at it, and sign again.",
                )
            add_record(connection, person.name, visit, last, "closed", {"files": dict(files)}, now)

    def correct(self, person: Person, visit_id: str, *, reason: str, now: datetime) -> None:
        """Open a closed visit again as its next version; the closed one stays as it is.

        Raises:
            VisitError: It is not closed, or no reason is given.
        """
        if not reason.strip():
            raise VisitError("Skriv, hvorfor besøget rettes.", "Write why the visit is corrected.")
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True, is_open=False)
            if visit.is_open:
                raise VisitError("Besøget er ikke lukket.", "The visit is not closed.")
            if visit.has_deleted_photos:
                raise VisitError(
                    "Besøgets billeder er slettet, fordi de var gemt længe nok. Det kan ikke "
                    "rettes; begynd et nyt besøg.",
                    "The visit's photos were deleted after their time. It cannot be corrected; "
                    "begin a new visit.",
                )
            details = {"reason": reason.strip()}
            add_record(connection, person.name, visit, last, "corrected", details, now)
            _take_over_shop(connection, person, visit_id, now)

    def records(self, person: Person, visit_id: str) -> list[Record]:
        """Return all records of a visit."""
        with self._reading() as connection:
            read_for(connection, person, visit_id)
            return _records(connection, visit_id)

    def _add(
        self,
        person: Person,
        visit_id: str,
        kind: str,
        details: Mapping[str, Any],
        now: datetime,
    ) -> None:
        with self._transaction() as connection:
            visit, last = read_for(connection, person, visit_id, is_writing=True)
            add_record(connection, person.name, visit, last, kind, details, now)


def add_record(
    connection: Connection,
    by: str,
    visit: Visit,
    last: Record,
    kind: str,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    """Add a record to a visit that was read in the same writing transaction."""
    added = next_record(visit.visit_id, last, kind=kind, at=_instant(now), by=by, details=details)
    is_open = visit.is_open if kind not in ("closed", "corrected") else kind == "corrected"
    connection.execute(schema.record.insert().values(_row(visit.visit_id, added)))
    connection.execute(
        schema.visit.update()
        .where(schema.visit.c.visit_id == visit.visit_id)
        .values(
            n_records=added.number,
            head=added.hash,
            changed_at=now,
            is_open=is_open,
            version=visit.version + (kind == "corrected"),
        )
    )


def _take_over_shop(connection: Connection, person: Person, visit_id: str, now: datetime) -> None:
    """Record in an open visit what is known of its shop now, where that is something new."""
    found = read_visit(connection, visit_id, is_writing=True)
    if found is None:
        return
    visit, last = found
    query = select(schema.shop).where(schema.shop.c.shop_id == visit.shop.shop_id)
    shop = shop_of(connection.execute(query).one())
    if shop != visit.shop:
        add_record(connection, person.name, visit, last, "shop_changed", _facts_of(shop), now)


def read_visit(
    connection: Connection, visit_id: str, *, is_writing: bool = False
) -> tuple[Visit, Record] | None:
    """Return a visit and its last record, whoever asks; None when there is no such visit.

    Args:
        connection: In a transaction.
        visit_id: The visit.
        is_writing: Keep others from adding records until this transaction ends.
    """
    query = select(schema.visit.c.shop_id).where(schema.visit.c.visit_id == visit_id)
    if is_writing:
        query = query.with_for_update()  # SQLite lets one writer in at a time anyway
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    records = _records(connection, visit_id)
    return visit_from_records(visit_id, row.shop_id, records), records[-1]


def read_for(
    connection: Connection,
    person: Person,
    visit_id: str,
    *,
    is_writing: bool = False,
    is_open: bool = True,
    is_own: bool = True,
) -> tuple[Visit, Record]:
    """Return a visit and its last record to somebody who may see, or change, it.

    Args:
        connection: In a transaction.
        person: Who asks.
        visit_id: The visit.
        is_writing: They want to change something.
        is_open: What they want to do is done in open visits only.
        is_own: What they want to do in an inspection is for inspectors only.

    Raises:
        AccessError: They may not, or there is no such visit.
        VisitError: The visit is closed.
    """
    found = read_visit(connection, visit_id, is_writing=is_writing)
    if found is None:
        raise AccessError(
            "Besøget findes ikke, eller du har ikke adgang til det.",
            "There is no such visit, or you have no access to it.",
        )
    visit, last = found
    try:
        person.check_sees(visit.shop.shop_id)
    except AccessError as error:
        raise AccessError(
            "Besøget findes ikke, eller du har ikke adgang til det.",
            "There is no such visit, or you have no access to it.",
        ) from error
    if is_writing:
        person.check_writes(visit.shop.shop_id)
        if is_own:
            person.check_works_in(visit.kind)
        if is_open and not visit.is_open:
            raise VisitError(
                "Besøget er lukket og ændres ikke. Opret en rettelse.",
                "The visit is closed and does not change. Make a correction.",
            )
    return visit, last


def _records(connection: Connection, visit_id: str) -> list[Record]:
    record = schema.record
    rows: Sequence[Any] = connection.execute(
        select(record).where(record.c.visit_id == visit_id).order_by(record.c.number)
    ).all()
    return [Record(r.number, r.kind, r.at, r.by, r.body, r.hash) for r in rows]


def _check_complete(visit: Visit) -> None:
    if visit.waiting:
        raise VisitError(
            "Et billede er ikke læst endnu. Vent et øjeblik, eller fjern billedet.",
            "A photo has not been read yet. Wait a moment, or remove the photo.",
        )
    if not visit.done:
        raise VisitError(
            "Besøget har ingen læste billeder. Tilføj mindst ét.",
            "The visit has no photo that was read. Add at least one.",
        )


def _listed(query: Select[Any], person: Person, shop_id: str | None) -> Select[Any]:
    """Return a query for only those visits that a list of them shows a person."""
    visit = schema.visit
    query = seen_by(person, query, visit.c.shop_id)
    if shop_id is None:
        return query.where(visit.c.kind != VisitKind.ARCHIVE.value)
    return query.where(visit.c.shop_id == shop_id)


def seen_by(person: Person, query: Select[Any], shop_id: Any) -> Select[Any]:  # noqa: ANN401
    """Return a query for only those rows whose shop a person may see."""
    return query if person.sees_all else query.where(shop_id.in_(sorted(person.shop_ids)))


def shop_of(row: Any) -> Shop:  # noqa: ANN401
    """Return the shop of a row with its columns."""
    return Shop(
        row.shop_id,
        row.name,
        row.address,
        DealerType(row.dealer_type) if row.dealer_type else None,
    )


def _facts_of(shop: Shop) -> dict[str, str | None]:
    """Return what is known of a shop, as columns and as a record hold it."""
    return {
        "name": shop.name,
        "address": shop.address,
        "dealer_type": None if shop.dealer_type is None else shop.dealer_type.value,
    }


def _row(visit_id: str, record: Record) -> dict[str, Any]:
    return {
        "visit_id": visit_id,
        "number": record.number,
        "kind": record.kind,
        "at": record.at,
        "by": record.by,
        "body": record.body,
        "hash": record.hash,
    }


def note(
    connection: Connection,
    person: Person,
    did: str,
    now: datetime,
    visit_id: str | None = None,
    /,
    **details: str | int | None,
) -> None:
    """Add to the log who looked at what, or changed what beside visits.

    Args:
        connection: In a transaction.
        person: Who did it.
        did: What they did, in a word; pages say it as their `log_<did>`.
        now: When.
        visit_id: The visit that they looked at.
        details: What that sentence names.
    """
    what = json.dumps({"did": did, **details}, ensure_ascii=False)
    connection.execute(
        schema.access.insert().values(at=now, by=person.name, what=what, visit_id=visit_id)
    )


def _access(row: Any) -> Access:  # noqa: ANN401
    is_sentence = not row.what.startswith("{")  # before entries were kept in two languages
    details = {"did": "", "said": row.what} if is_sentence else json.loads(row.what)
    did = details.pop("did")
    return Access(aware(row.at), row.by, did, details, row.visit_id, row.shop_name)


def aware(moment: datetime) -> datetime:
    """Return a moment with its time zone, which SQLite does not keep."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _instant(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


def _new_id() -> str:
    return uuid.uuid4().hex[:12]
