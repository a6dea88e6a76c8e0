// Whom one may meet depends on the place: choosing it asks anew, without a second tap.
const near = document.querySelector("button[name=near]");
const place = document.querySelector("#place_id");
if (near && place) {
  near.parentElement.hidden = true;
  place.addEventListener("change", () => near.form.requestSubmit(near));
}
