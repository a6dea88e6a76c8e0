// Whom one may meet depends on the place: choosing it asks anew, without a second tap.
const form = document.querySelector("form.visit");
const near = document.querySelector("button[name=near]");
const place = document.querySelector("#place_id");
if (near && place) {
  near.parentElement.hidden = true;
  place.addEventListener("change", () => navigator.onLine && near.form.requestSubmit(near));
}

// Without a connection the lines are drawn here, from what came with the page; with one, the server draws them.

const ANYBODY = "contact-anybody";
const find = (selector) => form.querySelector(selector);

function put(id, name, role) {
  const line = find("template[data-line]").content.cloneNode(true).firstElementChild;
  for (const one of [line, ...line.querySelectorAll("*")]) {
    for (const attribute of one.attributes) attribute.value = attribute.value.replaceAll(ANYBODY, id).replace("…", name);
  }
  line.querySelector("legend").textContent = name;
  line.querySelector("select").value = role;
  find("section[aria-labelledby=people-title]").append(line);
  find("[data-nobody]")?.remove();
  return line;
}

const hold = (line, name, value) => {
  const field = document.createElement("input");
  [field.type, field.name, field.value] = ["hidden", name, value];
  line.append(field);
};

function putNew(box) {
  const [alias, marks] = ["alias", "marks"].map((name) => box.querySelector(`#away_${name}`).value.trim());
  if (!alias && !marks) return box.querySelector("#away_alias").focus();
  const id = `contact-${crypto.randomUUID()}`;
  const line = put(id, alias || marks, box.querySelector("#away_role").value);
  hold(line, `alias-${id}`, alias);
  hold(line, `marks-${id}`, marks);
  for (const group of box.querySelectorAll(":checked[type=checkbox]")) hold(line, `groups-${id}`, group.value);
  box.remove();
}

const ACTS = {
  add: (button) => {
    put(button.value, button.textContent.trim(), button.dataset.role ?? "");
    button.hidden = true;
  },
  remove: (button) => {
    const offer = find(`.offer[value="${button.value}"]`);
    if (offer) offer.hidden = false;
    button.closest(".met").remove();
  },
};

// Nobody can be looked for now: the form says so (phone.js), and somebody new can be written down all the same.
function offerNew() {
  if (find(".new-contact")) return;
  const template = find("template[data-new-contact]");
  template.before(template.content.cloneNode(true));
  find("#away_alias").value = find("#q").value;
}

form?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-add-new]")) return putNew(button.closest(".new-contact"));
  if (navigator.onLine) return;
  if (button.name === "find") offerNew();
  if (!Object.hasOwn(ACTS, button.name)) return;
  event.preventDefault();
  ACTS[button.name](button);
});
