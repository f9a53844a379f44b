// What was typed and not sent, apart for replies and notes. It survives the tab.

export type Mode = "reply" | "note";

const PREFIX = "switchboard:draft:";

function key(conversation: string, mode: Mode): string {
  return `${PREFIX}${conversation}:${mode}`;
}

export function draft(conversation: string, mode: Mode): string {
  try {
    return localStorage.getItem(key(conversation, mode)) ?? "";
  } catch {
    return "";
  }
}

/** Whether it is kept: storage may be full, or refused. */
export function keep(conversation: string, mode: Mode, text: string): boolean {
  try {
    if (text.trim()) localStorage.setItem(key(conversation, mode), text);
    else localStorage.removeItem(key(conversation, mode));
    return true;
  } catch {
    return false;
  }
}
