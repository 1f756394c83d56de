import { expect, it } from "vitest";
import { sortAssignment, sortTicket } from "./commandOrder";

it("the commands of the state come first, in the order of the work", () => {
  expect(sortTicket(["write", "claim", "dispatch", "note"], "in_review")).toEqual({ first: ["dispatch", "write"], more: ["claim", "note"] });
});

it("no command is lost, and none is made up", () => {
  const commands = ["urge", "sign", "of_a_later_engine"];
  const { first, more } = sortAssignment(commands, "issued");
  expect([...first, ...more].sort()).toEqual([...commands].sort());
});
