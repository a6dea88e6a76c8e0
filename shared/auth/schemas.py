"""What the sign-in and accounts API takes and answers."""

from typing import get_args

from marshmallow import Schema, fields, validate

from shared.auth.roles import Role
from shared.serviceunit.codes import FEEDS

_ID = validate.Length(min=1, max=80)
_TEXT = validate.Length(min=1, max=200)


class SignInSchema(Schema):
    username = fields.String(required=True, validate=validate.Length(max=200))
    password = fields.String(required=True, validate=validate.Length(max=1000))


class MeSchema(Schema):
    account_id = fields.String()
    agency_id = fields.String()
    role = fields.String()
    team_ids = fields.List(fields.String())
    contract_ids = fields.List(fields.String())
    display_name = fields.String()
    language = fields.String(allow_none=True)


class SignedInSchema(Schema):
    token = fields.String(metadata={"description": "Send it as `Authorization: Bearer <token>`"})
    expires_at = fields.AwareDateTime(format="iso")
    account = fields.Nested(MeSchema)


class TeamSchema(Schema):
    id = fields.String(load_only=True, validate=_ID)
    team_id = fields.String(dump_only=True)
    name = fields.String(required=True, validate=_TEXT)


class TeamsSchema(Schema):
    items = fields.List(fields.Nested(TeamSchema))
    next = fields.String(allow_none=True)


class AccountSchema(Schema):
    id = fields.String(load_only=True, validate=_ID)
    account_id = fields.String(dump_only=True)
    username = fields.String(required=True, validate=_TEXT)
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=1000))
    display_name = fields.String(required=True, validate=_TEXT)
    role = fields.String(required=True, validate=validate.OneOf(get_args(Role)))
    team_ids = fields.List(fields.String(validate=_ID), load_default=list)
    contract_ids = fields.List(fields.String(validate=_ID), load_default=list)
    language = fields.String(load_default=None, allow_none=True, load_only=True)
    disabled = fields.Boolean(dump_only=True)
    must_change = fields.Boolean(dump_only=True, metadata={"description": "Its password is a temporary one"})


class AccountsSchema(Schema):
    items = fields.List(fields.Nested(AccountSchema))
    next = fields.String(allow_none=True)


class AccountChangeSchema(Schema):
    display_name = fields.String(required=True, validate=_TEXT)
    role = fields.String(required=True, validate=validate.OneOf(get_args(Role)))
    team_ids = fields.List(fields.String(validate=_ID), load_default=list)
    contract_ids = fields.List(fields.String(validate=_ID), load_default=list)


class FunderSchema(Schema):
    username = fields.String(required=True, validate=_TEXT)
    contract_ids = fields.List(fields.String(validate=_ID), required=True)


class TemporaryPasswordSchema(Schema):
    password = fields.String()


class PasswordSchema(Schema):
    password = fields.String(required=True, validate=validate.Length(max=1000))


class NewTeamSchema(Schema):
    id = fields.String(validate=_ID)
    name = fields.String(required=True, validate=_TEXT)


class AdministratorSchema(Schema):
    id = fields.String(validate=_ID)
    username = fields.String(required=True, validate=_TEXT)
    password = fields.String(required=True, validate=validate.Length(max=1000))
    display_name = fields.String(required=True, validate=_TEXT)


class AgencySchema(Schema):
    """A new agency with its first team and its administrator."""

    setup_code = fields.String(required=True)
    id = fields.String(validate=_ID)
    name = fields.String(required=True, validate=_TEXT)
    team = fields.Nested(NewTeamSchema, required=True)
    administrator = fields.Nested(AdministratorSchema, required=True)


class NewAgencySchema(Schema):
    agency_id = fields.String()
    team_id = fields.String()
    account_id = fields.String()


class DemoClockSchema(Schema):
    now = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class NewTokenSchema(Schema):
    """A token for the program of an agency: what it may send, for which team, and for how many days."""

    label = fields.String(required=True, validate=validate.Length(min=1, max=80))
    team_id = fields.String(required=True, validate=_ID)
    kinds = fields.List(fields.String(validate=validate.OneOf(list(FEEDS))), required=True)
    days = fields.Integer(strict=True, load_default=90)


class IssuedSchema(Schema):
    token_id = fields.String()
    secret = fields.String(metadata={"description": "Told once. Send it as `Authorization: Bearer <secret>`"})
    expires_at = fields.AwareDateTime(format="iso")


class TokenSchema(Schema):
    token_id = fields.String()
    label = fields.String()
    team_id = fields.String()
    account_id = fields.String()
    kinds = fields.List(fields.String())
    created_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(format="iso")
    revoked_at = fields.AwareDateTime(format="iso", allow_none=True)
    last_used_at = fields.AwareDateTime(format="iso", allow_none=True)
    good = fields.Boolean()


class TokensSchema(Schema):
    items = fields.List(fields.Nested(TokenSchema))
    next = fields.String(allow_none=True)
