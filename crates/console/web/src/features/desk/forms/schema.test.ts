import { expect, it } from "vitest";
import { fieldsOfCommand, type Definitions } from "./schema";

const DEFINITIONS: Definitions = {
  "TicketCommand.asked": {
    oneOf: [
      { properties: { type: { const: "review" } } },
      {
        properties: {
          type: { const: "regrade" },
          payload: { type: "object", required: ["grade"], properties: { grade: { $ref: "#/components/schemas/Grade.asked" }, reason: { type: "string" }, unit: { anyOf: [{ $ref: "#/components/schemas/UnitId.asked" }, { type: "null" }] } } },
        },
      },
      { properties: { type: { const: "end" }, payload: { type: "object", required: ["outcome"], properties: { outcome: { $ref: "#/components/schemas/Outcome" } } } } },
    ],
  },
  "Grade.asked": { oneOf: [{ const: "a", type: "string" }, { const: "b", type: "string" }] },
  "UnitId.asked": { type: "string" },
  Outcome: { oneOf: [{ const: "solved", type: "string" }, { properties: { planned: { type: "object", required: ["until"], properties: { until: { type: "integer" } } } } }] },
};

it("a command without a payload has no fields", () => {
  expect(fieldsOfCommand(DEFINITIONS, "TicketCommand", "review")).toEqual([]);
});

it("words, references and optional values become fields", () => {
  expect(fieldsOfCommand(DEFINITIONS, "TicketCommand", "regrade")).toEqual([
    { key: "grade", kind: "choice", of: "Grade", options: ["a", "b"], required: true },
    { key: "reason", kind: "long", required: false, whole: true },
    { key: "unit", kind: "unit", required: false },
  ]);
});

it("a word with details has the fields of the details", () => {
  expect(fieldsOfCommand(DEFINITIONS, "TicketCommand", "end")).toEqual([
    { key: "outcome", kind: "variant", of: "Outcome", options: ["solved", "planned"], parts: { planned: [{ key: "until", kind: "when", required: true }] }, required: true },
  ]);
});

it("an unknown command has no form", () => {
  expect(fieldsOfCommand(DEFINITIONS, "TicketCommand", "of_a_later_engine")).toBeNull();
});
