// The whole page from a document.
import { parseMarkdown, sections, type Block } from "../model/markdown.ts";
import type { Document } from "../model/openapi.ts";
import { Anchors, arrange, type Group, type Reference } from "../model/reference.ts";
import { add, h, type Child } from "./dom.ts";
import { keyButton } from "./key-panel.ts";
import { anchorLink, methodBadge, operationSection } from "./operation.ts";
import { blocksToNodes, prose } from "./prose.ts";
import type { Chapter } from "./sidebar.ts";

const CHAPTER_LEVEL = 2;

export interface Page {
  title: string;
  version: string;
  nodes: HTMLElement[];
  /** Everything with an anchor, in reading order. */
  parts: HTMLElement[];
  chapters: Chapter[];
  groups: Group[];
}

export function page(doc: Document, origin: string): Page {
  const anchors = new Anchors();
  const top = anchors.take("top");
  // Operations take their anchors first: a chapter that happens to share a name gives way.
  const reference = arrange(doc, anchors);
  const { lead, chapters } = sections(parseMarkdown(reference.description));
  const made = chapters.map(({ title, blocks }) => {
    const anchor = anchors.take(title.toLowerCase());
    return { anchor, title, part: chapter(anchor, title, blocks) };
  });
  const base = origin + reference.basePath;
  const parts = [hero(top, reference, lead, base), ...made.map((one) => one.part)];
  for (const group of reference.groups) {
    parts.push(groupHead(group));
    for (const operation of group.operations) {
      parts.push(
        safely(operation.anchor, operation.title, () => operationSection(doc, operation, base)),
      );
    }
  }
  return {
    title: reference.title,
    version: reference.version,
    nodes: parts,
    parts,
    chapters: made,
    groups: reference.groups,
  };
}

/** One operation that cannot be drawn must not take the other hundred with it. */
function safely(anchor: string, title: string, draw: () => HTMLElement): HTMLElement {
  try {
    return draw();
  } catch (error) {
    console.error(`${title} could not be shown`, error);
    const reason = error instanceof Error ? error.message : String(error);
    return h(
      "section",
      { id: anchor, class: "part" },
      h(
        "div",
        { class: "text" },
        h("h3", { class: "title" }, title),
        h(
          "p",
          { class: "problem" },
          `This operation could not be shown (${reason}). It is in `,
          h("a", { href: "/openapi.json" }, "openapi.json"),
          ".",
        ),
      ),
    );
  }
}

function hero(anchor: string, reference: Reference, lead: Block[], base: string): HTMLElement {
  return h(
    "section",
    { id: anchor, class: "part hero" },
    h(
      "div",
      { class: "text" },
      h("h1", {}, reference.title),
      h("div", { class: "lead" }, blocksToNodes(lead, 1)),
      h(
        "p",
        { class: "downloads" },
        h("a", { href: "/openapi.json", download: true }, "openapi.json"),
        h("a", { href: "/openapi.yaml", download: true }, "openapi.yaml"),
        reference.version && h("span", {}, `Version ${reference.version}`),
      ),
    ),
    h(
      "div",
      { class: "rail" },
      h(
        "div",
        { class: "card", role: "group", "aria-label": "Start" },
        h("div", { class: "card-head" }, h("h2", { class: "card-title" }, "Base address")),
        h("pre", {}, h("code", {}, base)),
        h("div", { class: "card-foot" }, h("p", {}, "Samples follow your key"), keyButton()),
      ),
    ),
  );
}

/** Text on the left; each code block beside the words that lead to it. */
function chapter(anchor: string, title: string, blocks: Block[]): HTMLElement {
  const section = h("section", {
    id: anchor,
    class: "part chapter",
    "aria-labelledby": `${anchor}-title`,
  });
  const heading = h(
    "h2",
    { id: `${anchor}-title`, class: "title" },
    title,
    anchorLink(anchor, title),
  );
  let text: Child[] = [heading];
  let code: Block[] = [];
  const flush = () => {
    if (text.length === 0 && code.length === 0) return;
    add(section, [
      h("div", { class: "text" }, text),
      h("div", { class: "rail" }, blocksToNodes(code, CHAPTER_LEVEL)),
    ]);
    text = [];
    code = [];
  };
  for (const block of blocks) {
    if (block.kind === "code") {
      code.push(block);
      continue;
    }
    if (code.length > 0) flush();
    text.push(blocksToNodes([block], CHAPTER_LEVEL));
  }
  flush();
  return section;
}

function groupHead(group: Group): HTMLElement {
  return h(
    "section",
    { id: group.anchor, class: "part group", "aria-labelledby": `${group.anchor}-title` },
    h(
      "div",
      { class: "text" },
      h(
        "h2",
        { id: `${group.anchor}-title`, class: "title" },
        group.name,
        anchorLink(group.anchor, group.name),
      ),
      h("div", { class: "lead" }, prose(group.description, CHAPTER_LEVEL)),
    ),
    h(
      "div",
      { class: "rail" },
      h(
        "nav",
        { class: "card", "aria-label": `Operations of ${group.name}` },
        h("div", { class: "card-head" }, h("span", { class: "card-title" }, "Operations")),
        h(
          "ul",
          { class: "operations" },
          group.operations.map((operation) =>
            h(
              "li",
              {},
              h(
                "a",
                { href: `#${operation.anchor}` },
                methodBadge(operation.method, true),
                h("code", {}, operation.path),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
