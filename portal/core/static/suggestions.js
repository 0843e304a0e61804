// What a search field suggests while one types: pages, phrases to say, and recent searches, which are kept in this browser
// alone (until data-forget in site.js) and never sent anywhere. Loaded by search.js.

const KEPT = "lampa-searches", MOST_KEPT = 8, MOST_MATCHING = 3, FEWEST_LETTERS = 2;
const PAUSE = 120, BEFORE_SAYING = 900, LEAST_ROOM = 200; // Milliseconds; pixels.

const fill = (text, value) => text.replace(/\{\w+\}/, () => value);
const element = (tag, attributes = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
};
const option = (href, attributes, ...inside) => element("a", { href, role: "option", tabindex: "-1", "aria-selected": "false", ...attributes }, ...inside);

const storage = (work) => { try { return work(localStorage); } catch { return null; } };
const recent = () => {
  const found = storage((kept) => JSON.parse(kept.getItem(KEPT)));
  return Array.isArray(found) ? found.filter((query) => typeof query === "string").slice(0, MOST_KEPT) : [];
};
const keep = (queries) => storage((kept) => queries.length ? kept.setItem(KEPT, JSON.stringify(queries.slice(0, MOST_KEPT))) : kept.removeItem(KEPT));
const folded = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
const others = (query) => recent().filter((one) => folded(one) !== folded(query));

/** Keeps what was searched, the newest first. */
export const remember = (query) => keep([query, ...others(query)]);

// A text with the beginnings of words that were typed marked.
const parted = (text) => text.split(/([\p{L}\p{M}\p{N}]+)/u); // Words stand at odd places.
const marked = (text, typed) => {
  const wanted = parted(typed).filter((_, place) => place % 2);
  return parted(text).flatMap((part, place) => {
    const ends = place % 2 ? wanted.filter((word) => folded(part).startsWith(folded(word))).map((word) => [...word].length) : [];
    const letters = [...part], end = Math.max(0, ...ends);
    return end ? [element("mark", {}, letters.slice(0, end).join("")), letters.slice(end).join("")] : [part];
  });
};

