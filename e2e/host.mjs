// A customer's web shop: pages of another origin than the server's, with the one async tag.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

const STYLE = `body{margin:0;min-height:100vh;background:#f7f2eb;font:16px/1.5 sans-serif}main{padding:24px}`;

/** What a page can be like: the first part of its path. */
const KINDS = {
  shop: {},
  /** The tag stands twice, as when a template and a tag manager both bring it. */
  twice: { tags: 2 },
  /** As strict as a policy can be: nothing inline, trusted types, and only the server beside the page. */
  strict: { isStrict: true },
  rtl: { attributes: 'lang="ar" dir="rtl"' },
  bare: { tags: 0 },
};

export class Shop {
  #server;
  #base;
  /** Sites by their place, which stands in addresses instead of their keys: the server redacts those. */
  #keys = [];
  port = 0;

  static async open(base) {
    const shop = new Shop();
    shop.#base = base;
    shop.#server = createServer((request, response) => shop.#answer(request, response));
    await new Promise((done) => shop.#server.listen(0, "127.0.0.1", done));
    shop.port = shop.#server.address().port;
    return shop;
  }

  /** Same host as the server's, other port: another origin, the same site. */
  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Another site altogether. */
  get farOrigin() {
    return `http://localhost:${this.port}`;
  }

  get origins() {
    return [this.origin, this.farOrigin];
  }

  /** The path of a page of this kind with this site's tag; more may follow it. */
  path(kind, site) {
    if (!this.#keys.includes(site.key)) this.#keys.push(site.key);
    return `/${kind}/${this.#keys.indexOf(site.key)}`;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }

  #answer(request, response) {
    const [, kind, place] = new URL(request.url, this.origin).pathname.split("/");
    if (kind === "shop.css") return send(response, "text/css", STYLE);
    const look = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (!look) {
      response.writeHead(404).end();
      return undefined;
    }
    const nonce = randomBytes(16).toString("base64");
    if (look.isStrict) response.setHeader("Content-Security-Policy", policy(this.#base, nonce));
    return send(response, "text/html; charset=utf-8", this.#page(look, this.#keys[place], nonce));
  }

  #page({ tags = 1, attributes = 'lang="en"' }, key, nonce) {
    const tag = `<script async nonce="${nonce}" src="${this.#base}/widget/${key}.js"></script>`;
    return (
      `<!doctype html><html ${attributes}><head><meta charset="utf-8">` +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>Carafe No. 4</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">` +
      `${tag.repeat(tags)}</head><body><main><h1>Carafe No. 4</h1><p>Thrown in one piece.</p>` +
      '<p><a id="first" href="#bag">Bag</a></p></main></body></html>'
    );
  }
}

function policy(base, nonce) {
  const socket = base.replace(/^http/, "ws");
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src data:",
    `connect-src ${base} ${socket}`,
    `frame-src ${base}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "base-uri 'none'",
  ].join("; ");
}

function send(response, type, body) {
  response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
  response.end(body);
}
