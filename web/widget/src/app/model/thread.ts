import type { Message } from "./wire.ts";

/**
 * The messages of one conversation. Their order is their number, never a clock's; a message that comes
 * twice is one; what is newer replaces what is older.
 */
export class Thread {
  #byNumber = new Map<number, Message>();
  /** Whether the server has messages before the first one here. */
  hasEarlier = false;

  constructor(readonly conversationId: string) {}

  get messages(): Message[] {
    return [...this.#byNumber.values()].sort((a, b) => a.number - b.number);
  }

  get lastNumber(): number {
    return Math.max(0, ...this.#byNumber.keys());
  }

  get firstNumber(): number {
    return Math.min(...this.#byNumber.keys());
  }

  /** Takes messages in; tells which of them were not here before. */
  merge(messages: readonly Message[]): Message[] {
    const added = [];
    for (const message of messages) {
      if (message.conversation_id !== this.conversationId) continue;
      const old = this.#byNumber.get(message.number);
      this.#byNumber.set(message.number, old ? newer(old, message) : message);
      if (!old) added.push(message);
    }
    return added;
  }

  /** The number after which one is missing, or nothing if they are without a hole. */
  hole(): number | undefined {
    const numbers = [...this.#byNumber.keys()].sort((a, b) => a - b);
    return numbers.find((number, at) => {
      const next = numbers[at + 1];
      return next !== undefined && next !== number + 1;
    });
  }

  /** The other side has read everything up to `number`. */
  markRead(number: number, at: string): void {
    for (const message of this.#byNumber.values()) {
      if (message.type !== "visitor" || message.number > number || message.read_at) continue;
      this.#byNumber.set(message.number, {
        ...message,
        delivered_at: message.delivered_at ?? at,
        read_at: at,
      });
    }
  }

  has(clientId: string): boolean {
    return [...this.#byNumber.values()].some((message) => message.client_id === clientId);
  }
}

/** A late copy of an old state must not take a tick away. */
function newer(old: Message, fresh: Message): Message {
  return {
    ...fresh,
    delivered_at: fresh.delivered_at ?? old.delivered_at,
    read_at: fresh.read_at ?? old.read_at,
    deleted_at: fresh.deleted_at ?? old.deleted_at,
  };
}
