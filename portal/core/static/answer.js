// Answering a survey in comfort: one question at a time, nothing lost on reload or without a connection. All of it
// works without this file. What answers is sent without cookies; a ballot and its answers are kept in this browser
// alone, under a mark that offers them to nobody else who signs in here.

const PREFIX = "lampa-ballot:", WAY = "lampa-answer-way", HASH = "#answering";
const AFTER_CLOSE = 86_400_000, PATIENCE = 20_000, FIRST_PAUSE = 4_000, LONGEST_PAUSE = 60_000;
const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const words = () => JSON.parse(one("[data-answer-words]")?.dataset.answerWords ?? "{}");
const tell = (place, text) => {
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
};

// What this browser keeps: for each ballot {token, closes, cast, answers, at}. Private windows may keep nothing.
let unkept = null;
function storage(work) {
  try { return work(localStorage); } catch { return null; }
}
const keys = () => storage((kept) => Object.keys(kept).filter((key) => key.startsWith(PREFIX))) ?? [];
function read(key) {
  return storage((kept) => JSON.parse(kept.getItem(key) ?? "null")) ?? (unkept?.key === key ? unkept.entry : null);
}
function write(key, entry) {
  if (storage((kept) => (kept.setItem(key, JSON.stringify(entry)), true))) return true;
  unkept = { key, entry };
  return false;
}
function forget(token) {
  unkept = null;
  for (const key of keys()) if (read(key)?.token === token) storage((kept) => kept.removeItem(key));
}
const keyOf = (token, survey) =>
  keys().find((key) => read(key)?.token === token) ?? (unkept?.entry.token === token ? unkept.key : `${PREFIX}${survey}:here`);
for (const key of keys()) {
  if (!(read(key)?.closes > Date.now() - AFTER_CLOSE)) storage((kept) => kept.removeItem(key));
}

// Going on with a ballot: without cookies, and with the answer in place of this page.
function post(form, submitter, answers = []) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  for (const [name, value] of answers) body.append(name, value);
  return fetch(submitter?.hasAttribute("formaction") ? submitter.formAction : form.action, {
    method: "POST", body, credentials: "omit", cache: "no-store", redirect: "error",
    headers: { Accept: "text/html" }, signal: AbortSignal.timeout?.(PATIENCE),
  });
}
function show(text) {
  const other = new DOMParser().parseFromString(text, "text/html");
  document.documentElement.lang = other.documentElement.lang;
  document.title = other.title;
  document.body.replaceWith(document.adoptNode(other.body));
  scrollTo(0, 0);
  start();
  (one("main [autofocus]") ?? one("main h1"))?.focus({ preventScroll: true });
}
let going = false;
async function go(form, submitter) {
  if (going) return;
  going = true;
  const trouble = one("[data-trouble]"), token = form.elements.token.value;
  const key = keys().find((name) => read(name)?.token === token), entry = key && read(key);
  tell(trouble, "");
  try {
    let answer = await post(form, submitter);
    // Closed meanwhile: what was not sent is shown once more.
    if (answer.status === 409 && entry?.answers) answer = await post(form, submitter, entry.answers);
    if (BUSY.has(answer.status)) return tell(trouble, words().busy);
    const text = await answer.text();
    if (form.dataset.go === "withdraw" && answer.ok && key) write(key, { token, closes: entry.closes });
    show(text);
  } catch {
    tell(trouble, words().failed);
  } finally {
    going = false;
  }
  return undefined;
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-go], [data-handed]")) return;
  event.preventDefault();
  go(event.target, event.submitter);
});

