import { describe, expect, it } from "vitest";
import { differsFromFile, formOf, inReadingOrder, knownSkills, profileInForce, readForm, sourceOf, withoutChange, type ProfileForm } from "@/features/floor/profiles";
import { momentOf, wallClockOf } from "@/shared/wallClock";
import type { AgentProfile } from "@/shared/words";

const file = { skills: { english: 7 }, queues: { english: 1 } };
const ofSeat = { skills: {}, queues: { citizens: 2 } };
const change = { skills: { english: 3, dialect: 5 }, queues: { citizens: 1 }, differs: true, since: 1, by: "chen" };
const agent = (over: Partial<AgentProfile>): AgentProfile => ({ agent: "li", team: "A", ...over });

describe("an agent's skills and queues", () => {
  it.each([
    [agent({ configured: file, of_seat: ofSeat, changed: change }), "changed", change],
    [agent({ configured: file, of_seat: ofSeat }), "file", file],
    [agent({ of_seat: ofSeat }), "seat", ofSeat],
    [agent({}), "unknown", { skills: {}, queues: {} }],
  ])("%#", (given, source, holds) => expect([sourceOf(given), profileInForce(given)]).toEqual([source, holds]));

  it("are those of the file again without the change, and the seat's own where the file does not name the agent", () => {
    expect(withoutChange(agent({ configured: file, of_seat: ofSeat, changed: change }))).toEqual(file);
    expect(withoutChange(agent({ of_seat: ofSeat, changed: change }))).toEqual(ofSeat);
  });

  it("differ from the file only where the engine says so", () => {
    expect(differsFromFile(agent({ configured: file, changed: { ...file, differs: false, since: 1 } }))).toBe(false);
    expect(differsFromFile(agent({ configured: file, changed: change }))).toBe(true);
  });
});

it("changed agents come first, then the signed-in ones, each by team and name", () => {
  const profiles = [agent({ agent: "wu", team: "B" }), agent({ agent: "zhao", seat: 3 }), agent({ agent: "he", team: "B", seat: 2 }), agent({ changed: change })];
  expect(inReadingOrder(profiles).map((profile) => profile.agent)).toEqual(["li", "zhao", "he", "wu"]);
});

it("the form offers the skills that any profile names", () => {
  expect(knownSkills([agent({ configured: file }), agent({ changed: change }), agent({ of_seat: ofSeat })])).toEqual(["dialect", "english"]);
});

describe("the form", () => {
  const form = (over: Partial<ProfileForm>): ProfileForm => ({ skills: [{ name: "english", level: 7 }], queues: { english: 1, citizens: 0 }, end: "log_out", time: "", ...over });

  it("begins with what holds now and every queue of the hotline", () => {
    expect(formOf(agent({ configured: file }), ["citizens", "english"], "+08:00")).toEqual(form({}));
    const until = Date.UTC(2026, 10, 22, 10, 0) * 1000;
    const changed = formOf(agent({ configured: file, changed: { ...change, until } }), [], "+08:00");
    expect([changed.end, changed.time, changed.queues]).toEqual(["time", "2026-11-22T18:00", { citizens: 1 }]);
  });
  it("asks for the queues that are served, until the log-out", () => {
    expect(readForm(form({}), "+08:00")).toEqual({ ok: true, body: { skills: { english: 7 }, queues: { english: 1 } } });
  });
  it("asks for a change until a time by the hotline's clock", () => {
    const until = Date.UTC(2026, 10, 22, 10, 0) * 1000;
    expect(readForm(form({ end: "time", time: "2026-11-22T18:00" }), "+08:00")).toEqual({ ok: true, body: { skills: { english: 7 }, queues: { english: 1 }, until } });
  });
  it.each([
    [form({ skills: [{ name: " ", level: 5 }] }), "skill_unnamed"],
    [form({ skills: [{ name: "a", level: 5 }, { name: "a ", level: 6 }] }), "skill_twice"],
    [form({ end: "time" }), "end_missing"],
  ])("names its fault %#", (given, fault) => expect(readForm(given, "+08:00")).toEqual({ ok: false, fault }));
});

it("a moment of the hotline's clock is read and written in its zone", () => {
  for (const zone of ["+08:00", "-03:30", "+00:00"]) {
    const at = momentOf("2026-11-22T23:45", zone);
    expect(at === null ? null : wallClockOf(at, zone)).toBe("2026-11-22T23:45");
  }
  expect([momentOf("", "+08:00"), momentOf("soon", "+08:00")]).toEqual([null, null]);
});
