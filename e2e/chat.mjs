// The widget in a page, handled as a visitor does: by pointer, by keys, and by what can be seen.
// Its shadow root is closed, to tests as well: the launcher is found where it stands.
import { eventually } from "./workspace.mjs";

const LAUNCHER_INSET_PX = 24 + 28;
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
    await eventually("the launcher is at its place", () => this.#isOurs(this.#launcherAt()));
  }

  #launcherAt() {
    const { width, height } = this.page.viewportSize();
    return { x: width - LAUNCHER_INSET_PX, y: height - LAUNCHER_INSET_PX };
  }

  /** Whether something of the widget is what a pointer would meet there. */
  #isOurs({ x, y }) {
    return this.page.evaluate(
      ([left, top, host]) => document.elementFromPoint(left, top)?.localName === host,
      [x, y, HOST],
    );
  }

  async click() {
    const { x, y } = this.#launcherAt();
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

  #showsPanel() {
    const { width, height } = this.page.viewportSize();
    return this.#isOurs({ x: width - 200, y: height - 200 });
  }

  get isLoaded() {
    return this.#frames().length > 0;
  }

  #frames() {
    return this.page.frames().filter((frame) => frame.url().startsWith(`${this.base}/widget/frame`));
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
