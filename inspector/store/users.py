"""People who have signed in. Their provider says what they may; here they can only be kept out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from inspector.errors import VisitError
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person, Role
from inspector.store.visits import aware, note


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has signed in.

    Attributes:
        subject: Their provider's issuer and id: it stays when a name changes.
        person: Name, role and shops as their provider last said.
        first_at: When they first came.
        last_at: When they last signed in.
        is_barred: True when an administrator keeps them out, whatever the provider says.
    """

    subject: str
    person: Person
    first_at: datetime
    last_at: datetime
    is_barred: bool


class Users(Database):
    """Who has signed in."""

    def came(self, subject: str, person: Person, now: datetime) -> None:
        """Keep that somebody signed in; whoever is new or has other rights stands in the log."""
        table = schema.user
        claimed = {
            "name": person.name,
            "role": person.role.value,
            "shop_ids": json.dumps(sorted(person.shop_ids)),
        }
        with self._transaction() as connection:
            row = connection.execute(select(table).where(table.c.subject == subject)).one_or_none()
            if row is None:
                connection.execute(
                    table.insert().values(
                        subject=subject, first_at=now, last_at=now, is_barred=False, **claimed
                    )
                )
            else:
                connection.execute(
                    table.update().where(table.c.subject == subject).values(last_at=now, **claimed)
                )
            if row is None or any(row._mapping[key] != value for key, value in claimed.items()):
                shops = ", ".join(sorted(person.shop_ids))
                said = f"signed in as {person.role}" + (f" of {shops}" if shops else "")
                note(connection, person, said, None, now)

    def is_barred(self, subject: str) -> bool:
        """Return True when an administrator keeps somebody out."""
        query = select(schema.user.c.is_barred).where(schema.user.c.subject == subject)
        with self._reading() as connection:
            return bool(connection.execute(query).scalar_one_or_none())

    def list(self, person: Person) -> list[User]:
        """Return everybody who has signed in, by name.

        Raises:
            AccessError: The person is no administrator.
        """
        person.check_sees_log()
        query = select(schema.user).order_by(schema.user.c.name)
        with self._reading() as connection:
            return [
                User(
                    row.subject,
                    Person(row.name, Role(row.role), frozenset(json.loads(row.shop_ids))),
                    aware(row.first_at),
                    aware(row.last_at),
                    row.is_barred,
                )
                for row in connection.execute(query)
            ]

    def bar(self, person: Person, user: User, is_barred: bool, *, now: datetime) -> None:
        """Keep somebody out from their next step on, or let them in again.

        Raises:
            AccessError: The person is no administrator.
            VisitError: They would shut themselves out.
        """
        person.check_sets_up()
        if user.person == person:
            raise VisitError(
                "Du kan ikke spærre dig selv. Bed en anden administrator om det.",
                "You cannot bar yourself. Ask another administrator.",
            )
        table = schema.user
        with self._transaction() as connection:
            connection.execute(
                table.update().where(table.c.subject == user.subject).values(is_barred=is_barred)
            )
            said = "barred" if is_barred else "let in again"
            note(connection, person, f"{said}: {user.person.name} ({user.subject})", None, now)
