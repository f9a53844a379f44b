// What a small shop has for a script: the bag, and the picture in the glaze that was chosen.

export {};

/** The command of the widget, if it is there; a shop never waits for it. */
type Switchboard = (command: string, ...args: unknown[]) => unknown;

const bag = document.querySelector("#bag");
const said = document.querySelector("#status");
const scene = document.querySelector<HTMLElement>("#scene-view");
let count = 1;

document.querySelector("#buy")?.addEventListener("submit", (event) => {
  event.preventDefault();
  count += 1;
  if (bag) bag.textContent = `Bag (${String(count)})`;
  if (said) said.textContent = "Carafe No. 4 is in your bag.";
  (window as unknown as { switchboard?: Switchboard }).switchboard?.("track", "added_to_bag");
});

for (const view of document.querySelectorAll<HTMLButtonElement>("[data-view]")) {
  view.addEventListener("click", () => {
    scene?.setAttribute("viewBox", view.dataset["view"] ?? "");
    for (const other of document.querySelectorAll("[data-view]")) {
      other.setAttribute("aria-pressed", String(other === view));
    }
  });
}

for (const glaze of document.querySelectorAll<HTMLInputElement>("[name=glaze]")) {
  glaze.addEventListener("change", () => {
    document.documentElement.dataset["glaze"] = glaze.value;
    const name = document.querySelector("#glaze-name");
    if (name) name.textContent = glaze.labels?.[0]?.textContent?.trim() ?? "";
  });
}
