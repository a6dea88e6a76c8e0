"""What is lost where text is twice as large, or the window as narrow as 320 pixels (WCAG 2.2: 1.4.4 and 1.4.10)."""

from tests.e2e.browsing import Visitor

# Texts that lie on each other, that are cut off, and a page that has to be moved sideways. What floats over a page (the
# bar below, the line with Save) may cover what can be scrolled away from under it.
FOUND = """(width) => {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > width + 1) found.push(`wider by ${page.scrollWidth - width}`);
  const style = (one) => getComputedStyle(one);
  const layer = (one) =>
    one === page || ["fixed", "sticky"].includes(style(one).position) ? one : layer(one.parentElement);
  const isClipped = (one) => one !== page && (style(one).clipPath !== "none" || isClipped(one.parentElement));
  const isHidden = (one) =>
    one.closest(".visually-hidden, .skip, svg, option") || !one.checkVisibility() || isClipped(one);
  const hides = (overflow) => ["hidden", "clip"].includes(overflow);
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: owner, textContent } = walker.currentNode;
    const says = textContent.trim().slice(0, 30);
    if (!says || isHidden(owner)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const at of range.getClientRects()) if (at.width > 1) texts.push({ at, owner, on: layer(owner), says });
    const text = range.getBoundingClientRect();
    for (let around = owner; around !== page; around = around.parentElement) {
      const box = around.getBoundingClientRect();
      const { overflowX, overflowY } = style(around);
      if (hides(overflowX) && text.right > box.right + 2) found.push(`cut off: ${says}`);
      if (hides(overflowY) && text.bottom > box.bottom + 4) found.push(`cut off below: ${says}`);
    }
  }
  texts.sort((one, other) => one.at.top - other.at.top);
  texts.forEach((one, place) => {
    for (const other of texts.slice(place + 1)) {
      if (other.at.top > one.at.bottom) break;
      const high = Math.min(one.at.bottom, other.at.bottom) - other.at.top;
      const wide = Math.min(one.at.right, other.at.right) - Math.max(one.at.left, other.at.left);
      const covers = wide > 3 && high > Math.min(one.at.height, other.at.height) / 3;
      if (covers && one.owner !== other.owner && one.on === other.on) found.push(`${one.says} on ${other.says}`);
    }
  });
  return [...new Set(found)];
}"""
NARROW = 320


def crowded(visitor: Visitor) -> list[str]:
    """What cannot be read on the open page with text twice as large, and in a window of 320 pixels.

    On a phone the text alone grows; on a desk the whole page does, which leaves it half the width.
    """
    page, size = visitor.page, visitor.page.viewport_size
    assert size is not None
    twice = (size["width"], "200%") if visitor.is_phone else (size["width"] // 2, "")
    found: list[str] = []
    for width, text in (twice, (NARROW, "")):
        page.set_viewport_size({"width": width, "height": size["height"]})
        page.evaluate("text => { document.documentElement.style.fontSize = text }", text)
        found += [f"{width} {text}: {one}" for one in page.evaluate(FOUND, width)]
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    return found
