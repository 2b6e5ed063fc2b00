// A form that is sent while the network is gone stays on the screen with everything typed into it.

const PATIENCE = 3000;

export function keepWhatWasTyped(band) {
  if (!band) return;
  for (const form of document.querySelectorAll("form[method=post]")) {
    if (!form.querySelector("textarea, input:not([type=hidden])")) continue;  // nothing is lost
    form.addEventListener("submit", (event) => look(event, form, band));
  }
}

async function look(event, form, band) {
  if (event.defaultPrevented || form.dataset.sending) return;
  event.preventDefault();
  const there = navigator.onLine && (await reached());
  band.hidden = there;
  if (!there) {
    band.scrollIntoView({ block: "nearest" });
    return;
  }
  form.dataset.sending = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.sending;
}

// Any answer will do: it says that somebody is there.
function reached() {
  const asked = fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  return asked.then(() => true, () => false);
}
