"""The coded vocabulary of people and cases that only this service uses, each code with its two labels."""

from shared.serviceunit.codes import Labels

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
ERASURE_REASONS: Labels = {
    "requested": ("The person asked for it", "當事人要求"),
    "retention_ended": ("No longer required", "保存期已屆滿"),
    "other": ("Other", "其他"),
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
CASE_KINDS: Labels = {"family": ("Family", "家庭"), "person": ("One person", "個人")}
CASE_STAGES: Labels = {
    "enquiry": ("Enquiry", "查詢"),
    "intake": ("Intake", "接案"),
    "open": ("Open", "進行中"),
    "closed": ("Closed", "已結案"),
}
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
