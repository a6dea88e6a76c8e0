// The entries that wait on this phone. They are written down before they leave, and go out as often as needed under
// one and the same idempotency key: the server saves them once.
import { all, get, put, remove, seal, unseal } from "./phone-vault.js";

const PATIENCE = 30_000;
const DAY = 24 * 3600 * 1000;
const inFlight = new Set();
let rounds = Promise.resolve();

/** Writes a form down under its author; false when that is not possible here. `fields` are pairs of name and value. */
export async function writeDown(address, fields, state) {
  const form = new Map(fields);
  const id = form.get("kept_id") || form.get("idempotency_key");
  const before = await get("entries", id);
  const record = { id, account: form.get("author"), state, written: before?.written ?? Date.now() };
  return (await seal("entries", record, { address, fields, label: form.get("kept_as") })) && { id, isNew: !before };
}

export const setOff = (id) => inFlight.add(id);

/** The server answered a form that somebody has before them: what it shows there needs not wait here too. */
export async function answered({ id, isNew }, response) {
  inFlight.delete(id);
  const state = await stateAfter(response);
  if (isNew && state !== "waiting") await remove("entries", id);
  else await note(id, state, response);
}

/** No answer came: it waits for the next try. */
export async function unanswered(id) {
  inFlight.delete(id);
  await note(id, "waiting");
}

/** Sends whatever waits and whose author is signed in; a round at a time, and a new one for who asks during one. */
export function send(tell) {
  rounds = rounds.catch(() => {}).then(() => sendAll(tell));
  return rounds;
}

async function sendAll(tell) {
  for (const record of await all("entries")) {
    if (record.state === "sent" && Date.now() - record.sent > DAY) await remove("entries", record.id);
    // One that was being sent when the browser was closed waits again.
    if (!["waiting", "sending"].includes(record.state) || inFlight.has(record.id)) continue;
    const entry = await unseal(record);
    if (entry && !(await sendOne(record.id, entry, tell))) return;
  }
}

/** Sends one entry; false when there is no connection, so that the others need not be tried. */
async function sendOne(id, { address, fields }, tell) {
  setOff(id);
  await note(id, "sending");
  tell();
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    await note(id, await stateAfter(response), response);
    return true;
  } catch {
    await note(id, "waiting");
    return false;
  } finally {
    inFlight.delete(id);
    tell();
  }
}

// A form that was saved is answered by leading on to the entry; anything else that will not change by itself is shown.
function stateAfter(response) {
  if (response.type === "opaqueredirect") return "sent";
  const mayPass = response.status >= 500 || [401, 429].includes(response.status);
  return mayPass || response.headers.get("X-Caseledger-Problem") === "other_author" ? "waiting" : "attention";
}

async function note(id, state, response) {
  const record = await get("entries", id);
  if (!record) return;
  if (state === "sent") {
    // Nothing of what was typed stays on the phone; the label does, for a day.
    const entry = await unseal(record);
    await seal("entries", { ...record, state, sent: Date.now() }, { label: entry?.label });
    return;
  }
  const changed = { ...record, state, status: response?.status };
  const entry = state === "attention" && (await unseal(record));
  if (entry) await seal("entries", changed, { ...entry, answer: await response.text() });
  else await put("entries", changed);
}

/** The entries of an account as it reads them, the oldest first. */
export async function entriesOf(account) {
  const found = [];
  for (const record of await all("entries")) {
    const entry = record.account === account && (await unseal(record));
    const { id, state, status, written } = record;
    if (entry) found.push({ ...entry, id, state, status, written });
  }
  return found.sort((one, other) => one.written - other.written);
}

/** Whether something could still be sent. */
export const isWaiting = async () => (await all("entries")).some((one) => one.state === "waiting");

/** How many entries wait here, whoever wrote them. */
export const countUnsent = async () => (await all("entries")).filter((one) => one.state !== "sent").length;
