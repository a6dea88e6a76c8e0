"""What the API accepts about people. What is not given stays as it is in a change, and is unknown at registration."""

from marshmallow import Schema, fields, validate

ID = validate.Length(min=1, max=80)
TEXT = validate.Length(max=200)


class RoleSchema(Schema):
    role = fields.String(required=True)
    from_date = fields.Date(required=True)


class RoleEndSchema(Schema):
    """`to_date` is the last day."""

    role = fields.String(required=True)
    to_date = fields.Date(required=True)


class TargetGroupSchema(Schema):
    target_group = fields.String(required=True)
    from_date = fields.Date(required=True)


class TargetGroupEndSchema(Schema):
    """`to_date` is the last day."""

    target_group = fields.String(required=True)
    to_date = fields.Date(required=True)


class ConsentSchema(Schema):
    """Given or withdrawn: `on` is the first day on which it holds, or the day on which it holds no more."""

    consent = fields.String(required=True)
    on = fields.Date(required=True)


class DetailsSchema(Schema):
    """The details of a person; at least one of the names or the alias must be known."""

    client_number = fields.String(allow_none=True, validate=validate.Regexp(r"^[\w/.\-]{1,40}$"))
    name_zh = fields.String(allow_none=True, validate=TEXT)
    name_en = fields.String(allow_none=True, validate=TEXT)
    alias = fields.String(allow_none=True, validate=TEXT)
    phone = fields.String(allow_none=True, validate=validate.Length(max=40))
    gender = fields.String(allow_none=True)
    birth_year = fields.Integer(strict=True, allow_none=True)
    district = fields.String(allow_none=True)
    note = fields.String(allow_none=True, validate=validate.Length(max=10_000))


class PersonSchema(DetailsSchema):
    """Registering a person."""

    id = fields.String(validate=ID)
    team_id = fields.String(allow_none=True, validate=ID)
    roles = fields.List(fields.Nested(RoleSchema), validate=validate.Length(max=20))
    target_groups = fields.List(fields.Nested(TargetGroupSchema), validate=validate.Length(max=20))


class MergeSchema(Schema):
    """`into` remains; `into_version` is the version of that person that was looked at."""

    into = fields.String(required=True, validate=ID)
    into_version = fields.Integer(strict=True, required=True)
    reason = fields.String(load_default="duplicate")


class UnmergeSchema(Schema):
    from_person = fields.String(load_default=None, allow_none=True, validate=ID)
    reason = fields.String(load_default="wrong_person")


class EraseSchema(Schema):
    reason = fields.String(load_default="requested")


class NamesSchema(Schema):
    """`place` says on which page the names are shown; it stands in the record of looks."""

    person_ids = fields.List(fields.String(validate=ID), required=True, validate=validate.Length(max=1000))
    place = fields.String(load_default="names", validate=validate.Length(max=80))


class NumbersSchema(Schema):
    """Client numbers, to be told whose they are: an id each, and no names."""

    numbers = fields.List(fields.String(validate=ID), required=True, validate=validate.Length(max=1000))


class SearchSchema(Schema):
    """Without `q` the people of one's teams, with it the registry of the agency."""

    q = fields.String(load_default="", validate=TEXT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=ID)


class LooksSchema(Schema):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.Integer(load_default=None)
