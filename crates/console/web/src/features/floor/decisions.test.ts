import { describe, expect, it } from "vitest";
import { eligibleSayings, isNotable, outcomePhrase, outcomeSaying, ruledOutPhrase } from "@/features/floor/decisions";
import type { WaitReason } from "@/shared/words";

describe("a seat was ruled out", () => {
  it("for a skill, with its level and the required one", () => {
    const skill = { skill: "english", level: 3, required: 5 };
    expect(ruledOutPhrase({ skill })).toEqual({ prefix: "ruled_out_", value: "skill", places: skill });
  });
  it("for its tier", () => {
    const tier = { tier: 3, tier_max: 1 };
    expect(ruledOutPhrase({ tier })).toEqual({ prefix: "ruled_out_", value: "tier", places: tier });
  });
  it("for a miss", () => {
    expect(ruledOutPhrase("missed_this_call")).toEqual({ prefix: "ruled_out_", value: "missed_this_call", places: {} });
  });
});

describe("an offer ended", () => {
  it("not yet, while the seat rings", () => {
    expect([outcomeSaying(undefined), outcomePhrase(undefined)]).toEqual([{ word: "offer_ringing", places: {} }, null]);
  });
  it("with an answer", () => {
    const outcome = { accepted: { ring_ms: 4_200 } };
    expect([outcomeSaying(outcome), outcomePhrase(outcome)]).toEqual([{ word: "offer_accepted", places: { t: "0:04" } }, null]);
  });
  it("with a miss, and its reason where the log has one", () => {
    expect(outcomeSaying({ missed: { ring_ms: 20_000 } })).toEqual({ word: "offer_missed", places: { t: "0:20" } });
    expect(outcomePhrase({ missed: { ring_ms: 20_000 } })).toBeNull();
    expect(outcomePhrase({ missed: { ring_ms: 1, reason: "declined" } })).toEqual({ prefix: "offer_missed_", value: "declined", places: {} });
  });
  it("with a withdrawal", () => {
    const outcome = { withdrawn: { ring_ms: 1_000, reason: "caller_gone" } };
    expect(outcomeSaying(outcome).word).toBe("offer_withdrawn");
    expect(outcomePhrase(outcome)).toEqual({ prefix: "offer_withdrawn_", value: "caller_gone", places: {} });
  });
});

it("seats that would serve a waiting call are counted by what keeps them", () => {
  const waits: WaitReason = { cause: "busy", requirement: {}, tier_max: 1, busy: 4, not_ready: 0, unreachable: 1 };
  expect(eligibleSayings(waits)).toEqual([
    { word: "eligible_busy", places: { n: 4 } },
    { word: "eligible_unreachable", places: { n: 1 } },
  ]);
});

it("the wallboard names every cause but the usual one", () => {
  expect(["busy", "not_ready", "unqualified", "of_a_later_engine", undefined].map(isNotable)).toEqual([false, true, true, true, false]);
});
