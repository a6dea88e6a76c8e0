"""Opens the `auth` database of an installation."""

from shared.auth.accounts import Accounts
from shared.database import Database
from shared.migrate import upgrade
from shared.settings import Settings


def open_accounts(settings: Settings) -> Accounts:
    """Return the accounts of this installation, with their tables in place."""
    url = settings.database_url("auth")
    upgrade("shared.auth", url)
    return Accounts(Database(url), hash_key=settings.hash_key, session_hours=settings.session_hours)
