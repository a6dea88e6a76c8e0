"""Believable names for people who do not exist: combined from small pools, the same in every demo."""

from dataclasses import dataclass
from random import Random

SURNAMES = (
    ("陳", "Chan"), ("李", "Lee"), ("黃", "Wong"), ("張", "Cheung"), ("梁", "Leung"), ("林", "Lam"), ("吳", "Ng"),
    ("何", "Ho"), ("鄭", "Cheng"), ("劉", "Lau"), ("郭", "Kwok"), ("周", "Chow"), ("葉", "Yip"), ("蔡", "Choi"),
    ("鄧", "Tang"), ("許", "Hui"), ("蘇", "So"), ("馮", "Fung"), ("曾", "Tsang"), ("羅", "Law"), ("麥", "Mak"),
    ("譚", "Tam"), ("潘", "Poon"), ("余", "Yu"), ("盧", "Lo"), ("鍾", "Chung"),
)  # fmt: skip
FEMALE = (
    ("美", "Mei"), ("玉", "Yuk"), ("秀", "Sau"), ("麗", "Lai"), ("淑", "Shuk"), ("慧", "Wai"), ("詠", "Wing"),
    ("嘉", "Ka"), ("佩", "Pui"), ("婉", "Yuen"),
), (
    ("芳", "Fong"), ("珍", "Chun"), ("英", "Ying"), ("儀", "Yee"), ("玲", "Ling"), ("娟", "Kuen"), ("萍", "Ping"),
    ("欣", "Yan"), ("卿", "Hing"), ("嫻", "Han"),
)  # fmt: skip
MALE = (
    ("志", "Chi"), ("國", "Kwok"), ("偉", "Wai"), ("建", "Kin"), ("永", "Wing"), ("俊", "Chun"), ("子", "Tsz"),
    ("德", "Tak"), ("浩", "Ho"), ("錦", "Kam"),
), (
    ("強", "Keung"), ("華", "Wah"), ("輝", "Fai"), ("傑", "Kit"), ("豪", "Ho"), ("榮", "Wing"), ("權", "Kuen"),
    ("生", "Sang"), ("基", "Kei"), ("鋒", "Fung"),
)  # fmt: skip
NICKNAMES = (
    "大眼",
    "肥仔",
    "細威",
    "長毛",
    "孖指",
    "光頭",
    "鬼仔",
    "高佬",
    "豆皮",
    "鬍鬚",
    "波鞋",
    "咖啡",
    "煙屎",
    "斜紋",
)
TAILS = ("明", "東", "雄", "祥", "全", "標", "炳", "坤", "堅", "成")
DISTRICTS = ("sham_shui_po", "yau_tsim_mong", "kowloon_city", "kwai_tsing")


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is called; a hidden person may have an alias alone."""

    zh: str
    en: str
    alias: str
    phone: str
    gender: str
    birth_year: int


class Names:
    """Hands out one different name after the other."""

    def __init__(self, seed: str) -> None:
        rng = Random(seed)  # noqa: S311 - the same people in every demo, no secret
        self._rng = rng
        self._female = [(s, a, b) for s in SURNAMES for a in FEMALE[0] for b in FEMALE[1]]
        self._male = [(s, a, b) for s in SURNAMES for a in MALE[0] for b in MALE[1]]
        self._aliases = [nick + tail for nick in NICKNAMES for tail in TAILS]
        for pool in (self._female, self._male, self._aliases):
            rng.shuffle(pool)
        self._next_phone = 0

    def take(self, *, women: float = 0.75, born: tuple[int, int] = (1950, 1985)) -> Name:
        """Return the next name; `women` is the chance of a female one."""
        female = self._rng.random() < women
        surname, first, second = (self._female if female else self._male).pop()
        self._next_phone += 1
        return Name(
            zh=surname[0] + first[0] + second[0],
            en=f"{surname[1]} {first[1]} {second[1]}",
            alias=self.alias(),
            # Numbers that begin with 5550 are nobody's: they only look like a mobile phone.
            phone=f"5550 {self._next_phone:04d}",
            gender="female" if female else "male",
            birth_year=self._rng.randint(*born),
        )

    def alias(self) -> str:
        """Return a street name; they may come round again, as they do."""
        alias = self._aliases.pop()
        self._aliases.insert(0, alias)
        return alias
