"""What the API of imports accepts."""

from marshmallow import Schema, fields, validate

from shared.importing.packages import MOST_ROWS

_NUMBER = validate.Range(min=1)
STATES = ("waiting", "read", "new", "change", "same", "doubt", "bad", "chosen", "sure", "added", "corrected")


class FileSchema(Schema):
    """Beside a file in the body: for which team it is, left out by those who have one; `dry_run` changes nothing."""

    team_id = fields.String(load_default=None, validate=validate.Length(min=1, max=80))


class ColumnsSchema(Schema):
    """Which column of the file is which, by its place from 0."""

    mapping = fields.Dict(
        keys=fields.String(validate=validate.Length(max=80)), values=fields.Integer(strict=True), required=True
    )


class AcceptSchema(Schema):
    """`rows` left out: all that is ready. `doubtful` takes those that are in doubt as well.

    `override` is for a file of which more than a tenth is wrong.
    """

    rows = fields.List(
        fields.Integer(strict=True, validate=_NUMBER), load_default=None, validate=validate.Length(max=MOST_ROWS)
    )
    doubtful = fields.Boolean(load_default=False)
    override = fields.Boolean(load_default=False)


class RowsSchema(Schema):
    """One page of the rows of an import, in the order of the file."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))
    after = fields.Integer(load_default=0)
