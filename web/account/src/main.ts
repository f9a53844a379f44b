import "../../tokens.css";
import "./style/base.css";
import "./style/card.css";
import "./style/form.css";
import "./style/sections.css";
import { takeToken } from "./address.ts";
import { accountPage } from "./view/account.ts";
import { loginPage } from "./view/login.ts";
import { claimPage, joinPage, resetPage } from "./view/token.ts";

const PAGES: Record<string, (token: string) => void> = {
  "/login": loginPage,
  "/claim": claimPage,
  "/join": joinPage,
  "/reset": resetPage,
};

function draw(token: string): void {
  const page = PAGES[location.pathname.replace(/\/$/, "")];
  if (page) page(token);
  else void accountPage();
}

draw(takeToken());
// The browser kept the page as it was when it was left; who is signed in may be another now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
// A link opened in the tab that shows this page already: the browser loads nothing for it.
addEventListener("hashchange", () => {
  const token = takeToken();
  if (token) draw(token);
});
