"""Fills a funder's or headquarters' own spreadsheet: the cells that ask for a figure, and nothing else of it.

The parts of the file are changed in place, since a library that reads and writes whole workbooks drops what it does
not know: pictures, charts, shapes.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from services.reporting.exports.package import FIELD, Package
from services.reporting.exports.slots import PLACEHOLDER, Value, is_slot, slot_name
from shared.errors import FieldError, Invalid

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NAMED = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::.*)?")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_CHARACTERS = 32_767
"""As many as one cell holds."""

_Element = Any


def fill(file: bytes, slots: Mapping[str, Value]) -> bytes:
    """The workbook with its slots filled: cells named like `output_1.sessions.actual`, or holding `{{...}}` of one.

    Raises Invalid for what is no workbook, and with a line for every cell that asks for something there is not.
    """
    return _Filling(Package(file), slots).done()


class _Filling:
    def __init__(self, package: Package, slots: Mapping[str, Value]) -> None:
        self._package, self._slots = package, slots
        self._errors: list[FieldError] = []
        self._filled = 0

    def done(self) -> bytes:
        path = self._path_of_workbook()
        workbook = self._package.xml(path)
        if workbook.tag != _q("workbook"):
            raise Invalid(
                "not_plain_xlsx", "Save this workbook as “Excel Workbook (.xlsx)” and try again.", field=FIELD
            )
        strings = self._strings(path)
        named = self._named(workbook)
        for name, part in self._sheets(workbook, path):
            sheet = self._package.xml(part)
            self._fill_sheet(name, sheet, strings, named.get(name, {}))
            self._package.put(part, sheet)
        if self._errors:
            raise Invalid.of(self._errors)
        if not self._filled:
            raise Invalid("nothing_to_fill", "No cell of this workbook asks for a figure.", field=FIELD)
        _calculate_anew(workbook)
        self._package.put(path, workbook)
        return self._package.packed()

    def _path_of_workbook(self) -> str:
        for one in self._package.xml("_rels/.rels").iter(f"{{{_PACKAGE}}}Relationship"):
            if one.get("Type", "").endswith("/officeDocument"):
                return str(one.get("Target", "")).lstrip("/")
        return "xl/workbook.xml"

    def _sheets(self, workbook: _Element, path: str) -> Iterator[tuple[str, str]]:
        """The sheets by name, each with its part."""
        folder, name = posixpath.split(path)
        relations = self._package.xml(f"{folder}/_rels/{name}.rels")
        targets = {one.get("Id"): one.get("Target", "") for one in relations.iter(f"{{{_PACKAGE}}}Relationship")}
        for sheet in workbook.iter(_q("sheet")):
            target = targets.get(sheet.get(f"{{{_REL}}}id"), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if "worksheet" in part:
                yield sheet.get("name", ""), part

    def _strings(self, path: str) -> list[str]:
        """The texts that cells share."""
        part = f"{posixpath.dirname(path)}/sharedStrings.xml"
        if not self._package.has(part):
            return []
        return [_text(item) for item in self._package.xml(part).iter(_q("si"))]

    def _named(self, workbook: _Element) -> dict[str, dict[str, str]]:
        """The named cells that are slots: by sheet and place, the name."""
        found: dict[str, dict[str, str]] = {}
        for one in workbook.iter(_q("definedName")):
            name, place = one.get("name", ""), _NAMED.fullmatch((one.text or "").strip())
            if place and is_slot(name, self._slots):
                sheet = place[1].replace("''", "'") if place[1] else place[2]
                found.setdefault(sheet, {})[place[3] + place[4]] = name
        return found

    def _fill_sheet(self, name: str, sheet: _Element, strings: list[str], named: Mapping[str, str]) -> None:
        data = sheet.find(_q("sheetData"))
        if data is None:
            return
        for cell in list(data.iter(_q("c"))):
            if "{{" in (text := _text_of(cell, strings)):
                self._fill_text(f"{name}!{cell.get('r')}", cell, text)
            elif cell.find(_q("f")) is not None:
                # What was calculated from the empty form is calculated anew by whoever opens it.
                for known in cell.findall(_q("v")):
                    cell.remove(known)
        for place, slot in named.items():
            cell = _cell_at(data, place)
            if cell.find(_q("f")) is not None:
                message = "%(place)s holds a formula, which a figure would replace. Name another cell."
                self._refuse(f"{name}!{place}", "holds_formula", message)
            else:
                self._put(f"{name}!{place}", cell, slot)

    def _fill_text(self, place: str, cell: _Element, text: str) -> None:
        """A cell that is one placeholder becomes its value; in a longer text the values stand as text."""
        whole = PLACEHOLDER.fullmatch(text.strip())
        if whole:
            self._put(place, cell, whole[1])
            return
        known = [self._knows(place, name) for name in PLACEHOLDER.findall(text)]
        if known and all(known):
            _set(cell, PLACEHOLDER.sub(lambda found: _printed(self._slots[slot_name(found[1])]), text))
            self._filled += 1

    def _put(self, place: str, cell: _Element, name: str) -> None:
        if self._knows(place, name):
            _set(cell, self._slots[slot_name(name)])
            self._filled += 1

    def _knows(self, place: str, name: str) -> bool:
        if slot_name(name) in self._slots:
            return True
        self._refuse(place, "unknown_name", "%(place)s: this report has no figure “%(name)s”.", name=name[:80])
        return False

    def _refuse(self, place: str, code: str, message: str, **params: object) -> None:
        self._errors.append(FieldError(place, code, message, {"place": place, **params}))


def _q(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


def _text(item: _Element) -> str:
    """The text of a string, without the hints for its reading."""
    return "".join(part.text or "" for part in item.iter(_q("t")) if part.getparent().tag != _q("rPh"))


def _text_of(cell: _Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.findtext(_q("v")) or ""
    if cell.get("t") == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    return value if cell.get("t") == "str" and cell.find(_q("f")) is None else ""


def _set(cell: _Element, value: Value) -> None:
    """Put a value into a cell, whose look stays; a text is a text whatever it begins with."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, _q("is")), _q("t"))
        text.text = value[:_CHARACTERS]
        text.set(_SPACE, "preserve")
    elif value is not None:
        etree.SubElement(cell, _q("v")).text = repr(value)


def _printed(value: Value) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:,}"


def _cell_at(data: _Element, place: str) -> _Element:
    """The cell of that place, made where there is none: rows and cells stand in their order."""
    found = _REFERENCE.fullmatch(place)
    assert found is not None
    row = _in_order(data, _q("row"), int(found[2]), lambda one: int(one.get("r", 0)))
    row.set("r", found[2])
    cell = _in_order(row, _q("c"), _column(found[1]), lambda one: _column(one.get("r", "").rstrip("0123456789")))
    cell.set("r", place)
    return cell


def _in_order(parent: _Element, tag: str, number: int, number_of: Any) -> _Element:
    before = [one for one in parent if number_of(one) <= number]
    if before and number_of(before[-1]) == number:
        return before[-1]
    made = etree.Element(tag)
    parent.insert(len(before), made)
    return made


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _calculate_anew(workbook: _Element) -> None:
    """Ask whoever opens the workbook to calculate its formulas."""
    settings = workbook.find(_q("calcPr"))
    if settings is not None:
        settings.set("fullCalcOnLoad", "1")
