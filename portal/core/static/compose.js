// Writing a win in comfort: saved as one types, found again. The form works without it. (compose-text.js has what is
// about the text, compose-adds.js colleagues and pictures; they say with a "change" that there is something to save.)

const form = document.querySelector("#compose");
const words = JSON.parse(form.dataset.scriptWords);
const one = (selector, within = form) => within.querySelector(selector);
const all = (selector, within = form) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const time = (at) => new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit" }).format(at);

form.classList.add("scripted");
for (const part of all("[data-without-script]")) part.hidden = true;

// Which way it is told: only the chosen one is shown, but never a refused field hidden.
const areas = all("textarea[data-words]");
const free = one("[name=markdown]");
const chosenWay = () => one("[name=guided]:checked")?.value ?? "yes";
function showWay() {
  for (const part of all("[data-way]")) part.hidden = part.dataset.way !== chosenWay() && !one("[aria-invalid]", part);
}
form.addEventListener("change", (event) => {
  if (event.target.name !== "guided") return;
  if (chosenWay() === "no" && !free.value.trim()) {
    free.value = areas.filter((area) => area !== free && area.value.trim()).map((area) => area.value.trim()).join("\n\n");
  }
  showWay();
});
showWay();

// Saving. One save at a time; what could not be saved is kept in this browser and tried again.
const AFTER = 1500, LONGEST_PAUSE = 60_000, KEEPALIVE = 60_000, KEPT_FOR = 14 * 86_400_000;
const state = one("[data-state]"), trouble = one("[data-trouble]"), said = one("[data-said]");
let id = form.dataset.id, saving = null, stopped = Boolean(one(".compose-theirs")), submitting = false;
let timer = 0, copyTimer = 0, failures = 0, wasTold = false;

function fields() {
  const data = new FormData(form);
  for (const name of ["new-picture", "thank"]) data.delete(name);
  return new URLSearchParams(data);
}
function snapshot() {
  const data = fields();
  for (const name of ["csrf_token", "version"]) data.delete(name);
  return data.toString();
}
let saved = "unsaved" in form.dataset ? "" : snapshot();
const isChanged = () => snapshot() !== saved;
const isBegun = () => Boolean(id) || [one("[name=title]"), ...areas].some((field) => field.value.trim()) || one("[name=picture]") !== null;
const isAtRisk = () => isBegun() && isChanged() && !submitting;

const version = () => Number(one("[name=version]").value);
const copyKey = () => `lampa-win:${form.dataset.person}:${id || "new"}`;
function storage(work) {
  try { return work(localStorage); } catch { return null; } // Private windows and full disks have none.
}
function keepCopy(submitted = false) {
  if (isBegun() && (submitted || isChanged())) storage((kept) => kept.setItem(copyKey(), JSON.stringify({ at: Date.now(), version: version(), submitted, text: snapshot() })));
}
const dropCopy = () => storage((kept) => kept.removeItem(copyKey()));

function tell(text) {
  trouble.hidden = !text;
  if (trouble.textContent !== text) trouble.textContent = text;
  if (text) state.textContent = "";
}
function told(wasFailing) {
  state.textContent = fill(words.saved, { time: time(new Date()) });
  // Said aloud the first time and after trouble; else only shown.
  if (!wasTold || wasFailing) said.textContent = state.textContent;
  wasTold = true;
}

async function freshToken() {
  const answer = await fetch("/wins/new", { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const other = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#compose");
  const found = other?.querySelector("[name=csrf_token]")?.value;
  if (!found || other.dataset.person !== form.dataset.person) return false;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = found;
  return true;
}
async function post(address) {
  const send = () => {
    const body = fields();
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: body.toString().length < KEEPALIVE });
  };
  let answer = await send();
  // Signed in again meanwhile, in another tab: the form's token is out of date.
  if ([400, 401].includes(answer.status) && (await freshToken())) answer = await send();
  return { status: answer.status, data: await answer.json().catch(() => ({})) };
}

