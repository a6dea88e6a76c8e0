"""Who may call what: every route of the suite with the roles it is for, written down apart from the code.

A new route belongs here before it is merged; `test_access_matrix` fails until it is.
"""

EVERYBODY = """
POST /api/v1/agencies
POST /api/v1/sessions
GET /assets/<path:name>
GET /case/api/openapi.json
GET /case/assets/<path:name>
POST /case/display
POST /case/language
GET /case/livez
GET /case/metrics
GET /case/readyz
GET /case/version
GET+POST /first-run
GET /groups/api/openapi.json
GET /groups/assets/<path:name>
POST /groups/display
POST /groups/language
GET /groups/livez
GET /groups/metrics
GET /groups/readyz
GET /groups/version
GET /outreach/api/openapi.json
GET /outreach/assets/<path:name>
POST /outreach/display
POST /outreach/language
GET /outreach/livez
GET /outreach/metrics
GET /outreach/readyz
GET /outreach/version
GET /reporting/api/openapi.json
GET /reporting/assets/<path:name>
POST /reporting/display
POST /reporting/language
GET /reporting/livez
GET /reporting/metrics
GET /reporting/readyz
GET /reporting/version
GET+POST /sign-in
POST /sign-out
GET /worker.js
"""

SIGNED_IN = """
GET /
GET /account
POST /account/password
GET /api/v1/me
DELETE /api/v1/sessions/current
GET /api/v1/teams
GET /components
POST /filters
POST /first-steps
GET /help
POST /filters/<filter_id>/forget
GET /reporting/api/v1/contracts
GET /reporting/api/v1/contracts/<contract_id>
GET /reporting/api/v1/contracts/<contract_id>/report
GET /reporting/api/v1/contracts/<contract_id>/report.<format_name>
GET /reporting/api/v1/cuts
GET /reporting/api/v1/freshness
GET /reporting/contracts
GET /reporting/contracts/<contract_id>
GET /reporting/api/v1/contracts/<contract_id>/periods
GET /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>
GET /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/verification
GET /reporting/contracts/<contract_id>/periods
GET /reporting/contracts/<contract_id>/periods/<last_day>/reports/<int:number>
GET+POST /reporting/contracts/<contract_id>/export
GET /reporting/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/report.<format_name>
GET /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/report.<format_name>
GET /reporting/contracts/<contract_id>/report.<format_name>
"""

