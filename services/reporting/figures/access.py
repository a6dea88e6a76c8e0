"""Who may see single scores behind an outcome: not assistants, and others those of their own teams."""

from collections.abc import Callable

from shared.auth.identity import Identity
from shared.auth.roles import NOTE_READERS


def sees_scores(who: Identity) -> Callable[[str | None], bool]:
    """Whether this person may see the scores of a team's people."""

    def sees(team_id: str | None) -> bool:
        return who.role in NOTE_READERS and (who.role == "agency_admin" or (team_id or "") in who.team_ids)

    return sees
