"""家持II, June 2018 to May 2021, so that every published total comes out exactly: one module for each kind of work.

The recipe: 148 family members in groups (285 meetings, 1,849 attendances), 148 in casework (1,481 sessions), 72 hidden
or low-motivation people who use drugs (195 contacts, 96 of them outreach or home visits), 53 family members with
interdisciplinary support (141 sessions), and the sector (3 days, 69.5 hours, 80 people). `noise_*` adds what must not
count.
"""
