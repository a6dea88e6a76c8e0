"""The filters of pages that a person keeps under names of their own: addresses with ids and codes, never a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Connection, delete, insert, select

from shared.auth.tables import kept_filter
from shared.database import Database
from shared.errors import Invalid, NotFound
from shared.ids import new_id

PLACES_IN_A_LIST = frozenset({"after", "page", "people_page", "changes_page"})
"""What says how far somebody has paged, not what was chosen."""
_TYPED = frozenset({"q"})
LONGEST_NAME, LONGEST_ADDRESS, MOST = 60, 1000, 50


@dataclass(frozen=True, slots=True)
class KeptFilter:
    """What was chosen on a page, as its address, under the name that its owner gave it."""

    filter_id: str
    name: str
    address: str

    @property
    def path(self) -> str:
        """The page."""
        return urlsplit(self.address).path


def chosen_address(address: str) -> str:
    """The address with what was chosen alone, in one order, so that the same choice has the same address. Pure."""
    parts = urlsplit(address)
    chosen = [(name, text) for name, text in parse_qsl(parts.query) if name not in PLACES_IN_A_LIST | _TYPED]
    return f"{parts.path}?{urlencode(sorted(chosen))}" if chosen else parts.path


def filters_of(connection: Connection, account_id: str) -> list[KeptFilter]:
    """All that somebody keeps, by name."""
    own = select(kept_filter).where(kept_filter.c.account_id == account_id).order_by(kept_filter.c.name)
    return [KeptFilter(row.filter_id, row.name, row.address) for row in connection.execute(own)]


def keep_filter(connection: Connection, account_id: str, name: str, address: str) -> None:
    """Keep a choice, in place of one of the same name on that page. Raises `Invalid` for what cannot be kept."""
    new = KeptFilter(new_id("filter"), name.strip(), chosen_address(address))
    before = filters_of(connection, account_id)
    same = [one.filter_id for one in before if (one.path, one.name) == (new.path, new.name)]
    if not new.name or len(new.name) > LONGEST_NAME:
        raise Invalid("filter_name", "Give it a short name.", field="name")
    if "?" not in new.address or len(new.address) > LONGEST_ADDRESS:
        raise Invalid("nothing_chosen", "Nothing is chosen on this page that could be kept.", field="address")
    if len(before) - len(same) >= MOST:
        raise Invalid("too_many_filters", "You keep very many choices already. Delete one first.", field="name")
    forget_filters(connection, account_id, same)
    row = {"filter_id": new.filter_id, "account_id": account_id, "name": new.name, "address": new.address}
    connection.execute(insert(kept_filter), row)


def forget_filters(connection: Connection, account_id: str, filter_ids: Iterable[str]) -> int:
    """Forget these of somebody's own; return how many there were."""
    own = kept_filter.c.account_id == account_id
    return connection.execute(delete(kept_filter).where(own, kept_filter.c.filter_id.in_(list(filter_ids)))).rowcount


class KeptFilters:
    """The filters that people keep, each their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, account_id: str) -> list[KeptFilter]:
        """Return what the person keeps of filters, by name."""
        with self._database.ask() as connection:
            return filters_of(connection, account_id)

    def keep(self, account_id: str, name: str, address: str) -> None:
        """Keep what was chosen on a page under a name; raises `Invalid` for what cannot be kept."""
        with self._database.write() as connection:
            keep_filter(connection, account_id, name, address)

    def forget(self, account_id: str, filter_id: str) -> None:
        """Forget one of the person's own; `NotFound` when there is none."""
        with self._database.write() as connection:
            if forget_filters(connection, account_id, [filter_id]) == 0:
                raise NotFound("filter_not_found", "You do not keep this choice.")
