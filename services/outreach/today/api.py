"""What this service says of a person's day."""

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.outreach.today.queries import overdue_visits, own_agenda, planned_by
from services.outreach.visits.handlers import movable, visits
from services.outreach.visits.queries import ADDRESS, titles
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.serviceunit.agenda import as_doubts
from shared.serviceunit.handover.api import handover_api
from shared.serviceunit.moving.api import moving_api
from shared.serviceunit.reading.queries import count_to_read, returned_to
from shared.web.requests import service

bp = Blueprint("today_api", __name__, description="What a person has before them")
plans = handover_api(visits, planned_by)
moves = moving_api(movable)


@bp.post("/today")
@requires(*RECORDERS)
def today() -> Response:
    """One's own visits that are planned, and those lately held; no names"""
    who, day = identity(), local_date(service().clock.now())
    with service().database.read() as connection:
        return jsonify(
            {
                **own_agenda(connection, who.agency_id, teams_seen(who), who.account_id, day),
                "needs": returned_to(connection, who, ADDRESS, titles),
                "to_read": count_to_read(connection, who),
            }
        )


@bp.post("/today/team")
@requires(*LEADERS)
def team() -> Response:
    """Of a leader's teams: the visits planned and not recorded; no names"""
    who, day = identity(), local_date(service().clock.now())
    with service().database.read() as connection:
        return jsonify({"overdue": overdue_visits(connection, who.agency_id, teams_seen(who), day)})


@bp.post("/doubts")
@requires(*RECORDERS)
def doubts() -> Response:
    """What this service alone knows to be missing in the entries of one's teams; no names"""
    who, day = identity(), local_date(service().clock.now())
    with service().database.read() as connection:
        overdue = overdue_visits(connection, who.agency_id, teams_seen(who), day)
    return jsonify({"not_recorded": as_doubts(overdue)})
