"""The coded vocabulary of people and cases that only this service uses, each code with its two labels."""

from shared.serviceunit.codes import CLOSING_REASONS, DISTRICTS, RELATIONSHIPS, TASK_AWAITS, TASK_KINDS, Labels

__all__ = [
    "CASE_KINDS",
    "CASE_STAGES",
    "CLOSING_REASONS",
    "DISTRICTS",
    "ERASURE_REASONS",
    "RELATIONSHIPS",
    "REPORT_BODIES",
    "TASK_AWAITS",
    "TASK_DECISIONS",
    "TASK_KINDS",
    "TIMELINE_KINDS",
    "WITHDRAWALS",
]

ERASURE_REASONS: Labels = {
    "requested": ("The person asked for it", "當事人要求"),
    "retention_ended": ("No longer required", "保存期已屆滿"),
    "other": ("Other", "其他"),
}
CASE_KINDS: Labels = {"family": ("Family", "家庭"), "person": ("One person", "個人")}
CASE_STAGES: Labels = {
    "enquiry": ("Enquiry", "查詢"),
    "intake": ("Intake", "接案"),
    "open": ("Open", "進行中"),
    "closed": ("Closed", "已結案"),
}
TASK_DECISIONS: Labels = {
    "no_further_action": ("No further action", "無需進一步行動"),
    "consult": ("Consult first", "先行諮詢"),
    "report": ("Report", "舉報"),
    "safety_plan": ("Safety plan agreed", "已訂立安全計劃"),
    "emergency": ("Emergency care arranged", "已安排緊急醫療"),
}
REPORT_BODIES: Labels = {
    "fcpsu": ("Family and Child Protective Services Unit", "保護家庭及兒童服務課"),
    "police": ("Police", "警方"),
    "hospital": ("Hospital", "醫院"),
    "school": ("School", "學校"),
    "other": ("Another body", "其他機構"),
}
WITHDRAWALS: Labels = {
    "entry_corrected": ("The entry was corrected", "紀錄已更正"),
    "entry_voided": ("The entry was voided", "紀錄已作廢"),
}
TIMELINE_KINDS: Labels = {
    "session": ("Sessions", "面談"),
    "meeting": ("Meetings", "小組"),
    "visit": ("Visits", "外展及家訪"),
    "assessment": ("Assessments", "評估"),
    "referral": ("Referrals", "轉介"),
    "task": ("Same-day tasks", "即日跟進"),
    "step": ("Steps of the case", "個案進程"),
}
