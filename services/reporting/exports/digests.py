"""A digest of every file that a report becomes, so that a file can be proven to be the one that was sent. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from services.reporting.exports.rendering import render, rows_of_workbook, text_of_pdf_source
from services.reporting.exports.words import LANGUAGES


def file_digests(document: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by file: of the bytes of JSON and CSV, of the cells of XLSX, of the text of PDF."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in _contents(document)}


def _contents(document: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield "json", render(document, "json", "en")
    for language in LANGUAGES:
        yield f"csv {language}", render(document, "csv", language)
        yield f"xlsx {language}", json.dumps(rows_of_workbook(document, language), default=str).encode()
        yield f"pdf {language}", text_of_pdf_source(document, language).encode()
