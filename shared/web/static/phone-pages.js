// What can be read without a connection: the pages that say so, sealed, for a day; and the files they are made of.
import { all, get, put, remove, seal, unseal } from "./phone-vault.js";

const DAY = 24 * 3600 * 1000;
const FILES = "files";
const HEADERS = ["Content-Type", "Content-Security-Policy"];

export const addressOf = (url) => {
  const { pathname, search } = new URL(url, self.location.origin);
  return pathname + search;
};

/** Keeps a page if it says that it may be kept, for the account that it names. */
export async function keepPage(url, response) {
  const kept = response.headers.get("X-Caseledger-Kept");
  if (!kept) return;
  const [account, label] = kept.split(" ");
  const address = addressOf(url);
  const headers = HEADERS.map((name) => [name, response.headers.get(name)]);
  const record = { id: `${account} ${address}`, account, kept: Date.now() };
  const html = lasting(await response.text());
  await seal("pages", record, { address, label: decodeURIComponent(label), headers, html });
}

// What a page says once, after something was done, is not said again.
const lasting = (html) => html.replace(/<p [^>]*data-once>[^]*?<\/p>/g, "");

/** The page as it was kept, or null. Its form gets a key of its own: two entries from one page are two entries. */
export async function keptPage(url) {
  for (const { account } of await all("keys")) {
    const record = await get("pages", `${account} ${addressOf(url)}`);
    const page = record && isFresh(record) && (await unseal(record));
    if (page) return new Response(shownLater(page.html, record.kept), { headers: page.headers });
  }
  return null;
}

const shownLater = (html, kept) =>
  html
    .replace("<html ", `<html data-kept="${new Date(kept).toISOString()}" `)
    .replace(/(name="idempotency_key" value=")[^"]*/g, (_, before) => `${before}key-${crypto.randomUUID()}`);

const isFresh = ({ kept }) => Date.now() - kept < DAY;

/** The forms of an account that open without a connection, by address and label. */
export async function keptForms(account) {
  const found = [];
  for (const record of await all("pages")) {
    const page = record.account === account && isFresh(record) && (await unseal(record));
    if (page && /<form[^>]* data-offline/.test(page.html)) found.push({ address: page.address, label: page.label });
  }
  return found;
}

/** Forgets what is older than a day. */
export const forgetOld = () => forgetPages((record) => !isFresh(record));

async function forgetPages(which) {
  for (const record of await all("pages")) if (which(record)) await remove("pages", record.id);
}

/** Forgets the keys and the pages of everybody else, and what is older than a day. */
export async function forgetOthers(account) {
  await forgetPages((record) => record.account !== account || !isFresh(record));
  for (const holder of await all("keys")) {
    if (holder.account !== account) await remove("keys", holder.account);
  }
}

export const noteSignOut = () => put("notes", { id: "sign-out" });
export const signOutNoted = () => get("notes", "sign-out");
export const signOutDone = () => remove("notes", "sign-out");

/** A file: from here when its address names its content, else from the network, and from here when there is none. */
export async function file(request) {
  const files = await caches.open(FILES);
  const known = await files.match(request);
  if (known && new URL(request.url).searchParams.has("v")) return known;
  try {
    const response = await fetch(request);
    if (response.ok) await replace(files, request, response.clone());
    return response;
  } catch {
    return known ?? (await files.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

async function replace(files, request, response) {
  await files.delete(request, { ignoreSearch: true });
  await files.put(request, response);
}

/** Keeps files ahead of time. */
export const keepFiles = async (addresses) => (await caches.open(FILES)).addAll(addresses);
export const keptFile = async (address) => (await caches.open(FILES)).match(address);
