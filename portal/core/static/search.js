// Search from anywhere: "/" and Ctrl-K (⌘K) go to a search field that is in sight, or else open one above the page.
// What a field suggests while one types is in suggestions.js, which is loaded when somebody first goes to a field.

const SLASH_OFF = "lampa-slash-off";
const dialog = document.querySelector("dialog.anywhere"), fields = [...document.querySelectorAll("[data-search]")];
const slash = dialog.querySelector("[data-slash]"), isMac = navigator.platform.startsWith("Mac");
const storage = (work) => { try { return work(localStorage); } catch { return null; } };

let loading;
const load = () => (loading ??= import(dialog.dataset.script));
let suggesting;
const suggestions = () => (suggesting ??= load().then(({ suggestIn }) => new Map(fields.map((field) => [field, suggestIn(field, dialog)]))));
const suggest = async (field) => {
  try {
    (await suggestions()).get(field)();
  } catch { /* The form works without. */ }
};

// The key that opens search stands in the fields of the page while they are empty.
const hint = () => {
  for (const field of fields) {
    const key = field.parentElement.querySelector("kbd");
    if (key) key.hidden = Boolean(field.value) || !slash.checked;
    field.setAttribute("aria-keyshortcuts", `${slash.checked ? "/ " : ""}${isMac ? "Meta" : "Control"}+K`);
  }
};
for (const field of fields) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("focus", () => suggestions().catch(() => {}));
  field.addEventListener("input", (event) => { if (!event.isComposing) suggest(field); });
  field.addEventListener("compositionend", () => suggest(field));
  field.addEventListener("click", () => { if (!field.value) suggest(field); });
  if (dialog.contains(field)) continue;
  const key = document.createElement("kbd");
  key.setAttribute("aria-hidden", "true");
  key.textContent = "/";
  field.addEventListener("blur", hint);
  field.after(key);
}
slash.checked = !storage((kept) => kept.getItem(SLASH_OFF));
hint();

// Whoever talks to the computer, or types one key at a time, may want no key to act alone.
slash.addEventListener("change", () => {
  storage((kept) => slash.checked ? kept.removeItem(SLASH_OFF) : kept.setItem(SLASH_OFF, "1"));
  hint();
});
const inSight = (field) => {
  const { top, bottom, width } = field.getBoundingClientRect();
  return width && top >= 0 && bottom <= innerHeight;
};
const opens = (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return false;
  if (event.key === "/") return slash.checked && !event.ctrlKey && !event.metaKey && !event.target.closest?.("input, textarea, select, [contenteditable]");
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code?.slice(3).toLowerCase(); // K, also where the layout has к or კ.
  return letter === "k" && (isMac ? event.metaKey : event.ctrlKey) && !event.shiftKey;
};
document.addEventListener("keydown", (event) => {
  if (!opens(event)) return;
  event.preventDefault();
  const field = fields.findLast(inSight) ?? fields.at(-1);
  if (dialog.contains(field) && !dialog.open) dialog.showModal();
  field.focus();
  field.select();
  if (!field.value) suggest(field);
});
dialog.addEventListener("click", ({ target }) => { if (target === dialog || target.matches("[data-close]")) dialog.close(); });

const asked = new URLSearchParams(location.search).get("q")?.trim().slice(0, fields[0].maxLength);
if (asked && location.pathname === new URL(fields[0].form.action).pathname) load().then(({ remember }) => remember(asked)).catch(() => {});
