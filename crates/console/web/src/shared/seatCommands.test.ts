import { describe, expect, it } from "vitest";
import { commandsFor } from "@/shared/seatCommands";
import { seatBoard as seat } from "@/shared/testing";
import type { Me, WorkState } from "@/shared/words";


const li: Me = { name: "li", role: "agent", rights: ["wallboard", "events", "own_seat", "whole_numbers", "tickets", "released"] };
const wang: Me = { name: "wang", role: "supervisor", rights: ["wallboard", "all_seats"] };
const qian: Me = { name: "qian", role: "qa", rights: ["wallboard", "recordings"] };

describe("an agent is offered", () => {
  it("to sign in at a seat without a name, and nothing else there", () => {
    const states: (WorkState | null)[] = [null, "ready", { not_ready: { reason: "meal" } }, { wrap_up: { call: "1", until: 9 } }, { talking: { call: "1" } }];
    for (const work of states) expect(commandsFor(seat(null, work), li)).toEqual(["log_in"]);
    expect(commandsFor(seat(null, "ready", { reachable: false }), li)).toEqual(["log_in"]);
  });
  it("everything at their own seat that its state allows", () => {
    expect(commandsFor(seat("li", "ready"), li)).toEqual(["ready", "not_ready", "log_out"]);
    expect(commandsFor(seat("li", { wrap_up: { call: "1", until: 9 } }), li)).toEqual(["ready", "not_ready", "extend_wrap_up", "log_out"]);
    expect(commandsFor(seat("li", { talking: { call: "1" } }), li)).toEqual(["ready", "not_ready", "log_out", "hang_up"]);
  });
  it("nothing at the seat of another", () => {
    expect(commandsFor(seat("sun", { talking: { call: "1" } }), li)).toEqual([]);
  });
});

it("a person with the right to all seats commands the unnamed ones too", () => {
  expect(commandsFor(seat(null, "ready"), wang)).toEqual(["ready", "not_ready", "log_out"]);
  expect(commandsFor(seat("li", { talking: { call: "1" } }), wang)).toEqual(["ready", "not_ready", "log_out", "hang_up"]);
  expect(commandsFor(seat(null, null), wang)).toEqual(["log_in"]);
});

it("a person without a right to seats is offered nothing", () => {
  expect(commandsFor(seat(null, null), qian)).toEqual([]);
  expect(commandsFor(seat("qian", "ready"), qian)).toEqual([]);
});
