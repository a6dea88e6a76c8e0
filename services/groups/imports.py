"""What can be imported into this service from files."""

from services.groups.meetings.imports import ATTENDANCE
from services.groups.practitioners.imports import PRACTITIONERS
from shared.importing.api import importing_api
from shared.importing.web import importing_pages

KINDS = {
    kind.name: kind
    for kind in (
        ATTENDANCE,
        PRACTITIONERS,
    )
}

pages = importing_pages(KINDS, "/groups/imports")
api = importing_api(KINDS)
