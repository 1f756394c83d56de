// The engine's words as they come over the wire. Times are microseconds since 1970.

export type Micros = number;

export interface Wallboard {
  now: Micros;
  seq: number;
  queues: Record<string, QueueBoard>;
  seats: Record<string, SeatBoard>;
  alarms: Record<string, string>;
}

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

/** How good the expected waits were today. */
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
  /** How much longer, as far as can be said. */
  expected_ms: number | null;
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
