// What several tests need.

import type { SeatBoard, WorkState } from "@/shared/words";

/** A seat with its agent in a state; without a state nobody is signed in. */
export const seatBoard = (agent: string | null, work: WorkState | null, over: Partial<SeatBoard> = {}): SeatBoard => ({
  reachable: true,
  login: work === null ? "logged_out" : { logged_in: { agent } },
  work,
  since: 0,
  back: null,
  answered: 0,
  missed: 0,
  talk_ms: 0,
  ...over,
});
