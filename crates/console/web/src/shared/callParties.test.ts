import { expect, it } from "vitest";
import { commandsInCall, guestsOf, modesFor, partyOf, phoneOf, seatsInOtherCalls, seatsToAsk, supervisorAt } from "@/shared/callParties";
import { seatBoard as seat } from "@/shared/testing";
import type { CallBoard, LegBoard, Me, SeatBoard, Wallboard } from "@/shared/words";

const call = (legs: Record<string, LegBoard> = {}, isHeld = false): CallBoard => ({ holds: isHeld ? { seat: 1 } : {}, legs });
const colleague = (joined: boolean): LegBoard => ({ role: "colleague", seat: 1002, since: 2, joined });
const listener: LegBoard = { role: "supervisor", seat: 1003, mode: "listen", since: 3, joined: true };
const board = (seats: Record<string, SeatBoard>, calls: Record<string, CallBoard> = {}): Wallboard => ({ now: 9, seq: 1, queues: {}, seats, alarms: {}, calls });

it("a call is held, then resumed, and made a conference once a guest talks", () => {
  expect(commandsInCall(undefined)).toEqual(["hold", "invite", "transfer"]);
  expect(commandsInCall(call({}, true))).toEqual(["resume", "invite", "transfer"]);
  expect(commandsInCall(call({ 4: colleague(false) }, true))).toEqual(["resume", "complete_transfer", "invite", "transfer"]);
  expect(commandsInCall(call({ 4: colleague(true) }, true))).toEqual(["conference", "complete_transfer", "invite", "transfer"]);
  // A supervisor is not asked, and the call cannot be left to one so.
  expect(commandsInCall(call({ 4: listener }))).toEqual(["hold", "invite", "transfer"]);
  const full = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, colleague(true)]));
  expect(commandsInCall(call(full))).not.toContain("invite");
});

it("guests are in the order in which they were dialled, by number", () => {
  const legs = call({ 10: colleague(true), 9: { role: "external", number: "138****5678", since: 1, joined: true }, 8: listener });
  expect(guestsOf(legs).map(({ leg }) => leg)).toEqual(["9", "10"]);
  expect(supervisorAt(legs, "1003")?.mode).toBe("listen");
  expect(supervisorAt(legs, "1002")).toBeNull();
});

it("a party is a seat, a queue, or a number as a phone dials it", () => {
  const seats = { 1002: seat("wang", "ready") };
  expect(partyOf("seat:1002", seats)).toEqual({ seat: 1002 });
  expect(partyOf("1002", seats)).toEqual({ seat: 1002 });
  expect(partyOf("1003", seats)).toEqual({ number: "1003" });
  expect(partyOf("queue:citizens", seats)).toEqual({ queue: "citizens" });
  expect(partyOf("0371 1234-5678", seats)).toEqual({ number: "0371 1234-5678" });
});

it("phones that are free are asked, ready ones first, and those in another's call are not", () => {
  const seats = {
    1001: seat("li", { talking: { call: "A" } }),
    1002: seat("wang", "ready"),
    1003: seat("sun", { not_ready: { reason: "meal" } }),
    1004: seat("qian", "ready"),
    1005: seat("zhao", "ready", { reachable: false }),
    1006: seat(null, null),
  };
  const picture = board(seats, { A: call({ 4: colleague(true) }) });
  expect(seatsInOtherCalls(picture).get("1002")?.host).toBe("1001");
  expect(seatsToAsk(picture, "1001").map(([number]) => number)).toEqual(["1004", "1003", "1006"]);
});

it("a supervisor's phone is the one where they are signed in, else the one they chose", () => {
  const wang: Me = { name: "wang", role: "supervisor", rights: ["listen", "barge"] };
  const seats = { 1002: seat("wang", "ready"), 1003: seat(null, null) };
  expect(phoneOf(board(seats), wang, "1003")).toBe("1002");
  expect(phoneOf(board({ 1003: seat(null, null) }), wang, "1003")).toBe("1003");
  expect(phoneOf(board({}), wang, "1003")).toBe("");
  expect(modesFor(wang)).toEqual(["listen", "whisper", "barge"]);
  expect(modesFor({ ...wang, rights: ["listen"] })).toEqual(["listen"]);
});
