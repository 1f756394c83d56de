import { describe, expect, it } from "vitest";
import { averageWait, backOff, clockOf, countSeats, heldFor, longestSince, moodOfWait, percent, seatState, serviceLevel } from "@/shared/figures";
import { seatBoard } from "@/shared/testing";
import type { QueueBoard, WorkState } from "@/shared/words";

const queue = (over: Partial<QueueBoard>): QueueBoard => ({
  waiting: [],
  offered: 0,
  answered: 0,
  abandoned: 0,
  flowed_out: 0,
  answered_in_15s: 0,
  answered_wait_ms: 0,
  forecast: { compared: 0, mean_error_ms: null, mean_bias_ms: null },
  ...over,
});

const seat = (work: WorkState | null, reachable = true) => seatBoard("li", work, { reachable });

describe("a seat's state in one word", () => {
  it.each([
    [seat("ready"), "ready"],
    [seat("ready", false), "unreachable"],
    [seat(null), "logged_out"],
    [seat(null, false), "logged_out"],
    [seat({ talking: { call: "1" } }, false), "talking"],
    [seat({ wrap_up: { call: "1", until: 9 } }), "wrap_up"],
    [seat({ alerting: { call: "1", until: 9 } }), "alerting"],
    [seat({ not_ready: { reason: "meal" } }), "not_ready"],
  ])("%#", (given, expected) => expect(seatState(given)).toBe(expected));

  it("has lasted since it began, and not at all at a seat nobody has used", () => {
    expect(heldFor({ ...seat("ready"), since: 1_000_000 }, 3_000_000)).toBe(2_000);
    expect(heldFor(seat(null), 3_000_000)).toBeNull();
  });

  it("is counted", () => {
    const seats = { 1: seat("ready"), 2: seat("ready"), 3: seat(null) };
    const counts = countSeats({ now: 0, seq: 0, queues: {}, seats, alarms: {}, calls: {} });
    expect([counts.ready, counts.logged_out, counts.talking]).toEqual([2, 1, 0]);
  });
});

describe("a queue's figures", () => {
  it("count the abandoned against the service level", () => {
    expect(serviceLevel([queue({ answered: 8, abandoned: 2, answered_in_15s: 6 })])).toBe(0.6);
  });
  it("say nothing of nothing", () => {
    expect([serviceLevel([queue({})]), averageWait([queue({})]), longestSince([queue({})])]).toEqual([null, null, null]);
  });
  it("find the longest wait over all queues, not by order", () => {
    const call = (since: number) => ({ call: "1", caller: null, since, priority: 0, ringing: null, position: null, expected_ms: null });
    expect(longestSince([queue({ waiting: [call(9), call(5)] }), queue({ waiting: [call(7)] })])).toBe(5);
  });
  it("are weighed by calls, not by queues", () => {
    expect(averageWait([queue({ answered: 1, answered_wait_ms: 4_000 }), queue({ answered: 3, answered_wait_ms: 0 })])).toBe(1_000);
  });
});

describe("what is read aloud", () => {
  it("times", () => {
    expect([clockOf(0), clockOf(7_999), clockOf(754_000), clockOf(3_723_000), clockOf(-5)]).toEqual([
      "0:00",
      "0:07",
      "12:34",
      "1:02:03",
      "0:00",
    ]);
  });
  it("shares, never rounded up to all", () => {
    expect([percent(1), percent(0.9996), percent(0), percent(null)]).toEqual(["100.0%", "99.9%", "0.0%", "–"]);
  });
  it("waits turn at the promise", () => {
    expect([moodOfWait(14), moodOfWait(15), moodOfWait(60)]).toEqual(["calm", "warn", "bad"]);
  });
});

it("tries again ever more seldom, and never all pages at once", () => {
  expect([backOff(0, 0), backOff(0, 1), backOff(3, 0), backOff(99, 1)]).toEqual([500, 1_000, 4_000, 30_000]);
});
