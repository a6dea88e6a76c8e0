"""Every sentence that the reporting service can say exists in Chinese, and nothing is translated that it never says."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import services.reporting

REPORTING = Path(services.reporting.__file__).parent
ROOT = REPORTING.parents[1]
CHINESE = "translations/zh_Hant_HK/LC_MESSAGES/messages.po"
SHARED = sorted(ROOT.glob(f"shared/*/{CHINESE}"))
OWN = REPORTING / CHINESE
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}
ERRORS = {"Invalid", "RuleBroken", "NotFound"}


def marked() -> Iterator[str]:
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    for _, _, message, _, _ in extract_from_dir(REPORTING, methods, {}, KEYWORDS):
        if isinstance(message, str):
            yield message


def raised() -> Iterator[str]:
    """The constant sentences of errors, and of what is wrong in a contract's document (`read.fail`)."""
    for file in REPORTING.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            is_error = isinstance(node.func, ast.Name) and node.func.id in ERRORS
            is_fail = isinstance(node.func, ast.Attribute) and node.func.attr == "fail"
            place = 1 if is_error else 2 if is_fail else None
            if place is not None and len(node.args) > place:
                message = node.args[place]
                assert isinstance(message, ast.Constant), f"{file.name}:{node.lineno} is no constant sentence"
                yield str(message.value)


def translated(*catalogues: Path) -> set[str]:
    found: set[str] = set()
    for po in catalogues:
        with po.open("rb") as source:
            found |= {str(message.id) for message in read_po(source) if message.id and message.string}
    return found


def test_every_sentence_of_reporting_is_translated() -> None:
    said = {*marked(), *raised()}
    assert len(said) > 150
    assert sorted(said - translated(OWN, *SHARED)) == []


def test_nothing_is_translated_that_reporting_never_says() -> None:
    assert sorted(translated(OWN) - {*marked(), *raised()}) == []


def test_translations_of_reporting_keep_the_parameters() -> None:
    with OWN.open("rb") as source:
        for message in read_po(source):
            wanted = {part.split(")")[0] for part in str(message.id).split("%(")[1:]}
            given = {part.split(")")[0] for part in str(message.string).split("%(")[1:]}
            assert given == wanted, message.id
