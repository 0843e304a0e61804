// What is added to a win: colleagues to thank, pictures. Each is a comfort of the form.

const form = document.querySelector("#compose");
const words = JSON.parse(form.dataset.scriptWords);
const one = (selector, within = form) => within.querySelector(selector);
const all = (selector, within = form) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const element = (tag, values = {}) => Object.assign(document.createElement(tag), values);
const changed = () => form.dispatchEvent(new Event("change"));

// Colleagues: type-ahead, and chips of those who are thanked.
const thank = one("#thank"), list = one("#thank-list"), chips = one("[data-thanked]"), thankSaid = one("[data-thank-said]");
let people = [], at = -1, thankTimer = 0, thankAsking = null;
for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) thank.setAttribute(name, value);
function close() {
  list.hidden = true;
  at = -1;
  thank.setAttribute("aria-expanded", "false");
  thank.removeAttribute("aria-activedescendant");
}
function mark(number) {
  at = (number + people.length) % people.length;
  [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  thank.setAttribute("aria-activedescendant", list.children[at].id);
  list.children[at].scrollIntoView({ block: "nearest" });
}
function show(found) {
  const thanked = new Set(all("[name=thanked]:checked").map((box) => box.value));
  people = found.filter((person) => !thanked.has(String(person.id)));
  list.replaceChildren(...people.map((person, place) => {
    const option = element("li", { id: `thank-${place}`, role: "option" });
    option.setAttribute("aria-selected", "false");
    option.append(element("span", { textContent: person.name }), element("span", { className: "hint", textContent: person.team }));
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(person));
    return option;
  }));
  at = -1;
  list.hidden = !people.length;
  thank.setAttribute("aria-expanded", String(people.length > 0));
  thank.removeAttribute("aria-activedescendant");
  thankSaid.textContent = people.length ? fill(words.found, { number: people.length }) : words.none;
}
function take(person) {
  thank.value = "";
  close();
  if (all("[name=thanked]").length >= Number(form.dataset.mostThanked)) { thankSaid.textContent = words.most; return; }
  const row = element("li"), label = element("label", { className: "person-chip" });
  const box = element("input", { type: "checkbox", name: "thanked", value: person.id, checked: true });
  label.append(box, " ", element("span", { textContent: person.name }));
  row.append(label);
  chips.append(row);
  thankSaid.textContent = fill(words.added, person);
  changed();
}
chips.addEventListener("change", (event) => {
  const row = event.target.closest("li");
  thankSaid.textContent = fill(words.removed, { name: row.textContent.trim() });
  row.remove();
  thank.focus();
});
thank.addEventListener("input", () => {
  clearTimeout(thankTimer);
  if (!thank.value.trim()) return close();
  thankTimer = setTimeout(async () => {
    thankAsking?.abort();
    thankAsking = new AbortController();
    try {
      const answer = await fetch(`/colleagues.json?${new URLSearchParams({ q: thank.value })}`, { signal: thankAsking.signal });
      if (answer.ok && thank.value.trim()) show((await answer.json()).people);
    } catch { close(); }
  }, 180);
  return undefined;
});
thank.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return close();
  if (list.hidden) return undefined;
  if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
  if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? people.length - 1 : at - 1); }
  if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); if (people.length) take(people[Math.max(at, 0)]); }
  return undefined;
});
thank.addEventListener("blur", close);

// Pictures: uploaded at once, one after the other.
const shown = one("[data-pictures]"), chooser = one("#new-picture"), pictureSaid = one("[data-pictures-said]");
const count = () => shown.children.length;
function dress(row) {
  const box = one("[name=picture]", row);
  if (box.type === "checkbox") {
    const field = element("input", { type: "hidden", name: "picture", value: box.value });
    box.closest("label").replaceWith(field);
  }
  const actions = element("p", { className: "compose-moves" });
  for (const [name, work] of [["earlier", () => row.previousElementSibling?.before(row)], ["later", () => row.nextElementSibling?.after(row)], ["remove", () => row.remove()]]) {
    const button = element("button", { type: "button", className: "button quiet small", textContent: words[name] });
    button.dataset.move = name;
    button.addEventListener("click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      work();
      renumber();
      if (name === "remove") {
        pictureSaid.textContent = words.pictureGone;
        (next ? one("[data-move=remove]", next) : chooser).focus();
      } else {
        pictureSaid.textContent = fill(words.picture, { number: [...shown.children].indexOf(row) + 1 });
        (button.disabled ? one("[data-move]:not(:disabled)", row) : button).focus();
      }
      changed();
    });
    actions.append(button);
  }
  one(".compose-alt", row).append(actions);
}
function renumber() {
  [...shown.children].forEach((row, place) => {
    const number = place + 1;
    one("label", row).textContent = fill(words.alt, { number });
    for (const button of all("[data-move]", row)) button.setAttribute("aria-label", `${words[button.dataset.move]}: ${fill(words.picture, { number })}`);
    one("[data-move=earlier]", row).disabled = place === 0;
    one("[data-move=later]", row).disabled = number === count();
  });
  one(".compose-add").hidden = count() >= Number(form.dataset.mostPictures);
}
function addPicture(made) {
  const row = element("li");
  row.dataset.picture = made.id;
  const side = element("div", { className: "compose-alt" });
  side.append(
    element("label", { htmlFor: `alt-${made.id}` }),
    element("input", { id: `alt-${made.id}`, name: `alt-${made.id}`, maxLength: 300, lang: one("[name=locale]").value }),
    element("input", { type: "hidden", name: "picture", value: made.id }),
  );
  row.append(element("img", { src: made.small, alt: "", width: made.width, height: made.height }), side);
  shown.append(row);
  dress(row);
  renumber();
  changed();
}
function upload(file) {
  return new Promise((resolve) => {
    const body = new FormData();
    body.append("csrf_token", one("[name=csrf_token]").value);
    body.append("picture", file);
    const request = new XMLHttpRequest();
    request.open("POST", "/pictures");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    const bar = element("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    const refuse = (why) => resolve({ said: fill(words.refused, { name: file.name, why }), refused: true });
    request.addEventListener("load", () => {
      if (request.status === 201) { addPicture(request.response); resolve({ said: fill(words.uploaded, { name: file.name }) }); }
      else refuse(request.status === 401 ? words.signedOut : request.response?.error ?? words.noUpload);
    });
    request.addEventListener("error", () => refuse(words.noUpload));
    pictureSaid.append(element("span", { textContent: file.name }), " ", bar);
    request.send(body);
  });
}
async function uploadAll(files) {
  const refused = [];
  chooser.disabled = true;
  for (const file of files) {
    pictureSaid.replaceChildren();
    if (count() >= Number(form.dataset.mostPictures)) { refused.push(words.mostPictures); break; }
    const result = await upload(file);
    if (result.refused) refused.push(result.said);
    pictureSaid.replaceChildren(element("span", { textContent: result.said }));
  }
  if (refused.length) pictureSaid.replaceChildren(...refused.map((text) => element("span", { className: "error", textContent: text })));
  chooser.disabled = false;
  chooser.value = "";
  (shown.lastElementChild && !refused.length ? one(".compose-alt input", shown.lastElementChild) : chooser).focus();
}
chooser.addEventListener("change", () => { if (chooser.files.length) uploadAll([...chooser.files]); });
for (const row of [...shown.children]) dress(row);
renumber();
