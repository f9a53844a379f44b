// The widget in a page, handled as a visitor does: by pointer, by keys, and by what can be seen.
// Its shadow root is closed, to tests as well: the launcher is found where it stands.
import { eventually } from "./workspace.mjs";

const LAUNCHER_INSET_PX = 24 + 28;
const PANEL_INSET_PX = 200;
const HOST = "switchboard-chat";

export class Widget {
  constructor(page, base) {
    this.page = page;
    this.base = base;
  }

  /** Opens a page and waits for the launcher. */
  async visit(url) {
    await this.page.goto(url);
    await this.isThere();
    return this;
  }

  async isThere() {
    await this.page.locator(HOST).waitFor({ state: "attached" });
    await eventually("the launcher is at its place", async () =>
      this.#isOurs(await this.#fromCorner(LAUNCHER_INSET_PX)),
    );
  }

  /** A point so far from the bottom and from the end of the line, which is left where one reads from right. */
  async #fromCorner(inset) {
    const { width, height } = this.page.viewportSize();
    const direction = await this.page.evaluate(
      () => getComputedStyle(document.documentElement).direction,
    );
    return { x: direction === "rtl" ? inset : width - inset, y: height - inset };
  }

  /** Whether something of the widget is what a pointer would meet there. */
  #isOurs({ x, y }) {
    return this.page.evaluate(
      ([left, top, host]) => document.elementFromPoint(left, top)?.localName === host,
      [x, y, HOST],
    );
  }

  async click() {
    const { x, y } = await this.#fromCorner(LAUNCHER_INSET_PX);
    await this.page.mouse.click(x, y);
  }

  /** By the pointer, until the panel shows what it has to say. */
  async open() {
    await this.click();
    await this.isOpen();
    await this.panel.waitFor();
    await this.frame.locator(".sw-fail").waitFor({ state: "detached" });
    return this;
  }

  async close() {
    await this.click();
    await this.isClosed();
  }

  isOpen() {
    return eventually("the panel is open", () => this.#showsPanel());
  }

  isClosed() {
    return eventually("the panel is closed", async () => !(await this.#showsPanel()));
  }

  /** Waits until something of the widget is seen so far from the corner. */
  isShown({ right, bottom }) {
    const { width, height } = this.page.viewportSize();
    const point = { x: width - right, y: height - bottom };
    return eventually("the widget shows there", () => this.#isOurs(point));
  }

  async #showsPanel() {
    return this.#isOurs(await this.#fromCorner(PANEL_INSET_PX));
  }

  /** The launcher's attributes. Only the browser's own tools look into a closed shadow root. */
  async launcher() {
    const session = await this.page.context().newCDPSession(this.page);
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    await session.detach();
    const host = find(root, (node) => node.nodeName === HOST.toUpperCase());
    const [shadow] = host.shadowRoots;
    const { attributes } = find(shadow, (node) => node.nodeName === "BUTTON");
    const pairs = [];
    for (let at = 0; at < attributes.length; at += 2) pairs.push(attributes.slice(at, at + 2));
    return { ...Object.fromEntries(pairs), mode: shadow.shadowRootType };
  }

  get isLoaded() {
    return this.#frames().length > 0;
  }

  #frames() {
    return this.page
      .frames()
      .filter((frame) => frame.url().startsWith(`${this.base}/widget/frame`));
  }

  get frame() {
    const [frame] = this.#frames();
    if (!frame) throw new Error("the chat is not loaded");
    return frame;
  }

  /** The chat's document, which comes a moment after the first sign of intent. */
  async loaded() {
    await eventually("the chat is loaded", () => this.isLoaded);
    await this.panel.waitFor({ state: "attached" });
    return this;
  }

  get panel() {
    return this.frame.locator(".sw-p");
  }

  get field() {
    return this.frame.locator(".sw-c textarea");
  }

  /** Messages whose whole text this is; the words for ears only are not part of it. */
  message(body) {
    return this.frame.locator(".sw-t").filter({ hasText: body });
  }

  get receipt() {
    return this.frame.locator(".sw-r").last();
  }

  async say(body) {
    await this.field.fill(body);
    await this.field.press("Enter");
    await this.message(body).waitFor();
  }

  async hasReceipt(text) {
    await this.receipt.filter({ hasText: text }).waitFor();
  }

  /** What the page is told from now on; the page's own script could do the same. */
  async hear(name) {
    await this.page.evaluate((event) => {
      window.heard ??= {};
      window.heard[event] = [];
      window.switchboard("on", event, ({ detail }) => window.heard[event].push(detail));
    }, name);
  }

  async hears(name, detail) {
    await this.page.waitForFunction(
      ([event, wanted]) => window.heard[event].includes(wanted),
      [name, detail],
    );
  }
}

function find(node, holds) {
  if (holds(node)) return node;
  for (const child of node.children ?? []) {
    const found = find(child, holds);
    if (found) return found;
  }
  return undefined;
}