function save() {
  clearTimeout(timer);
  if (saving) return saving.then(() => save());
  if (stopped || submitting || !isBegun() || !isChanged()) return Promise.resolve();
  saving = saveNow().finally(() => { saving = null; });
  return saving;
}
async function saveNow() {
  const sent = snapshot();
  let answer;
  try {
    answer = await post(id ? `/wins/${id}/draft` : "/wins/drafts");
  } catch {
    return again(words.failed);
  }
  const { status, data } = answer;
  if (status === 200 || status === 201) return isSaved(sent, data);
  keepCopy();
  if (status === 401 || status === 400) return again(words.signedOut);
  if (status === 409 && data.theirs) return conflict(data);
  if (status === 404) { stopped = true; return tell(words.gone); }
  if (status === 422) return tell([data.error, ...Object.values(data.fields ?? {}).flat()].join(" "));
  return again(data.error || words.failed);
}
function isSaved(sent, data) {
  dropCopy();
  if (data.id && !id) {
    id = String(data.id);
    const address = `/wins/${id}/edit`;
    history.replaceState(null, "", address);
    form.action = address;
    const here = document.querySelector(".menu-sheet [name=next]");
    if (here) here.value = address;
    const discard = document.querySelector("[data-discard]");
    discard.hidden = false;
    one("form", discard).action = `/wins/${id}/discard`;
  }
  one("[name=version]").value = data.version;
  saved = sent;
  const wasFailing = failures > 0 || !trouble.hidden;
  failures = 0;
  tell("");
  told(wasFailing);
  if (isChanged()) later();
}
function again(text) {
  keepCopy();
  tell(text);
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(save, Math.min(LONGEST_PAUSE, 2500 * 2 ** failures));
}
function later() {
  clearTimeout(timer);
  timer = setTimeout(save, AFTER);
}
function changed() {
  if (!stopped && isBegun() && isChanged()) later();
  clearTimeout(copyTimer);
  copyTimer = setTimeout(keepCopy, 400);
}
form.addEventListener("input", changed);
form.addEventListener("change", changed);
addEventListener("online", () => save());
addEventListener("pagehide", () => { keepCopy(); save(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden || failures) save(); // Also back from another tab, where one may have signed in again.
});
addEventListener("beforeunload", (event) => {
  if (!isAtRisk()) return;
  save();
  event.preventDefault();
});

function conflict(data) {
  stopped = true;
  tell("");
  state.textContent = "";
  const panel = document.querySelector("#theirs-template").content.firstElementChild.cloneNode(true);
  one("[data-their-title]", panel).textContent = data.theirs.title;
  one("[data-their-text]", panel).textContent = data.theirs.text;
  one("[data-mine]", panel).addEventListener("click", () => {
    one("[name=version]").value = data.version;
    panel.remove();
    stopped = false;
    one("[name=title]").focus();
    save();
  });
  one("[data-theirs]", panel).addEventListener("click", () => {
    dropCopy();
    submitting = true; // Nothing of this window is to be kept: no question on leaving.
    location.reload();
  });
  form.prepend(panel);
  panel.tabIndex = -1;
  panel.focus();
}

// What this browser kept because it could not be saved, offered when the page opens.
function offerCopy() {
  if (id) storage((kept) => {
    const begun = `lampa-win:${form.dataset.person}:new`;
    if (JSON.parse(kept.getItem(begun))?.submitted) kept.removeItem(begun); // It has arrived: this page shows it.
  });
  const kept = storage((place) => JSON.parse(place.getItem(copyKey())));
  if (!kept) return;
  const copy = new URLSearchParams(kept.text);
  const told = ["title", "need", "did", "outcome", "markdown"].map((name) => copy.get(name) ?? "").filter(Boolean);
  const known = told.every((text) => [one("[name=title]"), ...areas].some((field) => field.value.trim() === text.trim()));
  const arrived = kept.submitted && version() > kept.version; // The server has it, perhaps with something blanked.
  if (known || arrived || Date.now() - kept.at > KEPT_FOR) return dropCopy();
  const offer = document.querySelector("#kept-template").content.firstElementChild.cloneNode(true);
  one("[data-kept]", offer).textContent = fill(words.kept, { time: new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }).format(kept.at) });
  one("[data-kept-words]", offer).textContent = told.join("\n\n").slice(0, 600);
  one("[data-take]", offer).addEventListener("click", () => {
    for (const field of all("[name=title], [name=locale], textarea[data-words]")) field.value = copy.get(field.name) ?? field.value;
    for (const box of all("[name=guided]")) box.checked = box.value === copy.get("guided");
    const boxes = all("[name=principles]");
    for (const box of boxes) box.checked = copy.getAll("principles").includes(box.value);
    offer.remove();
    showWay();
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    one("[name=title]").focus();
    changed();
  });
  one("[data-drop]", offer).addEventListener("click", () => { dropCopy(); offer.remove(); one("[name=title]").focus(); });
  form.before(offer);
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (saving) {
    event.preventDefault();
    await saving;
    return form.requestSubmit(button);
  }
  if (button?.value === "save" && !button.closest(".compose-theirs") && !stopped) {
    event.preventDefault();
    wasTold = false;
    await save();
    if (trouble.hidden && !isChanged() && id) told(true);
    return undefined;
  }
  clearTimeout(timer);
  keepCopy(true);
  submitting = true;
  return undefined;
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.defaultPrevented && event.target.matches("input:not([type=checkbox], [type=radio], [type=file])")) {
    event.preventDefault(); // A win isn't posted by a slip of the finger.
    save();
  }
});

offerCopy();
