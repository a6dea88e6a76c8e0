"""The coded vocabulary of service units and people, each code with its label in English and Hong Kong Chinese.

Events carry codes only; labels are for the edge. Which of them count is said by a contract's definition, never here.
"""

from collections.abc import Mapping

Labels = Mapping[str, tuple[str, str]]

KINDS: Labels = {
    "case_session": ("Case session", "個案面談"),
    "support_session": ("Interdisciplinary support session", "跨專業支援"),
    "group_meeting": ("Group meeting", "小組／活動聚會"),
    "sector_event": ("Sector event", "業界活動"),
    "visit": ("Visit", "探訪"),
}
UNIT_STATUSES: Labels = {
    "planned": ("Planned", "已計劃"),
    "held": ("Held", "已進行"),
    "no_show": ("No-show", "失約"),
    "cancelled": ("Cancelled", "已取消"),
    "missed": ("Not met", "未能接觸"),
}
MODES: Labels = {
    "in_person": ("In person", "實體"),
    "online": ("Online", "網上"),
    "phone": ("Phone", "電話"),
    "hybrid": ("Hybrid", "混合"),
    "messaging": ("WhatsApp or message", "WhatsApp／訊息"),
}
SETTINGS: Labels = {
    "centre": ("Centre", "中心"),
    "outreach": ("Outreach", "外展"),
    "home_visit": ("Home visit", "家訪"),
    "school": ("School", "學校"),
    "online": ("Online", "網上"),
    "other": ("Other", "其他"),
}
ROLES: Labels = {
    "family_member": ("Family member", "吸毒人士家人"),
    "drug_user": ("Person who uses drugs", "吸毒人士"),
    "practitioner": ("Sector practitioner", "業界同工"),
    "volunteer": ("Volunteer", "義工"),
    "peer_supporter": ("Peer supporter", "朋輩支援者"),
    "child": ("Child", "子女"),
    "companion": ("Companion", "陪同者"),
    "guest": ("Guest", "嘉賓"),
    "collateral": ("Collateral contact", "相關人士"),
}
ROLES_THAT_HELP = frozenset({"practitioner", "volunteer", "peer_supporter"})
ROLES_THAT_LOOK_ON = frozenset({"companion", "guest", "child"})
ROLES_BESIDE_MEMBERS = ROLES_THAT_HELP | ROLES_THAT_LOOK_ON | {"collateral"}
"""Who comes in one of these need not belong to the case or the group."""

