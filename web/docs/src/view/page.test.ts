import { beforeEach, describe, expect, it } from "vitest";
import nasty from "../fixtures/nasty.json" with { type: "json" };
import type { Document } from "../model/openapi.ts";
import { RESERVED_IDS } from "../model/reference.ts";
import { page } from "./page.ts";
import { apiKey } from "./session.ts";
import { sidebar } from "./sidebar.ts";

const doc = nasty as unknown as Document;
const ORIGIN = "https://chat.example.com";

function draw(from: Document): HTMLElement {
  const made = page(from, ORIGIN);
  const root = document.createElement("div");
  root.append(...made.nodes, ...sidebar(made.chapters, made.groups).nodes);
  document.body.replaceChildren(root);
  return root;
}

beforeEach(() => {
  apiKey.set("");
});

describe("the page", () => {
  it("turns no text of the document into an element", () => {
    const root = draw(doc);
    for (const fold of root.querySelectorAll("details")) {
      fold.open = true;
      fold.dispatchEvent(new Event("toggle"));
    }
    expect(root.querySelectorAll("img, script, b, iframe")).toHaveLength(0);
    expect(root.textContent).toContain("<img src=x onerror=");
    expect(root.querySelector('[href^="javascript:"]')).toBeNull();
  });

  it("stays without elements when every text is hostile", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const hostile = JSON.parse(JSON.stringify(doc), (key, value: unknown) =>
      typeof value === "string" && !["$ref", "in", "type", "openapi"].includes(key) ? evil : value,
    ) as Document;
    const root = draw(hostile);
    expect(root.querySelectorAll("img")).toHaveLength(0);
    expect(root.querySelectorAll(".operation").length).toBeGreaterThan(5);
  });

  it("gives every part its own anchor", () => {
    const root = draw(doc);
    const ids = [...root.querySelectorAll("[id]")].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    const anchors = page(doc, ORIGIN).parts.map((part) => part.id);
    expect(anchors).toContain("create_contact");
    expect(anchors).toContain("errors");
    expect(anchors.some((anchor) => RESERVED_IDS.includes(anchor))).toBe(false);
  });

  it("links the sidebar to parts that exist", () => {
    const root = draw(doc);
    for (const link of root.querySelectorAll<HTMLAnchorElement>('.lists a[href^="#"]')) {
      const id = link.getAttribute("href")?.slice(1) ?? "";
      expect(document.getElementById(id), id).not.toBeNull();
    }
  });

  it("shows scope, method, required marks and error codes", () => {
    const text = draw(doc).querySelector("#create_contact")?.textContent ?? "";
    for (const words of ["contacts:write", "POST", "required", "already_exists"]) {
      expect(text).toContain(words);
    }
  });

  it("fills in the key everywhere when it is typed", () => {
    const root = draw(doc);
    apiKey.set("sk_test_mine");
    expect(root.querySelector("#list_contacts")?.textContent).toContain("Bearer sk_test_mine");
    expect(root.textContent).not.toContain("YOUR_API_KEY");
  });

  it("filters by every word", () => {
    const root = draw(doc);
    const filter = root.querySelector<HTMLInputElement>("#filter");
    if (!filter) throw new Error("no filter");
    filter.value = "delete contact";
    filter.dispatchEvent(new Event("input"));
    const shown = [...root.querySelectorAll(".lists li:not([hidden])")].map(
      (one) => one.textContent,
    );
    expect(shown).toEqual(["DELDelete a contact"]);
  });

  it("shows the rest when one operation cannot be drawn", () => {
    const broken = structuredClone(doc) as unknown as {
      paths: Record<string, { get: { responses: unknown } }>;
    };
    const get = broken.paths["/v1/contacts"]?.get;
    if (!get) throw new Error("no operation");
    get.responses = { 200: { content: { "application/json": { schema: { allOf: 7 } } } } };
    const root = draw(broken as unknown as Document);
    expect(root.querySelector("#create_contact .endpoint")).not.toBeNull();
  });

  it("makes something of an empty document", () => {
    expect(draw({}).querySelector("h1")?.textContent).toBe("API reference");
  });
});
