// Comforts only: every page works without this file.

// What this browser keeps of somebody goes when they sign out, and when somebody signs in: it may be another.
document.addEventListener("submit", ({ target }) => {
  try {
    if (target.dataset.forget) localStorage.removeItem(target.dataset.forget);
  } catch { /* Where nothing can be kept there is nothing to forget. */ }
});

// The header's menus close as menus do: by Escape, and by a click or the focus going elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu")) if (!menu.contains(except)) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Beside an address (a link, or the field that data-copy names) a button that copies it.
if (navigator.clipboard) {
  for (const place of document.querySelectorAll("[data-copy]")) {
    const field = place.dataset.copy && document.getElementById(place.dataset.copy);
    const button = document.createElement("button");
    const said = document.createElement("span");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = place.dataset.copyLabel;
    said.className = "said";
    said.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field ? field.value : place.querySelector("a").href);
        said.textContent = place.dataset.copied;
        setTimeout(() => (said.textContent = ""), 4000);
      } catch {
        field?.select(); // The browser refused: at least it is marked for Ctrl+C.
      }
    });
    place.append(button, said);
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What scrolls sideways can be scrolled by keyboard too.
for (const box of document.querySelectorAll(".wide")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
