// The site that the first run is about: the oldest of the workspace.
import { api } from "../api/client.ts";
import type { Site } from "../settings/site.ts";

const SITES_MAX = 100;

export async function firstSite(): Promise<Site | undefined> {
  return (await api("get", "/v1/sites", { query: { limit: SITES_MAX } })).data.at(-1);
}
