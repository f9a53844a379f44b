// What the server knows of people, by the names that the API document gives.
import type { components } from "../api/schema.d.ts";

type Schemas = components["schemas"];

export type ContactPatch = Schemas["ContactPatch"];
export type Disposition = Schemas["Disposition"];
export type List = Schemas["List"];
export type Attribute = Schemas["Attribute"];
export type Receipt = Schemas["Receipt"];
export type Segment = Schemas["Segment"];
export type Tag = Schemas["Tag"];
export type Visitor = Schemas["Visitor"];
export type { Contact, Pageview } from "../api/client.ts";
