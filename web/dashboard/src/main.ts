import "../../tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/list.css";
import "./style/thread.css";
import "./style/page.css";
import "./style/overlay.css";
import "./style/narrow.css";
import { mount } from "svelte";
import { whenSignedOut } from "./api/client.ts";
import { directionOf } from "./locale/languages.ts";
import { notice } from "./desk/notice.svelte.ts";
import { t, tag } from "./locale/say.ts";
import { register } from "./notify/worker.ts";
import App from "./view/App.svelte";

function signIn(): void {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/login?next=${next}`);
}

whenSignedOut(signIn);
document.documentElement.lang = tag;
document.documentElement.dir = directionOf(tag);
const target = document.getElementById("desk");
if (!target) throw new Error("index.html has no #desk");
mount(App, { target });
void register();
// A part of the desk that was there when it was opened is not any more: there is a newer build.
addEventListener("vite:preloadError", () => {
  notice.tell(t("There is a newer version of the desk."), {
    label: t("Load it"),
    run: () => location.reload(),
  });
});
