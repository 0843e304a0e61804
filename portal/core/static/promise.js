// Whoever looks after a promise is chosen from colleagues. Without this, what was typed is looked up when the form is sent.

const box = document.querySelector(".promise-form [data-colleagues]");
const field = box.querySelector("#owner"), chosen = document.querySelector("#owner_id"), said = box.querySelector("[role=status]");
const words = JSON.parse(box.dataset.colleagues);

field.addEventListener("input", () => { chosen.value = ""; });
box.addEventListener("colleague", ({ detail: person }) => {
  field.value = person.name;
  chosen.value = person.id;
  said.textContent = words.chosen.replace("{name}", person.name);
});
