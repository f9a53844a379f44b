import { expect, test } from "vitest";
import type { Contact } from "../api/client.ts";
import { filled, missing } from "./macro.ts";

const contact = {
  name: "Ada King",
  email: null,
  custom_attributes: { plan: "gold", seats: 3, made: { up: true } },
} as unknown as Contact;

test("what is known is put in, and what is not is what follows the bar", () => {
  const text = "Hi {{contact.first_name|there}}, {{ contact.plan }} × {{contact.seats}}";
  expect(filled(text, { contact })).toBe("Hi Ada, gold × 3");
  expect(filled("Hi {{contact.first_name|there}}", {})).toBe("Hi there");
  expect(filled("Hi {{contact.name}}", { name: "Bo" })).toBe("Hi Bo");
});

test("what nobody knows stays, and is told", () => {
  const text = filled("{{contact.email}} {{contact.made}} {{constructor.name}}", { contact });
  expect(missing(text)).toEqual(["contact.email", "contact.made", "constructor.name"]);
  expect(missing("nothing {here}")).toEqual([]);
});
