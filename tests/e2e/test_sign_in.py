"""Sign-in by OpenID Connect at a provider on this machine, in a real browser."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from inspector.domain.goods import DealerType
from inspector.store.people import Person, Role
from inspector.store.visit import VisitKind
from inspector.visits.desk import Desk

from .conftest import Server

pytestmark = pytest.mark.whole

ANNA = Person("Anna Ørsted", Role.INSPECTOR)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def shops(tmp_path):
    """Two shops with a visit each: the ids of shops and visits."""
    folder = tmp_path / "data"
    folder.mkdir()
    desk = Desk.open(f"sqlite:///{folder}/visits.sqlite", files=str(folder / "files"))
    made = {}
    for name in ("Torvets Apotek", "Havnens Apotek"):
        shop = desk.visits.add_shop(
            ANNA, name=name, address="", dealer_type=DealerType.PHARMACY, now=NOW
        )
        visit_id = desk.visits.open_visit(ANNA, shop, VisitKind.SELF_AUDIT, NOW)
        made[name.split("s ")[0]] = SimpleNamespace(shop_id=shop.shop_id, visit_id=visit_id)
    return made


@pytest.fixture
def provider(shops):
    """An OpenID provider that knows five people; its address."""
    mock = pytest.importorskip(
        "oidc_provider_mock", reason="oidc-provider-mock is not installed (pip install .[dev])"
    )
    own = [shops["Torvet"].shop_id]
    claims = {
        "anna": {"name": "Anna Ørsted", "selvvalg_role": "inspector"},
        "carl": {"name": "Carl Holm", "selvvalg_role": "manager", "selvvalg_shops": own},
        "dorte": {"name": "Dorte Lund", "selvvalg_role": "viewer", "selvvalg_shops": own[0]},
        "erik": {"name": "Erik Berg"},
        "frida": {"name": "Frida Dam", "selvvalg_role": "administrator"},
    }
    users = [mock.User(sub=sub, claims=said) for sub, said in claims.items()]
    with mock.run_server_in_thread(user_claims=users) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def server(tmp_path, provider):
    server = Server(tmp_path / "data")
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "{server.url}/oauth2callback"
cookie_secret = "only for this test, and long enough for it"
client_id = "shelf-inspector"
client_secret = "any"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    server.start(secrets=secrets)
    yield server
    server.kill()


def sign_in(tab, sub):
    tab.get_by_role("button", name="Log ind", exact=True).click()
    tab.get_by_role("button", name=sub, exact=True).click()


def sign_out(tab):
    """Sign out here and at the provider, which asks whether that is meant."""
    tab.get_by_role("button", name="Log ud").click()
    tab.locator("button[type=submit], input[type=submit]").first.click()
    tab.get_by_role("button", name="Log ind", exact=True).wait_for()


def test_a_manager_sees_the_own_shop_and_no_other(open_tab, server, shops):
    tab = open_tab()
    tab.get_by_role("heading", name="Log ind").wait_for()
    for path in (f"/?visit={shops['Torvet'].visit_id}", "/cameras", "/inspect", "/log"):
        tab.goto(f"{server.url}{path}")
        tab.get_by_role("heading", name="Log ind").wait_for()
        assert "Torvets" not in tab.content()

    tab.goto(server.url)
    tab.get_by_role("heading", name="Log ind").wait_for()
    sign_in(tab, "carl")
    tab.get_by_role("heading", name="Torvets Apotek").first.wait_for()
    assert "Havnens" not in tab.content()
    assert not tab.get_by_role("radio", name="Inspektion").count(), "a manager audits only"

    tab.goto(f"{server.url}/?visit={shops['Havnen'].visit_id}")
    tab.get_by_text("Besøget findes ikke, eller du har ikke adgang til det.").wait_for()
    assert "Havnens" not in tab.content()

    tab.goto(f"{server.url}/?visit={shops['Torvet'].visit_id}")
    tab.get_by_text("Sådan tager du et godt billede").wait_for()
    for path in ("/log", "/cameras", "/no-such-page"):
        tab.goto(f"{server.url}{path}")
        tab.get_by_role("heading", name="Siden findes ikke").wait_for()
        assert not tab.get_by_text("Page not found").count()
    tab.get_by_text("English").click()
    tab.get_by_role("heading", name="There is no such page").wait_for()
    tab.wait_for_timeout(500)
    tab.reload()
    tab.get_by_role("heading", name="There is no such page").wait_for()  # the language is kept
    tab.get_by_role("link", name="All visits").click()
    tab.get_by_role("heading", name="Torvets Apotek").first.wait_for()

    tab.get_by_text("Dansk").click()
    sign_out(tab)
    tab.goto(f"{server.url}/?visit={shops['Torvet'].visit_id}")
    tab.get_by_role("button", name="Log ind", exact=True).wait_for()
    assert "Torvets" not in tab.content()


def test_after_sign_in_comes_the_address_that_was_asked_for(open_tab, server, shops):
    asked = f"/findings?shop={shops['Torvet'].shop_id}&outcome=failed"
    tab = open_tab(asked)
    sign_in(tab, "carl")
    tab.get_by_text("Ingen fund", exact=False).first.wait_for()
    tab.wait_for_url(f"{server.url}{asked}")
    tab.goto(server.url)
    tab.get_by_role("heading", name="Torvets Apotek").first.wait_for()
    assert tab.url == f"{server.url}/", "it leads there once"
    # Somebody was asked to sign in, came in, and went on before the page had led them anywhere.
    visit = f"{server.url}/?visit={shops['Torvet'].visit_id}"
    # From an address that is no page: the first one may still be asking where to lead.
    tab.goto(f"{server.url}/_stcore/health")
    tab.evaluate(f"sessionStorage.setItem('asked_address', '{server.url}/log')")
    tab.goto(visit)
    tab.get_by_text("Sådan tager du et godt billede").wait_for()
    tab.wait_for_timeout(1000)
    assert tab.url.endswith(shops["Torvet"].visit_id), "who has gone on stays there"
    assert tab.evaluate("sessionStorage.getItem('asked_address')") is None
    tab.goto(server.url)
    sign_out(tab)
    tab.goto(f"{server.url}/?visit={shops['Torvet'].visit_id}")
    sign_in(tab, "carl")
    tab.get_by_text("Sådan tager du et godt billede").wait_for()


def test_a_role_given_here_counts_from_the_next_step(open_tab, server, shops):
    manager = open_tab(f"/?visit={shops['Torvet'].visit_id}")
    sign_in(manager, "carl")
    manager.get_by_text("Sådan tager du et godt billede").wait_for()
    administrator = open_tab("/users")
    sign_in(administrator, "frida")
    carl = administrator.locator("[class*=st-key-user_]", has_text="Carl Holm").last
    carl.get_by_role("button", name="Ret rolle").click()
    administrator.locator("[class*=st-key-role_] input").click()
    administrator.get_by_role("option", name="Læser").click()
    administrator.get_by_role("button", name="Gem").click()
    administrator.get_by_text("givet her").wait_for()

    manager.get_by_text("Bag disken").first.click()
    manager.get_by_text("må se denne butik, men ikke ændre noget").first.wait_for()
    manager.locator("input[type=file]").wait_for(state="detached")


def test_each_role_sees_what_it_may(open_tab, server, shops, shoot):
    viewer = open_tab()
    sign_in(viewer, "dorte")
    viewer.get_by_role("heading", name="Torvets Apotek").first.wait_for()
    assert "Havnens" not in viewer.content()
    assert not viewer.get_by_role("button", name="Begynd besøget").count()

    nobody = open_tab()
    sign_in(nobody, "erik")
    nobody.get_by_text("Dit login giver ingen rolle her").wait_for()
    assert "Apotek" not in nobody.content()
    sign_out(nobody)

    inspector = open_tab()
    sign_in(inspector, "anna")
    for name in ("Torvets Apotek", "Havnens Apotek"):
        inspector.get_by_role("heading", name=name).first.wait_for()
    inspector.goto(f"{server.url}/?visit={shops['Havnen'].visit_id}")
    inspector.get_by_text("Sådan tager du et godt billede").wait_for()

    administrator = open_tab("/log")
    sign_in(administrator, "frida")
    administrator.get_by_text("Så besøget").first.wait_for()
    assert "Anna Ørsted" in administrator.content()

    administrator.goto(f"{server.url}/retention")
    administrator.get_by_role("heading", name="Kameraer").wait_for()
    shoot(administrator, "retention")
    administrator.goto(f"{server.url}/users")
    administrator.get_by_role("heading", name="Dorte Lund").wait_for()
    assert not administrator.get_by_role("heading", name="Erik Berg").count(), "no role, no user"
    shoot(administrator, "users")
    dorte = administrator.locator("[class*=st-key-user_]", has_text="Dorte Lund").last
    dorte.get_by_role("button", name="Spær adgang").click()
    administrator.get_by_text("Spærret").wait_for()
    viewer.reload()
    viewer.get_by_text("Administratoren har spærret din adgang").wait_for()
    assert "Torvets" not in viewer.content()
