import { describe, expect, it } from "vitest";
import { changesOf, missing, payloadOf, type Field } from "./fields";

const FIELDS: Field[] = [
  { key: "text", kind: "long", required: true },
  { key: "grade", kind: "choice", of: "Grade", options: ["a", "b"] },
  { key: "outcome", kind: "variant", of: "HandlingOutcome", options: ["solved", "planned"], parts: { planned: [{ key: "until", kind: "when", required: true }] }, required: true },
  { key: "against", kind: "group", fields: [{ key: "name", kind: "text", required: true }] },
  { key: "files", kind: "files" },
];

describe("a form's payload", () => {
  it("leaves out what is empty", () => {
    const values = { text: " done ", grade: "", files: [], against: {}, outcome: { is: "solved", parts: {} } };
    expect(payloadOf(FIELDS, values)).toEqual({ text: "done", outcome: "solved" });
  });
  it("has the parts of the chosen variant only", () => {
    const outcome = { is: "planned", parts: { planned: { until: 5 }, legal_case: { number: "1" } } };
    expect(payloadOf(FIELDS, { text: "x", outcome })).toEqual({ text: "x", outcome: { planned: { until: 5 } } });
  });
});

describe("a missing field is named", () => {
  it("at the top", () => expect(missing(FIELDS, { text: "  " })).toEqual(["text", "outcome"]));
  it("in the chosen variant", () => {
    expect(missing(FIELDS, { text: "x", outcome: { is: "planned", parts: {} } })).toEqual(["outcome.planned.until"]);
  });
  it("but not in a group that is optional", () => {
    expect(missing(FIELDS, { text: "x", outcome: { is: "solved", parts: {} }, against: {} })).toEqual([]);
  });
});

it("a value that nobody touched is not written back", () => {
  expect(changesOf({ name: "王**", title: "a" }, { name: "王**", title: "b" })).toEqual({ title: "b" });
  expect(changesOf({ name: "王**" }, {})).toEqual({ name: "" });
});
