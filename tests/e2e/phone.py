"""What a phone keeps, seen from outside: its drawer, the pages its service worker looks after, and its background."""

from typing import Any

from playwright.sync_api import Page

# One transaction on the drawer: all records of a store as JSON (what is sealed shows as {}), after a change to each.
DRAWER = """async ([store, older]) => {
  const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const drawer = await asked(indexedDB.open("caseledger"));
  const records = drawer.transaction(store, "readwrite").objectStore(store);
  const found = await asked(records.getAll());
  const when = store === "pages" ? "kept" : "written";
  if (older) for (const one of found) records.put({...one, [when]: one[when] - older});
  drawer.close();
  return found.map((one) => JSON.parse(JSON.stringify(one)));
}"""
KEPT = """async (addresses) => {
  const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const drawer = await asked(indexedDB.open("caseledger"));
  const kept = await asked(drawer.transaction("pages").objectStore("pages").getAllKeys());
  drawer.close();
  return addresses.every((one) => kept.some((key) => key.endsWith(` ${one}`)));
}"""


def drawer(page: Page, store: str, older: int = 0) -> list[dict[str, Any]]:
    """What lies in the phone's drawer, made `older` by so many milliseconds."""
    found: list[dict[str, Any]] = page.evaluate(DRAWER, [store, older])
    return found


def looked_after(page: Page, *addresses: str) -> None:
    """Wait until the service worker keeps the pages at these addresses."""
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_function(KEPT, arg=list(addresses))


def count(page: Page, address: str) -> int:
    """How many entries a list of the JSON API has for the person who is signed in."""
    answered = page.request.get(address)
    assert answered.ok, answered.text()
    return len(answered.json()["items"])


def synced(page: Page, origin: str) -> None:
    """Have the browser's Background Sync wake the service worker, as it does when the connection comes back."""
    registrations: list[str] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(20)
    asked = {"origin": origin, "registrationId": registrations[0], "tag": "send", "lastChance": True}
    devtools.send("ServiceWorker.dispatchSyncEvent", asked)
    devtools.detach()


def cut(page: Page) -> None:
    """Cut the connection of the page and of its service worker, which misses it when it has only just started."""
    page.context.set_offline(True)
    (worker,) = page.context.service_workers
    while worker.evaluate("fetch('/livez').then(() => true, () => false)"):
        page.context.set_offline(False)
        page.context.set_offline(True)