// The survey's own page: does this browser keep the reader's ballot?
function entrance(place) {
  const key = `${PREFIX}${place.dataset.survey}:${place.dataset.mark}`, entry = read(key);
  const shown = (state) => {
    for (const name of ["lost", "begun", "cast"]) one(`[data-${name}]`, place)?.toggleAttribute("hidden", name !== state);
    one("[data-forget]", place).hidden = state === "lost";
  };
  if (!entry) return shown("lost");
  for (const field of all("form[data-go] [name=token]", place)) field.value = entry.token;
  shown(entry.cast ? "cast" : "begun");
  one("[data-again]")?.toggleAttribute("hidden", true);
  one("[data-forget] button", place).addEventListener("click", () => {
    forget(entry.token);
    shown("lost");
    one("[data-said]", place).textContent = words().forgotten;
  });
  if (location.hash === HASH) go(one(`[data-${entry.cast ? "cast" : "begun"}] form[data-go]`, place));
}

// The page that hands the ballot over: keep it, then go on. A reload finds it again on the survey's page.
function handed(form) {
  const { survey, mark, closes, back } = form.dataset;
  const kept = write(`${PREFIX}${survey}:${mark}`, { token: form.elements.token.value, closes: Date.parse(closes) });
  if (kept) history.replaceState(null, "", back + HASH);
  go(form);
}

// The ballot.
const given = (form) => [...new FormData(form)].filter(([name, value]) => /^q\d+$/.test(name) && value.trim());

function answering(form) {
  const said = words(), token = form.elements.token.value, key = keyOf(token, form.dataset.survey);
  const questions = all("[data-question]", form), refused = one("[data-refused]");
  const [back, next, send, trouble] = ["back", "next", "send", "trouble"].map((name) => one(`[data-${name}]`, form));
  const status = one("[data-said]", form), way = one("[data-way]", form), lamps = one("[data-lamps]", form);
  let entry = read(key), at = Math.min(entry?.at ?? 0, questions.length - 1), keeping = true;

  if (entry?.answers?.length && !("typed" in form.dataset)) {
    for (const [name, value] of entry.answers) {
      for (const field of all(`[name="${CSS.escape(name)}"]`, form)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else field.value = value;
      }
    }
    one("[data-sealed]")?.remove(); // For here they are, in the copy that was asked for.
    if (!entry.cast) tell(one("[data-found]"), said.found);
  }
  if (refused) at = Math.max(0, questions.findIndex((question) => one(".error", question)));
  lamps.replaceChildren(...questions.map(() => document.createElement("i")));
  one("[data-bar]", form).hidden = false;

  const isAnswered = (question) => all("input, textarea", question).some((field) =>
    field.type === "radio" || field.type === "checkbox" ? field.checked && field.value : field.value.trim());
  const keep = () => {
    if (!keeping) return;
    entry = { ...(entry ?? { token, closes: Date.parse(form.dataset.closes) }), answers: given(form), at };
    write(key, entry);
  };
  let single = (storage((kept) => kept.getItem(WAY)) ?? (matchMedia("(max-width: 40rem)").matches ? "one" : "all")) === "one";
  if (questions.length < 2) single = false;
  way.hidden = questions.length < 2;

  function look() {
    const done = questions.map(isAnswered);
    [...lamps.children].forEach((lamp, place) => {
      lamp.className = `${done[place] ? "lit" : ""} ${single && place === at ? "here" : ""}`.trim();
    });
    const text = single
      ? fill(said.step, { number: at + 1, all: questions.length })
      : fill(said.answered, { number: done.filter(Boolean).length, all: questions.length });
    if (status.textContent !== text) status.textContent = text;
    questions.forEach((question, place) => {
      question.hidden = single && place !== at;
      const clear = one("[data-clear]", question);
      if (clear) clear.hidden = !done[place];
    });
    const atEnd = !single || at === questions.length - 1;
    back.hidden = !single || at === 0;
    next.hidden = atEnd;
    send.hidden = !atEnd;
    one("[data-last]", form).hidden = !atEnd;
    way.textContent = single ? said.all : said.one;
    form.classList.toggle("single", single);
  }
  function step(to) {
    at = Math.min(Math.max(to, 0), questions.length - 1);
    look();
    keep();
    questions[at].focus({ preventScroll: true });
    if (form.getBoundingClientRect().top < 0) form.scrollIntoView({ block: "start" });
  }
  back.addEventListener("click", () => step(at - 1));
  next.addEventListener("click", () => step(at + 1));
  way.addEventListener("click", () => {
    single = !single;
    storage((kept) => kept.setItem(WAY, single ? "one" : "all"));
    look();
  });
  for (const question of questions) {
    const nothing = all("input", question).find((field) => field.type === "radio" && field.value === "");
    one("[data-clear]", question)?.addEventListener("click", () => {
      for (const field of all("input", question)) field.checked = field === nothing;
      look();
      keep();
      question.focus({ preventScroll: true });
    });
    const area = one("textarea", question), left = one("[data-left]", question);
    area?.addEventListener("input", () => {
      const rest = area.maxLength - area.value.length;
      tell(left, rest <= 200 ? fill(said.left, { number: rest }) : "");
    });
    // "Doesn't apply" and the choices put each other out.
    const apart = one("input[type=checkbox][value=na]", question);
    if (apart) {
      question.addEventListener("change", (event) => {
        if (!event.target.checked) return;
        for (const field of all("input[type=checkbox]", question)) {
          if ((field === apart) !== (event.target === apart)) field.checked = false;
        }
      });
    }
  }
  form.addEventListener("input", () => { look(); keep(); });
  form.addEventListener("change", () => { look(); keep(); });
  addEventListener("storage", (event) => {
    if (event.key === key && event.newValue === null) keeping = false; // Forgotten in another tab.
  });

  // Sending: again and again with the same ballot, which is counted once however often it arrives.
  let sending = false, timer = 0, pause = FIRST_PAUSE;
  const label = one("span", send);
  async function cast() {
    clearTimeout(timer);
    if (sending || !form.isConnected) return;
    sending = true;
    send.setAttribute("aria-disabled", "true");
    label.textContent = said.sending;
    let why;
    try {
      const answer = await post(form);
      if (BUSY.has(answer.status)) why = said.busy;
      else {
        const text = await answer.text();
        if (answer.ok && keeping) write(key, { token, closes: Date.parse(form.dataset.closes), cast: true });
        return show(text);
      }
    } catch {
      why = read(key) && unkept?.key !== key ? said.failed : said.unkept;
    }
    sending = false;
    send.removeAttribute("aria-disabled");
    label.textContent = said.again;
    if (trouble.textContent !== why) tell(trouble, why);
    timer = setTimeout(cast, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    return undefined;
  }
  addEventListener("online", () => { if (timer && !sending) cast(); });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    if (pressed?.name === "lang") { keep(); go(form, pressed); }
    else if (pressed === send || !pressed) cast();
    else if (single && at < questions.length - 1) step(at + 1); // Enter goes on; it never sends.
  });

  look();
}

