// The drawer of this phone: what is put in is sealed under the key of one account, and without the key it stays shut.
// Keys come from the server while their owner is signed in and are forgotten at sign-out.

const STORES = { keys: "account", entries: "id", pages: "id", notes: "id" };
let connection;

function database() {
  connection ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("caseledger", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return connection;
}

async function run(store, mode, ask) {
  // Strict: an entry that the person was told is kept survives an empty battery.
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const request = ask(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const all = (store) => run(store, "readonly", (records) => records.getAll());
export const get = (store, id) => run(store, "readonly", (records) => records.get(id));
export const put = (store, record) => run(store, "readwrite", (records) => records.put(record));
export const remove = (store, id) => run(store, "readwrite", (records) => records.delete(id));

/** Keeps the key (base64) of an account in a form that no script can read out again. */
export async function keepKey(account, key) {
  const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
  const kept = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  await put("keys", { account, key: kept });
}

// What is sealed says whose and which it is, so that nothing can be put in another's place.
const bound = (iv, account, id) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(`${account} ${id}`),
});

/** Puts `{id, account, ...}` into a store with `secret` sealed; false when this phone has no key of the account. */
export async function seal(store, record, secret) {
  const holder = await get("keys", record.account);
  if (!holder) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(secret));
  const data = await crypto.subtle.encrypt(bound(iv, record.account, record.id), holder.key, text);
  await put(store, { ...record, iv, data });
  return true;
}

/** Returns what a record holds sealed; null when it cannot be opened here. */
export async function unseal({ id, account, iv, data }) {
  const holder = await get("keys", account);
  if (!holder) return null;
  try {
    const text = await crypto.subtle.decrypt(bound(iv, account, id), holder.key, data);
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
}
