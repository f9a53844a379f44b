// What every test of the widget stands on: a browser, a shop of another origin, a room for its operators.
import { after, afterEach, before } from "node:test";
import { launch, requireServer } from "./browser.mjs";
import { Widget } from "./chat.mjs";
import { Shop } from "./host.mjs";
import { Operator } from "./operator.mjs";
import { Workspace } from "./workspace.mjs";

export const WIDE = { width: 1280, height: 900 };
/** A visitor's clock, place and language; nothing in a test may depend on the machine's. */
const VISITOR = { viewport: WIDE, locale: "en-GB", timezoneId: "Europe/Berlin" };

/** As long as anything may take; a test that hangs says so soon. */
const WAIT_MS = 10_000;

/** The stage of a test file, built before its tests and cleared after each. */
export function stage() {
  const here = newStage();
  before(() => here.build());
  afterEach(() => here.clear());
  after(() => here.strike());
  return here;
}

export function newStage() {
  const server = requireServer({ needsKey: true });
  const here = { base: server.base, workspace: new Workspace(server) };
  let contexts = [];
  let operators = [];

  return Object.assign(here, {
    async build() {
      here.browser = await launch();
      here.shop = await Shop.open(server.base);
      await here.workspace.clear();
    },

    async clear() {
      await Promise.all(contexts.map((context) => context.close()));
      await Promise.all(operators.map((operator) => operator.leave()));
      contexts = [];
      operators = [];
    },

    async strike() {
      await here.browser?.close();
      await here.shop?.close();
    },

    site: (settings) => here.workspace.site({ origins: here.shop.origins, ...settings }),

    async operator(name) {
      const operator = await Operator.join(here.workspace, name);
      operators.push(operator);
      return operator;
    },

    /** A browser of a visitor's own: nobody has been here before. */
    async visitor(options) {
      const context = await here.browser.newContext({ ...VISITOR, ...options });
      context.setDefaultTimeout(WAIT_MS);
      contexts.push(context);
      return context;
    },

    /** A page of the shop with the widget on it. */
    visit(context, site, { kind = "shop", more = "", origin = here.shop.origin } = {}) {
      return this.open(context, origin + here.shop.path(kind, site) + more);
    },

    async open(context, address) {
      return new Widget(await context.newPage(), here.base).visit(address);
    },

    /** A visitor and an operator who have begun to talk. */
    async talk({ context, settings, ...visit } = {}) {
      const operator = await this.operator();
      const site = await this.site(settings);
      context ??= await this.visitor();
      const widget = await this.visit(context, site, visit);
      await widget.open();
      await widget.say("Is the glaze food-safe?");
      const { conversation_id: id, visitor } =
        await operator.hearsMessage("Is the glaze food-safe?");
      return { operator, site, context, widget, id, visitor };
    },
  });
}
