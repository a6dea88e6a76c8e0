"""The JSON APIs of a service and their OpenAPI 3.1 document, with errors documented as they are: problem documents."""

from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from shared.auth.identity import public
from shared.web.problems import MEDIA_TYPE


class FieldProblemSchema(Schema):
    """What is wrong with one field."""

    path = fields.String(required=True, metadata={"description": "Where in the body: participants.2.person_id"})
    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = fields.String(required=True, metadata={"description": "In the language of the request"})


class ProblemSchema(Schema):
    """A problem document (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    fields_ = fields.List(fields.Nested(FieldProblemSchema), data_key="fields", required=True)
    correlation_id = fields.String(allow_none=True)


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest with our error answers, documented under their own media type."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, prefix: str) -> None:
        app.config.update(
            API_TITLE=f"Caseledger: {app.extensions['caseledger'].name}",
            API_VERSION="v1",
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX=f"{prefix}/api",
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(app)
        self.spec.components.security_scheme("session", {"type": "http", "scheme": "bearer"})
        self.spec.options["security"] = [{"session": []}]

    def _register_responses(self) -> None:
        """Document each error status under the media type it really has."""
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = {MEDIA_TYPE: {"schema": ProblemSchema}}
            self.spec.components.response(status.name, response, lazy=True)
        response = {"description": "A problem document", "content": {MEDIA_TYPE: {"schema": ProblemSchema}}}
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave them to `shared.web.problems`."""

    @public
    def _openapi_json(self) -> Any:
        """The OpenAPI document of the JSON API."""
        return super()._openapi_json()
