"""The colours can be read: every pair that meets on a page has the contrast that web.md and WCAG 2.2 AA ask for."""

import re
from pathlib import Path

import pytest

from shared.web import system
from shared.web.system import colours

STATIC = Path(system.__file__).parent / "static"
SERVICES = Path(system.__file__).parents[2] / "services"
THEMES = {"light": 0, "dark": 1}
PAGE = ("paper", "surface", "tint")
TEXT = ("ink", "muted", "accent", "accent-strong", "met", "on-pace", "behind", "not-met")
READABLE, VISIBLE = 5.3, 3.0

PAIRS = [
    *((text, ground, READABLE) for text in TEXT for ground in PAGE),
    *(("on-accent", ground, READABLE) for ground in ("accent", "accent-strong")),
    # A control and the focus are seen against what is around them (WCAG 1.4.11), and so is a bar of a graph.
    *(("control", ground, VISIBLE) for ground in PAGE),
    *((bar, ground, VISIBLE) for bar in ("accent", "ink", "muted") for ground in ("band-far", "band-near")),
]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ratio_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_what_stands_on_a_ground_can_be_seen(theme: str, front: str, ground: str, least: float) -> None:
    roles = {role: pair[THEMES[theme]] for role, pair in colours().items()}
    assert contrast(roles[front], roles[ground]) >= least, (roles[front], roles[ground])


def test_no_other_file_names_a_colour() -> None:
    sheets = [*STATIC.glob("*.css"), *SERVICES.glob("*/static/*.css")]
    assert len(sheets) > 8
    for sheet in sheets:
        if sheet.name != "system.css":
            assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", sheet.read_text(encoding="utf-8")) == [], sheet


def test_every_role_that_is_used_is_in_the_system_and_none_is_left_over() -> None:
    used = set()
    for sheet in [*STATIC.glob("*.css"), *SERVICES.glob("*/static/*.css")]:
        used |= set(re.findall(r"var\(--([a-z][a-z0-9-]*)", sheet.read_text(encoding="utf-8")))
    known = set(re.findall(r"--([a-z][a-z0-9-]*):", (STATIC / "system.css").read_text(encoding="utf-8")))
    assert {name for name in used if not name.startswith("bs-")} == known
