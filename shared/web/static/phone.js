// What a page shows of the phone's own entries, and what it tells the service worker: who is signed in, when to send.

const account = document.body.dataset.account;
const isDoor = document.querySelector("[data-signed-out]") !== null;
const keptAt = document.documentElement.dataset.kept;
const SOON = 2_000;
const RETRY = 60_000;
let retry;

async function ask(what, more = {}) {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  active.postMessage({ what, account, ...more }, [port2]);
  return answer;
}

// The entries

const isDiscreet = () => document.querySelector('form.discreet [aria-pressed="true"]') !== null;
// The first part of a label names the kind; what follows may be a title somebody wrote.
const labelled = (label = "") => (isDiscreet() ? label.split(" · ")[0] : label);
const hasWaited = (entry) => entry.state === "waiting" || entry.state === "sending";

async function showEntries() {
  const entries = await ask("entries");
  const unsent = entries.filter((entry) => entry.state !== "sent");
  for (const count of document.querySelectorAll("[data-phone-count]")) {
    count.hidden = unsent.length === 0;
    count.querySelector("b").textContent = unsent.length;
  }
  for (const section of document.querySelectorAll("[data-phone-entries]")) fill(section, entries, rowOf);
  return unsent;
}

function fill(section, items, row) {
  const template = section.querySelector("template");
  section.querySelector("ul").replaceChildren(...items.map((item) => row(item, template)));
  section.hidden = items.length === 0 && !section.querySelector("[data-none]");
  for (const none of section.querySelectorAll("[data-none]")) none.hidden = items.length > 0;
}

function rowOf(entry, template) {
  const row = template.content.cloneNode(true).firstElementChild;
  const time = row.querySelector("time");
  row.dataset.entry = entry.state;
  row.querySelector(".what").textContent = labelled(entry.label);
  time.dateTime = new Date(entry.written).toISOString();
  time.textContent = shortTime(entry.written);
  const state = entry.state === "waiting" && entry.status === 401 ? "signed-out" : entry.state;
  for (const word of row.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== state;
  for (const part of row.querySelectorAll("[data-attention]")) part.hidden = entry.state !== "attention";
  row.querySelector(".said").textContent = entry.answer ? refusalIn(entry.answer) : "";
  row.querySelector("[data-open]").addEventListener("click", () => open(entry));
  row.querySelector("[data-remove]").addEventListener("click", () => ask("remove", { id: entry.id }));
  return row;
}

const shortTime = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(moment);

/** The server's own words, from the page it would have shown. */
function refusalIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const link of page.querySelectorAll("main .doubts a")) link.remove();
  const said = page.querySelectorAll(`main :is(
    .error-summary li, .error-summary > p, .doubts li, .doubts > p, .conflict h2, .problem .lead-text)`);
  return [...said].map((one) => one.textContent.trim()).join(" ");
}

/** Shows the form again as the server answers it, with everything that was typed. */
function open({ id, address, fields }) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const sent = fields.filter(([name]) => name !== "kept_as" && name !== "kept_id");
  for (const [name, value] of [...sent, ["kept_id", id]]) {
    const field = document.createElement("textarea");
    [field.name, field.value] = [name, value];
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

async function showForms() {
  const section = document.querySelector("[data-phone-forms]");
  if (!section) return;
  fill(section, await ask("forms"), ({ address, label }, template) => {
    const row = template.content.cloneNode(true).firstElementChild;
    const link = row.querySelector("a");
    [link.href, link.textContent] = [address, labelled(label)];
    return row;
  });
}

// What a page may have to say stands in it as a template; saying it again changes nothing.
function reveal(template) {
  if (!template.content.firstElementChild) return null;
  const said = template.content.firstElementChild;
  template.before(said);
  return said;
}

// Forms

function ready(form) {
  const mark = form.elements.namedItem("kept_as");
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    // Only saving can wait; a button that searches needs its answer now.
    mark.disabled = Boolean(submitter?.name) && !submitter.closest(".actions");
    if (!mark.disabled || navigator.onLine) return;
    event.preventDefault();
    reveal(form.querySelector("[data-needs-connection]"))?.scrollIntoView({ block: "center" });
  });
  window.addEventListener("pageshow", () => (mark.disabled = true));
}

// The life of a page

async function showLocked() {
  const count = await ask("signedOut");
  if (count > 0) reveal(document.querySelector("template[data-locked]")).querySelector("b").textContent = count;
}

// A connection that has just come back may not carry anything yet: tried again soon, and then less often.
async function keepSending(pause = SOON) {
  const waiting = (await showEntries()).some(hasWaited);
  const again = () => ask("send").then(() => keepSending(Math.min(2 * pause, RETRY)));
  clearTimeout(retry);
  if (waiting && navigator.onLine) retry = setTimeout(again, pause);
}

async function start() {
  if (!isDoor) {
    window.addEventListener("online", () => ask("send").then(() => keepSending()));
    navigator.serviceWorker.addEventListener("message", showEntries);
  }
  await navigator.serviceWorker.register("/worker.js", { type: "module" });
  if (isDoor) return showLocked();
  await ask("signedIn", { language: document.documentElement.lang });
  await showForms();
  await keepSending();
}

if (keptAt) {
  const notice = reveal(document.querySelector("template[data-kept-notice]"));
  notice.querySelector("time").textContent = shortTime(new Date(keptAt));
  // A page kept before the discreet view was switched on still holds the words.
  if (/\bdiscreet=1/.test(document.cookie) && !isDiscreet()) document.querySelector("form.discreet button").click();
}
// A browser without these works as before, with a connection.
if (navigator.serviceWorker && (account || isDoor)) {
  for (const form of document.querySelectorAll("form[data-offline]")) ready(form);
  start().catch(() => {});
}
