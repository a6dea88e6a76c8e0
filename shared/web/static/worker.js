// The service worker: without a connection it shows the pages kept today, and keeps what is saved until it can be sent.
// It alone reads and writes the drawer; the pages ask it.
import * as pages from "/assets/phone-pages.js";
import * as queue from "/assets/phone-queue.js";
import * as vault from "/assets/phone-vault.js";

const HOME = "/on-this-phone";
const NO_CONNECTION = "/assets/no-connection.html";
// What a page needs that may never have been asked for before the connection broke.
const SHEETS = ["system", "theme", "frame", "pages"].map((name) => `/assets/${name}.css`);
const FILES = [NO_CONNECTION, "/assets/discreet.json", ...SHEETS];
// A connection that hangs is none: shorter where a kept page can be shown instead.
const PATIENCE = { page: 8_000, save: 20_000, signOut: 15_000 };

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(pages.keepFiles(FILES));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(sendOrTryAgain()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visited(event, pathname));
  else if (request.method === "GET" && /^(\/[a-z]+)?\/assets\//.test(pathname)) event.respondWith(pages.file(request));
});

// The browser tries again later when this fails.
async function sendOrTryAgain() {
  await queue.send(tellPages);
  if (await queue.isWaiting()) throw new Error("still waiting");
}

// Where the drawer cannot be opened (a private window), pages work as without it.
const orElse = (instead, answer) => answer.catch(() => instead);

async function visited(event, pathname) {
  const { request } = event;
  await orElse(null, finishSignOut());
  if (request.method === "GET") return shown(event);
  if (pathname === "/sign-out") return signOut(request);
  return sent(request);
}

// Reading

async function shown(event) {
  const { request } = event;
  const kept = await orElse(null, pages.keptPage(request.url));
  try {
    const response = await within(kept ? PATIENCE.page : Infinity, fetch(request));
    if (response.ok) event.waitUntil(pages.keepPage(request.url, response.clone()));
    return response;
  } catch {
    await orElse(null, pages.forgetOld());
    return kept ?? orElse(Response.error(), insteadOf(request));
  }
}

async function insteadOf(request) {
  const isHome = new URL(request.url).pathname === HOME;
  if (!isHome && (await pages.keptPage(HOME))) return Response.redirect(HOME, 303);
  return noConnection();
}

const noConnection = async () => (await pages.keptFile(NO_CONNECTION)) ?? Response.error();

// Saving

async function sent(request) {
  const fields = await fieldsOf(request.clone());
  const isSaving = fields.some(([name]) => name === "kept_as");
  const entry = isSaving && (await orElse(null, queue.writeDown(pages.addressOf(request.url), fields, "sending")));
  // What cannot wait here is left to the browser: its own page sends the form once more.
  if (!entry) return settled(fields, await fetch(request));
  queue.setOff(entry.id);
  try {
    const response = await within(PATIENCE.save, fetch(request));
    await queue.answered(entry, response.clone());
    return response;
  } catch {
    await queue.unanswered(entry.id);
    self.registration.sync?.register("send").catch(() => {}); // Where there is none, the next page sends it.
    return Response.redirect(HOME, 303);
  }
}

// An entry that needs attention was sent from the list to be looked at: it may have been saved this time.
async function settled(fields, response) {
  const id = new Map(fields).get("kept_id");
  if (id && response.type === "opaqueredirect") await queue.answered({ id, isNew: false }, response);
  return response;
}

async function fieldsOf(request) {
  try {
    return [...(await request.formData())].filter(([, value]) => typeof value === "string");
  } catch {
    return [];
  }
}

// Signing out: first what waits goes out, then what can be read is gone; what is left stays locked to its author.

async function signOut(request) {
  await orElse(null, within(PATIENCE.signOut, queue.send(tellPages)));
  await orElse(null, pages.forgetOthers(null));
  try {
    return await fetch(request);
  } catch {
    await pages.noteSignOut();
    return noConnection();
  }
}

// The server did not hear of it: nobody gets on before it has.
async function finishSignOut() {
  if (!(await pages.signOutNoted())) return;
  const answer = await fetch("/sign-out", { method: "POST", redirect: "manual" }).catch(() => null);
  if (answer) await pages.signOutDone();
}

// What pages ask

const ANSWERS = {
  signedIn: async ({ account, language }) => {
    await pages.forgetOthers(account);
    await getKey(account);
    await keepHome(language);
    queue.send(tellPages);
  },
  signedOut: async () => {
    await pages.forgetOthers(null);
    return queue.countUnsent();
  },
  entries: ({ account }) => queue.entriesOf(account),
  forms: ({ account }) => pages.keptForms(account),
  send: () => queue.send(tellPages),
  remove: async ({ id }) => {
    await vault.remove("entries", id);
    await tellPages();
  },
};

self.addEventListener("message", (event) => {
  const answer = async () => event.ports[0].postMessage(await ANSWERS[event.data.what](event.data));
  event.waitUntil(answer());
});

async function getKey(account) {
  if (await vault.get("keys", account)) return;
  const response = await fetch("/on-this-phone/key").catch(() => null);
  if (!response?.ok) return;
  const told = await response.json();
  if (told.account === account) await vault.keepKey(account, told.key);
}

async function keepHome(language) {
  const kept = await pages.keptPage(HOME);
  if (kept && /<html[^>]* lang="([^"]*)/.exec(await kept.text())?.[1] === language) return;
  const response = await fetch(HOME).catch(() => null);
  if (response?.ok) await pages.keepPage(HOME, response);
}

async function tellPages() {
  for (const page of await self.clients.matchAll()) page.postMessage("changed");
}

function within(milliseconds, answer) {
  if (milliseconds === Infinity) return answer;
  const late = new Promise((_, reject) => setTimeout(reject, milliseconds, new Error("no answer")));
  return Promise.race([answer, late]);
}