TARGET_GROUPS: Labels = {
    "low_motivation": ("Low motivation", "低動機"),
    "hidden": ("Hidden", "隱蔽"),
}
ATTENDANCE: Labels = {
    "present": ("Present", "出席"),
    "absent": ("Absent", "缺席"),
    "excused": ("Excused", "請假"),
    "late": ("Late", "遲到"),
    "left_early": ("Left early", "早退"),
}
ACTIVITIES: Labels = {
    "follow_up": ("Case follow-up", "個案跟進"),
    "intake": ("Intake", "接案"),
    "clinical_psychology": ("Clinical psychology", "臨床心理"),
    "nursing": ("Nursing", "護理"),
    "medical": ("Medical", "醫療"),
    "legal": ("Legal", "法律"),
    "chinese_medicine": ("Chinese medicine", "中醫"),
    "counselling": ("Counselling", "輔導"),
    "skills_learning": ("Skills and learning group", "知識技巧及學習小組"),
    "mutual_aid": ("Family mutual-aid group", "家人互助小組及活動"),
    "body_mind_spirit": ("Body-mind-spirit workshop", "身心靈體驗工作坊"),
    "carer_self_care": ("Carer self-care group", "照顧者自我關懷小組"),
    "positive_family": ("Positive family experience", "正面家庭經驗活動"),
    "recreation": ("Recreation", "康樂活動"),
    "training": ("Training", "培訓"),
    "supervision": ("Supervision", "督導"),
    "sharing": ("Experience sharing", "服務經驗分享及交流會"),
    "contact": ("Contact", "接觸"),
}
TAGS: Labels = {
    "before_opening": ("Before the case opened", "開案前"),
    "aftercare": ("Aftercare", "結案後跟進"),
    "joint": ("Joint session", "聯合面談"),
    "co_organised": ("Organised with another agency", "合辦活動"),
}
REASONS: Labels = {
    "typing_error": ("Typing error", "輸入錯誤"),
    "wrong_person": ("Wrong person", "記錯人士"),
    "wrong_date": ("Wrong date", "記錯日期"),
    "wrong_contract": ("Wrong contract", "記錯計劃"),
    "attendance_wrong": ("Attendance was wrong", "出席紀錄有誤"),
    "duplicate": ("Entered twice", "重複輸入"),
    "did_not_happen": ("It did not happen", "並未進行"),
    "new_information": ("New information", "有新資料"),
    "other": ("Other", "其他"),
}
LATE_REASONS: Labels = {
    "outside_office": ("Away from the office", "外出工作"),
    "leave": ("On leave", "放假"),
    "system": ("System not available", "系統未能使用"),
    "workload": ("Workload", "工作繁忙"),
    "other": ("Other", "其他"),
}
REOPEN_REASONS: Labels = {
    "late_entries": ("Late entries", "補報"),
    "correction": ("Corrections", "更正"),
    "funder_request": ("The funder asks for it", "撥款機構要求"),
    "definition_changed": ("The contract was changed", "計劃內容更改"),
    "locked_by_mistake": ("Locked by mistake", "誤鎖"),
    "other": ("Other", "其他"),
}
RETURN_REASONS: Labels = {
    "figures_unclear": ("Figures are not clear", "數字不清楚"),
    "narrative_missing": ("An explanation is missing", "欠說明"),
    "form": ("Not in the form required", "格式不符"),
    "other": ("Other", "其他"),
}
FOLLOW_UPS: Labels = {
    "call": ("Call back", "致電跟進"),
    "appointment": ("Arrange the next session", "安排下次面談"),
    "referral": ("Follow up a referral", "跟進轉介"),
    "documents": ("Forms or documents", "跟進表格或文件"),
    "questionnaire": ("Questionnaire", "填寫問卷"),
    "other": ("Other", "其他"),
}
DESTINATIONS: Labels = {
    "counselling_centre": ("Counselling centre for drug users", "濫用精神藥物者輔導中心"),
    "substance_clinic": ("Substance misuse clinic", "物質誤用診所"),
    "residential": ("Residential treatment", "住院戒毒治療"),
    "methadone": ("Methadone clinic", "美沙酮診所"),
    "hospital": ("Hospital", "醫院"),
    "family_service": ("Family service centre", "綜合家庭服務中心"),
    "child_protection": ("Family and child protection", "保護家庭及兒童服務"),
    "social_security": ("Social security", "社會保障"),
    "housing": ("Housing", "房屋"),
    "employment": ("Employment service", "就業服務"),
    "legal": ("Legal advice", "法律援助"),
    "casework": ("Our own casework", "本機構個案服務"),
    "group": ("Our own groups", "本機構小組"),
    "other": ("Other", "其他"),
}
"""Where somebody is referred to."""

CLOSING_REASONS: Labels = {
    "goals_met": ("Goals met", "目標達成"),
    "declined": ("The family does not wish to go on", "當事人不願繼續"),
    "lost_contact": ("Lost contact", "失去聯絡"),
    "moved_away": ("Moved away", "已遷離"),
    "referred": ("Referred to another service", "已轉介其他服務"),
    "deceased": ("Deceased", "離世"),
    "contract_ended": ("The project ended", "計劃結束"),
    "other": ("Other", "其他"),
}
GENDERS: Labels = {"female": ("Female", "女"), "male": ("Male", "男"), "other": ("Other", "其他")}
DISTRICTS: Labels = {
    "central_western": ("Central and Western", "中西區"),
    "eastern": ("Eastern", "東區"),
    "southern": ("Southern", "南區"),
    "wan_chai": ("Wan Chai", "灣仔區"),
    "kowloon_city": ("Kowloon City", "九龍城區"),
    "kwun_tong": ("Kwun Tong", "觀塘區"),
    "sham_shui_po": ("Sham Shui Po", "深水埗區"),
    "wong_tai_sin": ("Wong Tai Sin", "黃大仙區"),
    "yau_tsim_mong": ("Yau Tsim Mong", "油尖旺區"),
    "islands": ("Islands", "離島區"),
    "kwai_tsing": ("Kwai Tsing", "葵青區"),
    "north": ("North", "北區"),
    "sai_kung": ("Sai Kung", "西貢區"),
    "sha_tin": ("Sha Tin", "沙田區"),
    "tai_po": ("Tai Po", "大埔區"),
    "tsuen_wan": ("Tsuen Wan", "荃灣區"),
    "tuen_mun": ("Tuen Mun", "屯門區"),
    "yuen_long": ("Yuen Long", "元朗區"),
    "elsewhere": ("Elsewhere", "其他地區"),
}
CONSENTS: Labels = {
    "research": ("Research and evaluation", "研究及評估"),
    "photo": ("Photographs", "拍照"),
    "funder_audit": ("Access by an auditor of the funder", "撥款機構查閱紀錄"),
    "crda": ("Report to the Central Registry of Drug Abuse", "呈報藥物濫用資料中央檔案室"),
    "recontact": ("To be contacted again", "日後再聯絡"),
}
"""What somebody may consent to, and withdraw."""

