// How a seat is named and what may be asked of it.

import { agentOf, reasonOf, seatState, type SeatState } from "./figures";
import { t, tOf } from "./i18n";
import { me, steersAll } from "./person";
import type { SeatBoard } from "./words";

export function stateWord(state: SeatState): string {
  return state === "unreachable" ? t("unreachable_phone") : t(state);
}

/** The state as said of this seat: a reason says more than "not ready". */
export function sayState(seat: SeatBoard): string {
  const state = seatState(seat);
  const reason = state === "not_ready" ? reasonOf(seat) : null;
  return reason === null ? stateWord(state) : `${stateWord(state)} · ${tOf("reason_", reason)}`;
}

export function sayAgent(seat: SeatBoard): string {
  return seat.login === "logged_out" ? t("nobody") : (agentOf(seat) ?? t("nobody_named"));
}

/** Whether to offer the buttons. The engine decides again at every wish. */
export function maySteer(seat: SeatBoard): boolean {
  if (steersAll()) return true;
  if (me.value?.role !== "agent") return false;
  const agent = agentOf(seat);
  return agent === me.value.name || agent === null;
}

/** The reasons a person may give, in the order of a day. */
export const REASONS = ["break", "meal", "training", "meeting", "coaching", "admin", "outbound", "leader"] as const;
