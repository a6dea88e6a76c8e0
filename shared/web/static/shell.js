// What the plain pages cannot do alone: close menus, move the focus to what needs attention, and two shortcuts.

const menus = () => document.querySelectorAll("nav details[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  } else if (event.key === "/" && !isTyping(event.target)) {
    const search = document.querySelector('[data-shortcut="/"]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "n" && !isTyping(event.target)) {
    const log = document.querySelector(".log-menu");
    if (log && log.offsetParent !== null) {
      event.preventDefault();
      log.open = true;
      log.querySelector("a")?.focus();
    }
  }
});

document.querySelector(".error-summary")?.focus();

// A second tap on Save must not look like a second save: the server knows the key, the person should see it too.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button:not([name])")) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});
