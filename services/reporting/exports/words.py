"""The words of an exported report, in both languages: they live with the renderer, which knows no request."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date

from shared.clock import HONG_KONG

Language = Literal["zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-Hant", "en")

# word: (English, Chinese)
_WORDS: Mapping[str, tuple[str, str]] = {
    "summary": ("Summary of outputs and outcomes", "輸出及成效總表"),
    "outputs": ("Outputs", "輸出指標"),
    "outcomes": ("Outcomes", "成效指標"),
    "definitions": ("Definitions", "計算方法"),
    "months": ("Month by month", "逐月數字"),
    "evidence": ("Evidence", "紀錄明細"),
    "late_entries": ("Late entries", "補報紀錄"),
    "restated": ("Restatements", "重新列報"),
    "deliverables": ("Deliverables", "交付項目"),
    "notes": ("Notes", "附註"),
    "funder": ("Funder", "資助機構"),
    "district": ("District", "服務地區"),
    "period": ("Project period", "計劃期"),
    "reporting_period": ("Reporting period", "匯報期"),
    "submission": ("Submission", "呈交"),
    "number": ("No. {number}, sealed {moment}", "第 {number} 份，{moment} 封存"),
    "as_of": ("As known", "資料截至"),
    "of_to": ("{first} to {last}", "{first} 至 {last}"),
    "part": ("Part", "部分"),
    "indicator": ("Indicator", "指標"),
    "measure": ("Measure", "項目"),
    "code": ("Code", "代碼"),
    "unit": ("Unit", "單位"),
    "target": ("Target", "目標"),
    "actual": ("Actual", "實際"),
    "in_period": ("This period", "本期"),
    "variance": ("Variance", "差額"),
    "of_target": ("% of target", "達標率"),
    "result": ("Result", "結果"),
    "narrative": ("Explanation", "說明"),
    "met": ("Met", "已達標"),
    "not_met": ("Not met", "未達標"),
    "not_yet": ("Not yet met", "尚未達標"),
    "no_target": ("No target", "不設目標"),
    "done": ("Done", "已完成"),
    "not_done": ("Not done yet", "尚未完成"),
    "done_on": ("Done on", "完成日期"),
    "served": ("Served", "服務人數"),
    "pre": ("With a pre-test", "有前測"),
    "post": ("With a post-test", "有後測"),
    "n": ("Valid pairs", "有效前後測"),
    "answers_n": ("Answers", "問卷"),
    "improved": ("Improved", "有改善"),
    "unchanged": ("Unchanged", "沒有改善"),
    "worse": ("Worse", "惡化"),
    "satisfied": ("Satisfied", "滿意"),
    "not_satisfied": ("Not satisfied", "不滿意"),
    "share_improved": ("Improved, of valid pairs", "有改善（佔有效前後測）"),
    "share_satisfied": ("Satisfied, of answers", "滿意（佔問卷）"),
    "sensitivity": ("Improved, of all served", "有改善（佔全部服務人數）"),
    "instrument": ("Questionnaire", "評估工具"),
    "rule": ("Rule", "準則"),
    "or": (" or ", " 或 "),
    "passed_by": ("Passed by: {rules}", "所達準則：{rules}"),
    "at_least": ("at least {share}% {what}", "最少 {share}% {what}"),
    "more_than": ("more than {share}% {what}", "超過 {share}% {what}"),
    "limb_improved": ("improved", "有改善"),
    "limb_satisfied": ("satisfied", "滿意"),
    "limb_t": (
        "paired t-test significant at {alpha}, in the improving direction",
        "配對 t 檢定達 {alpha} 顯著水平，且方向為改善",
    ),
    "t_result": ("Paired t-test: t({df}) = {t}, {p}", "配對 t 檢定：t({df}) = {t}，{p}"),
    "small": ("fewer than ten pairs", "少於十對"),
    "not_computable": (
        "The t-test cannot be computed: too few pairs, or no differences between people.",
        "未能計算 t 檢定：前後測過少，或各人差距相同。",
    ),
    "post_only": (
        "Asked after the activity only: satisfaction, not change.",
        "只於活動後評估：反映滿意程度，並非前後改變。",
    ),
    "k_of_n": ("{k} of {n}", "{n} 之 {k}"),
    "sensitivity_note": (
        "If everybody served without a valid pair had not improved: {k} of {n} ({percent}%).",
        "若把沒有有效前後測的人士全部視為沒有改善：{n} 人中 {k} 人（{percent}%）。",
    ),
    "how": ("How it is counted", "計算方法"),
    "month": ("Month", "月份"),
    "months_note": (
        "Whoever came in several months is counted in each of them, and once in the whole: "
        "different people are never added up.",
        "同一人於多個月份接受服務，每月各計一次，全期只計一次：人數不可相加。",
    ),
    "session": ("Session", "紀錄編號"),
    "date": ("Date", "日期"),
    "minutes": ("Minutes", "分鐘"),
    "kind": ("Kind", "類別"),
    "activity": ("Activity", "活動"),
    "mode": ("Mode", "形式"),
    "setting": ("Setting", "場合"),
    "counts_for": ("Counts for", "計入"),
    "people_count": ("People", "人數"),
    "people": ("People (by code)", "服務使用者（代碼）"),
    "reason": ("Reason", "原因"),
    "was": ("As reported", "原報"),
    "now": ("Now", "現時"),
    "moved": ("Change", "變動"),
    "note_definition": (
        "Counted by version {version} of the contract's definition.",
        "按計劃定義第 {version} 版計算。",
    ),
    "note_cut": ("Counted from the entries up to cut {cut}.", "按紀錄切點 {cut} 計算。"),
    "note_as_of": ("As known {moment}.", "資料截至 {moment}。"),
    "note_persons": (
        "People are counted once in each indicator; headcounts are never added up.",
        "人數於每項指標內不重複計算；各項人數不可相加。",
    ),
    "note_period": (
        "“Actual” counts from the start of the project to the end of the reporting period; “This period” the "
        "reporting period alone.",
        "「實際」由計劃開始計至匯報期結束；「本期」只計匯報期內。",
    ),
    "note_late": (
        "{count} entries of earlier periods came late and are counted here.",
        "另有 {count} 項屬較早匯報期的補報紀錄，已計算在內。",
    ),
    "note_restated": (
        "{count} figures of earlier reports have changed since; they are listed under “Restatements”.",
        "較早報告中有 {count} 項數字其後有變，詳列於「重新列報」。",
    ),
    "note_outstanding": (
        "{service}: {behind} entries were still on their way, {parked} could not be read.",
        "{service}：尚有 {behind} 項紀錄傳送中，{parked} 項未能讀取。",
    ),
    "page": ("Page {page} of {pages}", "第 {page} 頁，共 {pages} 頁"),
    "legend": ("Bar: actual. Line: target.", "橫條為實際，直線為目標。"),
    "chart_targets": ("Actual as a percentage of the target", "實際佔目標百分比"),
    "chart_outcomes": ("Results of the outcomes (people)", "成效結果（人數）"),
    "chart_months": ("Month by month", "逐月數字"),
    "persons": ("people", "人"),
    "sessions": ("sessions", "節"),
    "contacts": ("contacts", "次"),
    "attendances": ("attendances", "人次"),
    "hours": ("hours", "小時"),
    "days": ("days", "天"),
    "organisations": ("organisations", "間"),
    "cases": ("cases", "個案"),
    "percent": ("%", "%"),
    "answers": ("answers", "份"),
    "kind_headcount": ("Different people", "服務人數"),
    "kind_sessions": ("Sessions", "節數"),
    "kind_contacts": ("Contacts", "次數"),
    "kind_attendances": ("Attendances", "人次"),
    "kind_minutes": ("Hours", "時數"),
    "kind_days": ("Days", "日數"),
    "kind_organisations": ("Organisations", "機構數目"),
    "kind_cases": ("Cases", "個案"),
    "kind_share": ("Share", "比率"),
    "of_which": ("of which {name}", "其中 {name}"),
    "case": ("Cases", "個案"),
    "groups": ("Groups", "小組"),
    "outreach": ("Visits", "外展"),
}


class Words:
    """The words, numbers and dates of one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.is_chinese = language == "zh-Hant"

    def __call__(self, word: str, **values: object) -> str:
        """A word of ours, with its values filled in."""
        text = _WORDS[word][self.is_chinese]
        return text.format(**values) if values else text

    def of(self, text: Mapping[str, str] | None, fallback: str = "") -> str:
        """A contract's own text in this language, else in the one it has."""
        order = LANGUAGES if self.is_chinese else LANGUAGES[::-1]
        return next((text[one] for one in order if text and one in text), fallback)

    def number(self, value: float | None) -> str:
        """A figure as it is read; a dash for what there is not."""
        return "–" if value is None else f"{value:,}".replace("-", "−")

    def signed(self, value: float | None) -> str:
        """A difference, with its sign."""
        return self.number(value) if not value or value < 0 else f"+{value:,}"

    def day(self, written: str) -> str:
        """An ISO date as people write it."""
        return self._day(date.fromisoformat(written[:10]))

    def moment(self, written: str) -> str:
        """An ISO date, or a moment, which has a time too."""
        if len(written) <= 10:
            return self.day(written)
        moment = datetime.fromisoformat(written)
        moment = moment.astimezone(HONG_KONG) if moment.tzinfo else moment
        return f"{self._day(moment.date())} {moment:%H:%M}"

    def month(self, written: str) -> str:
        """The month of an ISO date."""
        day = date.fromisoformat(written)
        return f"{day.year}年{day.month}月" if self.is_chinese else format_date(day, "MMM y", locale="en")

    def span(self, period: Mapping[str, Any]) -> str:
        """A period from its first to its last day."""
        return self("of_to", first=self.day(period["from"]), last=self.day(period["to"]))

    def _day(self, day: date) -> str:
        if self.is_chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return format_date(day, "d MMM y", locale="en")
