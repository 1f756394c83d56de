// The parties of calls, and the commands about a call in its state. Pure: no clock, no page.

import { agentOf, seatState, talkingOn } from "@/shared/figures";
import { MODES, type CallBoard, type LegBoard, type Me, type MonitorMode, type SeatBoard, type Wallboard } from "@/shared/words";

export type Leg = LegBoard & { leg: string };

/** The further legs of a call in the order in which they were dialled. */
export function legsOf(call: CallBoard | undefined): Leg[] {
  const legs = Object.entries(call?.legs ?? {}).map(([leg, board]) => ({ ...board, leg }));
  return legs.sort((a, b) => Number(a.leg) - Number(b.leg));
}

/** Colleagues and outside numbers, whom the agent asked. */
export const guestsOf = (call: CallBoard | undefined) => legsOf(call).filter((leg) => leg.role !== "supervisor");

/** The supervisor at a phone, when there is one in the call. */
export function supervisorAt(call: CallBoard | undefined, seat: string): (Leg & { role: "supervisor" }) | null {
  const isThere = (leg: Leg): leg is Leg & { role: "supervisor" } => leg.role === "supervisor" && String(leg.seat) === seat;
  return legsOf(call).find(isThere) ?? null;
}

export type CallCommand = "hold" | "resume" | "conference" | "invite" | "transfer" | "complete_transfer";

/** The commands of the agent who has the call. `conference` is `resume` when a guest talks already. */
export function commandsInCall(call: CallBoard | undefined): CallCommand[] {
  const guests = guestsOf(call);
  const isHeld = call?.holds.seat !== undefined;
  const commands: CallCommand[] = [isHeld ? (guests.some((guest) => guest.joined) ? "conference" : "resume") : "hold"];
  if (guests.length > 0) commands.push("complete_transfer");
  if (legsOf(call).length < GUESTS_MAX) commands.push("invite");
  commands.push("transfer");
  return commands;
}

/** The party that a person chooses: `seat:1002`, `queue:citizens`, or what is typed, as a phone dials it. */
export type PartyChoice = { seat: number } | { queue: string } | { number: string };

export function partyOf(chosen: string, seats: Record<string, SeatBoard>): PartyChoice {
  const [, kind, name = ""] = /^(seat|queue):(.+)$/.exec(chosen) ?? [];
  if (kind === "seat") return { seat: Number(name) };
  if (kind === "queue") return { queue: name };
  return chosen.trim() in seats ? { seat: Number(chosen) } : { number: chosen };
}

/** The seats whose phone can be rung for a call, those who are ready first. */
export function seatsToAsk(board: Wallboard, own: string | null): [string, SeatBoard][] {
  const busy = seatsInOtherCalls(board);
  const isFree = ([number, seat]: [string, SeatBoard]) => number !== own && seat.reachable && !busy.has(number) && !["talking", "alerting"].includes(seatState(seat));
  const order = (seat: SeatBoard) => ["ready", "wrap_up", "not_ready", "logged_out"].indexOf(seatState(seat));
  return Object.entries(board.seats)
    .filter(isFree)
    .sort(([, a], [, b]) => order(a) - order(b));
}

/** The phones that ring or talk in the call of another seat, with that seat's number. */
export function seatsInOtherCalls(board: Wallboard): Map<string, { host: string; leg: Leg }> {
  const found = new Map<string, { host: string; leg: Leg }>();
  for (const [host, seat] of Object.entries(board.seats)) {
    const call = talkingOn(seat);
    if (call === null) continue;
    for (const leg of legsOf(board.calls[call])) if (leg.role !== "external") found.set(String(leg.seat), { host, leg });
  }
  return found;
}

/** What a supervisor may do in a call. The engine checks the rights again. */
export function modesFor(me: Me): MonitorMode[] {
  return MODES.filter((mode) => me.rights.includes(mode === "listen" ? "listen" : "barge"));
}

/** The phone of a person: where they are signed in, else the one they chose before. */
export function phoneOf(board: Wallboard, me: Me, chosen: string): string {
  const own = Object.entries(board.seats).find(([, seat]) => agentOf(seat) === me.name)?.[0];
  return own ?? (chosen in board.seats ? chosen : "");
}

/** The most further legs in one call. */
const GUESTS_MAX = 8;
