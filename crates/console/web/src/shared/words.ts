// The engine's words as they come over the wire. Times are microseconds since 1970.

export type Micros = number;

export interface Wallboard {
  now: Micros;
  seq: number;
  queues: Record<string, QueueBoard>;
  seats: Record<string, SeatBoard>;
  alarms: Record<string, string>;
  /** The calls in which a side is on hold, or a further leg rings or talks. */
  calls: Record<string, CallBoard>;
}

export interface CallBoard {
  /** The sides that hold the other one, and since when. */
  holds: Partial<Record<"caller" | "seat", Micros>>;
  /** The further legs, by number. */
  legs: Record<string, LegBoard>;
}

export type LegBoard = LegRole & {
  /** Since when it rings, or is in the call. */
  since: Micros;
  joined: boolean;
};

export type LegRole =
  | { role: "colleague"; seat: number }
  | { role: "supervisor"; seat: number; mode: MonitorMode }
  /** Masked. */
  | { role: "external"; number: string };

/** What a supervisor's voice does. */
export const MODES = ["listen", "whisper", "barge"] as const;
export type MonitorMode = (typeof MODES)[number];

export interface QueueBoard {
  waiting: WaitingCall[];
  offered: number;
  answered: number;
  abandoned: number;
  flowed_out: number;
  answered_in_15s: number;
  answered_wait_ms: number;
  forecast: Forecast;
}

/** The error of the expected waits today. */
export interface Forecast {
  compared: number;
  mean_error_ms: number | null;
  mean_bias_ms: number | null;
}

export interface WaitingCall {
  call: string;
  /** Masked; empty when withheld. */
  caller: string | null;
  since: Micros;
  priority: number;
  ringing: number | null;
  /** From 1. */
  position: number | null;
  /** The expected further wait; null when it is unknown. */
  expected_ms: number | null;
  /** The cause why no seat is rung for it; absent when one is. */
  cause?: string;
}

export interface SeatBoard {
  reachable: boolean;
  login: "logged_out" | { logged_in: { agent: string | null } };
  work: WorkState | null;
  since: Micros;
  /** Not ready: when it is ready again by itself. */
  back: Micros | null;
  answered: number;
  missed: number;
  talk_ms: number;
}

export type WorkState =
  | "ready"
  | { not_ready: { reason: string } }
  | { alerting: { call: string; until: Micros } }
  | { talking: { call: string } }
  | { wrap_up: { call: string; until: Micros } };

export interface Call {
  call: string;
  caller: string;
  dialled: string;
  queue: string | null;
  arrived: Micros;
  connected: Micros | null;
  ended: Micros | null;
  end: string | null;
  seat: number | null;
  wait_ms: number;
  talk_ms: number;
  recording_ms: number | null;
  recording_sha256: string | null;
  /** A side was heard from a source of voice that nothing vouches for. */
  voice_source_assumed: boolean;
  ticket: number | null;
}

export interface Ticket {
  ticket: number;
  kind: "conversation" | "missed_call";
  call: string;
  caller: string;
  line: string;
  opened: Micros;
  seat: number | null;
  /** Of a missed call: how many more of its caller were missed while it was open; absent: none. */
  missed_again?: number;
}

/** Levels of skills and tiers of queues, each 1 to 10. */
export interface RoutingProfile {
  skills: Record<string, number>;
  queues: Record<string, number>;
}

/** An agent with their skills and queues, of `/api/v1/agents/profiles`. */
export interface AgentProfile {
  agent: string;
  team: string;
  /** The seat where they are signed in. */
  seat?: number;
  /** The profile in `agents.toml`; absent when it does not name them. */
  configured?: RoutingProfile;
  /** The own profile of their seat. */
  of_seat?: RoutingProfile;
  /** The change that a supervisor made. */
  changed?: TemporaryProfile;
}

export interface TemporaryProfile extends RoutingProfile {
  /** Whether it differs from `agents.toml`. */
  differs: boolean;
  /** Its end; absent: when the agent signs out. */
  until?: Micros;
  since: Micros;
  by?: string;
}

/** Of `/api/v1/calls/{call}/offers`. */
export interface CallOffers {
  call: string;
  /** The reason no seat is rung for it now; absent when one is. */
  waits?: WaitReason;
  /** Oldest first. */
  offers: Offer[];
}

export interface Requirement {
  /** The lowest acceptable level by skill. */
  skills?: Record<string, number>;
}

export interface WaitReason {
  cause: string;
  requirement: Requirement;
  tier_max: number;
  overflow?: string[];
  busy: number;
  not_ready: number;
  unreachable: number;
  ruled_out?: RuledOut[];
}

export interface Offer {
  seat: number;
  made: Micros;
  /** Absent when an earlier version made the offer. */
  decision?: Decision;
  /** Absent while the seat rings. */
  outcome?: OfferOutcome;
}

export type OfferOutcome =
  | { accepted: { ring_ms: number } }
  | { missed: { ring_ms: number; reason?: string } }
  | { withdrawn: { ring_ms: number; reason: string } };

export interface Decision {
  rule: string;
  queue: string;
  waited_ms: number;
  requirement?: Requirement;
  /** The overflow queue through which the seat was reached. */
  overflow?: string;
  eligible: number;
  /** The chosen seat first. */
  candidates: Candidate[];
  ruled_out?: RuledOut[];
}

export interface Candidate {
  seat: number;
  agent?: string;
  tier: number;
  idle_ms: number;
  answered: number;
  talked_ms: number;
  skills?: Record<string, number>;
}

export interface RuledOut {
  seat: number;
  agent?: string;
  reason: RuledOutReason;
}

export type RuledOutReason =
  | "missed_this_call"
  | { skill: { skill: string; level: number; required: number } }
  | { tier: { tier: number; tier_max: number } };

export interface PageOf<T> {
  items: T[];
  next?: string | number;
}

export interface Me {
  name: string;
  role: string;
  /** Everything the person may do, from the engine's table of rights. */
  rights: string[];
  real_name?: string;
  /** Nothing else is answered before. */
  must_change_password?: boolean;
  /** The last day, when it is near. */
  ends?: string;
}
