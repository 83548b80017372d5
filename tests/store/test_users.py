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
    return [(e.did, *e.details.values()) for e in Visits.beside(users).accesses(FRIDA, most=9)]


def is_barred(users):
    try:
        users.person("idp 7", CARL)
    except AccessError:
        return True
    return False


def test_who_signs_in_is_known_with_the_rights_that_were_claimed(users):
    users.came("idp 7", CARL, NOW)
    users.came("idp 7", CARL, NOW + timedelta(hours=1))
    (user,) = users.list(FRIDA)
    assert (user.person, user.first_at) == (CARL, NOW)
    assert user.last_at == NOW + timedelta(hours=1)
    assert log(users) == [("signed_in", "manager", "s1")], "the same rights are noted once"


def test_other_rights_than_last_time_stand_in_the_log(users):
    users.came("idp 7", CARL, NOW)
    users.came("idp 7", replace(CARL, shop_ids=frozenset({"s1", "s2"})), NOW)
    assert log(users)[0] == ("signed_in", "manager", "s1, s2")
    assert len(users.list(FRIDA)) == 1


def test_an_administrator_keeps_somebody_out_and_lets_them_in_again(users):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    users.bar(FRIDA, user, True, now=NOW)
    assert is_barred(users)
    users.came("idp 7", CARL, NOW)
    assert is_barred(users), "signing in again changes nothing"
    users.bar(FRIDA, user, False, now=NOW)
    assert not is_barred(users)
    assert log(users)[:2] == [("let_in", "Carl", "idp 7"), ("barred", "Carl", "idp 7")]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.MANAGER, Role.VIEWER])
def test_only_an_administrator_sees_and_bars_users(users, role):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    other = Person("X", role, frozenset({"s1"}))
    with pytest.raises(AccessError):
        users.list(other)
    with pytest.raises(AccessError):
        users.bar(other, user, True, now=NOW)
    assert not is_barred(users)


def test_nobody_shuts_themselves_out(users):
    users.came("idp 1", FRIDA, NOW)
    with pytest.raises(VisitError, match="yourself"):
        users.bar(FRIDA, users.list(FRIDA)[0], True, now=NOW)


def test_a_role_given_here_holds_until_the_provider_says_something_new(users):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    given = replace(CARL, role=Role.VIEWER, shop_ids=frozenset({"s2"}))
    users.give(FRIDA, user, given, now=NOW)
    assert users.person("idp 7", CARL) == given, "at the next look, in a session that goes on"
    users.came("idp 7", CARL, NOW)
    assert users.person("idp 7", CARL) == given, "signing in again with the same claims"
    assert users.list(FRIDA)[0].is_given
    assert log(users)[0] == ("role_given", "Carl", "idp 7", "viewer", "s2")

    claimed = replace(CARL, shop_ids=frozenset({"s1", "s3"}))
    users.came("idp 7", claimed, NOW)
    assert users.person("idp 7", claimed) == claimed
    assert not users.list(FRIDA)[0].is_given


def test_a_given_role_is_taken_back(users):
    users.came("idp 7", CARL, NOW)
    (user,) = users.list(FRIDA)
    users.give(FRIDA, user, replace(CARL, role=Role.INSPECTOR), now=NOW)
    users.give(FRIDA, user, None, now=NOW)
    assert users.person("idp 7", CARL) == CARL


def test_only_an_administrator_gives_roles_and_nobody_their_own(users):
    users.came("idp 7", CARL, NOW)
    users.came("idp 1", FRIDA, NOW)
    carl, frida = users.list(FRIDA)
    with pytest.raises(AccessError):
        users.give(CARL, carl, replace(CARL, role=Role.ADMINISTRATOR), now=NOW)
    with pytest.raises(VisitError, match="your own role"):
        users.give(FRIDA, frida, None, now=NOW)
    assert users.person("idp 7", CARL) == CARL
