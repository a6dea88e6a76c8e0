"""Templates to fill in: bilingual headings, one example row, and beside them every code with its labels."""

import csv
from io import BytesIO, StringIO

from shared.importing.kinds import Kind

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(kind: Kind) -> bytes:
    """The template as CSV that spreadsheet programs open with its Chinese whole."""
    told = StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow([one.heading for one in kind.columns])
    writer.writerow([one.example for one in kind.columns])
    return told.getvalue().encode("utf-8-sig")


def as_xlsx(kind: Kind) -> bytes:
    """The template as a workbook, with a list to choose from in every column of codes."""
    import xlsxwriter

    told = BytesIO()
    book = xlsxwriter.Workbook(told, {"in_memory": True})
    bold, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    sheet, codes = book.add_worksheet(kind.label[0][:31]), book.add_worksheet("Codes 代碼")
    codes.write_row(0, 0, ["Column 欄", "Code 代碼", "English", "中文"], bold)
    row = 1
    for place, column in enumerate(kind.columns):
        sheet.write_string(0, place, column.heading, bold)
        sheet.write_string(1, place, column.example, text)
        sheet.set_column(place, place, 22, text)
        if column.codes is None:
            continue
        first = row
        for code, (english, chinese) in column.codes.items():
            codes.write_row(row, 0, [column.heading, code, english, chinese])
            row += 1
        sheet.data_validation(
            1,
            place,
            2000,
            place,
            {"validate": "list", "source": f"='Codes 代碼'!$B${first + 1}:$B${row}", "error_type": "information"},
        )
    sheet.freeze_panes(1, 0)
    codes.set_column(0, 3, 28)
    book.close()
    return told.getvalue()
