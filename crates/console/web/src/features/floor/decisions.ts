// The reasons for offers and for waiting, as keys of the dictionaries with their places.
// Pure: no page. A test of the engine (`tests/api/page_words.rs`) checks that each value has words.

import { clockOf } from "@/shared/figures";
import type { Saying } from "@/shared/refusals";
import type { OfferOutcome, RuledOutReason, WaitReason } from "@/shared/words";

/** A phrase by its key in the dictionaries; a value of a later engine has none and is shown as it is. */
export interface Phrase {
  prefix: "rule_" | "ruled_out_" | "waits_" | "offer_missed_" | "offer_withdrawn_";
  value: string;
  places: Record<string, string | number>;
}

export function rulePhrase(rule: string): Phrase {
  return { prefix: "rule_", value: rule, places: {} };
}

export function waitPhrase(cause: string): Phrase {
  return { prefix: "waits_", value: cause, places: {} };
}

/** The reason why a ready seat was no candidate. */
export function ruledOutPhrase(reason: RuledOutReason): Phrase {
  if (typeof reason === "string") return { prefix: "ruled_out_", value: reason, places: {} };
  const [value, places] = Object.entries(reason)[0] ?? ["", {}];
  return { prefix: "ruled_out_", value, places };
}

export type Outcome = "ringing" | "accepted" | "missed" | "withdrawn";

export function outcomeOf(outcome: OfferOutcome | undefined): Outcome {
  if (outcome === undefined) return "ringing";
  if ("accepted" in outcome) return "accepted";
  return "missed" in outcome ? "missed" : "withdrawn";
}

/** The end of an offer, with the time the phone rang. */
export function outcomeSaying(outcome: OfferOutcome | undefined): Saying {
  const kind = outcomeOf(outcome);
  const end: { ring_ms?: number } = outcome === undefined ? {} : (Object.values(outcome)[0] ?? {});
  return { word: `offer_${kind}`, places: end.ring_ms === undefined ? {} : { t: clockOf(end.ring_ms) } };
}

/** The reason why it was missed or withdrawn; null when the log has none. */
export function outcomePhrase(outcome: OfferOutcome | undefined): Phrase | null {
  if (outcome === undefined || "accepted" in outcome) return null;
  if ("withdrawn" in outcome) return { prefix: "offer_withdrawn_", value: outcome.withdrawn.reason, places: {} };
  const { reason } = outcome.missed;
  return reason === undefined ? null : { prefix: "offer_missed_", value: reason, places: {} };
}

/** The seats that may serve the call, counted by their state; states without a seat are left out. */
export function eligibleSayings(waits: WaitReason): Saying[] {
  const counts: [Saying["word"], number][] = [
    ["eligible_busy", waits.busy],
    ["eligible_not_ready", waits.not_ready],
    ["eligible_unreachable", waits.unreachable],
  ];
  return counts.filter(([, n]) => n > 0).map(([word, n]) => ({ word, places: { n } }));
}

/** The causes to be seen on the wallboard: all but the usual one, that every seat is in a call. */
export function isNotable(cause: string | undefined): cause is string {
  return cause !== undefined && cause !== "busy";
}
