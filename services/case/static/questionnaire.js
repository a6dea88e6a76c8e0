// The total of a questionnaire while it is answered. Without this script the same total is shown after saving.

const shown = document.querySelector("output[data-answers]");
const form = shown?.closest("form");

function bandOf(total, bands) {
  return bands.findLast(([lowest]) => total >= lowest)?.[1] ?? "";
}

function add() {
  const chosen = [...form.elements].filter((field) => field.checked && field.name.startsWith(shown.dataset.answers));
  const total = chosen.reduce((sum, field) => sum + Number(field.value), 0);
  const questions = new Set([...form.elements].map((field) => field.name).filter((name) => name?.startsWith(shown.dataset.answers)));
  shown.hidden = chosen.length === 0;
  shown.querySelector("[data-total]").textContent = total;
  // A word for how severe it is only once all is answered: half a total says nothing.
  const whole = chosen.length === questions.size;
  shown.querySelector("[data-word]").textContent = whole ? bandOf(total, JSON.parse(shown.dataset.bands)) : `${chosen.length}/${questions.size}`;
}

if (form) {
  form.addEventListener("change", add);
  add();
}
