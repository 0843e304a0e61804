// Comforts of talking: reactions without a new page, names after an @, and what a posted win leaves behind.

// Reactions: the button's own form, sent by script; when that fails, sent as without.
for (const form of document.querySelectorAll("form.cheers")) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || form.dataset.plain) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, on: button.value });
    try {
      const answer = await fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { counts, own } = await answer.json();
      for (const cheer of form.querySelectorAll("button.cheer")) {
        const kind = cheer.getAttribute("formaction").split("/").pop();
        cheer.querySelector(".number").textContent = counts[kind];
        cheer.setAttribute("aria-pressed", String(own.includes(kind)));
        cheer.value = own.includes(kind) ? "no" : "yes";
      }
    } catch {
      form.dataset.plain = "yes";
      form.requestSubmit(button);
    } finally {
      busy = false;
    }
  });
}

// Where there is room, what narrows the feed lies open.
const narrow = document.querySelector("[data-open-wide]");
if (narrow && matchMedia("(min-width: 60rem)").matches) narrow.open = true;

// A win that was posted leaves nothing behind in this browser.
const posted = document.querySelector("[data-posted]")?.dataset;
if (posted) {
  try {
    localStorage.removeItem(`lampa-win:${posted.person}:${posted.posted}`);
    const begun = `lampa-win:${posted.person}:new`;
    if (JSON.parse(localStorage.getItem(begun))?.submitted) localStorage.removeItem(begun);
  } catch { /* There was no storage to begin with. */ }
}

// Names after an @ in a comment: suggested below the text, chosen by keyboard or finger.
const words = JSON.parse(document.querySelector("[data-mention-words]")?.dataset.mentionWords ?? "{}");
const NAME = /(?:^|[^\p{L}\p{N}@._-])@([\p{L}\p{M}'’-]+(?: [\p{L}\p{M}'’-]*){0,3})$/u;

for (const area of document.querySelectorAll(".comment-form textarea[name=text]")) {
  const list = document.createElement("ul"), said = document.createElement("p");
  let people = [], at = -1, timer = 0, asking = null, start = 0, end = 0;
  list.id = `${area.id}-names`;
  list.className = "combo-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.found);
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  const box = document.createElement("div");
  box.className = "combo";
  area.replaceWith(box);
  box.append(area, list, said);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  const close = () => {
    list.hidden = true;
    at = -1;
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (number) => {
    at = (number + people.length) % people.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    area.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (person) => {
    close();
    area.focus();
    area.setSelectionRange(start, end);
    const text = `@${person.name} `;
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "end");
    close();
  };
  const show = (found) => {
    people = found;
    list.replaceChildren(...people.map((person, place) => {
      const option = document.createElement("li"), name = document.createElement("span"), team = document.createElement("span");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      name.textContent = person.name;
      team.className = "hint";
      team.textContent = person.team;
      option.append(name, team);
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(person));
      return option;
    }));
    at = -1;
    area.removeAttribute("aria-activedescendant");
    list.hidden = !people.length;
    said.textContent = people.length ? `${words.found} ${people.map((person) => person.name).join(", ")}` : "";
  };
  const look = () => {
    clearTimeout(timer);
    const found = area.selectionStart === area.selectionEnd && area.value.slice(0, area.selectionStart).match(NAME);
    if (!found || found[1].trim().length < 2) return close();
    end = area.selectionStart;
    start = end - found[1].length - 1;
    timer = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(`/colleagues.json?${new URLSearchParams({ q: found[1] })}`, { signal: asking.signal });
        if (answer.ok && area.selectionStart === end) show((await answer.json()).people);
      } catch { close(); }
    }, 180);
    return undefined;
  };
  area.addEventListener("input", look);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? people.length - 1 : at - 1); }
    else if (event.key === "Tab" && at < 0) close();
    else if (event.key === "Enter" || event.key === "Tab") {
      if (at < 0) { close(); return; } // Enter is a new line unless somebody is marked.
      event.preventDefault();
      take(people[at]);
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
  });
}
