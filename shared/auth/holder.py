"""Who holds a session: the one query that is asked with every request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from shared.auth.identity import Identity
from shared.auth.tables import account, membership, session
from shared.prepared import Prepared

IDENTITY = Prepared(
    select(
        account.c.account_id,
        account.c.agency_id,
        account.c.role,
        account.c.display_name,
        account.c.contract_ids,
        account.c.language,
        account.c.must_change,
        account.c.toured,
        membership.c.team_id,
    )
    .select_from(session.join(account).outerjoin(membership))
    .where(
        session.c.token_hash == bindparam("given"),
        session.c.expires_at > bindparam("now"),
        account.c.disabled_at.is_(None),
    )
)


def identity_in(rows: Sequence[Any]) -> Identity:
    """The person of these rows, one for each team."""
    first = rows[0]
    return Identity(
        account_id=first.account_id,
        agency_id=first.agency_id,
        role=first.role,
        team_ids=frozenset(row.team_id for row in rows if row.team_id is not None),
        display_name=first.display_name,
        contract_ids=frozenset(first.contract_ids),
        language=first.language,
        must_change=first.must_change,
        toured=first.toured,
    )
