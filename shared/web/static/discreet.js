// The discreet view on a page that is open: the same words as on the server, and back again without loading.

const SHOWN = ["title", "aria-label", "aria-valuetext", "placeholder", "alt", "label", "data-label"];
const TYPED = "input, textarea";

let back = []; // What undoes each change of this page.

/** Covers the words of the page, or shows them again; false when they were already covered by the server. */
export function switchDiscreet(on, address) {
  if (!on) {
    const undone = back.length > 0;
    for (const undo of back) undo();
    back = [];
    return undone;
  }
  cover(address);
  return true;
}

async function cover(address) {
  const instead = await (await fetch(address)).json();
  const words = Object.keys(instead).sort((one, other) => other.length - one.length);
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu");
  const plain = (text) => text.replace(pattern, (found) => like(found, instead[found.toLowerCase()]));
  back.push(() => {}); // A page without any of the words is covered too.
  coverTexts(plain);
  coverAttributes(plain);
  for (const field of document.querySelectorAll(TYPED)) {
    if (field.value.search(pattern) >= 0) change(() => (field.dataset.veiled = ""), () => delete field.dataset.veiled);
  }
}

function coverTexts(plain) {
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const before = node.data;
    const after = plain(before);
    if (after !== before && !node.parentElement.closest("textarea")) {
      change(() => (node.data = after), () => (node.data = before));
    }
  }
}

function coverAttributes(plain) {
  for (const name of SHOWN) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const before = element.getAttribute(name);
      const after = plain(before);
      if (after !== before) change(() => element.setAttribute(name, after), () => element.setAttribute(name, before));
    }
  }
}

function change(doIt, undoIt) {
  doIt();
  back.push(undoIt);
}

const like = (found, instead) =>
  found[0] !== found[0].toLowerCase() ? instead[0].toUpperCase() + instead.slice(1) : instead;
