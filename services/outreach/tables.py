"""All tables of this service's database: the event store's, the bus's, its own read tables, and what it has learnt.

No column holds an alias, a place's name or a note in clear: `sealed` columns are encrypted under the key of the contact
or the place, and notes stand in the event store alone. Moments are whole microseconds.
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

contact = Table(
    "contact",
    metadata,
    Column("contact_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("place_id", Text),
    Column("role", Text, nullable=False),
    Column("target_groups", JSON, nullable=False),  # [{target_group, from_date, to_date}]
    Column("sealed", LargeBinary),  # alias and marks
    Column("identified_as", Text, index=True),
    Column("erased", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("contact_of_team", "agency_id", "team_id", "contact_id"),
)

place = Table(
    "place",
    metadata,
    Column("place_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("district", Text),
    Column("sealed", LargeBinary),
    Column("version", Integer, nullable=False),
)

visit = Table(
    "visit",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("case_id", Text, index=True),
    Column("occurred_on", Date, nullable=False),
    Column("starts_at", BigInteger),
    Column("minutes", Integer),
    Column("phase", Text, nullable=False),  # planned, recorded or voided
    Column("unit", JSON, nullable=False),
    Column("has_note", Boolean, nullable=False),
    Column("note_subject", Text, nullable=False),
    Column("own_subject", Text),  # whose key seals a note about several people, of this or an earlier version
    Column("version", Integer, nullable=False),
    Index("visit_of_agency", "agency_id", "occurred_on", "unit_id"),
)

visit_participant = Table(
    "visit_participant",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("current", Boolean, nullable=False),  # false for those whom a correction took out
    Index("visit_participant_unit", "unit_id"),
)

# The notes that wait for somebody to look at them.
note_review = Table(
    "note_review",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("queued_at", BigInteger, nullable=False),
)

entry_waiting = waiting_table(metadata)

PROJECTED = (entry_waiting, contact, place, visit, visit_participant, note_review)

# What was learnt from the events of other services

known_person, known_code, known_member = people_tables(metadata)
known_contract = contract_table(metadata)
Index("ix_known_person_agency_id", known_person.c.agency_id)

known_case = Table(
    "known_case",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False, index=True),
    Column("team_id", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_on", Date),
    Column("periods", JSON, nullable=False),  # [[opened_on, closed_on or null]]
    Column("members", JSON, nullable=False),  # [{person_id, relationship, from_date, to_date}]
)

LEARNT = (known_person, known_code, known_member, known_contract, known_case)
