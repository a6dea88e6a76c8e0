"""Writing a contract in the builder, as somebody who has its paper beside the screen and types what it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page

from services.reporting.builder.fields import values_of
from services.reporting.builder.steps import fields_of, items

Document = dict[str, Any]

_SHOWN = """() => {
  const shown = {}
  for (const one of document.querySelectorAll("form.builder [name]")) {
    const ticked = one.type === "checkbox" || one.type === "radio"
    if (one.type === "hidden" || one.type === "submit") continue
    shown[one.name] ??= [one.type, []]
    if (!ticked || one.checked) shown[one.name][1].push(one.value)
  }
  return shown
}"""


def write_contract(page: Page, document: Document, name: str, first: str, last: str) -> None:
    """Go through every step with what the document says, for a contract `name` of these days; put it in force."""
    wanted = {**document, "contract": name, "period": {"from": first, "to": last}}
    page.goto("/reporting/contracts/new")
    page.locator("form[action$='/drafts'] .btn-primary").click()
    for step, following in (("parties", "counting"), ("counting", "outputs")):
        fill(page, values_of(wanted, fields_of(wanted, step)))
        go_on(page, following)
    for place, output in enumerate(items(wanted, "outputs")):
        press(page, "add:outputs")
        for one in items(output, "measures")[1:]:
            page.locator("#new-figure").select_option(one.get("measure") or "sessions")
            press(page, f"add:outputs.{place}.measures")
        # A figure can be part of another one only once that one has its name.
        own = values_of(wanted, fields_of(wanted, "outputs", place))
        fill(page, {name: values for name, values in own.items() if not name.endswith(".of")})
        press(page, "stay")
        fill(page, own)
        go_on(page, "outputs")
    go_on(page, "outcomes")
    for place, _ in enumerate(items(wanted, "outcomes")):
        press(page, "add:outcomes")
        own = values_of(wanted, fields_of(wanted, "outcomes", place))
        fill(page, own)
        # Another questionnaire brings other fields with it.
        press(page, "stay")
        fill(page, own)
        go_on(page, "outcomes")
    go_on(page, "targets")
    fill(page, values_of(wanted, fields_of(wanted, "targets")))
    go_on(page, "deliverables")
    for _ in items(wanted, "deliverables"):
        press(page, "add:deliverables")
    fill(page, values_of(wanted, fields_of(wanted, "deliverables")))
    go_on(page, "review")
    go_on(page, name)


def go_on(page: Page, ends: str) -> None:
    """Press the main button and wait for the page that it leads to."""
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(f"**/{ends}")


def press(page: Page, what: str) -> None:
    """Press a button that adds, or saves and stays."""
    button = page.locator(f"form.builder button[name=do][value='{what}']:not(.visually-hidden)")
    if not button.is_visible():
        _open_folds(page)
    with page.expect_navigation():
        button.click()


def fill(page: Page, values: Mapping[str, Sequence[str]]) -> None:
    """Make the form say these values; what it says already is left alone, what it does not show is passed over."""
    shown: dict[str, tuple[str, list[str]]] = page.evaluate(_SHOWN)
    different = {name for name in values.keys() & shown.keys() if list(values[name]) != shown[name][1]}
    if different:
        _open_folds(page)
    for name in sorted(different):
        _say(page, name, *shown[name], values[name])


def _say(page: Page, name: str, kind: str, was: Sequence[str], wanted: Sequence[str]) -> None:
    control = page.locator(f"form.builder [name='{name}']")
    if kind in ("checkbox", "radio"):
        for value in sorted(set(was) ^ set(wanted) if kind == "checkbox" else set(wanted)):
            for choice in page.locator(
                "form.builder label", has=page.locator(f"[name='{name}'][value='{value}']")
            ).all():
                choice.click()
    elif kind == "select-one":
        control.select_option(wanted[0])
    else:
        for one, value in enumerate(wanted):
            control.nth(one).fill(value)


def _open_folds(page: Page) -> None:
    """All of them at once: that each opens by itself is looked at elsewhere."""
    page.evaluate("document.querySelectorAll('form.builder details').forEach(one => one.open = true)")
