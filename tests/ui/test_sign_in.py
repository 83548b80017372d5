import pytest

from inspector.errors import AccessError
from inspector.store.people import Role
from inspector.ui import sign_in


def test_claims_become_a_person():
    claims = {"name": "Carl", "selvvalg_role": "manager", "selvvalg_shops": ["s1", "s2"]}
    person = sign_in.person_from_claims(claims)
    assert (person.name, person.role, person.shop_ids) == ("Carl", Role.MANAGER, {"s1", "s2"})


def test_one_shop_may_come_without_a_list():
    claims = {"name": "Carl", "selvvalg_role": "manager", "selvvalg_shops": "s1"}
    assert sign_in.person_from_claims(claims).shop_ids == {"s1"}


@pytest.mark.parametrize("claims", [{"name": "x"}, {"name": "x", "selvvalg_role": "root"}, {}])
def test_without_a_known_role_nobody_comes_in(claims):
    with pytest.raises(AccessError, match="no role"):
        sign_in.person_from_claims(claims)
