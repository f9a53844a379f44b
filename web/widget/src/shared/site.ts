// The public face of a site, as docs/live.md has it. A page knows the part it needs; the chat gets all.

export interface Field {
  name: string;
  label: string;
  type: "text" | "email" | "tel" | "textarea" | "select" | "checkbox" | (string & {});
  is_required: boolean;
  options: string[];
}

export interface Consent {
  text: string;
  version: string;
  is_required: boolean;
}

export interface Form {
  fields: Field[];
  consent?: Consent | null;
}

export interface Trigger {
  id: string;
  message: string;
  author: string | null;
  choices: string[];
  /** Everything that is named must hold. */
  when: {
    url_contains: string | null;
    seconds: number | null;
    scroll_percent: number | null;
    is_exit: boolean;
    event: string | null;
  };
  caps: { per_day: number; quiet_hours: number };
}

export interface SiteTexts {
  greeting?: string;
  intro?: string;
}

export interface Site {
  key: string;
  name: string;
  theme: {
    accent: string;
    scheme: "auto" | "light" | "dark";
    side: "start" | "end";
    launcher: "show" | "hide";
  };
  /** A language, or `auto`: the page's, then the browser's. */
  locale: string;
  texts: Record<string, SiteTexts>;
  is_open: boolean;
  next_open_at: string | null;
  closed_text: string | null;
  timezone: string | null;
  pre_chat: Form | null;
  /** Without one, what is asked otherwise is asked outside the hours as well. */
  offline: Form | null;
  triggers: Trigger[];
  tracking: "on" | "consent" | "off";
  keep_params: string[];
  attachments: { bytes_max: number; types: string[] };
  has_rating: boolean;
  privacy_url: string | null;
}

/** What stands in the page's script. */
export type SiteOnPage = Pick<
  Site,
  "key" | "name" | "theme" | "locale" | "triggers" | "tracking" | "keep_params"
>;
