import { describe, expect, it } from "vitest";
import { cleanUrl } from "./address.ts";

describe("addresses that are told", () => {
  it.each([
    ["https://shop.example/a?token=1&utm_source=x#part", "https://shop.example/a?utm_source=x"],
    ["https://shop.example/a?ref=1&page=2", "https://shop.example/a?ref=1"],
    ["https://shop.example/a?email=ana%40example.com", "https://shop.example/a"],
    [
      "https://shop.example/?utm_source=x&utm_source=y",
      "https://shop.example/?utm_source=x&utm_source=y",
    ],
    ["https://shop.example/?UTM_SOURCE=x", "https://shop.example/"],
    ["https://shop.example/#/route?token=1", "https://shop.example/"],
    ["", ""],
  ])("%s", (address, told) => {
    expect(cleanUrl(address, ["ref"])).toBe(told);
  });
});
