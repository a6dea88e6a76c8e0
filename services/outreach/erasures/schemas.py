"""What the API accepts about notes to be looked at."""

from marshmallow import Schema, fields

from shared.serviceunit.schemas import SHORT


class NoteReviewSchema(Schema):
    decision = fields.String(required=True, validate=SHORT)
