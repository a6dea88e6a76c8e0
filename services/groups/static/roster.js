// The roster while it is being tapped: the running count, and a name that toggles between present and absent.
const form = document.querySelector("form.wide");
const THERE = ["present", "late", "left_early"];
const OTHERS = ["unidentified_count", "partner_count"];

function counted() {
  const counts = { present: 0, absent: 0, excused: 0, beside: 0, others: 0 };
  for (const person of form.querySelectorAll(".person")) {
    const status = person.querySelector(".attendance input:checked")?.value;
    const there = THERE.includes(status);
    if (person.dataset.place === "beside") counts.beside += there ? 1 : 0;
    else if (status) counts[there ? "present" : status] += 1;
  }
  for (const name of OTHERS) counts.others += Math.max(0, Math.trunc(form.elements[name]?.value) || 0);
  return counts;
}

function show() {
  for (const [kind, count] of Object.entries(counted())) {
    const place = form.querySelector(`[data-count="${kind}"]`);
    if (place && place.textContent !== String(count)) place.textContent = count;
  }
}

form?.addEventListener("input", show);
form?.addEventListener("click", (event) => {
  const name = event.target.closest(".person .name");
  const absent = name?.control;
  if (!absent?.checked) return;
  event.preventDefault();
  name.parentElement.querySelector('[value="present"]').checked = true;
  show();
});
