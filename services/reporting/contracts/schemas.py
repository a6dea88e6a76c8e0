"""Requests about contracts."""

from marshmallow import Schema, fields, validate

SHORT = validate.Length(min=1, max=80)


class ContractSchema(Schema):
    """A contract, as JSON or as the text of a YAML file."""

    document = fields.Raw(load_default=None, allow_none=True)
    yaml = fields.String(load_default=None, allow_none=True)


class VariationSchema(Schema):
    """`target` is written as in the contract's document: a number, or by year, by period, a month or establishment."""

    indicator = fields.String(required=True, validate=SHORT)
    measure = fields.String(required=True, validate=SHORT)
    approval = fields.String(required=True, validate=SHORT)
    effective = fields.Date(required=True)
    target = fields.Raw(required=True)


class DeliverableSchema(Schema):
    """`done_on` null: not done after all."""

    done_on = fields.Date(required=True, allow_none=True)
    evidence = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class ContractListSchema(Schema):
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^\d{4}-\d\d-\d\d~[a-z0-9_-]+$")
    )
