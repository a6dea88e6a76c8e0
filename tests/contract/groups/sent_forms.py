"""Forms as a browser without JavaScript sends them back: every field as it was served."""

from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


class Fields(HTMLParser):
    """What a browser would send of each form of a page, buttons left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, MultiDict[str, str]] = {}
        self._form: MultiDict[str, str] = MultiDict()
        self._select = ""
        self._chosen: str | None = None
        self._area: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        match tag:
            case "form":
                self._form = self.forms[given.get("action") or ""] = MultiDict()
            case "input" if name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
                self._form.add(name, value)
            case "select":
                self._select, self._chosen = name, None
            case "option" if "selected" in given or self._chosen is None:
                self._chosen = value
            case "textarea":
                self._area = name
                self._form[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._form.add(self._select, self._chosen or "")
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._form[self._area] += data


def form_of(response: TestResponse, ending: str) -> MultiDict[str, str]:
    (form,) = [form for action, form in Fields(response.text).forms.items() if action.rstrip("?").endswith(ending)]
    return form


def changed(form: MultiDict[str, str], **values: Any) -> MultiDict[str, str]:
    copy = MultiDict(form)
    for name, value in values.items():
        copy[name] = value
    return copy
