"""Who may see and do what. It is checked where rows are read and written, never in a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.errors import AccessError
from inspector.store.visit import VisitKind


class Role(StrEnum):
    """What a person is here for.

    An inspector works in all shops, a manager in their own ones. A viewer looks at the shops that
    are named for them and changes nothing; an administrator may do everything.
    """

    INSPECTOR = "inspector"
    MANAGER = "manager"
    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the store.

    Attributes:
        name: As it stands in records; unique among those who sign in.
        role: What they are here for.
        shop_ids: Shops of a manager or viewer; without meaning for the others.
    """

    name: str
    role: Role
    shop_ids: frozenset[str] = frozenset()

    @property
    def sees_all(self) -> bool:
        """True when every shop may be seen."""
        return self.role in (Role.INSPECTOR, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        """True for those who set up how everybody works."""
        return self.role is Role.ADMINISTRATOR

    @property
    def may_write(self) -> bool:
        """True when anything may be changed."""
        return self.role is not Role.VIEWER

    def check_sees(self, shop_id: str) -> None:
        """Let pass who may see a shop.

        Raises:
            AccessError: They may not.
        """
        if not (self.sees_all or shop_id in self.shop_ids):
            raise AccessError(
                f"{self.name} har ikke adgang til denne butik. Log ind som en person, der har, "
                "eller bed administratoren om adgang.",
                f"{self.name} has no access to this shop. Sign in as somebody who has, or ask the "
                "administrator for it.",
            )

    def check_writes(self, shop_id: str) -> None:
        """Let pass who may change something of a shop.

        Raises:
            AccessError: They may not.
        """
        self.check_sees(shop_id)
        if not self.may_write:
            raise AccessError(
                f"{self.name} må se denne butik, men ikke ændre noget.",
                f"{self.name} may look at this shop and change nothing.",
            )

    def may_work_in(self, kind: VisitKind) -> bool:
        """Return True when anything may be changed in visits of a kind, to shops that one sees."""
        return self.may_write and (self.sees_all or kind is VisitKind.SELF_AUDIT)

    def check_works_in(self, kind: VisitKind) -> None:
        """Let pass who may work in visits of a kind; a manager's visits are self-audits.

        Raises:
            AccessError: They may not.
        """
        if not self.may_work_in(kind):
            raise AccessError(
                "En inspektion er myndighedens. Den kan ses her, men ikke ændres.",
                "An inspection is the authority's. It can be seen here and not be changed.",
            )

    def check_sees_log(self) -> None:
        """Let pass who may see who looked at what.

        Raises:
            AccessError: They may not.
        """
        if not self.is_administrator:
            raise AccessError("Loggen er for administratorer.", "The log is for administrators.")

    def check_sets_up(self) -> None:
        """Let pass who may say how long things are kept, and who may come in.

        Raises:
            AccessError: They may not.
        """
        if not self.is_administrator:
            raise AccessError(
                "Kun administratoren kan ændre indstillinger.",
                "Only the administrator may change settings.",
            )

    def check_sees_cameras(self) -> None:
        """Let pass who may see live cameras, and speak for what they show.

        Raises:
            AccessError: They may not.
        """
        if not self.sees_all:
            raise AccessError(
                "Kameraerne er for inspektører og administratorer: intet kamera siger, hvilken "
                "butik det er fra.",
                "The cameras are for inspectors and administrators: no camera says which shop it "
                "is of.",
            )

    def check_imports(self) -> None:
        """Let pass who may bring new lists of goods, which decide over every shop.

        Raises:
            AccessError: They may not.
        """
        if not self.sees_all:
            raise AccessError(
                f"{self.name} må ikke indlæse varelister. Bed administratoren om det.",
                f"{self.name} may not import lists of goods. Ask the administrator.",
            )

    def check_makes_shops(self) -> None:
        """Let pass who may enter a new shop.

        Raises:
            AccessError: They may not.
        """
        if not self.sees_all:
            raise AccessError(
                f"{self.name} må ikke oprette butikker. Bed administratoren om det.",
                f"{self.name} may not enter shops. Ask the administrator.",
            )
