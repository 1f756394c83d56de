import { expect, it } from "vitest";
import { tell } from "./story";

const step = (what: unknown) => ({ seq: 1, at: 0, what });

it("an event of a ticket is told with the texts that people wrote", () => {
  const told = tell(step({ Ticket: [2026112200001, { SentBack: { reason: "vague", text: "say what was done", clocks: [] } }] }));
  expect(told).toEqual({ event: "SentBack", assignment: null, texts: [{ field: "text", text: "say what was done" }, { field: "reason", text: "vague" }] });
});

it("an event of an assignment says which one", () => {
  expect(tell(step({ Assignment: ["2026112200001-2", { Signed: { handler: "Wang" } }] }))).toMatchObject({ event: "Signed", assignment: 2 });
  expect(tell(step({ Assignment: ["2026112200001-2", "Finished"] }))).toMatchObject({ event: "Finished", assignment: 2 });
});

it("an event of a call is told by its name", () => {
  expect(tell(step({ event: "TicketOpened", of: { ticket: 1 } }))).toMatchObject({ event: "TicketOpened" });
});

it("clocks are not part of the story", () => {
  expect(tell(step({ Ticket: [1, { ClockStarted: {} }] }))).toBeNull();
  expect(tell(step(null))).toBeNull();
});
