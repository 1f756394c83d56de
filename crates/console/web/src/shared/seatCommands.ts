// The commands that a person may give to a seat in its state. Pure: no clock, no page.

import { agentOf, seatState, talkingOn } from "@/shared/figures";
import type { Me, SeatBoard } from "@/shared/words";

export type SeatCommand = "log_in" | "ready" | "not_ready" | "extend_wrap_up" | "log_out" | "hang_up";

/**
 * The commands to offer as buttons: none that the engine refuses for want of a right. It checks the
 * rights again when it carries out a command (`authorize` in `crates/center/src/control.rs`).
 */
export function commandsFor(seat: SeatBoard, me: Me): SeatCommand[] {
  const isSignedIn = seatState(seat) !== "logged_out";
  if (me.rights.includes("all_seats")) return isSignedIn ? commandsInState(seat) : ["log_in"];
  if (!me.rights.includes("own_seat")) return [];
  const agent = isSignedIn ? agentOf(seat) : null;
  // A telephone may sign a seat in without a name; the agent who sits there adds theirs first.
  if (agent === null) return ["log_in"];
  return agent === me.name ? commandsInState(seat) : [];
}

function commandsInState(seat: SeatBoard): SeatCommand[] {
  const commands: SeatCommand[] = ["ready", "not_ready"];
  if (seatState(seat) === "wrap_up") commands.push("extend_wrap_up");
  commands.push("log_out");
  if (talkingOn(seat) !== null) commands.push("hang_up");
  return commands;
}
