"""All tables of this service's database: the event store's, the bus's, its own read tables, and what it has learnt.

No column holds a name or a note in clear: `practitioner.sealed` is encrypted under the practitioner's own key, and
notes stand in the event store alone. Moments are whole microseconds.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, MetaData, Table, Text

from shared.bus.tables import bus_tables
from shared.eventstore import event_tables
from shared.importing.tables import import_tables
from shared.serviceunit.learnt.tables import contract_table, people_tables
from shared.serviceunit.reading.tables import waiting_table

metadata = MetaData()
event = event_tables(metadata)
bus_tables(metadata)
import_tables(metadata)

# Read tables, written with the events of this service

activity_group = Table(
    "activity_group",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("contract_id", Text),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("intake_until", Date),
    Column("phase", Text, nullable=False),
    Column("opened_on", Date),
    Column("ended_on", Date),
    Column("version", Integer, nullable=False),
    Index("activity_group_of_agency", "agency_id", "team_id"),
)

group_member = Table(
    "group_member",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("to_date", Date),
    Column("role", Text, nullable=False),
    Index("group_member_person", "person_id"),
)

meeting = Table(
    "meeting",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("group_id", Text),
    Column("occurred_on", Date, nullable=False),
    Column("starts_at", BigInteger),
    Column("minutes", Integer),
    Column("phase", Text, nullable=False),  # planned, recorded or voided
    Column("status", Text, nullable=False),
    Column("unit", JSON, nullable=False),
    Column("has_note", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("meeting_of_group", "group_id", "occurred_on"),
    Index("meeting_of_agency", "agency_id", "occurred_on", "unit_id"),
)

meeting_participant = Table(
    "meeting_participant",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Index("meeting_participant_unit", "unit_id"),
)

practitioner = Table(
    "practitioner",
    metadata,
    Column("practitioner_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("organisation_id", Text),
    Column("sealed", LargeBinary),
    Column("version", Integer, nullable=False),
)

# The notes that wait for somebody to look at them.
note_review = Table(
    "note_review",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("queued_at", BigInteger, nullable=False),
)

entry_waiting = waiting_table(metadata)

PROJECTED = (entry_waiting, activity_group, group_member, meeting, meeting_participant, practitioner, note_review)

# What was learnt from the events of other services

known_person, known_code, known_member = people_tables(metadata)
known_contract = contract_table(metadata)

LEARNT = (known_person, known_code, known_member, known_contract)
