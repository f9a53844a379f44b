// Pictures of the widget for docs/images, taken from the real program: BASE_URL=… API_KEY=… npm run shots
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newStage } from "./stage.mjs";

const IMAGES = new URL("../docs/images/", import.meta.url).pathname;
const DEMO = new URL("../web/demo/dist/", import.meta.url).pathname;
const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
/** As strict as the server's own pages are. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'";
const BYTES_MAX = 150_000;
const PAGE = { width: 1440, height: 860 };

/** What an open chat takes of the corner, with its shadow. */
const CORNER = { width: 440, height: 860 };
const NARROW = { width: 320, height: 640 };
/** A whole page is a picture of three quarters of its size. */
const WHOLE_PAGE_SCALE = 0.75;
const LISBON = "Europe/Lisbon";

const EMAIL = { name: "email", label: "E-mail", type: "email", is_required: true };
const PRE_CHAT = {
  fields: [{ name: "name", label: "Name", type: "text", is_required: true }, EMAIL],
  consent: {
    text: "Pennyroot may keep this chat for 12 months to answer me.",
    version: "1",
    is_required: true,
  },
};
const TEXTS = {
  en: {
    greeting: "Hello from the studio",
    intro: "Three of us are here. We usually reply in about 3 minutes.",
  },
  ar: { greeting: "أهلًا من الورشة", intro: "نرد عادةً خلال ٣ دقائق." },
};
const HELLO = {
  id: "kiln",
  author: "Maya",
  message: "The ochre glaze is back in the kiln this week. Shall I put one aside for you?",
  choices: ["Yes, hold one", "Just looking"],
  when: { event: "looked" },
};

const here = newStage();
await mkdir(IMAGES, { recursive: true });
await here.build();
try {
  await closed();
  await home();
  await preChat();
  await talking("talking", {});
  await talking("dark", { colorScheme: "dark" });
  await offline();
  await rightToLeft();
  await smallest();
} finally {
  await here.clear();
  await here.strike();
}

async function site(settings) {
  const privacy_url = "https://pennyroot.example/privacy";
  return here.site({ name: "Pennyroot", texts: TEXTS, origins: [], privacy_url, ...settings });
}

