"""Every sentence that the case service can say exists in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import services.case
from services.case.cases.domain import CLOSED
from services.case.people.domain import ERASED
from services.case.sessions.domain import OUTSIDE_PERIOD, OVERLAP, PERSON_MERGED, POSSIBLE_DUPLICATE

CASE = Path(services.case.__file__).parent
ROOT = CASE.parents[1]
CHINESE = "translations/zh_Hant_HK/LC_MESSAGES/messages.po"
CATALOGUES = (*sorted(ROOT.glob(f"shared/*/{CHINESE}")), CASE / CHINESE)
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}
# Where the sentence stands among the arguments of what is made.
SPEAKING = {"FieldError": 2, "Invalid": 1, "RuleBroken": 1, "NotFound": 1, "Forbidden": 1, "Malformed": 1}


CONSTANTS = {CLOSED[1], ERASED[1], OUTSIDE_PERIOD, OVERLAP, PERSON_MERGED, POSSIBLE_DUPLICATE}


def marked() -> Iterator[str]:
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    for _, _, message, _, _ in extract_from_dir(CASE, methods, {}, KEYWORDS):
        if isinstance(message, str):
            yield message


def raised() -> Iterator[str]:
    """The constant sentences of errors and notices."""
    for file in CASE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "message")]
            place = SPEAKING.get(node.func.id)
            if place is not None and len(arguments) > place:
                message = arguments[place]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield message.value


def translated() -> set[str]:
    found: set[str] = set()
    for po in CATALOGUES:
        with po.open("rb") as source:
            found |= {str(message.id) for message in read_po(source) if message.id and message.string}
    return found


def test_every_sentence_of_case_is_translated() -> None:
    said = {*marked(), *raised(), *CONSTANTS}
    assert len(said) > 100
    assert sorted(said - translated()) == []


def test_translations_of_case_keep_the_parameters() -> None:
    with (CASE / CHINESE).open("rb") as source:
        for message in read_po(source):
            wanted = {part.split(")")[0] for part in str(message.id).split("%(")[1:]}
            given = {part.split(")")[0] for part in str(message.string).split("%(")[1:]}
            assert given == wanted, message.id
