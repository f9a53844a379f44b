import { describe, expect, it } from "vitest";
import { address, answering, filters, NOBODY, question, type Filter } from "./filter.ts";

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
    question("", [{ op, field, value }]).where?.and[0];

  it("is empty without filters", () => {
    expect(question("  ", [])).toEqual({});
    expect(question(" ada ", [])).toEqual({ query: "ada" });
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
    expect(ask("within", field, "7")).toEqual({ field, op: "gte", value: "-P7D" });
    const before = ask("before", field, "2026-02-01") as { value: string };
    expect(Date.parse(before.value)).toBe(new Date(2026, 1, 1).getTime());
  });

  it("knows nobody", () => {
    const nobody = { not: { field: "owner_id", op: "gte", value: "" } };
    expect(ask("is", "owner_id", NOBODY)).toEqual(nobody);
    expect(ask("not", "owner_id", NOBODY)).toEqual({ not: nobody });
  });
});

describe("what a segment asks for", () => {
  const every: Filter[] = [
    { op: "is", field: "tag", value: "vip" },
    { op: "not", field: "tag", value: "lost" },
    { op: "is", field: "owner_id", value: NOBODY },
    { op: "not", field: "owner_id", value: NOBODY },
    { op: "is", field: "owner_id", value: "op_1" },
    { op: "has", field: "company", value: "kiln" },
    { op: "within", field: "created_at", value: "7" },
    { op: "after", field: "last_seen_at", value: "2026-02-01" },
    { op: "before", field: "updated_at", value: "2026-12-31" },
    { op: "is", field: "custom_attributes.seats", value: "7" },
    { op: "not", field: "custom_attributes.plan", value: "true" },
    { op: "has", field: "custom_attributes.plan", value: "p" },
    { op: "least", field: "custom_attributes.seats", value: "5" },
    { op: "most", field: "custom_attributes.seats", value: "b" },
  ];

  it("becomes the filters that it was made of", () => {
    expect(answering(question("ada", every))).toEqual(["ada", every]);
    expect(answering({})).toEqual(["", []]);
  });

  it("stays as it is where filters cannot say it", () => {
    const tag = { field: "tag", op: "eq", value: "a" };
    for (const asked of [
      { where: { or: [tag, tag] } },
      { where: { and: [{ or: [tag] }] } },
      { where: { and: [{ not: { not: tag } }] } },
      { where: { and: [{ field: "created_at", op: "gt", value: "2026-01-01T00:00:00Z" }] } },
      { where: { and: [{ field: "created_at", op: "gte", value: "2026-01-01T00:00:07Z" }] } },
      { where: { and: [{ field: "created_at", op: "gte", value: "-PT3H" }] } },
      { where: tag },
      { filters: { tags: ["a"] } },
    ]) {
      expect(answering(asked), JSON.stringify(asked)).toBeUndefined();
    }
  });

  it("stands in the address by its id", () => {
    expect(address("", [], "seg_1")).toBe("?s=seg_1");
    expect(question("", [], "seg_1")).toEqual({ segment_id: "seg_1" });
  });
});
