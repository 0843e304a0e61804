// What is added to a win: colleagues to thank, pictures. Each is a comfort of the form.

const form = document.querySelector("#compose");
const words = JSON.parse(form.dataset.scriptWords);
const one = (selector, within = form) => within.querySelector(selector);
const all = (selector, within = form) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const element = (tag, values = {}) => Object.assign(document.createElement(tag), values);
const changed = () => form.dispatchEvent(new Event("change"));

// Colleagues: chips of those who are thanked, chosen in a field that suggests them (colleagues.js).
const thanks = one("#thanks [data-colleagues]"), thank = one("#thank"), chips = one("[data-thanked]"), thankSaid = one("[role=status]", thanks);
thanks.addEventListener("colleague", ({ detail: person }) => {
  thank.value = "";
  if (all("[name=thanked]").length >= Number(form.dataset.mostThanked)) { thankSaid.textContent = words.most; return; }
  const row = element("li"), label = element("label", { className: "person-chip" });
  const box = element("input", { type: "checkbox", name: "thanked", value: person.id, checked: true });
  label.append(box, " ", element("span", { textContent: person.name }));
  row.append(label);
  chips.append(row);
  thankSaid.textContent = fill(words.added, person);
  changed();
});
chips.addEventListener("change", (event) => {
  const row = event.target.closest("li");
  thankSaid.textContent = fill(words.removed, { name: row.textContent.trim() });
  row.remove();
  thank.focus();
});

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
