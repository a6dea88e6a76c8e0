"""The parts of an XLSX that somebody sent, opened with care: bounded before it is unpacked, without macros."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from shared.errors import Invalid

MOST_UNPACKED = 30_000_000
"""Bytes of all parts together; a form of a funder's has some hundred thousand."""
MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0"
FIELD = "file"


class Package:
    """An XLSX as parts by name. What is not put anew is written as it came."""

    def __init__(self, file: bytes) -> None:
        """Open a file; raises Invalid for anything but a workbook of bounded size without macros."""
        self._infos, self._parts = _unpacked(file)
        if any(name.lower().endswith("vbaproject.bin") for name in self._parts) or b"macroEnabled" in self._content():
            raise Invalid("has_macros", "This workbook holds macros. Save it as .xlsx without them.", field=FIELD)

    def xml(self, name: str) -> etree._Element:
        """A part as XML; raises Invalid when it is missing or not plain XML."""
        if name not in self._parts:
            raise _not_xlsx()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(self._parts[name], parser)
        except etree.XMLSyntaxError as error:
            raise _not_xlsx() from error
        if root.getroottree().docinfo.doctype:
            # No program writes one into a workbook; what is in it could unfold without end.
            raise _not_xlsx()
        return root

    def has(self, name: str) -> bool:
        return name in self._parts

    def put(self, name: str, root: etree._Element) -> None:
        """Replace a part."""
        self._parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def packed(self) -> bytes:
        """The workbook as a file again."""
        file = BytesIO()
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            for info in self._infos:
                copy = ZipInfo(info.filename, info.date_time)
                copy.compress_type = ZIP_DEFLATED
                archive.writestr(copy, self._parts[info.filename])
        return file.getvalue()

    def _content(self) -> bytes:
        return self._parts.get("[Content_Types].xml", b"")


def _unpacked(file: bytes) -> tuple[list[ZipInfo], dict[str, bytes]]:
    if file.startswith(_OLE):
        raise Invalid(
            "old_or_locked", "This workbook has a password or is of the old kind. Save it as .xlsx.", field=FIELD
        )
    try:
        with ZipFile(BytesIO(file)) as archive:
            infos = archive.infolist()
            # What the file says of itself is looked at first; reading stops there, whatever is in it.
            if len(infos) > MOST_PARTS or sum(one.file_size for one in infos) > MOST_UNPACKED:
                raise Invalid("too_large_unpacked", "This workbook is too large when it is unpacked.", field=FIELD)
            return infos, {one.filename: archive.read(one) for one in infos}
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _not_xlsx() from error


def _not_xlsx() -> Invalid:
    return Invalid("not_xlsx", "This file is no Excel workbook (.xlsx) that can be read.", field=FIELD)