RECORDERS = """
GET /case/
GET+POST /case/api/v1/cases
GET /case/api/v1/cases/<case_id>
POST /case/api/v1/cases/<case_id>/assign
POST /case/api/v1/cases/<case_id>/close
POST /case/api/v1/cases/<case_id>/intake
POST /case/api/v1/cases/<case_id>/members
POST /case/api/v1/cases/<case_id>/members/leave
POST /case/api/v1/cases/<case_id>/open
POST /case/api/v1/cases/<case_id>/reopen
GET /case/api/v1/cases/<case_id>/timeline
POST /case/api/v1/cases/<case_id>/transfer
POST /case/api/v1/names
POST /case/api/v1/people/numbers
GET+POST /case/api/v1/people
GET+PUT /case/api/v1/people/<person_id>
POST /case/api/v1/people/<person_id>/roles
POST /case/api/v1/people/<person_id>/roles/end
POST /case/api/v1/people/<person_id>/target-groups
POST /case/api/v1/people/<person_id>/target-groups/end
POST /case/api/v1/people/search
GET+POST /case/api/v1/sessions
GET+PUT /case/api/v1/sessions/<session_id>
GET /case/api/v1/sessions/<session_id>/history
POST /case/api/v1/sessions/<session_id>/record
POST /case/api/v1/sessions/<session_id>/void
POST /case/api/v1/sessions/plan
GET+POST /case/api/v1/tallies
GET+PUT /case/api/v1/tallies/<tally_id>
POST /case/api/v1/tallies/<tally_id>/void
POST /case/api/v1/today
GET /case/cases
GET /case/cases/<case_id>
GET /case/cases/<case_id>/summary
POST /case/cases/<case_id>/assign
POST /case/cases/<case_id>/close
POST /case/cases/<case_id>/intake
POST /case/cases/<case_id>/members
POST /case/cases/<case_id>/members/leave
POST /case/cases/<case_id>/open
POST /case/cases/<case_id>/reopen
POST /case/cases/<case_id>/transfer
GET+POST /case/cases/new
GET+POST /case/people
GET /case/people/<person_id>
GET+POST /case/people/<person_id>/edit
POST /case/people/<person_id>/roles
POST /case/people/<person_id>/roles/end
POST /case/people/<person_id>/target-groups
POST /case/people/<person_id>/target-groups/end
GET+POST /case/people/new
GET+POST /case/search
GET /case/sessions/<session_id>
GET+POST /case/sessions/<session_id>/correct
GET+POST /case/sessions/<session_id>/record
POST /case/sessions/<session_id>/referral
GET+POST /case/sessions/<session_id>/void
GET+POST /case/sessions/new
GET+POST /groups/api/v1/groups
GET+PUT /groups/api/v1/groups/<group_id>
POST /groups/api/v1/groups/<group_id>/end
POST /groups/api/v1/groups/<group_id>/members
POST /groups/api/v1/groups/<group_id>/members/leave
POST /groups/api/v1/groups/<group_id>/open
POST /groups/api/v1/groups/search
GET+POST /groups/api/v1/meetings
GET+PUT /groups/api/v1/meetings/<meeting_id>
GET /groups/api/v1/meetings/<meeting_id>/history
POST /groups/api/v1/meetings/<meeting_id>/record
POST /groups/api/v1/meetings/<meeting_id>/void
POST /groups/api/v1/meetings/plan
GET+POST /groups/api/v1/practitioners
POST /groups/api/v1/today
GET /groups/groups
GET /groups/groups/<group_id>
GET+POST /groups/groups/<group_id>/edit
POST /groups/groups/<group_id>/end
POST /groups/groups/<group_id>/members/leave
GET+POST /groups/groups/<group_id>/members/new
POST /groups/groups/<group_id>/open
GET+POST /groups/groups/new
GET /groups/meetings
GET /groups/meetings/<meeting_id>
GET+POST /groups/meetings/<meeting_id>/correct
GET+POST /groups/meetings/<meeting_id>/record
POST /groups/meetings/<meeting_id>/referral
GET /groups/meetings/<meeting_id>/sign-in-sheet
GET+POST /groups/meetings/<meeting_id>/void
GET+POST /groups/meetings/new
GET /groups/meetings/sign-in-sheet
GET+POST /groups/practitioners
GET+POST /groups/practitioners/new
GET /on-this-phone
GET /on-this-phone/key
GET+POST /outreach/api/v1/contacts
GET /outreach/api/v1/contacts/<contact_id>
POST /outreach/api/v1/contacts/search
POST /outreach/api/v1/contacts/<contact_id>/target-groups
POST /outreach/api/v1/contacts/<contact_id>/target-groups/end
GET+POST /outreach/api/v1/places
POST /outreach/api/v1/today
GET+POST /outreach/api/v1/visits
GET+PUT /outreach/api/v1/visits/<visit_id>
GET /outreach/api/v1/visits/<visit_id>/history
POST /outreach/api/v1/visits/<visit_id>/record
POST /outreach/api/v1/visits/<visit_id>/void
POST /outreach/api/v1/visits/plan
GET+POST /outreach/contacts
GET /outreach/contacts/<contact_id>
POST /outreach/contacts/<contact_id>/target-groups
GET+POST /outreach/contacts/new
GET+POST /outreach/places
GET /outreach/visits
GET /outreach/visits/<visit_id>
GET+POST /outreach/visits/<visit_id>/correct
GET+POST /outreach/visits/<visit_id>/record
POST /outreach/visits/<visit_id>/referral
GET+POST /outreach/visits/<visit_id>/void
GET+POST /outreach/visits/new
GET /reporting/api/v1/contracts/<contract_id>/figures/<indicator>/<measure>
GET /reporting/api/v1/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>
GET /reporting/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>
GET /reporting/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>/parts.<format_name>
GET /reporting/api/v1/units/<unit_id>/figures
GET /reporting/contracts/<contract_id>/figures/<indicator>/<measure>
GET /reporting/contracts/<contract_id>/figures/<indicator>/<measure>/<what>.csv
GET /reporting/contracts/<contract_id>/moved
GET /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/late
GET /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/restatement
GET /reporting/contracts/<contract_id>/periods/<last_day>
GET /reporting/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/restatement
POST /case/api/v1/head
POST /groups/api/v1/head
POST /outreach/api/v1/head
POST /reporting/api/v1/effects
POST /reporting/api/v1/head
GET /reporting/api/v1/contracts/<contract_id>/compare
GET /reporting/contracts/<contract_id>/compare
GET /reporting/units/<unit_id>/figures
"""

