"""What the database role of a relay may do: read of the event table all but what is sealed, and keep its own place.

Only PostgreSQL has roles. A relay that was broken into then holds nothing that is not on the bus already.
"""

from sqlalchemy import Connection, text

from shared.bus.tables import broker_contact, relay_checkpoint, relay_lease
from shared.eventstore.tables import APPENDS_CLOSED, COMPARED, EVENT

_RIGHTS = {
    relay_checkpoint.name: "SELECT, INSERT, UPDATE, DELETE",
    relay_lease.name: "SELECT, INSERT, UPDATE",
    broker_contact.name: "SELECT, INSERT, UPDATE",
    # It closes them when the store turns out to be an older copy, and opens them when that was mended.
    APPENDS_CLOSED.name: "SELECT, INSERT, DELETE",
    COMPARED.name: "SELECT, INSERT, DELETE",
}


def relay_role(owner: str) -> str:
    """Return the name of the role whose relay publishes what the tables of `owner` hold."""
    return f"{owner}_relay"


def let_relay_publish(connection: Connection) -> str:
    """Give the relay's role these rights on the tables of the connected role, and no others; return its name.

    Raises LookupError when there is no such role.
    """
    name = relay_role(str(connection.scalar(text("SELECT current_user"))))
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None:
        raise LookupError(f"The database server has no role {name}.")
    quote = connection.dialect.identifier_preparer.quote
    role = quote(name)
    columns = ", ".join(quote(column.name) for column in EVENT.columns if column.name != "sealed")
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        # A schema that a restore has made anew is open to its owner alone.
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT ({columns}) ON {EVENT.name} TO {role}",
        *(f"GRANT {rights} ON {table} TO {role}" for table, rights in _RIGHTS.items()),
    ]
    for statement in statements:
        connection.execute(text(statement))
    return name