/** The shop of `--demo`, from its build, on the server's own origin: as the program serves it. */
async function shop(options, settings) {
  const { key } = await site(settings);
  const context = await here.visitor({ viewport: PAGE, deviceScaleFactor: 2, ...options });
  await context.route(`${here.base}/demo/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.replace("/demo/", "") || "index.html";
    const body = await readFile(join(DEMO, path), "utf8");
    const type = TYPES[path.split(".").at(-1)];
    const headers = { "Content-Type": type, "Content-Security-Policy": POLICY };
    await route.fulfill({ headers, body: body.replace("__SITE_KEY__", key) });
  });
  const widget = await here.open(context, `${here.base}/demo/`);
  await widget.page.evaluate(() => document.fonts.ready);
  return widget;
}

async function save(widget, name, clip) {
  const path = join(IMAGES, `widget-${name}.png`);
  await widget.page.screenshot({ path, clip, animations: "disabled", caret: "hide" });
  const { size } = await stat(path);
  console.log(`${path}: ${Math.round(size / 1000)} kB`);
  if (size > BYTES_MAX) throw new Error(`${name} is ${size} bytes, more than ${BYTES_MAX}`);
}

function corner({ page }, side = "right") {
  const { width, height } = page.viewportSize();
  const x = side === "left" ? 0 : width - CORNER.width;
  return { x, y: height - CORNER.height, ...CORNER };
}

async function team() {
  const maya = await here.operator("Maya Lindqvist");
  await here.operator("Tomás Ferreira");
  await here.operator("Inês Duarte");
  return maya;
}

async function closed() {
  await team();
  const widget = await shop({ deviceScaleFactor: WHOLE_PAGE_SCALE }, { triggers: [HELLO] });
  await widget.page.evaluate(() => window.switchboard("track", "looked"));
  await widget.loaded();
  await widget.frame.locator(".sw-pop").waitFor();
  await widget.isShown({ right: 150, bottom: 130 });
  await save(widget, "closed");
  await here.clear();
}

async function home() {
  await team();
  const widget = await shop();
  await widget.open();
  await save(widget, "home", corner(widget));
  await here.clear();
}

async function preChat() {
  await team();
  const widget = await shop({}, { pre_chat: PRE_CHAT });
  await widget.open();
  await widget.frame.getByLabel("Name").fill("Ana Ribeiro");
  await widget.frame.getByLabel("E-mail").fill("ana@exmaple.com");
  await widget.frame.getByLabel("Pennyroot may keep").check();
  await save(widget, "prechat", corner(widget));
  await here.clear();
}

/** Round robin hands a new conversation to anyone: it is to be Maya's. */
async function conversation(widget, maya, first) {
  await widget.say(first);
  const { conversation_id: id } = await maya.hearsMessage(first);
  await maya.takes(id);
  return id;
}

async function talking(name, options) {
  const maya = await here.operator("Maya Lindqvist");
  const widget = await shop(options);
  await widget.open();
  const id = await conversation(widget, maya, "Is the ochre glaze food-safe?");
  await maya.says(id, "Yes, food-safe. Here is the test:");
  const file = await here.workspace.upload("glaze-test-2026.pdf", "application/pdf", pdf());
  await maya.says(id, "", { attachments: [file.id] });
  await widget.frame.locator(".sw-at").waitFor();
  await widget.say("Perfect, that settles it.");
  await maya.hearsMessage("Perfect, that settles it.");
  await maya.reads(id);
  await widget.hasReceipt("Read");
  await maya.says(id, "Glad to hear it. Shall I put one aside for you?");
  await widget.message("Shall I put one aside").waitFor();
  await widget.say("Please. One more: can you gift-wrap it?");
  await maya.hearsMessage("Please. One more: can you gift-wrap it?");
  await widget.hasReceipt("Sent");
  maya.types(id);
  await widget.frame.locator(".sw-ty").waitFor();
  await save(widget, name, corner(widget));
  await here.clear();
}

async function offline() {
  const [from, to] = ["09:00", "17:30"];
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const next = days[(new Date().getUTCDay() + 2) % days.length];
  const widget = await shop(
    {},
    {
      hours: { timezone: LISBON, days: { [next]: [[from, to]] }, holidays: [] },
      offline: { fields: [EMAIL] },
    },
  );
  await widget.open();
  await widget.frame
    .getByLabel("Message")
    .fill("Do you ship the carafe to Norway, and would it come before the holidays?");
  await save(widget, "offline", corner(widget));
  await here.clear();
}

/** Arabic, dark, and the line is lost. */
async function rightToLeft() {
  const noura = await here.operator("نورة العتيبي");
  const widget = await shop({ locale: "ar", colorScheme: "dark" }, { locale: "ar" });
  await widget.page.evaluate(() => (document.documentElement.dir = "rtl"));
  await widget.isThere();
  await widget.open();
  const id = await conversation(widget, noura, "أين وصل الطلب PR-20418؟");
  await noura.reads(id);
  await widget.frame.locator(".sw-r.ok").waitFor();
  await noura.says(id, "خرج للتوصيل هذا الصباح، ويصلك اليوم قبل السادسة مساءً.");
  await widget.message("خرج للتوصيل").waitFor();
  await widget.page.context().setOffline(true);
  await widget.say("ممتاز، شكرًا لكِ!");
  await widget.field.fill("هل يمكنني تغيير العنوان؟");
  await widget.frame.locator(".sw-bn").waitFor();
  await save(widget, "rtl", corner(widget, "left"));
  await here.clear();
}

async function smallest() {
  const maya = await here.operator("Maya Lindqvist");
  const widget = await shop({ viewport: NARROW, isMobile: true, hasTouch: true });
  await widget.open();
  const first = "Do you ship to Norway? I found https://pennyroot.example/shipping/northern-europe";
  await widget.field.fill(first);
  await widget.frame.getByRole("button", { name: "Send" }).click();
  const { conversation_id: id } = await maya.hearsMessage(first);
  await maya.says(id, "We do, by post, in four to six days. Shall I tell you what it costs?");
  await widget.message("We do, by post").waitFor();
  await save(widget, "320");
  await here.clear();
}

/** A page of paper, as large as a real one. */
function pdf() {
  return `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n${"% kiln log\n".repeat(22_000)}%%EOF`;
}
