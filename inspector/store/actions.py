"""Corrective actions: who puts a finding right, until when, and how it was shown to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from inspector.errors import VisitError
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person
from inspector.store.visits import add_record, aware, read_for


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action.

    Attributes:
        visit_id: The visit that found it.
        finding_key: The finding.
        shop_id: The shop.
        shop_name: Its name.
        rule_id: The rule.
        sentences: What was found, by language.
        owner: Who puts it right.
        due_on: Until when.
        set_at: When this was agreed.
        done_because: Why it counts as done; None while it is open.
        done_capture_id: The photo that shows it; None where a reason has to do.
        done_by: Who closed it.
        done_on: When.
    """

    visit_id: str
    finding_key: str
    shop_id: str
    shop_name: str
    rule_id: str
    sentences: Mapping[str, str]
    owner: str
    due_on: date
    set_at: datetime
    done_because: str | None = None
    done_capture_id: str | None = None
    done_by: str | None = None
    done_on: date | None = None

    @property
    def is_done(self) -> bool:
        """True once it was closed."""
        return self.done_because is not None


class Actions(Database):
    """Corrective actions; each step is a record of its visit."""

    def list(self, person: Person, *, visit_id: str | None = None) -> list[Action]:
        """Return the actions that a person may see: the open ones first, by their day."""
        action, shop = schema.action, schema.shop
        query = select(action, shop.c.name.label("shop_name")).join(
            shop, shop.c.shop_id == action.c.shop_id
        )
        if not person.sees_all:
            query = query.where(action.c.shop_id.in_(sorted(person.shop_ids)))
        if visit_id is not None:
            query = query.where(action.c.visit_id == visit_id)
        query = query.order_by(action.c.done_because.is_not(None), action.c.due_on)
        with self._reading() as connection:
            return [_action(row) for row in connection.execute(query)]

    def agree(
        self,
        person: Person,
        visit_id: str,
        finding_key: str,
        *,
        rule_id: str,
        sentences: Mapping[str, str],
        owner: str,
        due_on: date,
        now: datetime,
    ) -> None:
        """Agree on who puts a finding right until when, or change that.

        Raises:
            AccessError: The person may not.
            VisitError: Nobody is named.
        """
        if not owner.strip():
            raise VisitError("Skriv, hvem der retter det.", "Write who puts it right.")
        details = {
            "finding": finding_key,
            "rule_id": rule_id,
            "owner": owner.strip(),
            "due_on": due_on.isoformat(),
        }
        action = schema.action
        with self._transaction() as connection:
            visit, last = read_for(
                connection, person, visit_id, is_writing=True, is_open=False, is_own=False
            )
            add_record(connection, person.name, visit, last, "action_set", details, now)
            connection.execute(
                action.delete().where(
                    action.c.visit_id == visit_id, action.c.finding_key == finding_key
                )
            )
            connection.execute(
                action.insert().values(
                    visit_id=visit_id,
                    finding_key=finding_key,
                    shop_id=visit.shop.shop_id,
                    rule_id=rule_id,
                    sentence_da=sentences["da"],
                    sentence_en=sentences["en"],
                    owner=owner.strip(),
                    due_on=due_on,
                    set_at=now,
                )
            )

    def finish(
        self,
        person: Person,
        action: Action,
        *,
        because: str,
        capture_id: str | None = None,
        now: datetime,
    ) -> None:
        """Close an action: a photo shows that it was put right, or a person says why.

        Args:
            person: Who closes it.
            action: The action.
            because: What shows that it was put right, in words.
            capture_id: The photo that does; of that shop, and newer than the action.
            now: When.

        Raises:
            AccessError: The person may not.
            VisitError: There is no reason, or the photo is no newer one of that shop.
        """
        if not because.strip():
            raise VisitError(
                "Vælg et billede, der viser det, eller skriv en begrundelse.",
                "Choose a photo that shows it, or write a reason.",
            )
        details = {
            "finding": action.finding_key,
            "because": because.strip(),
            "capture_id": capture_id,
        }
        kept = schema.action
        with self._transaction() as connection:
            visit, last = read_for(
                connection, person, action.visit_id, is_writing=True, is_open=False, is_own=False
            )
            if capture_id is not None:
                _check_shows(connection, action, visit.shop.shop_id, capture_id)
            add_record(connection, person.name, visit, last, "action_done", details, now)
            connection.execute(
                kept.update()
                .where(
                    kept.c.visit_id == action.visit_id,
                    kept.c.finding_key == action.finding_key,
                )
                .values(
                    done_because=because.strip(),
                    done_capture_id=capture_id,
                    done_by=person.name,
                    done_on=now.date(),
                )
            )


def _check_shows(connection: Connection, action: Action, shop_id: str, capture_id: str) -> None:
    """Let pass a photo that can show what was put right in a shop."""
    kept, photo, visit = schema.action.c, schema.visit_photo.c, schema.visit.c
    agreed = connection.execute(
        select(kept.set_at).where(
            kept.visit_id == action.visit_id, kept.finding_key == action.finding_key
        )
    ).scalar_one()
    rows = connection.execute(
        select(visit.shop_id, photo.added_at)
        .join_from(schema.visit_photo, schema.visit, visit.visit_id == photo.visit_id)
        .where(photo.capture_id == capture_id)
    ).all()
    # The same bytes handed in again are no newer photo.
    is_newer = all(aware(row.added_at) > aware(agreed) for row in rows)
    if not (is_newer and any(row.shop_id == shop_id for row in rows)):
        raise VisitError(
            "Billedet viser det ikke: det skal være fra denne butik og nyere end aftalen. Vælg et "
            "andet, eller skriv en begrundelse.",
            "The photo does not show it: it has to be of this shop and newer than what was agreed. "
            "Choose another one, or write a reason.",
        )


def _action(row: Any) -> Action:  # noqa: ANN401
    return Action(
        row.visit_id,
        row.finding_key,
        row.shop_id,
        row.shop_name,
        row.rule_id,
        {"da": row.sentence_da, "en": row.sentence_en},
        row.owner,
        row.due_on,
        aware(row.set_at),
        row.done_because,
        row.done_capture_id,
        row.done_by,
        row.done_on,
    )
