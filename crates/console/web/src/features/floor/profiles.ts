// Skills and queues of agents: the profile in force, its difference from the file, and the form to change it.
// Pure: no clock, no page.

import type { Word } from "@/shared/i18n";
import { momentOf, wallClockOf } from "@/shared/wallClock";
import type { AgentProfile, Micros, RoutingProfile } from "@/shared/words";

export type ProfileSource = "changed" | "file" | "seat" | "unknown";

/** The source of an agent's skills and queues now. */
export function sourceOf(profile: AgentProfile): ProfileSource {
  if (profile.changed !== undefined) return "changed";
  if (profile.configured !== undefined) return "file";
  return profile.of_seat === undefined ? "unknown" : "seat";
}

/** The skills and queues that hold now. */
export function profileInForce(profile: AgentProfile): RoutingProfile {
  return profile.changed ?? withoutChange(profile);
}

/** The skills and queues that hold when the change is taken back. */
export function withoutChange(profile: AgentProfile): RoutingProfile {
  return profile.configured ?? profile.of_seat ?? { skills: {}, queues: {} };
}

export function differsFromFile(profile: AgentProfile): boolean {
  return profile.changed?.differs ?? false;
}

/** Changed agents first, then the signed-in ones, then the others; each by team and name. */
export function inReadingOrder(profiles: AgentProfile[]): AgentProfile[] {
  const rank = (profile: AgentProfile) => (differsFromFile(profile) ? 0 : profile.seat !== undefined ? 1 : 2);
  const name = (profile: AgentProfile) => `${profile.team}\n${profile.agent}`;
  return [...profiles].sort((a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b)));
}

/** The skills that any profile names, for the form to offer. */
export function knownSkills(profiles: AgentProfile[]): string[] {
  const of = (routing: RoutingProfile | undefined) => Object.keys(routing?.skills ?? {});
  const all = profiles.flatMap((p) => [...of(p.changed), ...of(p.configured), ...of(p.of_seat)]);
  return [...new Set(all)].sort();
}

/** The form: what a person has entered. */
export interface ProfileForm {
  skills: { name: string; level: number }[];
  /** The tier by queue; 0: not served. */
  queues: Record<string, number>;
  end: "log_out" | "time";
  /** The end by the hotline's wall clock, as a `datetime-local` field has it: `2026-11-22T18:00`. */
  time: string;
}

/** The form of an agent as they are now, with every queue of the hotline. */
export function formOf(profile: AgentProfile, queues: string[], zone: string | undefined): ProfileForm {
  const { skills, queues: tiers } = profileInForce(profile);
  const names = [...new Set([...queues, ...Object.keys(tiers)])];
  const until = profile.changed?.until;
  return {
    skills: Object.entries(skills).map(([name, level]) => ({ name, level })),
    queues: Object.fromEntries(names.map((name) => [name, tiers[name] ?? 0])),
    end: until === undefined ? "log_out" : "time",
    time: until === undefined ? "" : wallClockOf(until, zone),
  };
}

export type ReadForm = { ok: true; body: RoutingProfile & { until?: Micros } } | { ok: false; fault: Word };

/** The request that the form makes, or its fault. The engine checks levels, tiers and the end. */
export function readForm(form: ProfileForm, zone: string | undefined): ReadForm {
  const names = form.skills.map(({ name }) => name.trim());
  if (names.includes("")) return { ok: false, fault: "skill_unnamed" };
  if (new Set(names).size < names.length) return { ok: false, fault: "skill_twice" };
  const skills = Object.fromEntries(form.skills.map(({ name, level }) => [name.trim(), level]));
  const queues = Object.fromEntries(Object.entries(form.queues).filter(([, tier]) => tier > 0));
  if (form.end === "log_out") return { ok: true, body: { skills, queues } };
  const until = momentOf(form.time, zone);
  return until === null ? { ok: false, fault: "end_missing" } : { ok: true, body: { skills, queues, until } };
}
