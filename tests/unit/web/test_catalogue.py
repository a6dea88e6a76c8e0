"""Every sentence that shared code can say exists in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import shared.errors
from shared.errors import CaseledgerError
from shared.web.field_messages import _KNOWN

SHARED = Path(shared.errors.__file__).parent
ERRORS = {
    name
    for name, value in vars(shared.errors).items()
    if isinstance(value, type) and issubclass(value, CaseledgerError)
} | {"FieldError"}


def marked() -> Iterator[str]:
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    keywords = {"_": None, "gettext": None, "lazy_gettext": None}
    for file, _line, message, _comments, _context in extract_from_dir(SHARED, methods, {}, keywords):
        if isinstance(message, str) and not file.startswith("testing/"):
            yield message


def raised() -> Iterator[str]:
    """Every constant message of an error that is made anywhere in shared code."""
    for file in SHARED.rglob("*.py"):
        if file.is_relative_to(SHARED / "testing"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = 2 if name == "FieldError" else 1
            if name in ERRORS and len(node.args) > position:
                message = node.args[position]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield message.value


def translated() -> set[str]:
    found: set[str] = set()
    for po in SHARED.glob("*/translations/zh_Hant_HK/LC_MESSAGES/*.po"):
        with po.open("rb") as source:
            found |= {str(message.id) for message in read_po(source) if message.id and message.string}
    return found


def test_every_sentence_of_shared_code_is_translated() -> None:
    said = {*marked(), *raised(), *(sentence for _pattern, _code, sentence in _KNOWN)}
    assert len(said) > 100
    assert sorted(said - translated()) == []


def test_translations_keep_the_parameters() -> None:
    for po in SHARED.glob("*/translations/zh_Hant_HK/LC_MESSAGES/*.po"):
        with po.open("rb") as source:
            for message in read_po(source):
                wanted = {part.split(")")[0] for part in str(message.id).split("%(")[1:]}
                given = {part.split(")")[0] for part in str(message.string).split("%(")[1:]}
                assert given == wanted, message.id
