// Figures and states worked out of the live picture. Pure: no clock, no page.

import type { Micros, QueueBoard, SeatBoard, Wallboard } from "@/shared/words";

/** The states of a seat, in the order of a supervisor's interest. */
export const SEAT_STATES = ["talking", "alerting", "ready", "wrap_up", "not_ready", "unreachable", "logged_out"] as const;
export type SeatState = (typeof SEAT_STATES)[number];

export function seatState(seat: SeatBoard): SeatState {
  const work = seat.work;
  if (work === null || seat.login === "logged_out") return "logged_out";
  // Somebody on a call is talking even when the phone's registration has run out.
  if (typeof work === "object") {
    if ("talking" in work) return "talking";
    if ("wrap_up" in work) return "wrap_up";
  }
  if (!seat.reachable) return "unreachable";
  if (work === "ready") return "ready";
  return "alerting" in work ? "alerting" : "not_ready";
}

export function agentOf(seat: SeatBoard): string | null {
  return seat.login === "logged_out" ? null : seat.login.logged_in.agent;
}

export function reasonOf(seat: SeatBoard): string | null {
  const work = seat.work;
  return work !== null && typeof work === "object" && "not_ready" in work ? work.not_ready.reason : null;
}

export function talkingOn(seat: SeatBoard): string | null {
  const work = seat.work;
  return work !== null && typeof work === "object" && "talking" in work ? work.talking.call : null;
}

/** The time the seat has been in its state, in ms; null when nobody has used it yet. */
export function heldFor(seat: SeatBoard, now: Micros): number | null {
  return seat.since === 0 ? null : (now - seat.since) / 1000;
}

/** When the state ends by itself: the end of an offer, of wrap-up, of the pause after a missed call. */
export function endsAt(seat: SeatBoard): Micros | null {
  const work = seat.work;
  if (work === null || typeof work !== "object") return null;
  if ("not_ready" in work) return seat.back;
  if ("wrap_up" in work) return work.wrap_up.until;
  return "alerting" in work ? work.alerting.until : null;
}

export function countSeats(board: Wallboard): Record<SeatState, number> {
  const counts = Object.fromEntries(SEAT_STATES.map((state) => [state, 0])) as Record<SeatState, number>;
  for (const seat of Object.values(board.seats)) counts[seatState(seat)] += 1;
  return counts;
}

/** The time at which the longest waiting call joined. */
export function longestSince(queues: QueueBoard[]): Micros | null {
  const all = queues.flatMap((queue) => queue.waiting.map((call) => call.since));
  return all.length === 0 ? null : Math.min(...all);
}

/** Share answered within 15 s of those answered or abandoned (SL3), 0 to 1. */
export function serviceLevel(queues: QueueBoard[]): number | null {
  const asked = sum(queues, (q) => q.answered + q.abandoned);
  return asked === 0 ? null : sum(queues, (q) => q.answered_in_15s) / asked;
}

/** Average speed of answer, in ms. */
export function averageWait(queues: QueueBoard[]): number | null {
  const answered = sum(queues, (q) => q.answered);
  return answered === 0 ? null : sum(queues, (q) => q.answered_wait_ms) / answered;
}

export function sum(queues: QueueBoard[], of: (queue: QueueBoard) => number): number {
  return queues.reduce((total, queue) => total + of(queue), 0);
}

export type Mood = "calm" | "warn" | "bad";

/** 15 s is the promise (GB/T 33358); after a minute people hang up. */
export function moodOfWait(seconds: number): Mood {
  return seconds < 15 ? "calm" : seconds < 60 ? "warn" : "bad";
}

export function moodOfLevel(level: number | null): Mood {
  return level === null || level >= 0.9 ? "calm" : level >= 0.8 ? "warn" : "bad";
}

/** `0:07`, `12:34`, `1:02:03`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function percent(share: number | null): string {
  // Not rounded up: 99.96 % is not all.
  return share === null ? "–" : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`;
}

/** The time to wait before the `n`th new try (from 0), in ms; `chance` is 0 to 1. */
export function backOff(n: number, chance: number): number {
  const most = Math.min(30_000, 1_000 * 2 ** Math.min(n, 10));
  return most / 2 + (most / 2) * chance;
}
