// What the plain pages cannot do alone: close menus, move the focus to what needs attention, keys, and two switches
// that change the open page instead of loading it again, so that nothing half typed is lost.
import { switchDiscreet } from "./discreet.js";

const all = (selector) => document.querySelectorAll(selector);
const visible = (selector) => [...all(selector)].find((one) => one.checkVisibility());
const menus = () => all(".rail details[open], .bar details[open]");
const remember = (name, value) => {
  document.cookie = `${name}=${value}; path=/; samesite=lax; max-age=${value ? 365 * 24 * 3600 : 0}`;
};

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// Keys: one letter each, so that they can be turned off, and never while somebody types.

const keys = document.querySelector("dialog.keys");
const keysOn = keys?.querySelector("[data-keys-on]");
if (keysOn) {
  keysOn.checked = localStorage.getItem("keys") !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem("keys", keysOn.checked ? "on" : "off"));
}

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const shortcuts = {
  "/": () => visible('[data-shortcut="/"]')?.focus(),
  "?": () => keys?.showModal(),
  n: () => {
    const menu = visible('[data-shortcut="n"]');
    if (!menu) return;
    menu.open = true;
    menu.querySelector("a").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (keys?.open || keysOn?.checked === false || !Object.hasOwn(shortcuts, event.key)) return;
  event.preventDefault();
  shortcuts[event.key]();
});

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const menu of menus()) menu.open = false;
    window.print();
  });
}
for (const button of all("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}

// Light and dark

for (const form of all("form.theme")) {
  form.addEventListener("submit", (event) => {
    const { value } = event.submitter;
    event.preventDefault();
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    remember("theme", value === "system" ? "" : value);
    for (const button of all("form.theme button")) button.setAttribute("aria-pressed", button.value === value);
  });
}

// The discreet view

for (const form of all("form.discreet")) {
  form.addEventListener("submit", (event) => {
    const on = event.submitter.value === "1";
    if (!switchDiscreet(on, form.dataset.words)) return; // The words were never sent: the server has to show them.
    event.preventDefault();
    remember("discreet", on ? "1" : "");
    event.submitter.value = on ? "0" : "1";
    event.submitter.setAttribute("aria-pressed", on);
  });
}

document.querySelector(".error-summary:not(.sample *), .doubts")?.focus();

// A second tap on Save must not look like a second save: the server knows the key, the person should see it too.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  for (const button of event.target.querySelectorAll("button:not([name])")) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const button of all("button[aria-busy]")) button.removeAttribute("aria-busy");
});