NOTE_READERS = """
GET /case/api/v1/imports/<import_id>
DELETE /case/api/v1/imports/<import_id>
POST /case/api/v1/imports/<import_id>/accept
POST /case/api/v1/imports/<import_id>/columns
GET /case/api/v1/imports/<import_id>/rows
POST /case/api/v1/imports/<import_id>/step
POST /case/api/v1/imports/files/<kind>
GET /case/api/v1/imports/kinds/<kind>/template.<shape>
GET+POST /case/imports
GET /case/imports/<import_id>
POST /case/imports/<import_id>/accept
GET+POST /case/imports/<import_id>/columns
POST /case/imports/<import_id>/drop
POST /case/imports/<import_id>/step
GET /case/imports/templates/<kind>.<shape>
GET /groups/api/v1/imports/<import_id>
DELETE /groups/api/v1/imports/<import_id>
POST /groups/api/v1/imports/<import_id>/accept
POST /groups/api/v1/imports/<import_id>/columns
GET /groups/api/v1/imports/<import_id>/rows
POST /groups/api/v1/imports/<import_id>/step
POST /groups/api/v1/imports/files/<kind>
GET /groups/api/v1/imports/kinds/<kind>/template.<shape>
GET+POST /groups/imports
GET /groups/imports/<import_id>
POST /groups/imports/<import_id>/accept
GET+POST /groups/imports/<import_id>/columns
POST /groups/imports/<import_id>/drop
POST /groups/imports/<import_id>/step
GET /groups/imports/templates/<kind>.<shape>
GET /outreach/api/v1/imports/<import_id>
DELETE /outreach/api/v1/imports/<import_id>
POST /outreach/api/v1/imports/<import_id>/accept
POST /outreach/api/v1/imports/<import_id>/columns
GET /outreach/api/v1/imports/<import_id>/rows
POST /outreach/api/v1/imports/<import_id>/step
POST /outreach/api/v1/imports/files/<kind>
GET /outreach/api/v1/imports/kinds/<kind>/template.<shape>
GET+POST /outreach/imports
GET /outreach/imports/<import_id>
POST /outreach/imports/<import_id>/accept
GET+POST /outreach/imports/<import_id>/columns
POST /outreach/imports/<import_id>/drop
POST /outreach/imports/<import_id>/step
GET /outreach/imports/templates/<kind>.<shape>
GET+POST /case/api/v1/assessments
GET+PUT /case/api/v1/assessments/<assessment_id>
POST /case/api/v1/assessments/<assessment_id>/void
GET /case/api/v1/people/<person_id>/erasure
GET /case/api/v1/tasks
GET /case/api/v1/tasks/<task_id>
POST /case/api/v1/tasks/<task_id>/decisions
POST /case/api/v1/tasks/<task_id>/reports
GET /case/assessments/<assessment_id>
GET+POST /case/assessments/<assessment_id>/correct
GET+POST /case/assessments/<assessment_id>/void
GET+POST /case/assessments/new
GET /case/tasks
GET /case/tasks/<task_id>
POST /case/tasks/<task_id>/decisions
POST /case/tasks/<task_id>/reports
POST /outreach/api/v1/contacts/<contact_id>/identify
POST /outreach/api/v1/contacts/<contact_id>/unidentify
POST /outreach/contacts/<contact_id>/find
POST /outreach/contacts/<contact_id>/identify
POST /outreach/contacts/<contact_id>/unidentify
"""

OVERSEERS = """
GET /reporting/api/v1/overview
GET /reporting/overview
GET /reporting/overview.<format_name>
"""

