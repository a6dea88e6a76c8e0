"""What can be imported into this service from files."""

from services.case.assessments.imports import ASSESSMENTS
from services.case.people.imports import PEOPLE
from services.case.sessions.imports import SESSIONS
from shared.importing.api import importing_api
from shared.importing.web import importing_pages

KINDS = {
    kind.name: kind
    for kind in (
        PEOPLE,
        SESSIONS,
        ASSESSMENTS,
    )
}

pages = importing_pages(KINDS, "/case/imports")
api = importing_api(KINDS)
