// Goes on with an import by itself: the button of the page is pressed for the person, and the bar moves.
// Without a script the button is there to be pressed.

const work = document.querySelector("[data-work]");
const form = work?.querySelector("form");

async function goOn() {
  const answer = await fetch(form.action, { method: "POST", credentials: "same-origin" });
  if (!answer.ok) {
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-work]");
  if (!next) {
    location.reload();
    return false;
  }
  work.querySelector("h2").textContent = next.querySelector("h2").textContent;
  const bar = next.querySelector("progress");
  work.querySelector("progress").max = bar.max;
  work.querySelector("progress").value = bar.value;
  work.querySelector("[data-done]").textContent = next.querySelector("[data-done]").textContent;
  return true;
}

async function all() {
  form.hidden = true;
  try {
    while (await goOn());
  } finally {
    form.hidden = false;
  }
}

if (form) {
  all();
}