ORIGINS: Labels = {"typed": ("Typed", "輸入"), "imported": ("Imported", "匯入")}

FEEDS: Labels = {
    "people": ("People", "服務使用者"),
    "sessions": ("Case sessions", "個案面談"),
    "assessments": ("Assessments", "評估"),
    "attendance": ("Group attendance", "小組出席"),
    "practitioners": ("Sector participants", "業界參加者"),
    "visits": ("Visits", "探訪"),
}
"""What can be imported from files, and sent with a token."""

TASK_KINDS: Labels = {
    "self_harm_risk": ("Risk of self-harm", "自我傷害風險"),
    "child_safety": ("Child safety concern", "兒童安全關注"),
}
TASK_AWAITS: Labels = {
    "decision": ("Waits for a decision", "待決定"),
    "advice": ("Waits for advice", "待諮詢"),
    "report": ("Waits for the report", "待舉報"),
}
RELEASE_REASONS: Labels = {
    "required": ("The agreement with the funder asks for it", "資助協議要求"),
    "consented": ("The people concerned agree", "當事人同意"),
    "not_recognisable": ("Nobody can be recognised by it", "無法從中辨認任何人"),
}
RELATIONSHIPS: Labels = {
    "self": ("The person the case is about", "個案當事人"),
    "mother": ("Mother", "母親"),
    "father": ("Father", "父親"),
    "parent": ("Parent", "父母"),
    "spouse": ("Spouse", "配偶"),
    "partner": ("Partner", "伴侶"),
    "son": ("Son", "兒子"),
    "daughter": ("Daughter", "女兒"),
    "child": ("Child", "子女"),
    "brother": ("Brother", "兄弟"),
    "sister": ("Sister", "姊妹"),
    "sibling": ("Sibling", "兄弟姊妹"),
    "grandparent": ("Grandparent", "祖父母"),
    "grandchild": ("Grandchild", "孫"),
    "relative": ("Other relative", "其他親屬"),
    "friend": ("Friend", "朋友"),
    "other": ("Other", "其他"),
}
VOCABULARIES: Mapping[str, Labels] = {
    "kind": KINDS,
    "status": UNIT_STATUSES,
    "mode": MODES,
    "setting": SETTINGS,
    "role": ROLES,
    "target_group": TARGET_GROUPS,
    "attendance": ATTENDANCE,
    "activity": ACTIVITIES,
    "tag": TAGS,
    "reason": REASONS,
    "late_reason": LATE_REASONS,
    "reopen_reason": REOPEN_REASONS,
    "return_reason": RETURN_REASONS,
    "follow_up": FOLLOW_UPS,
    "destination": DESTINATIONS,
    "closing_reason": CLOSING_REASONS,
    "gender": GENDERS,
    "district": DISTRICTS,
    "consent": CONSENTS,
    "relationship": RELATIONSHIPS,
    "release_reason": RELEASE_REASONS,
    "origin": ORIGINS,
    "feed": FEEDS,
    "task_kind": TASK_KINDS,
    "task_awaits": TASK_AWAITS,
}


def label(vocabulary: str, code: str | None, locale: str) -> str:
    """The label of `code` in `locale` (any `zh*` is Chinese); an unknown code stands for itself, None is empty."""
    if code is None:
        return ""
    english, chinese = VOCABULARIES[vocabulary].get(code, (code, code))
    return chinese if locale.startswith("zh") else english
