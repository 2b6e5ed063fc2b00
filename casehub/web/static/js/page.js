// What every page does with scripts; each of it works, a little less comfortably, without.
import {
  createAll, Button, Checkboxes, ErrorSummary, PasswordInput, Radios, ServiceNavigation, SkipLink,
} from "../vendor/govuk-frontend.min.js";
import { watchEnding } from "./ending.js";
import { keepWhatWasTyped } from "./sending.js";

for (const component of [Button, Checkboxes, PasswordInput, Radios, ServiceNavigation, SkipLink]) {
  createAll(component);
}
createAll(ErrorSummary);

hideOnThreeShifts();
foldOnPhones();
watchEnding(document.getElementById("ending"));
keepWhatWasTyped(document.getElementById("offline"));

// Shift three times within a second and a half, and nothing in between: Hide.
function hideOnThreeShifts() {
  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.repeat) {
      if (!event.repeat) presses = [];
      return;
    }
    presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
    if (presses.length >= 3) document.getElementById("hide")?.form.submit();
  });
}

// Without script these stand open; on a phone they begin closed.
function foldOnPhones() {
  if (!matchMedia("(max-width: 48rem)").matches) return;
  for (const fold of document.querySelectorAll("details[data-phone-closed]")) fold.open = false;
}