/** Makes a field a combobox. Returns what shows its suggestions; `dialog` holds the words. */
export function suggestIn(field, dialog) {
  const words = dialog.dataset, form = field.form, inDialog = dialog.contains(form);
  const list = element("div", { id: `${field.id}-list`, role: "listbox", "aria-label": words.label });
  const tidy = element("div", { class: "suggest-tidy" }), said = element("p", { class: "visually-hidden", role: "status" });
  const box = element("div", { class: "suggest", hidden: "" }, list, tidy);
  let found = [], options = [], at = -1, timer, saying, asking;

  const mark = (place) => {
    at = place;
    options.forEach((one, number) => one.setAttribute("aria-selected", number === at));
    if (at < 0) { field.removeAttribute("aria-activedescendant"); return; }
    field.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };
  const step = (by) => mark(at + by < -1 ? options.length - 1 : at + by < options.length ? at + by : -1);
  const say = (text, after = BEFORE_SAYING) => {
    clearTimeout(saying);
    saying = setTimeout(() => { said.textContent = text; }, after);
  };
  const stop = () => {
    clearTimeout(timer);
    asking?.abort();
  };
  const close = () => {
    stop();
    say("", 0);
    box.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  // Within what is seen, also above a phone's keyboard.
  const fit = () => {
    const room = () => visualViewport.height - (box.getBoundingClientRect().top - visualViewport.offsetTop) - (inDialog ? 72 : 8);
    if (!inDialog && room() < LEAST_ROOM) field.scrollIntoView();
    box.style.maxHeight = `min(32rem, ${Math.max(room(), LEAST_ROOM / 2)}px)`;
  };

  const group = (name, rows) => rows.length ? [element("div", { role: "group", "aria-labelledby": `${list.id}-${name}` }, element("p", { id: `${list.id}-${name}`, role: "presentation" }, words[name]), ...rows)] : [];
  const results = (query) => `${form.action}?${new URLSearchParams({ q: query })}`;
  const line = (verdict, tag, locale, ...inside) => element("span", {}, element("span", { class: "visually-hidden" }, `${verdict}: `), element(tag, { lang: locale }, ...inside));
  const search = (query, typed) => option(results(query), { "data-query": query }, element("span", {}, ...marked(query, typed)));
  const phrase = (one, typed) => option(one.address, { class: "suggest-pair" }, line(words.dont, "s", one.locale, ...marked(one.title, typed)), line(words.say, "span", one.locale, ...marked(one.say, typed)));
  const page = (one, typed) => option(one.address, {}, element("span", { lang: one.locale }, ...marked(one.title, typed)), element("small", {}, words[one.kind] ?? ""));
  const last = (typed) => option(results(typed), { class: "suggest-search" }, form.querySelector("button .icon").cloneNode(true), element("span", {}, fill(words.find, typed)));
  const button = (text, name, attributes, queries) => {
    const made = element("button", { type: "button", class: name, ...attributes }, text);
    made.addEventListener("click", () => forget(queries));
    return made;
  };

  const show = () => {
    const typed = field.value.trim(), chosen = options[at]?.href, held = [...tidy.children].indexOf(document.activeElement);
    const searches = typed ? others(typed).filter((query) => folded(query).startsWith(folded(typed))).slice(0, MOST_MATCHING) : recent();
    const says = (one) => one.kind === "phrase" && one.say;
    list.replaceChildren(
      ...group("recent", searches.map((query) => search(query, typed))),
      ...group("say", found.filter(says).map((one) => phrase(one, typed))),
      ...group("pages", found.filter((one) => !says(one)).map((one) => page(one, typed))),
      ...(typed ? [last(typed)] : []),
    );
    tidy.replaceChildren(
      ...(searches.length && !typed ? [button(words.clear, "button quiet small", { "aria-describedby": `${list.id}-recent` }, searches)] : []),
      ...searches.map((query) => button("×", "suggest-remove", { "aria-label": fill(words.remove, query) }, [query])),
    );
    options = [...list.querySelectorAll("a")];
    options.forEach((one, place) => { one.id = `${list.id}-${place}`; });
    box.hidden = !options.length;
    field.setAttribute("aria-expanded", !box.hidden);
    mark(options.findIndex((one) => one.href === chosen));
    if (!box.hidden) fit();
    if (held >= 0) (tidy.children[Math.min(held, tidy.children.length - 1)] ?? field).focus();
    say(options.length > !!typed ? fill(words.found, options.length - !!typed) : typed.length < FEWEST_LETTERS ? "" : words.none);
  };
  const forget = (queries) => {
    keep(recent().filter((query) => !queries.includes(query)));
    show();
    say(words.removed, 0);
  };
  const ask = async () => {
    const { signal } = (asking = new AbortController());
    let told = []; // When there is no answer, the form works all the same.
    try {
      const answer = await fetch(`${field.dataset.search}?${new URLSearchParams({ q: field.value, lang: document.documentElement.lang })}`, { headers: { Accept: "application/json" }, signal });
      if (answer.ok) told = (await answer.json()).suggestions;
    } catch { /* No connection. */ }
    if (signal.aborted) return;
    found = told;
    show();
  };
  const typing = () => {
    if (document.activeElement !== field) return;
    stop();
    const typed = field.value.trim();
    if ([...typed].length < FEWEST_LETTERS) found = [];
    else timer = setTimeout(ask, PAUSE);
    show();
  };

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // An input method's own key.
    const arrow = !event.altKey && !event.ctrlKey && !event.metaKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow && box.hidden) typing();
    else if (arrow) step(arrow);
    else if (event.key === "Enter" && at >= 0) options[at].click();
    else if (event.key === "Delete" && options[at]?.dataset.query) {
      const place = at;
      forget([options[at].dataset.query]);
      if (options[place]?.dataset.query) mark(place);
    } else if (event.key === "Escape" && inDialog) dialog.close();
    else if (event.key === "Escape" && (field.value || !box.hidden)) {
      if (box.hidden) field.value = "";
      close();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) close(); });
  box.addEventListener("mousedown", (event) => event.preventDefault()); // The field keeps the focus.
  form.addEventListener("submit", close);
  form.addEventListener("focusout", (event) => { if (!inDialog && !form.contains(event.relatedTarget)) close(); });
  dialog.addEventListener("close", close);
  visualViewport.addEventListener("resize", () => { if (!box.hidden) fit(); });
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.parentElement.append(box, said);
  return typing;
}
