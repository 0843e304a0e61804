// A field that suggests colleagues as one types. Whoever is chosen is told to the page in a `colleague` event of the field's box.
// data-colleagues: its words; data-without: a selector of the fields whose values are people to leave out.

const element = (tag, values = {}) => Object.assign(document.createElement(tag), values);

for (const box of document.querySelectorAll("[data-colleagues]")) {
  const words = JSON.parse(box.dataset.colleagues);
  const field = box.querySelector("input"), list = box.querySelector("[role=listbox]"), said = box.querySelector("[role=status]");
  let people = [], at = -1, timer = 0, asking = null;

  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) field.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    at = (place + people.length) % people.length;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (person) => {
    clearTimeout(timer);
    asking?.abort();
    close();
    box.dispatchEvent(new CustomEvent("colleague", { detail: person }));
  };
  const left = () => new Set(box.dataset.without ? [...document.querySelectorAll(box.dataset.without)].map((one) => one.value) : []);
  const show = (found) => {
    const without = left();
    people = found.filter((person) => !without.has(String(person.id)));
    list.replaceChildren(...people.map((person, place) => {
      const option = element("li", { id: `${list.id}-${place}`, role: "option" });
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
    said.textContent = people.length ? words.found.replace("{number}", people.length) : words.none;
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (!field.value.trim()) { close(); return; }
    timer = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(`/colleagues.json?${new URLSearchParams({ q: field.value })}`, { signal: asking.signal });
        if (answer.ok && field.value.trim()) show((await answer.json()).people);
      } catch { close(); }
    }, 180);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? people.length - 1 : at - 1); }
    if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); if (people.length) take(people[Math.max(at, 0)]); }
  });
  field.addEventListener("blur", close);
}
