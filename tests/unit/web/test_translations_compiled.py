"""Catalogues are compiled when they are newer than what was compiled."""

import os
from pathlib import Path

from shared.web.translations import compile_all

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Save"\nmsgstr "儲存"\n'


def test_a_catalogue_is_compiled_once_and_again_after_a_change(tmp_path: Path) -> None:
    po = tmp_path / "zh_Hant_HK" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text(PO, encoding="utf-8")
    assert compile_all([tmp_path]) == [po]
    assert "儲存".encode() in po.with_suffix(".mo").read_bytes()
    assert compile_all([tmp_path]) == []
    later = po.with_suffix(".mo").stat().st_mtime + 10
    po.write_text(PO.replace("儲存", "保存"), encoding="utf-8")
    os.utime(po, (later, later))
    assert compile_all([tmp_path]) == [po]
    assert "保存".encode() in po.with_suffix(".mo").read_bytes()
