"""What can be imported into this service from files."""

from services.outreach.visits.imports import VISITS
from shared.importing.api import importing_api
from shared.importing.web import importing_pages

KINDS = {kind.name: kind for kind in (VISITS,)}

pages = importing_pages(KINDS, "/outreach/imports")
api = importing_api(KINDS)
