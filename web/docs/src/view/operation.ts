// One operation: what it does and takes on the left, how to call it on the right.
import { mediaExample, isRecord } from "../model/example.ts";
import type { Document, Media, Response } from "../model/openapi.ts";
import { isFailure, pickMedia, statusText, type Operation } from "../model/reference.ts";
import { rowOf, rowsOf, typeLabel, type Row } from "../model/schema.ts";
import { copyButton, h, icon, type Child } from "./dom.ts";
import { fieldList, fold, insideNodes } from "./fields.ts";
import { inlineText, prose } from "./prose.ts";
import { operationRail } from "./request-card.ts";

const TITLE_LEVEL = 3;
const METHOD_SHORT: Record<string, string> = { delete: "DEL", options: "OPT" };

export function methodBadge(method: string, isShort = false): HTMLElement {
  const name = isShort ? (METHOD_SHORT[method] ?? method) : method;
  return h("span", { class: `method method-${method}` }, name.toUpperCase());
}

export function operationSection(doc: Document, operation: Operation, base: string): HTMLElement {
  return h(
    "section",
    {
      id: operation.anchor,
      class: "part operation",
      "aria-labelledby": `${operation.anchor}-title`,
    },
    h(
      "div",
      { class: "text" },
      title(operation),
      operation.deprecated &&
        h(
          "p",
          { class: "old-note" },
          "Deprecated: it still works, but new code should not use it.",
        ),
      h("div", { class: "lead" }, prose(operation.description, TITLE_LEVEL)),
      endpoint(operation, base),
      facts(operation),
      parameters(doc, operation),
      body(doc, operation),
      returns(doc, operation),
      errors(doc, operation),
    ),
    operationRail(doc, operation, base),
  );
}

function title(operation: Operation): HTMLElement {
  return h(
    "h3",
    { id: `${operation.anchor}-title`, class: operation.deprecated ? "title is-old" : "title" },
    operation.title,
    anchorLink(operation.anchor, operation.title),
  );
}

export function anchorLink(anchor: string, title: string): HTMLElement {
  return h(
    "a",
    { class: "anchor", href: `#${anchor}`, "aria-label": `Link to ${title}` },
    icon("link"),
  );
}

function endpoint(operation: Operation, base: string): HTMLElement {
  const path = new URL(base).pathname.replace(/\/$/, "") + operation.path;
  // A break is allowed after each slash, so a long path wraps instead of widening the page.
  const parts = path.split(/(?<=\/)/).flatMap((part): Child[] => [part, h("wbr")]);
  return h(
    "p",
    { class: "endpoint" },
    methodBadge(operation.method),
    h("code", {}, parts),
    copyButton("Copy the path", () => path),
  );
}

function facts(operation: Operation): HTMLElement | false {
  const lines: [string, Child][] = [];
  if (operation.scopes.length > 0) {
    lines.push(["Scope", operation.scopes.map((scope) => h("code", { class: "token" }, scope))]);
  } else if (!operation.credential) {
    lines.push(["Access", "Open to everybody: no key needed"]);
  }
  for (const [label, values] of operation.facts) {
    const isName = values.every((value) => /^[\w.:-]+$/.test(value));
    lines.push([
      label,
      isName
        ? values.map((value) => h("code", { class: "token" }, value))
        : values.map((value) => h("span", {}, inlineText(value))),
    ]);
  }
  if (lines.length === 0) return false;
  return h(
    "dl",
    { class: "facts" },
    lines.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
  );
}

const PLACES: [string, string][] = [
  ["path", "Path parameters"],
  ["query", "Query parameters"],
  ["header", "Headers"],
  ["cookie", "Cookies"],
];

function parameters(doc: Document, operation: Operation): Child {
  return PLACES.map(([place, words]) => {
    const own = operation.parameters.filter((one) => one.in === place);
    if (own.length === 0) return false;
    const rows = own.map((one): Row => {
      const isRequired = one.required === true || place === "path";
      const row = rowOf(doc, one.name ?? "", one.schema ?? {}, isRequired);
      return {
        ...row,
        description: one.description ?? row.description,
        deprecated: one.deprecated === true || row.deprecated,
      };
    });
    return [h("h4", {}, words), fieldList(rows)];
  });
}

