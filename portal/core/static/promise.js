// Whoever looks after a promise: colleagues are suggested as one types. Without this, what was typed is looked up when the form is sent.

const form = document.querySelector(".promise-form");
const words = JSON.parse(form.dataset.promiseWords);
const field = form.querySelector("#owner"), chosen = form.querySelector("#owner_id");
const list = form.querySelector("#owner-list"), said = form.querySelector("[data-owner-said]");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const element = (tag, values = {}) => Object.assign(document.createElement(tag), values);
let people = [], at = -1, timer = 0, asking = null;

for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) field.setAttribute(name, value);

function close() {
  list.hidden = true;
  at = -1;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function mark(place) {
  at = (place + people.length) % people.length;
  [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
  field.setAttribute("aria-activedescendant", list.children[at].id);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function take(person) {
  field.value = person.name;
  chosen.value = person.id;
  said.textContent = fill(words.chosen, person);
  close();
}

function show(found) {
  people = found;
  list.replaceChildren(...people.map((person, place) => {
    const option = element("li", { id: `owner-option-${place}`, role: "option" });
    option.setAttribute("aria-selected", "false");
    option.append(element("span", { textContent: person.name }), element("span", { className: "hint", textContent: person.team }));
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(person));
    return option;
  }));
  at = -1;
  list.hidden = !people.length;
  field.setAttribute("aria-expanded", String(people.length > 0));
  field.removeAttribute("aria-activedescendant");
  said.textContent = people.length ? fill(words.found, { number: people.length }) : words.none;
}

field.addEventListener("input", () => {
  chosen.value = "";
  clearTimeout(timer);
  if (!field.value.trim()) { close(); return; }
  timer = setTimeout(async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/colleagues.json?${new URLSearchParams({ q: field.value })}`, { signal: asking.signal });
      if (answer.ok && field.value.trim() && !chosen.value) show((await answer.json()).people);
    } catch { close(); }
  }, 180);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { close(); return; }
  if (list.hidden) return;
  if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
  if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? people.length - 1 : at - 1); }
  if (event.key === "Enter") { event.preventDefault(); if (people.length) take(people[Math.max(at, 0)]); }
});
field.addEventListener("blur", close);
