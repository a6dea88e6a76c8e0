"""What the API accepts about notes that wait for a decision."""

from marshmallow import Schema, fields


class ReviewSchema(Schema):
    decision = fields.String(required=True)
