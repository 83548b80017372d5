from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.errors import AccessError, VisitError
from inspector.store.people import Person, Role
from inspector.store.users import Users
from inspector.store.visits import Visits

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
FRIDA = Person("Frida", Role.ADMINISTRATOR)
CARL = Person("Carl", Role.MANAGER, frozenset({"s1"}))


@pytest.fixture
def users(url):
    with Users.open(url) as opened:
        yield opened


def log(users):
    return [entry.what for entry in Visits.beside(users).accesses(FRIDA, most=9)]


def test_who_signs_in_is_known_with_the_rights_that_were_claimed(users):
    users.came("idp 7", CARL, NOW)
    users.came("idp 7", CARL, NOW + timedelta(hours=1))
    (user,) = users.list(FRIDA)
    assert (user.person, user.first_at) == (CARL, NOW)
    assert user.last_at == NOW + timedelta(hours=1)
    assert log(users) == ["signed in as manager of s1"], "the same rights are noted once"


def test_other_rights_than_last_time_stand_in_the_log(users):
    users.came("idp 7", CARL, NOW)
    users.came("idp 7", replace(CARL, shop_ids=frozenset({"s1", "s2"})), NOW)
    assert log(users)[0] == "signed in as manager of s1, s2"
    assert len(users.list(FRIDA)) == 1


def test_an_administrator_keeps_somebody_out_and_lets_them_in_again(users):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    users.bar(FRIDA, user, True, now=NOW)
    assert users.is_barred("idp 7")
    users.came("idp 7", CARL, NOW)
    assert users.is_barred("idp 7"), "signing in again changes nothing"
    users.bar(FRIDA, user, False, now=NOW)
    assert not users.is_barred("idp 7")
    assert log(users)[:2] == ["let in again: Carl (idp 7)", "barred: Carl (idp 7)"]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.MANAGER, Role.VIEWER])
def test_only_an_administrator_sees_and_bars_users(users, role):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    other = Person("X", role, frozenset({"s1"}))
    with pytest.raises(AccessError):
        users.list(other)
    with pytest.raises(AccessError):
        users.bar(other, user, True, now=NOW)
    assert not users.is_barred("idp 7")


def test_nobody_shuts_themselves_out(users):
    users.came("idp 1", FRIDA, NOW)
    with pytest.raises(VisitError, match="yourself"):
        users.bar(FRIDA, users.list(FRIDA)[0], True, now=NOW)
