// Names and states of seats as text.

import { agentOf, reasonOf, seatState, type SeatState } from "@/shared/figures";
import { t, tOf } from "@/shared/i18n";
import type { LegRole, SeatBoard } from "@/shared/words";

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

/** A further leg of a call: the seat with its agent, or the masked number. */
export function sayLeg(leg: LegRole, seats: Record<string, SeatBoard>): string {
  if (leg.role === "external") return t("leg_external", { who: leg.number });
  const seat = seats[leg.seat];
  const agent = seat === undefined ? null : agentOf(seat);
  return t(`leg_${leg.role}`, { who: agent === null ? leg.seat : `${leg.seat} ${agent}` });
}

/** The reasons a person may give, in the order of a day. */
export const REASONS = ["break", "meal", "training", "meeting", "coaching", "admin", "outbound", "leader"] as const;
