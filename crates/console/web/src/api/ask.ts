// One way to ask the engine, one way it says no.

/** A refusal (RFC 9457). */
export interface Problem {
  status: number;
  /** The reason, as a stable word; the list is `crates/console/src/problem/code.rs`. */
  code: string;
  /** A sentence in English, for developers. */
  detail?: string;
  /** The faults of the command, by field. */
  faults?: { field: string; what: string }[];
  allowed: string[];
  /** The state of what a command was about, and the record to expect next. */
  state?: string;
  seq?: number;
  retryAfter: number | null;
}

export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Problem };

/** Ask; never throws. An engine out of reach is a problem with status 0. */
export async function ask<T = void>(method: "GET" | "POST", path: string, body?: unknown): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    return { ok: false, problem: { status: 0, code: "unreachable", allowed: [], retryAfter: null } };
  }
  const text = await response.text().catch(() => "");
  if (response.ok) return { ok: true, body: (text === "" ? undefined : JSON.parse(text)) as T };
  return { ok: false, problem: read(response, text) };
}

function read(response: Response, text: string): Problem {
  try {
    return readProblem(response, JSON.parse(text));
  } catch {
    return { ...readProblem(response, null), detail: text.slice(0, 200) };
  }
}

/** The problem that an answer holds; an answer of a proxy may hold anything. */
export function readProblem(response: Response, document: unknown): Problem {
  const retry = Number(response.headers.get("retry-after"));
  const problem: Problem = {
    status: response.status,
    code: "unclear",
    allowed: [],
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : null,
  };
  const known = typeof document === "object" && document !== null ? (document as Partial<Problem>) : {};
  return { ...problem, ...known, status: response.status };
}

/** A little longer than the engine's own limit, so that its answer is seen. */
const ANSWER_MS = 20_000;
