// Rows of fields, as parameters and bodies show them. Inner rows are made when opened, so a
// document of any depth costs what is looked at.
import type { Inside, Row, Variant } from "../model/schema.ts";
import { h } from "./dom.ts";
import { prose } from "./prose.ts";

/** More choices than this are folded, so one long list does not push the rest away. */
const CHOICES_OPEN_MAX = 16;
const TEXT_LEVEL = 5;

export function fieldList(rows: Row[]): HTMLElement {
  return h("ul", { class: "fields" }, rows.map(fieldItem));
}

function fieldItem(row: Row): HTMLElement {
  const marks = [
    row.required && h("span", { class: "mark-required" }, "required"),
    row.deprecated && h("span", { class: "mark-old" }, "deprecated"),
    row.readOnly && h("span", {}, "read only"),
    row.writeOnly && h("span", {}, "write only"),
  ];
  return h(
    "li",
    {},
    h(
      "div",
      { class: "field-head" },
      h("code", { class: "field-name" }, row.name),
      h("span", { class: "field-type" }, row.type),
      marks,
    ),
    row.description && h("div", { class: "field-text" }, prose(row.description, TEXT_LEVEL)),
    row.limits.length > 0 && h("p", { class: "field-limits" }, limitNodes(row.limits)),
    choices(row.choices),
    row.repeats !== undefined &&
      h(
        "p",
        { class: "field-limits" },
        "The same fields again, as in ",
        h("code", {}, row.repeats),
      ),
    row.inside && fold("Show", row.inside),
  );
}

function limitNodes(limits: string[]): Node[] {
  return limits.map((limit) => h("span", {}, limit));
}

function choices(all: string[]): HTMLElement | false {
  if (all.length === 0) return false;
  const list = h(
    "p",
    { class: "choices" },
    h("span", { class: "choices-label" }, all.length === 1 ? "Always " : "One of "),
    all.map((choice) => h("code", {}, choice === "" ? '""' : choice)),
  );
  if (all.length <= CHOICES_OPEN_MAX) return list;
  return h("details", { class: "fold" }, h("summary", {}, `${String(all.length)} values`), list);
}

/** A fold that makes its content at the first opening. */
export function fold(verb: string, make: () => Inside, what = ""): HTMLElement {
  let isMade = false;
  const details = h(
    "details",
    { class: "fold" },
    h("summary", {}, `${verb} ${what || "inner fields"}`),
  );
  details.addEventListener("toggle", () => {
    if (!details.open || isMade) return;
    isMade = true;
    details.append(h("div", { class: "fold-body" }, insideNodes(make())));
  });
  return details;
}

export function insideNodes(inside: Inside): Node[] {
  const nodes: Node[] = [];
  if (inside.rows.length > 0) nodes.push(fieldList(inside.rows));
  if (inside.variants.length > 0) {
    nodes.push(
      h("p", { class: "variants-label" }, `One of these ${inside.label}:`),
      h("ul", { class: "variants" }, inside.variants.map(variantItem)),
    );
  }
  if (nodes.length === 0) nodes.push(h("p", { class: "field-limits" }, "It has no listed fields."));
  return nodes;
}

function variantItem(variant: Variant): HTMLElement {
  const type = variant.type === variant.label ? "" : variant.type;
  return h(
    "li",
    {},
    h(
      "div",
      { class: "field-head" },
      h("span", { class: "variant-name" }, variant.label),
      h("span", { class: "field-type" }, type),
    ),
    variant.description &&
      h("div", { class: "field-text" }, prose(variant.description, TEXT_LEVEL)),
    variant.rows.length > 0 &&
      fold("Show", () => ({ label: "", rows: variant.rows, variants: [] }), fieldCount(variant)),
  );
}

function fieldCount(variant: Variant): string {
  return variant.rows.length === 1 ? "1 field" : `${String(variant.rows.length)} fields`;
}
