"""What this service says of a person's day."""

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.people.alike import possible_duplicates
from services.case.sessions.queries import ADDRESS, case_numbers
from services.case.today import queries
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.serviceunit.agenda import as_doubts
from shared.serviceunit.reading.queries import count_to_read, returned_to
from shared.web.requests import service

bp = Blueprint("today_api", __name__, description="What a person has before them")


@bp.post("/today")
@requires(*RECORDERS)
def today() -> Response:
    """One's own caseload, what is planned and lately held, and what is due; no names"""
    who, day, teams = identity(), local_date(service().clock.now()), teams_seen(identity())
    with service().database.read() as connection:
        needs = queries.follow_ups(connection, who.agency_id, teams, who.account_id, day)
        if reads_notes(who):
            needs += queries.missing_post_tests(connection, who.agency_id, who.account_id, day)
            needs += queries.tasks(connection, who.agency_id, teams, who.account_id, leads=who.role == "team_leader")
        needs += returned_to(connection, who, ADDRESS, case_numbers)
        return jsonify(
            {
                **queries.own_agenda(connection, who.agency_id, teams, who.account_id, day),
                "caseload": queries.caseload(connection, who.agency_id, who.account_id, day),
                "needs": needs,
                "to_read": count_to_read(connection, who),
            }
        )


@bp.post("/today/team")
@requires(*LEADERS)
def team() -> Response:
    """Of a leader's teams: the sessions planned and not recorded, and how many cases each worker has; no names"""
    who, day = identity(), local_date(service().clock.now())
    with service().database.read() as connection:
        planned = queries.overdue_sessions(connection, who.agency_id, teams_seen(who), day)
        cases = queries.open_cases(connection, who.agency_id, teams_seen(who))
    return jsonify({"overdue": planned, "cases": cases})


@bp.post("/doubts")
@requires(*RECORDERS)
def doubts() -> Response:
    """What this service alone knows: sessions planned and not recorded, and who may be one person; no names"""
    who, day = identity(), local_date(service().clock.now())
    with service().database.read() as connection:
        overdue = queries.overdue_sessions(connection, who.agency_id, teams_seen(who), day)
        alike = possible_duplicates(connection, who.agency_id, teams_seen(who))
    return jsonify({"not_recorded": as_doubts(overdue), "possible_duplicate": alike})
