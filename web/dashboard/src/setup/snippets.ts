// How the line of a site gets onto its pages, for each way of making pages.
import type { Site } from "../settings/site.ts";
import { t } from "../locale/say.ts";

export interface Way {
  id: string;
  title: string;
  /** Where it goes, step by step. */
  steps: readonly string[];
  code(address: string): string;
}

// Written so, it ends no script that this is part of.
const END = `</${"script"}>`;

function tag(address: string): string {
  return `<script async src="${address}">${END}`;
}

export const WAYS: readonly Way[] = [
  {
    id: "html",
    title: "HTML",
    steps: [
      t("Open the file or the template that all of your pages share."),
      t("Put this line just before the closing body tag, and publish."),
    ],
    code: tag,
  },
  {
    id: "gtm",
    title: t("Tag Manager"),
    steps: [
      t("In Google Tag Manager choose Tags, New, Custom HTML."),
      t("Paste this line, and choose the trigger All Pages."),
      t("Save, Submit, Publish."),
    ],
    code: tag,
  },
  {
    id: "wordpress",
    title: "WordPress",
    steps: [
      t(
        "Open Appearance, Theme File Editor, functions.php of your child theme; or a plugin for code snippets.",
      ),
      t("Add these lines at the end, and save."),
    ],
    code: (address) =>
      ["add_action('wp_footer', function () {", `  echo '${tag(address)}';`, "});"].join("\n"),
  },
  {
    id: "shopify",
    title: t("Shopify"),
    steps: [
      t("Open Online Store, Themes, Edit code, and there layout/theme.liquid."),
      t("Put this line just before the closing body tag, and save."),
    ],
    code: tag,
  },
  {
    id: "react",
    title: t("React, Vue, Next"),
    steps: [
      t(
        "Run this once, where your application starts: in a useEffect of its root, in onMounted, or in app/layout.",
      ),
    ],
    code: (address) =>
      [
        'const script = document.createElement("script");',
        `script.src = "${address}";`,
        "script.async = true;",
        "document.head.append(script);",
      ].join("\n"),
  },
  {
    id: "webflow",
    title: t("Webflow, Wix"),
    steps: [
      t(
        "Webflow: Site settings, Custom code, Footer code. Wix: Settings, Custom code, Body – end, on all pages.",
      ),
      t("Paste this line, save, and publish."),
    ],
    code: tag,
  },
];

export function addressOf({ key }: Pick<Site, "key">, origin = location.origin): string {
  return `${origin}/widget/${key}.js`;
}

/** A mail to whoever makes the pages. */
export function mailTo(site: Pick<Site, "key" | "name">, origin = location.origin): string {
  const address = addressOf(site, origin);
  const subject = t("Please put the chat on {name}", { name: site.name });
  const body = t(
    "Hello,\n\nplease put this line on every page of {name}, just before the closing body tag:\n\n{tag}\n\nIt loads by itself and holds nothing up. If the site has a Content-Security-Policy, allow {origin} in script-src, connect-src and frame-src.\n\nThank you!",
    { name: site.name, tag: tag(address), origin },
  );
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