LEADERS = """
GET+POST /api/v1/tokens
DELETE /api/v1/tokens/<token_id>
GET+POST /feeds
POST /feeds/<token_id>/revoke
POST /case/api/v1/handover
POST /case/api/v1/handover/left
POST /case/api/v1/handover/planned
POST /case/api/v1/handover/planned/give
POST /groups/api/v1/handover/planned
POST /groups/api/v1/handover/planned/give
POST /outreach/api/v1/handover/planned
POST /outreach/api/v1/handover/planned/give
GET+POST /case/handover
POST /case/api/v1/readings
POST /case/api/v1/readings/<unit_id>/return
POST /case/api/v1/readings/waiting
POST /case/sessions/<unit_id>/read
GET+POST /case/sessions/<unit_id>/return
POST /groups/api/v1/readings
POST /groups/api/v1/readings/<unit_id>/return
POST /groups/api/v1/readings/waiting
POST /groups/meetings/<unit_id>/read
GET+POST /groups/meetings/<unit_id>/return
POST /outreach/api/v1/readings
POST /outreach/api/v1/readings/<unit_id>/return
POST /outreach/api/v1/readings/waiting
POST /outreach/visits/<unit_id>/read
GET+POST /outreach/visits/<unit_id>/return
GET+POST /reading
GET /case/api/v1/note-reviews
POST /case/api/v1/note-reviews/<session_id>
POST /case/api/v1/people/<person_id>/erase
GET /case/api/v1/people/<person_id>/looks
POST /case/api/v1/people/<person_id>/merge
POST /case/api/v1/people/<person_id>/unmerge
GET /case/note-reviews
POST /case/note-reviews/<session_id>
GET+POST /case/people/<person_id>/erase
GET /case/people/<person_id>/looks
GET+POST /case/people/<person_id>/merge
POST /case/people/<person_id>/unmerge
POST /case/api/v1/today/team
GET /groups/api/v1/note-reviews
POST /groups/api/v1/note-reviews/<meeting_id>
GET /groups/note-reviews
POST /groups/note-reviews/<meeting_id>
POST /groups/api/v1/today/team
GET /outreach/api/v1/note-reviews
POST /outreach/api/v1/note-reviews/<visit_id>
GET /outreach/note-reviews
POST /outreach/note-reviews/<visit_id>
POST /outreach/api/v1/today/team
POST /reporting/api/v1/contracts
PUT /reporting/api/v1/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>/release
POST /reporting/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>/release
PUT /reporting/api/v1/contracts/<contract_id>
POST /reporting/api/v1/contracts/<contract_id>/deliverables/<deliverable_id>
POST /reporting/contracts/<contract_id>/deliverables/<deliverable_id>
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/lock
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reopen
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/return
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/accept
POST /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/late
PUT /reporting/api/v1/contracts/<contract_id>/periods/<last_day>/draft
POST /reporting/contracts/<contract_id>/periods/<last_day>/lock
POST /reporting/contracts/<contract_id>/periods/<last_day>/reopen
POST /reporting/contracts/<contract_id>/periods/<last_day>/draft
POST /reporting/contracts/<contract_id>/periods/<last_day>/submit
POST /reporting/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/return
POST /reporting/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/accept
POST /reporting/contracts/<contract_id>/periods/<last_day>/late
GET+POST /reporting/contracts/<contract_id>/revise
POST /reporting/api/v1/contracts/<contract_id>/variations
POST /reporting/contracts/drafts
GET+POST /reporting/contracts/drafts/<draft_id>/<step>
GET+POST /reporting/contracts/drafts/<draft_id>/<step>/<int:place>
POST /reporting/contracts/drafts/<draft_id>/discard
POST /reporting/contracts/drafts/<draft_id>/publish
GET+POST /reporting/contracts/new
GET /reporting/team
GET /reporting/team/workload.csv
GET /reporting/team/workload.xlsx
"""

ADMINS = """
PUT /api/v1/funders
POST /accounts/funders
GET+POST /accounts
GET+POST /accounts/<account_id>
POST /accounts/<account_id>/disable
POST /accounts/<account_id>/enable
POST /accounts/<account_id>/password
POST /accounts/teams
POST /accounts/teams/<team_id>
GET+POST /api/v1/accounts
PUT /api/v1/accounts/<account_id>
POST /api/v1/accounts/<account_id>/disable
POST /api/v1/accounts/<account_id>/enable
POST /api/v1/accounts/<account_id>/temporary-password
PUT /api/v1/accounts/<account_id>/password
POST /api/v1/demo/clock
POST /api/v1/teams
"""

ROLES = {
    "EVERYBODY": (),
    "SIGNED_IN": ("assistant", "worker", "team_leader", "agency_admin", "funder"),
    "RECORDERS": ("assistant", "worker", "team_leader", "agency_admin"),
    "NOTE_READERS": ("worker", "team_leader", "agency_admin"),
    "OVERSEERS": ("team_leader", "agency_admin", "funder"),
    "LEADERS": ("team_leader", "agency_admin"),
    "ADMINS": ("agency_admin",),
}

MATRIX = {
    (method, rule): ROLES[name]
    for name, table in (
        ("EVERYBODY", EVERYBODY),
        ("SIGNED_IN", SIGNED_IN),
        ("RECORDERS", RECORDERS),
        ("NOTE_READERS", NOTE_READERS),
        ("OVERSEERS", OVERSEERS),
        ("LEADERS", LEADERS),
        ("ADMINS", ADMINS),
    )
    for line in table.split("\n")
    if line
    for methods, rule in [line.split()]
    for method in methods.split("+")
}
"""The roles of each route: method and rule; nobody named means that no sign-in is needed."""
