// What a person may ask of a seat in its state. Pure: no clock, no page.

import { agentOf, seatState, talkingOn } from "./figures";
import type { Me, SeatBoard } from "./words";

export type Wish = "log_in" | "ready" | "not_ready" | "extend_wrap_up" | "log_out" | "hang_up";

/**
 * The wishes to offer as buttons: none that the engine refuses for want of a right (`may_steer` and
 * `hang_up` in `crates/console/src/api`). It decides again at every wish.
 */
export function wishesFor(seat: SeatBoard, me: Me): Wish[] {
  const isSignedIn = seatState(seat) !== "logged_out";
  if (me.rights.includes("all_seats")) return isSignedIn ? steering(seat) : ["log_in"];
  if (me.role !== "agent") return [];
  const agent = isSignedIn ? agentOf(seat) : null;
  // A telephone may sign a seat in without a name; the agent who sits there gives it theirs first.
  if (agent === null) return ["log_in"];
  return agent === me.name ? steering(seat) : [];
}

function steering(seat: SeatBoard): Wish[] {
  const wishes: Wish[] = ["ready", "not_ready"];
  if (seatState(seat) === "wrap_up") wishes.push("extend_wrap_up");
  wishes.push("log_out");
  if (talkingOn(seat) !== null) wishes.push("hang_up");
  return wishes;
}
