// The webhooks of the workspace, and what is done to them.
import { api } from "../api/client.ts";
import { Listing } from "../desk/listing.svelte.ts";
import { notice } from "../desk/notice.svelte.ts";
import { route } from "../desk/route.svelte.ts";
import { LOGS, type Webhook } from "./hooks.ts";
import { hrefOf } from "./pages.ts";
import { t } from "../locale/say.ts";

export class Hooks {
  /** Whose secret is shown this once. */
  revealed = $state.raw<Webhook>();
  readonly listing = new Listing<Webhook>((after) =>
    api("get", "/v1/webhooks", { query: { limit: 50, ...(after && { after }) } }),
  );

  put(webhook: Webhook): void {
    this.listing.put(webhook);
    if (webhook.secret) this.revealed = webhook;
  }

  async turn({ id, status }: Webhook): Promise<void> {
    const isPaused = status === "disabled";
    await notice.attempt(async () => {
      const body = { status: isPaused ? ("active" as const) : ("disabled" as const) };
      this.put((await api("patch", "/v1/webhooks/{id}", { id, body })).data);
      notice.say(
        isPaused ? t("It is told again") : t("Paused: what happens is kept until you resume"),
      );
    });
  }

  async rotate({ id }: Webhook): Promise<void> {
    this.put((await api("post", "/v1/webhooks/{id}/rotate-secret", { id })).data);
  }

  /** Sends what never happened, and shows what became of it. */
  async test({ id }: Webhook): Promise<void> {
    notice.say(t("Sending a test event: the answer may take ten seconds"));
    await notice.attempt(async () => {
      const { data } = await api("post", "/v1/webhooks/{id}/test", { id, body: {} });
      notice.hide();
      route.to(hrefOf(LOGS, id, data.id));
    });
  }

  async recover({ id }: Webhook, since: string): Promise<void> {
    await api("post", "/v1/webhooks/{id}/recover", { id, body: { since } });
    notice.say(t("What was given up since then is on its way again"));
  }

  async backfill({ id }: Webhook, since: string): Promise<void> {
    const { data } = await api("post", "/v1/webhooks/{id}/backfill", { id, body: { since } });
    notice.say(
      t("{entries} entries of the log are looked through, and sent", { entries: data.entries }),
    );
  }

  async remove({ id }: Webhook): Promise<void> {
    await api("delete", "/v1/webhooks/{id}", { id });
    if (this.revealed?.id === id) this.revealed = undefined;
    this.listing.drop(id);
  }
}
