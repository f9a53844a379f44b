import { afterEach, describe, expect, it, vi } from "vitest";
import { download, Lines } from "./download.ts";

const PATH = "/v1/contacts/export";
const bytes = (text: string) => new TextEncoder().encode(text);

function answer(...parts: (string | Error)[]): void {
  const body = new ReadableStream({
    pull(stream) {
      const part = parts.shift();
      if (part === undefined) stream.close();
      else if (part instanceof Error) stream.error(part);
      else stream.enqueue(bytes(part));
    },
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body)));
}

afterEach(() => vi.unstubAllGlobals());

describe("lines", () => {
  it("are counted wherever the text is cut, and not within a cell", () => {
    const text = 'a,b\r\n"x\ny","""\n"""\r\nc,d\r\n';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const lines = new Lines();
      lines.add(bytes(text.slice(0, cut)));
      lines.add(bytes(text.slice(cut)));
      expect(lines.count).toBe(3);
    }
  });
});

describe("a download", () => {
  const stop = new AbortController().signal;

  it("tells of its rows as they come, without the head", async () => {
    answer("name\r\nAda", "\r\nBob\r\n");
    const told: number[] = [];
    const file = await download(PATH, {}, stop, (rows) => told.push(rows));
    expect(told).toEqual([0, 2]);
    expect(await file.text()).toBe("name\r\nAda\r\nBob\r\n");
  });

  it("gives nothing when it is broken off", async () => {
    answer("name\r\nAda\r\n", new TypeError("network"));
    const file = download(PATH, {}, stop, () => undefined);
    await expect(file).rejects.toThrow("broken off");
  });

  it("says what the server said", async () => {
    const error = { message: "The 'columns' field must be 1 to 300 names.", code: "invalid" };
    const refused = new Response(JSON.stringify({ error }), { status: 422 });
    vi.stubGlobal("fetch", () => Promise.resolve(refused));
    const file = download(PATH, {}, stop, () => undefined);
    await expect(file).rejects.toMatchObject({ message: error.message, status: 422 });
  });
});
