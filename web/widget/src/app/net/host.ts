// The page around the chat. Everything that comes from it is checked: window, origin, mark, shape.
import { MARK, type MessageOf, type ToFrame, type ToHost } from "../../shared/protocol.ts";

export type FromHost = MessageOf<ToFrame>;

const CHECKS: { [Type in keyof ToFrame]: (value: unknown) => boolean } = {
  start: (value) =>
    isObject(value) &&
    isObject(value["site"]) &&
    isObject(value["page"]) &&
    isObject(value["stored"]),
  open: () => true,
  close: () => true,
  page: (value) => isObject(value) && typeof value["url"] === "string",
  identify: (value) => isObject(value) || typeof value === "string",
  setLocale: (value) => typeof value === "string",
  text: (value) => typeof value === "string",
  bubble: (value) => isObject(value) && typeof value["message"] === "string",
  reset: () => true,
};

export class Host {
  #origin: string | undefined;

  constructor(
    readonly frame: Window,
    private readonly hear: (message: FromHost) => void,
  ) {
    this.#origin = frame.parent === frame ? undefined : parentOrigin(frame);
    if (this.#origin) frame.addEventListener("message", (event) => this.#received(event));
  }

  /** Without a page around it, the chat is a page of its own. */
  get isThere(): boolean {
    return this.#origin !== undefined;
  }

  tell<Type extends keyof ToHost>(type: Type, value: ToHost[Type]): void {
    if (this.#origin) this.frame.parent.postMessage([MARK, type, value], this.#origin);
  }

  #received(event: MessageEvent): void {
    if (event.source !== this.frame.parent || event.origin !== this.#origin) return;
    const message = parse(event.data);
    if (message) this.hear(message);
  }
}

export function parse(data: unknown): FromHost | undefined {
  if (!Array.isArray(data) || data[0] !== MARK) return undefined;
  const [, type, value] = data as [string, keyof ToFrame, unknown];
  const isRight = Object.hasOwn(CHECKS, type) && CHECKS[type](value);
  return isRight ? ([type, value] as unknown as FromHost) : undefined;
}

/** Who frames this page, by the browser's own word. */
export function parentOrigin(frame: Window): string | undefined {
  const ancestors = frame.location.ancestorOrigins as DOMStringList | undefined;
  if (ancestors?.[0]) return ancestors[0];
  try {
    return new URL(frame.document.referrer).origin;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
