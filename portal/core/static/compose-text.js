// Writing the text of a win: toolbar, preview, principles that might fit. Each is a comfort of the form.

const form = document.querySelector("#compose");
const words = JSON.parse(form.dataset.scriptWords);
const one = (selector, within = form) => within.querySelector(selector);
const all = (selector, within = form) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const element = (tag, values = {}) => Object.assign(document.createElement(tag), values);
const areas = all("textarea[data-words]");

// Toolbar: Markdown around what is marked, in the text that was written in last.
let area = areas.find((one) => !one.closest("[hidden]"));
for (const each of areas) each.addEventListener("focus", () => { area = each; });
const inUse = () => (area && !area.closest("[hidden]") ? area : areas.find((each) => !each.closest("[hidden]")));

function put(target, start, end, text, from, to) {
  target.focus();
  target.setSelectionRange(start, end);
  // The old command is the one way that leaves "undo" to the reader.
  if (!document.execCommand("insertText", false, text)) {
    target.setRangeText(text, start, end);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
  target.setSelectionRange(from, to);
}
function around(target, mark) {
  const { selectionStart: start, selectionEnd: end, value } = target;
  const marked = value.slice(start, end), size = mark.length;
  if (value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
    return put(target, start - size, end + size, marked || " ", start - size, end - size);
  }
  return put(target, start, end, mark + marked + mark, start + size, end + size);
}
function before(target, mark) {
  const { value } = target;
  const start = value.lastIndexOf("\n", target.selectionStart - 1) + 1;
  const stop = value.indexOf("\n", target.selectionEnd);
  const end = stop < 0 ? value.length : stop;
  const lines = value.slice(start, end).split("\n");
  const on = lines.every((line) => line.startsWith(mark));
  const made = lines.map((line) => (on ? line.slice(mark.length) : mark + line)).join("\n");
  const gap = !on && start > 1 && value.slice(start - 2, start) !== "\n\n" ? "\n" : "";
  put(target, start, end, gap + made, start + gap.length + (on || lines.length > 1 ? 0 : made.length), start + gap.length + made.length);
}
function link(target) {
  const { selectionStart: start, selectionEnd: end, value } = target;
  const marked = value.slice(start, end);
  if (/^https?:\/\/\S+$/.test(marked)) return put(target, start, end, `[${words.linkText}](${marked})`, start + 1, start + 1 + words.linkText.length);
  const text = marked || words.linkText;
  return put(target, start, end, `[${text}](https://)`, start + text.length + 3, start + text.length + 11);
}
const MARKS = {
  bold: (target) => around(target, "**"),
  italic: (target) => around(target, "*"),
  heading: (target) => before(target, "## "),
  list: (target) => before(target, "- "),
  quote: (target) => before(target, "> "),
  link,
};
const bar = one("[data-bar]"), tools = all("[data-mark]");
bar.hidden = false;
for (const tool of tools) {
  tool.addEventListener("mousedown", (event) => event.preventDefault()); // The text keeps its focus.
  tool.addEventListener("click", () => { const target = inUse(); if (target) MARKS[tool.dataset.mark](target); });
}
function roving(buttons, chosen = () => {}) {
  return (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(event.target), last = buttons.length - 1;
    const next = Number.isFinite(step) ? (at + step + buttons.length) % buttons.length : step < 0 ? 0 : last;
    for (const button of buttons) button.tabIndex = button === buttons[next] ? 0 : -1;
    buttons[next].focus();
    chosen(buttons[next]);
  };
}
one("[data-toolbar]").addEventListener("keydown", roving(tools));
form.addEventListener("keydown", (event) => {
  const mark = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
  if (mark && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && areas.includes(event.target)) {
    event.preventDefault();
    MARKS[mark](event.target);
  }
});

// Preview, as the server will show it.
const tabs = all("[data-tab]"), toolbar = one("[data-toolbar]");
one("#panel-write").setAttribute("role", "tabpanel");
one("#panel-write").setAttribute("aria-labelledby", "tab-write");
async function showTab(tab) {
  for (const each of tabs) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    one(`[data-panel=${each.dataset.tab}]`).hidden = each !== tab;
  }
  const isPreview = tab.dataset.tab === "preview";
  toolbar.hidden = isPreview;
  if (!isPreview) return;
  const [title, place, code] = [one("[data-preview-title]"), one("[data-preview]"), one("[name=locale]").value];
  title.textContent = one("[name=title]").value;
  title.lang = place.lang = code;
  try {
    const body = new FormData(form);
    body.delete("new-picture");
    const answer = await fetch("/wins/preview", { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    place.innerHTML = (await answer.json()).html; // Made safe by the server, as everything that is shown.
    if (!place.textContent.trim()) place.textContent = words.nothing;
  } catch {
    place.textContent = words.noPreview;
  }
}
for (const tab of tabs) tab.addEventListener("click", () => showTab(tab));
one("[role=tablist]").addEventListener("keydown", roving(tabs, showTab));

const language = one("[name=locale]");
language.addEventListener("change", () => { for (const each of areas) each.lang = language.value; });

// Principles: those that search finds for the text, each a button that ticks its box.
const boxes = all("[name=principles]"), perhaps = one("[data-perhaps]"), chosenLine = one("[data-chosen]");
const titleOf = (box) => box.parentElement.querySelector("span");
function listChosen() {
  const titles = boxes.filter((box) => box.checked).map((box) => titleOf(box).textContent);
  chosenLine.textContent = titles.length ? fill(words.chosen, { titles: titles.join(" · ") }) : "";
}
let asked = 0, asking = null, lastAsked = "";
async function suggest() {
  const text = [one("[name=title]"), ...areas.filter((each) => !each.closest("[data-way][hidden]"))].map((field) => field.value.trim()).filter(Boolean).join(" ").slice(0, 300);
  if (text.length < 12 || text === lastAsked) return;
  lastAsked = text;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`/search.json?${new URLSearchParams({ q: text, kind: "principle", limit: 5 })}`, { signal: asking.signal });
    if (!answer.ok) return;
    const { hits } = await answer.json();
    offer(hits.map((hit) => boxes.find((box) => box.dataset.slug === hit.slug)).filter((box) => box && !box.checked));
  } catch { /* Suggestions are a comfort. */ }
}
function offer(found) {
  const list = one("ul", perhaps);
  if (list.contains(document.activeElement)) return; // Not under the reader's finger.
  list.replaceChildren(...found.slice(0, 4).map((box) => {
    const title = titleOf(box), row = element("li"), button = element("button", { type: "button", className: "chip" });
    button.dataset.for = box.value;
    button.append(Object.assign(title.cloneNode(true)));
    button.addEventListener("click", () => {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      const place = one(".compose-list");
      place.scrollTop = box.parentElement.offsetTop - place.offsetTop - 40;
    });
    row.append(button);
    return row;
  }));
  perhaps.hidden = !list.children.length;
}
form.addEventListener("change", (event) => {
  if (event.target.name !== "principles") return;
  listChosen();
  const row = one(`[data-for="${event.target.value}"]`, perhaps)?.parentElement;
  if (!row || !event.target.checked) return;
  const next = one("button", row.nextElementSibling ?? row.previousElementSibling ?? event.target.parentElement) ?? event.target;
  if (row.contains(document.activeElement)) next.focus({ preventScroll: true });
  row.remove();
  perhaps.hidden = !one("li", perhaps);
});
form.addEventListener("input", () => { clearTimeout(asked); asked = setTimeout(suggest, 900); });
listChosen();
suggest();

