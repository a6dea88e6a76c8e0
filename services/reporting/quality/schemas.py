"""What may be asked of data quality."""

from marshmallow import Schema, fields


class QualitySchema(Schema):
    """`period`: the last day of a reporting period; without it, the whole contract."""

    period = fields.Date(load_default=None)
