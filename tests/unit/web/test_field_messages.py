"""What marshmallow says becomes a stable code and a path."""

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from shared.web.field_messages import field_errors


class Deep(Schema):
    number = fields.Integer(strict=True, validate=validate.Range(min=0, max=9))


class Everything(Schema):
    text = fields.String(required=True, validate=validate.Length(min=2, max=3))
    on = fields.Date()
    at = fields.Time()
    flag = fields.Boolean()
    amount = fields.Decimal()
    code = fields.String(validate=validate.OneOf(["a", "b"]))
    slug = fields.String(validate=validate.Regexp("^x"))
    rows = fields.List(fields.Nested(Deep))
    bag = fields.Dict()


@pytest.mark.parametrize(
    ("body", "path", "code", "params"),
    [
        ({}, "text", "required", {}),
        ({"text": None}, "text", "required", {}),
        ({"text": 1}, "text", "not_text", {}),
        ({"text": "1234"}, "text", "wrong_length", {"least": "2", "most": "3"}),
        ({"on": "2021-02-30"}, "on", "not_a_date", {}),
        ({"at": "25:00"}, "at", "not_a_time", {}),
        ({"flag": "perhaps"}, "flag", "not_yes_or_no", {}),
        ({"amount": "much"}, "amount", "not_a_number", {}),
        ({"code": "c"}, "code", "not_a_choice", {"choices": "a, b"}),
        ({"slug": "y"}, "slug", "wrong_form", {}),
        ({"rows": {}}, "rows", "not_a_list", {}),
        ({"rows": [{"number": 1}, {"number": 10}]}, "rows.1.number", "out_of_range", {"least": "0", "most": "9"}),
        ({"rows": [{"number": "many"}]}, "rows.0.number", "not_a_whole_number", {}),
        ({"rows": ["x"]}, "rows.0", "wrong_type", {}),
        ({"bag": 1}, "bag", "not_an_object", {}),
        ({"colour": "red"}, "colour", "unknown_field", {}),
    ],
)
def test_each_message_has_a_code_and_a_path(body: dict[str, Any], path: str, code: str, params: dict[str, str]) -> None:
    given = body if "text" in body or not body else body | {"text": "ok"}
    with pytest.raises(ValidationError) as refused:
        Everything().load(given)
    (error,) = field_errors({"json": refused.value.messages})
    assert (error.path, error.code, error.params) == (path, code, params)


def test_an_unknown_message_is_kept_as_it_is() -> None:
    (error,) = field_errors({"json": {"on": ["Only on Mondays."]}})
    assert (error.code, error.message) == ("invalid", "Only on Mondays.")
