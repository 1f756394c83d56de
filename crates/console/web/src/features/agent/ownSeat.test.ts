import { expect, it } from "vitest";
import { seatBoard } from "@/shared/testing";
import type { SeatBoard } from "@/shared/words";
import { seatOf, callOf } from "./ownSeat";

const seat = (over: Partial<SeatBoard>) => seatBoard(null, null, over);

it("the own seat is the one where the account is signed in", () => {
  const seats = { "1001": seat({ login: { logged_in: { agent: "li" } } }), "1002": seat({ login: { logged_in: { agent: "wang" } } }) };
  expect(seatOf(seats, "wang")?.[0]).toBe("1002");
  expect(seatOf(seats, "gao")).toBeNull();
});

it("the call of a seat is the one it talks in, wraps up or is offered", () => {
  expect(callOf(seat({ work: { talking: { call: "a" } } }))).toBe("a");
  expect(callOf(seat({ work: { wrap_up: { call: "b", until: 1 } } }))).toBe("b");
  expect(callOf(seat({ work: { alerting: { call: "c", until: 1 } } }))).toBe("c");
  expect(callOf(seat({ work: "ready" }))).toBeNull();
});