function body(doc: Document, operation: Operation): Child {
  const all = Object.entries(operation.body?.content ?? {});
  if (!operation.body || all.length === 0) return false;
  return [
    h(
      "h4",
      {},
      "Body ",
      h("small", {}, all.map(([type]) => type).join(", ")),
      operation.body.required === true && h("span", { class: "mark-required" }, "required"),
    ),
    operation.body.description &&
      h("div", { class: "note" }, prose(operation.body.description, TITLE_LEVEL + 1)),
    mediaFields(doc, pickMedia(operation.body.content)),
  ];
}

function mediaFields(doc: Document, media: [string, Media] | undefined): Child {
  const schema = media?.[1].schema;
  if (!schema) return false;
  const inside = rowsOf(doc, schema);
  if (!inside) return h("p", { class: "note" }, "It is ", typeLabel(doc, schema), ".");
  return insideNodes(inside);
}

function returns(doc: Document, operation: Operation): Child {
  const good = operation.responses.filter(([status]) => !isFailure(status));
  if (good.length === 0) return false;
  return [
    h("h4", {}, "Returns"),
    good.map(([status, response]) =>
      h(
        "div",
        { class: "returns" },
        h(
          "p",
          {},
          h("strong", { class: "num" }, `${status} ${statusText(status)}`.trim()),
          " ",
          h("span", {}, inlineText(response.description ?? "")),
        ),
        responseFold(doc, response),
        responseHeaders(doc, response),
      ),
    ),
  ];
}

function responseFold(doc: Document, response: Response): Child {
  const schema = pickMedia(response.content)?.[1].schema;
  if (!schema) return false;
  const make = () => rowsOf(doc, schema);
  if (!make()) return false;
  return fold("Show", () => make() ?? { label: "", rows: [], variants: [] }, "the fields");
}

function responseHeaders(doc: Document, response: Response): Child {
  const all = Object.entries(response.headers ?? {});
  if (all.length === 0) return false;
  const rows = () =>
    all.map(([name, one]): Row => {
      const row = rowOf(doc, name, one.schema ?? {}, false);
      return { ...row, description: one.description ?? row.description };
    });
  return fold("Show", () => ({ label: "", rows: rows(), variants: [] }), "the headers");
}

function errors(doc: Document, operation: Operation): Child {
  const bad = operation.responses.filter(([status]) => isFailure(status));
  if (bad.length === 0) return false;
  const schemas = new Map(
    bad.flatMap(([, response]): [string, Response][] => {
      const schema = pickMedia(response.content)?.[1].schema;
      return schema ? [[JSON.stringify(schema), response]] : [];
    }),
  );
  return [
    h("h4", {}, "Errors"),
    h(
      "table",
      { class: "errors" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Status", "Code", "Meaning"].map((words) => h("th", { scope: "col" }, words)),
        ),
      ),
      h(
        "tbody",
        {},
        bad.map(([status, response]) => errorRow(doc, status, response)),
      ),
    ),
    [...schemas.values()].map((response) => responseFold(doc, response)),
  ];
}

function errorRow(doc: Document, status: string, response: Response): HTMLElement {
  const codes = errorCodes(doc, response);
  return h(
    "tr",
    {},
    h("td", { class: "num" }, status === "default" ? "Other" : status),
    h(
      "td",
      {},
      codes.map((code) => h("code", {}, code)),
    ),
    h("td", {}, inlineText(response.description || statusText(status))),
  );
}

/** The codes its examples carry: `error.code`, wherever the document shows one. */
function errorCodes(doc: Document, response: Response): string[] {
  const media = pickMedia(response.content)?.[1];
  if (!media) return [];
  const examples = Object.keys(media.examples ?? {}).map((name) =>
    mediaExample(doc, { examples: { only: media.examples?.[name] ?? {} } }, "response"),
  );
  if (media.example !== undefined) examples.push(media.example);
  const codes = examples.flatMap((value) => {
    const error = isRecord(value) ? value.error : undefined;
    return isRecord(error) && typeof error.code === "string" ? [error.code] : [];
  });
  return [...new Set(codes)];
}
