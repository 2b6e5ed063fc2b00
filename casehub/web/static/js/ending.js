// Warns before a browser session ends, and keeps it when asked to. A page that nobody typed into
// goes when the time is over; one with typed words stays: what is sent then is kept by the server.

export function watchEnding(box) {
  if (!box) return;
  const behind = Date.now() - Number(box.dataset.now);
  const ends = Number(box.dataset.endsAt) + behind;
  let idle = Number(box.dataset.idleAt) + behind;
  const warned = Number(box.dataset.warned);
  const length = Number(box.dataset.idleAt) - Number(box.dataset.now);
  let typed = false;
  addEventListener("input", () => { typed = true; });
  const part = (name) => box.querySelector(`[data-part=${name}]`);

  part("stay").addEventListener("click", async () => {
    const answer = await fetch("/still-here", { redirect: "manual" }).catch(() => null);
    if (answer && answer.status === 204) idle = Date.now() + length;
    look();
  });

  function look() {
    const soonest = Math.min(idle, ends);
    if (Date.now() >= soonest && !typed) {
      location.reload();
      return;
    }
    const near = soonest - Date.now() <= warned;
    if (near && box.hidden) {
      part("idle").hidden = ends < idle;
      part("end").hidden = ends >= idle;
      part("stay").hidden = ends < idle;
      part("time").textContent = new Date(soonest).toLocaleTimeString(document.documentElement.lang, {
        hour: "2-digit", minute: "2-digit", timeZone: box.dataset.zone,
      });
    }
    box.hidden = !near;
  }

  setInterval(look, 5000);
  look();
}