// After the answers are in. What was answered is kept only by those who ask for it.
function thanks(place) {
  const { token } = place.dataset, said = words(), status = one("[data-said]", place);
  const key = keys().find((name) => read(name)?.token === token);
  if (location.hash === HASH) history.replaceState(null, "", location.pathname); // A reload need not begin again.
  const change = one("[data-go=change]", place), answers = change ? given(change) : [], box = one("#keep", place);
  if (box && key && answers.length) {
    one("[data-keep]", place).hidden = false;
    box.addEventListener("change", () => {
      const entry = { ...read(key), token, answers: box.checked ? answers : undefined };
      write(key, entry);
      status.textContent = box.checked ? said.kept : said.unkept;
    });
  }
  const button = one("[data-forget]", place);
  button.hidden = false;
  button.addEventListener("click", () => {
    forget(token);
    delete place.dataset.token;
    one("[data-later]", place).remove();
    button.remove();
    status.textContent = said.forgotten;
    one("h1", place).focus({ preventScroll: true });
  });
}

function start() {
  for (const part of all("[data-without-script]")) part.remove();
  const parts = { entry: entrance, handed, ballot: answering, thanks };
  for (const [name, begin] of Object.entries(parts)) {
    const found = one(`[data-${name}]`);
    if (found) begin(found);
  }
}
start();
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
