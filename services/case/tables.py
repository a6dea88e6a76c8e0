"""All tables of this service's database: the event store's, the bus's, its own read tables, and what it has learnt.

Names in clear stand in `person_search` and `person_term` alone; a backup leaves those two out, and a rebuild fills
them again. Moments are whole microseconds.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from shared.bus.tables import bus_tables
from shared.eventstore import event_tables
from shared.importing.tables import import_tables
from shared.serviceunit.learnt.tables import contract_table
from shared.serviceunit.reading.tables import waiting_table

metadata = MetaData()
event = event_tables(metadata)
bus_tables(metadata)
import_tables(metadata)

# Read tables, written with the events of this service

person = Table(
    "person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("client_number", Text, nullable=False),
    Column("alias_only", Boolean, nullable=False),
    Column("gender", Text),
    Column("birth_year_band", Text),
    Column("district", Text),
    Column("merged_into", Text),
    # Who remains at the end of all merges: the person themself when nobody absorbed them.
    Column("root_id", Text, nullable=False, index=True),
    Column("erased", Boolean, nullable=False),
    UniqueConstraint("agency_id", "client_number", name="uq_person_client_number"),
)

person_code = Table(
    "person_code",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # role or target_group
    Column("code", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("to_date", Date),
)

person_search = Table(
    "person_search",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("name_zh", Text),
    Column("name_en", Text),
    Column("alias", Text),
    Column("phone", Text),
)

person_term = Table(
    "person_term",
    metadata,
    Column("agency_id", Text, primary_key=True),
    Column("term", Text, primary_key=True, info={"clear": True}),
    Column("person_id", Text, primary_key=True),
    Index("person_term_of_person", "person_id"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("erased_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
)

case_file = Table(
    "case_file",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("contract_id", Text),
    Column("worker_id", Text),
    Column("stage", Text, nullable=False),
    Column("stage_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("agency_id", "case_number", name="uq_case_file_case_number"),
)

case_period = Table(
    "case_period",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
)

case_member = Table(
    "case_member",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("to_date", Date),
    Column("relationship", Text, nullable=False),
    Index("case_member_person", "person_id"),
)

session_unit = Table(
    "session_unit",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("phase", Text, nullable=False),  # planned, recorded or voided
    Column("status", Text, nullable=False),
    Column("unit", LargeBinary, nullable=False),  # the whole public content as JSON
    Column("has_note", Boolean, nullable=False),
    Column("note_subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("follow_up_on", Date),
    Index("session_unit_of_agency", "agency_id", "occurred_on", "unit_id"),
    Index("session_unit_follow_up", "agency_id", "follow_up_on"),
)

session_worker = Table(
    "session_worker",
    metadata,
    Column("worker_id", Text, primary_key=True),
    Column("occurred_on", Date, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Index("session_worker_unit", "unit_id"),
)

session_person = Table(
    "session_person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("occurred_on", Date, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Index("session_person_unit", "unit_id"),
)

session_case = Table(
    "session_case",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("occurred_on", Date, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Index("session_case_unit", "unit_id"),
)

session_referral = Table(
    "session_referral",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("referred_on", Date, nullable=False),
    Column("taken_up", Boolean),
)

assessment = Table(
    "assessment",
    metadata,
    Column("assessment_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("person_id", Text, index=True),
    Column("case_id", Text, index=True),
    Column("contract_id", Text, nullable=False),
    Column("unit_id", Text),
    Column("instrument", Text, nullable=False),
    Column("instrument_version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("total", Integer, nullable=False),
    Column("risk", Boolean),  # of the answers; unknown once the person's key was destroyed
    Column("voided", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("assessment_of_agency", "agency_id", "assessed_on", "assessment_id"),
)

tally = Table(
    "tally",
    metadata,
    Column("tally_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("unit_id", Text),
    Column("instrument", Text, nullable=False),
    Column("instrument_version", Text, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("satisfied", Integer, nullable=False),
    Column("not_satisfied", Integer, nullable=False),
    Column("voided", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("tally_of_agency", "agency_id", "assessed_on", "tally_id"),
)

note_review = Table(
    "note_review",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
)

task = Table(
    "task",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    # What it is about is unknown once its key was destroyed.
    Column("kind", Text),
    Column("service", Text),
    Column("entry_id", Text, index=True),
    Column("case_id", Text, index=True),
    Column("person_id", Text, index=True),
    Column("worker_id", Text),
    Column("raised_by", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("phase", Text, nullable=False),  # open, closed or withdrawn
    Column("decision", Text),
    Column("has_note", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("task_of_agency", "agency_id", "phase", "task_id"),
)

entry_waiting = waiting_table(metadata)

PROJECTED = (
    entry_waiting,
    person,
    person_code,
    person_search,
    person_term,
    erasure,
    case_file,
    case_period,
    case_member,
    session_unit,
    session_worker,
    session_person,
    session_case,
    session_referral,
    assessment,
    tally,
    note_review,
    task,
)
"""What a rebuild empties and fills again from the events of this service."""

# What is written beside the events: who looked at whom, and the last number given in each agency.

look = Table(
    "look",
    metadata,
    Column("look_id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("looked_at", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Index("look_of_person", "person_id", "look_id"),
)

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("agency_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

# What was learnt from the events of other services

known_contract = contract_table(metadata)

erasure_answer = Table(
    "erasure_answer",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("service", Text, primary_key=True),
)

timeline_entry = Table(
    "timeline_entry",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_id", Text, index=True),
    Column("occurred_on", Date, nullable=False),
    Column("phase", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("activity", Text),
    Column("minutes", Integer),
)

timeline_person = Table(
    "timeline_person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Index("timeline_person_unit", "unit_id"),
)

timeline_change = Table(
    "timeline_change",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

timeline_referral = Table(
    "timeline_referral",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Text, nullable=False, index=True),
    Column("destination", Text, nullable=False),
    Column("referred_on", Date, nullable=False),
    Column("taken_up", Boolean),
)

contact_person = Table(
    "contact_person",
    metadata,
    Column("contact_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
)

LEARNT = (
    known_contract,
    erasure_answer,
    timeline_entry,
    timeline_person,
    timeline_change,
    timeline_referral,
    contact_person,
)
