"""People who have signed in. Their provider says what they may; an administrator can say otherwise.

What an administrator says holds until the provider says something new of that person.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from inspector.errors import AccessError, VisitError
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person, Role
from inspector.store.visits import aware, note


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has signed in.

    Attributes:
        subject: Their provider's issuer and id: it stays when a name changes.
        person: Name, and the role and shops that hold.
        is_given: True when an administrator gave role and shops; else their provider last said so.
        first_at: When they first came.
        last_at: When they last signed in.
        is_barred: True when an administrator keeps them out, whatever the provider says.
    """

    subject: str
    person: Person
    first_at: datetime
    last_at: datetime
    is_barred: bool
    is_given: bool = False


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
                _give(connection, subject, None)
                note(connection, person, "signed_in", now, **_rights(person))

    def person(self, subject: str, claimed: Person) -> Person:
        """Return somebody who came, with the rights that hold now.

        Args:
            subject: Who.
            claimed: What their provider said when they signed in.

        Raises:
            AccessError: An administrator keeps them out.
        """
        with self._reading() as connection:
            query = select(schema.user).where(schema.user.c.subject == subject)
            row = connection.execute(query).one_or_none()
        if row is None:
            return claimed
        if row.is_barred:
            raise AccessError(
                "Administratoren har spærret din adgang. Bed om at få den åbnet.",
                "The administrator has barred you. Ask to be let in again.",
            )
        return _user(row).person if row.given_role else claimed

    def list(self, person: Person) -> list[User]:
        """Return everybody who has signed in, by name.

        Raises:
            AccessError: The person is no administrator.
        """
        person.check_sees_log()
        query = select(schema.user).order_by(schema.user.c.name)
        with self._reading() as connection:
            return [_user(row) for row in connection.execute(query)]

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
            did = "barred" if is_barred else "let_in"
            note(connection, person, did, now, name=user.person.name, subject=user.subject)

    def give(self, person: Person, user: User, rights: Person | None, *, now: datetime) -> None:
        """Give somebody a role and shops that hold from their next step on.

        Args:
            person: The administrator.
            user: Who gets them.
            rights: Their role and shops; None for what the provider says.
            now: When.

        Raises:
            AccessError: The person is no administrator.
            VisitError: They would change their own.
        """
        person.check_sets_up()
        if user.person == person:
            raise VisitError(
                "Du kan ikke ændre din egen rolle. Bed en anden administrator om det.",
                "You cannot change your own role. Ask another administrator.",
            )
        with self._transaction() as connection:
            _give(connection, user.subject, rights)
            named = {"name": user.person.name, "subject": user.subject}
            if rights is None:
                note(connection, person, "role_taken_back", now, **named)
            else:
                note(connection, person, "role_given", now, **named, **_rights(rights))


def _give(connection: Connection, subject: str, rights: Person | None) -> None:
    given = None if rights is None else rights.role.value
    shops = None if rights is None else json.dumps(sorted(rights.shop_ids))
    table = schema.user
    connection.execute(
        table.update()
        .where(table.c.subject == subject)
        .values(given_role=given, given_shop_ids=shops)
    )


def _rights(person: Person) -> dict[str, str]:
    return {"role": person.role.value, "shops": ", ".join(sorted(person.shop_ids))}


def _user(row: Any) -> User:  # noqa: ANN401
    is_given = row.given_role is not None
    role, shops = (row.given_role, row.given_shop_ids) if is_given else (row.role, row.shop_ids)
    return User(
        row.subject,
        Person(row.name, Role(role), frozenset(json.loads(shops))),
        aware(row.first_at),
        aware(row.last_at),
        row.is_barred,
        is_given,
    )
