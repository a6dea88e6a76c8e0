"""The words of the field, Chinese and English beside each other, by subject; what this program says stands first."""

from dataclasses import dataclass

from flask_babel import lazy_gettext


@dataclass(frozen=True, slots=True)
class Subject:
    """Words that belong together: a title, and pairs of Chinese and English."""

    title: str
    terms: tuple[tuple[str, str], ...]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    lines = (line.partition(" = ") for line in text.strip().splitlines())
    return tuple((chinese.strip(), english.strip()) for chinese, _, english in lines)


GLOSSARY = (
    Subject(
        lazy_gettext("Projects and measures"),
        _pairs("""
計劃、合約 = project, contract
津貼及服務協議 = Funding and Service Agreement (FSA)
撥款機構 = funder
禁毒基金 = Beat Drugs Fund
服務年期 = service period
服務地區 = district
服務對象 = target group
服務要求 = service specification
基本服務規定 = essential service requirement
服務量標準 = output standard
服務成效標準 = outcome standard
服務質素標準 = service quality standard
議定水平 = agreed level
輸出指數 = output indicator
成效指數 = outcome indicator
分項指標 = sub-measure
其中 = of which
目標 = target
實際數字 = actual
達標 = met
未達標 = not met
差額 = variance
更改計劃（指標） = variation of a target
不少於、最少 = at least
超過 = more than
合共 = total
累計 = cumulative
重複計算 = double counting
匯報期 = reporting period
呈交 = submission
鎖定 = lock
"""),
    ),
    Subject(
        lazy_gettext("People and roles"),
        _pairs("""
服務使用者 = service user
吸毒人士 = person who uses drugs
隱蔽吸毒人士 = hidden drug user
低動機 = low motivation
吸毒人士家人 = family member of a person who uses drugs
照顧者 = carer
陪同者 = companion
業界同工 = sector practitioner
註冊社工 = registered social worker
前線同工 = frontline worker
主管、隊長 = team leader
督導（人） = supervisor
社會工作主任 = Social Work Officer
助理社會工作主任 = Assistant Social Work Officer
過來人 = person with lived experience
同路人 = fellow traveller, peer
朋輩支援 = peer support
朋輩支援工作員 = peer support worker
義工 = volunteer
專業義工 = professional volunteer
化名 = alias
持份者 = stakeholder
接班人 = successor
執委 = executive committee member
師友計劃 = mentor scheme
"""),
    ),
    Subject(
        lazy_gettext("Casework and entries"),
        _pairs("""
個案 = case
個案跟進 = case follow-up
開案、結案 = open a case, close a case
評估 = assessment
轉介 = referral
外展 = outreach
家訪 = home visit
未能接觸、未遇 = visit not met
失約 = no-show
出席、缺席、請假、遲到、早退 = present, absent, excused, late, left early
取消 = cancelled
改期 = rescheduled
實體、網上、混合 = in person, online, hybrid
跨專業支援 = cross-professional support
培訓 = training
督導（工作） = supervision
經驗分享及交流會 = experience-sharing session
自助手冊 = self-help handbook
補報 = late entry
更正 = correction
作廢 = void
簽閱 = read and sign off
離職交接 = handover
兒童安全關注 = child safety concern
強制舉報 = mandatory reporting
甩個案 = dropped case
空窗期 = service gap
"""),
    ),
    Subject(
        lazy_gettext("Groups"),
        _pairs("""
支持小組 = support group
互助自助小組 = mutual-aid self-help group
小組目的 = purpose
組員資格 = membership criteria
組前評估 = pre-group assessment
開放式、封閉式 = open, closed
核心小組 = core group
小組規範 = group norms
互助動力 = mutual-aid dynamics
經驗分享 = sharing data
討論過程 = dialectic process
討論禁忌 = discussing taboos
同坐一條船 = all in the same boat
互相支持 = mutual support
互相合作 = mutual demand
解決個人問題 = individual problem solving
組內練習 = rehearsal
人多勢眾 = strength in numbers
小組過程、結果、執行方法 = process, result, practice
小組終結 = ending
淡出 = fade-out
民主決策 = democratic decision
投入感、安全感、團聚力 = commitment, safety, cohesion
簽到表 = sign-in sheet
"""),
    ),
    Subject(
        lazy_gettext("Self-help and peer support"),
        _pairs("""
自助組織 = self-help organisation
能力建設 = capacity building
承續、接班 = succession
社會資本 = social capital
社區伙伴 = community partner
顧問服務 = consultancy
織聚點 = SHO Hub
會員參與階梯 = participation ladder
訓練學院 = training academy
情感、信息、評估、工具性支持 = emotional, informational, appraisal, instrumental support
經驗知識 = experiential knowledge
社會學習 = social learning
助人自助效應 = helper-therapy principle
向上比較 = upward comparison
互惠 = reciprocity
嵌套型動態機制結構 = nested dynamic structure
"""),
    ),
    Subject(
        lazy_gettext("Pre-primary social work"),
        _pairs("""
學前單位 = pre-primary institution
學前單位社工服務 = social work service for pre-primary institutions
整隊、半隊 = full team, half team
聯營 = consortium
結盟、自行組隊 = self-formed alliance
配對、重新配對 = matching, re-matching
地區化、區隊 = regionalisation, district team
營辦機構 = operator
綜合家庭服務中心 = Integrated Family Service Centre
保護家庭及兒童服務課 = Family and Child Protective Services Unit
地區福利專員 = District Social Welfare Officer
恆常化 = regularisation
先導計劃 = pilot scheme
服務環境分析 = service-environment analysis
重災區 = high-need district
"""),
    ),
    Subject(
        lazy_gettext("Evaluation and personal data"),
        _pairs("""
前測、後測 = pre-test, post-test
有改善、沒有改善、惡化 = improved, unchanged, worse
滿意 = satisfied
受訪者 = respondent
配對樣本t檢定 = paired t-test
顯著 = significant
病人健康狀況問卷-9 = PHQ-9
思動階梯 = contemplation ladder
評估問卷 = evaluation question set
身心靈全人健康模式 = integrative body-mind-spirit model
同意 = consent
個人資料（私隱）條例 = Personal Data (Privacy) Ordinance
保障資料原則 = data protection principle
藥物濫用資料中央檔案室 = Central Registry of Drug Abuse
呈報機構 = reporting agency
機密資料 = confidential information
身份證號碼 = identity card number
"""),
    ),
)
