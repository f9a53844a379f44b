import { describe, expect, it } from "vitest";
import { address, filters, NOBODY, question, type Filter } from "./filter.ts";

const NOW = Date.parse("2026-02-11T10:30:22Z");
const kept: Filter[] = [
  { op: "is", field: "tag", value: "early: bird & more" },
  { op: "least", field: "custom_attributes.seats: left", value: "5" },
];

describe("filters in an address", () => {
  it("come back as they went in", () => {
    const query = new URLSearchParams(address("ada l", kept));
    expect(query.get("q")).toBe("ada l");
    expect(filters(query)).toEqual(kept);
    expect(address("", [])).toBe("");
  });

  it("are passed over where they mean nothing", () => {
    const query = new URLSearchParams();
    for (const text of ["", "is", "is:tag:", "is:nose:x", "has:tag:x", "is:custom_attributes.:x"]) {
      query.append("f", text);
    }
    query.append("f", "is:%E0%A4%A:x");
    expect(filters(query)).toEqual([]);
  });
});

describe("the question to the server", () => {
  const ask = (op: Filter["op"], field: string, value: string) =>
    question("", [{ op, field, value }], NOW).where?.and[0];

  it("is empty without filters", () => {
    expect(question("  ", [], NOW)).toEqual({});
    expect(question(" ada ", [], NOW)).toEqual({ query: "ada" });
  });

  it("takes a number of an attribute for a text as well", () => {
    const field = "custom_attributes.seats";
    expect(ask("is", field, "7")).toEqual({ field, op: "in", value: ["7", 7] });
    expect(ask("is", field, "true")).toEqual({ field, op: "in", value: ["true", true] });
    expect(ask("is", field, "pro")).toEqual({ field, op: "in", value: ["pro"] });
    expect(ask("least", field, "7")).toEqual({ field, op: "gte", value: 7 });
    expect(ask("most", field, "b")).toEqual({ field, op: "lte", value: "b" });
  });

  it("turns days into times", () => {
    const field = "created_at";
    expect(ask("within", field, "7")).toEqual({ field, op: "gte", value: "2026-02-04T10:30:00Z" });
    const before = ask("before", field, "2026-02-01") as { value: string };
    expect(Date.parse(before.value)).toBe(new Date(2026, 1, 1).getTime());
  });

  it("knows nobody", () => {
    const nobody = { not: { field: "owner_id", op: "gte", value: "" } };
    expect(ask("is", "owner_id", NOBODY)).toEqual(nobody);
    expect(ask("not", "owner_id", NOBODY)).toEqual({ not: nobody });
  });
});
