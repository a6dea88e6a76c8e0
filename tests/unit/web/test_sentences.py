"""Every sentence that a service, or the code they share, can say exists in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import shared.errors
from services.case.cases.domain import CLOSED
from services.case.people.domain import ERASED
from services.case.sessions.domain import OVERLAP, POSSIBLE_DUPLICATE
from shared.errors import CaseledgerError
from shared.importing.cells import FAULTS
from shared.settings import SERVICES
from shared.web.field_messages import _KNOWN

ROOT = Path(shared.errors.__file__).parents[1]
CATALOGUE = "translations/zh_Hant_HK/LC_MESSAGES/*.po"
MARKS = {"_": None, "gettext": None, "lazy_gettext": None}
ERRORS = [
    name
    for name, value in vars(shared.errors).items()
    if isinstance(value, type) and issubclass(value, CaseledgerError)
]
PLACES = dict.fromkeys(ERRORS, 1) | {"FieldError": 2, "Notice": 0, "fail": 2, "Unfit": 1}
"""Where the sentence stands among the arguments of what is made; `fail` is of the check of contract documents."""
ELSEWHERE = {
    "case": {CLOSED[1], ERASED[1], OVERLAP, POSSIBLE_DUPLICATE},
    "shared": {*FAULTS.values()} | {sentence for _pattern, _code, sentence in _KNOWN},
}
"""Sentences that stand in a constant."""
PARTS = [*SERVICES, "shared"]


def folder(part: str) -> Path:
    return ROOT / "shared" if part == "shared" else ROOT / "services" / part


def files(part: str) -> Iterator[Path]:
    """The code of a part, without what is there for tests alone."""
    return (file for file in folder(part).rglob("*.py") if not file.is_relative_to(ROOT / "shared" / "testing"))


def marked(part: str) -> Iterator[str]:
    methods = [("testing/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    for _file, _line, message, _comments, _context in extract_from_dir(folder(part), methods, {}, MARKS):
        if isinstance(message, str):
            yield message


def raised(part: str) -> Iterator[str]:
    """The constant sentences of errors and notices."""
    for file in files(part):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "message")]
            place = PLACES.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
            if place is not None and len(arguments) > place:
                message = arguments[place]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield message.value


def catalogues(part: str) -> list[Path]:
    """Where a part's own translations are."""
    return sorted((ROOT / "shared").glob(f"*/{CATALOGUE}") if part == "shared" else folder(part).glob(CATALOGUE))


def translated(part: str) -> Iterator[str]:
    """What a part finds a translation of: in its own catalogue, or in those that all share."""
    for po in {*catalogues(part), *catalogues("shared")}:
        with po.open("rb") as source:
            yield from (str(message.id) for message in read_po(source) if message.id and message.string)


@pytest.mark.parametrize("part", PARTS)
def test_every_sentence_is_translated(part: str) -> None:
    said = {*marked(part), *raised(part), *ELSEWHERE.get(part, ())}
    assert len(said) > 80
    assert sorted(said.difference(translated(part))) == []


@pytest.mark.parametrize("part", PARTS)
def test_translations_keep_the_parameters(part: str) -> None:
    for po in catalogues(part):
        with po.open("rb") as source:
            for message in read_po(source):
                wanted = {rest.split(")")[0] for rest in str(message.id).split("%(")[1:]}
                given = {rest.split(")")[0] for rest in str(message.string).split("%(")[1:]}
                assert given == wanted, message.id
