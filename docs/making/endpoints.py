"""What a service answers: its JSON API and its pages, from the routes themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from docs.making.published import meaning_of
from docs.making.tables import code, table
from shared.auth import roles
from shared.auth.identity import PUBLIC, access_of

_GROUPS = {
    PUBLIC: "anybody",
    frozenset(roles.EVERYONE): "everyone",
    **{
        frozenset(getattr(roles, name)): name
        for name in ("RECORDERS", "NOTE_READERS", "OVERSEERS", "LEADERS", "ADMINS")
    },
}
_MANY = 12
"""Above this number of fields a request has its own line under the table."""
_EDGE = "shared.web."


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One method of one path."""

    path: str
    method: str
    module: str
    who: str
    meaning: str
    asks: tuple[str, ...] = ()
    schema: str = ""


class Endpoints:
    """All that the app of a service answers."""

    def __init__(self, service: str, app: Flask) -> None:
        self.service = service
        self._openapi = app.test_client().get(f"/{service}/api/openapi.json").get_json()
        self._all = sorted(found for rule in app.url_map.iter_rules() for found in self._of(app, rule))

    def api(self) -> str:
        """The table of the JSON API, with the long requests below it."""
        found = [each for each in self._own() if "/api/v1/" in each.path]
        long = {each.schema: each.asks for each in found if len(each.asks) > _MANY}
        rows = [
            (f"{each.method} `{self._short(each.path)}`", each.who, _asked(each, long), each.meaning) for each in found
        ]
        notes = "".join(f"\n`{name}`: {_long(name, long)}.\n" for name in sorted(long))
        return table(("method and path", "who", "asks for", "what"), rows) + notes

    def pages(self) -> str:
        """The table of the pages and of what their forms are sent to."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for each in self._own():
            if "/api/v1/" not in each.path:
                found.setdefault((each.path, each.who, each.meaning), []).append(each.method)
        rows = [(f"{', '.join(methods)} `{path}`", who, meaning) for (path, who, meaning), methods in found.items()]
        return table(("method and path", "who", "what"), rows)

    def edge(self) -> str:
        """The table of what every service answers alike."""
        rows = [
            (f"{each.method} `{each.path.replace(f'/{self.service}/', '/<service>/', 1)}`", each.who, each.meaning)
            for each in self._all
            if each.module.startswith(_EDGE)
        ]
        return table(("method and path", "who", "what"), rows)

    def _own(self) -> list[Endpoint]:
        return [each for each in self._all if not each.module.startswith(_EDGE)]

    def _short(self, path: str) -> str:
        return path.removeprefix(f"/{self.service}/api/v1")

    def _of(self, app: Flask, rule: Rule) -> Iterator[Endpoint]:
        view = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = rule.rule.replace("path:", "")
            schema, asks = self._asked(path, method)
            who = _GROUPS[access_of(view, method) or PUBLIC]
            meaning = meaning_of(view).split(". ")[0].removesuffix(".")
            if not meaning:
                raise LookupError(f"{method} {path} says nowhere what it is: its view has no docstring.")
            yield Endpoint(path, method, view.__module__, who, meaning, asks, schema)

    def _asked(self, path: str, method: str) -> tuple[str, tuple[str, ...]]:
        """The name of the schema of the body, and the names of the fields, or of the parameters of the query."""
        operation = self._openapi["paths"].get(path.replace("<", "{").replace(">", "}"), {}).get(method.lower(), {})
        query = operation.get("parameters", [])
        names = tuple(_marked(each["name"], each.get("required", False)) for each in query if each["in"] == "query")
        if "requestBody" not in operation:
            return "", names
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        schema: dict[str, Any] = self._openapi["components"]["schemas"][reference]
        required = schema.get("required", [])
        fields = sorted(schema["properties"], key=lambda name: name not in required)
        return reference, (*(_marked(name, name in required) for name in fields), *names)


def _marked(name: str, required: bool) -> str:
    return name if required else f"{name}?"


def _long(name: str, long: dict[str, tuple[str, ...]]) -> str:
    """The fields of a long request; those of another one that it contains are not told again."""
    asks = long[name]
    for other, fields in long.items():
        if other != name and set(fields) < set(asks):
            return f"`{other}` and {', '.join(field for field in asks if field not in fields)}"
    return ", ".join(asks)


def _asked(endpoint: Endpoint, long: dict[str, tuple[str, ...]]) -> str:
    return code([endpoint.schema]) if endpoint.schema in long else ", ".join(endpoint.asks)
