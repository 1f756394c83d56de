// The engine's API, with types made from its description (`cargo xtask schema`).

import createClient, { type Client } from "openapi-fetch";
import { readProblem, type Problem } from "./ask";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Ticket = Schemas["Ticket"];
export type Assignment = Schemas["Assignment"];
export type WorkItem = Schemas["WorkItem"];
export type Allowed = Schemas["AllowedCommands"];
export type Names = Schemas["Names"];

const client: Client<paths> = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(ANSWER_MS) }),
});

/** A refusal, thrown so that a query has it as its error. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

interface Asked<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of a call; a refusal is thrown as `Refused`. */
async function answerOf<T>(asked: Promise<Asked<T>>): Promise<T> {
  let answer: Asked<T>;
  try {
    answer = await asked;
  } catch {
    throw new Refused({ status: 0, code: "unreachable", allowed: [], retryAfter: null });
  }
  if (!answer.response.ok) throw new Refused(readProblem(answer.response, answer.error));
  return answer.data as T;
}

export const api = {
  worklist: (query: { work?: Schemas["WorkKind.asked"]; after?: string; limit?: number }) => answerOf(client.GET("/api/v1/worklist", { params: { query } })),
  worklistCounts: () => answerOf(client.GET("/api/v1/worklist/counts")),
  names: () => answerOf(client.GET("/api/v1/names")),
  tickets: (query: { before?: number; limit?: number; state?: Schemas["TicketState.asked"]; kind?: Schemas["TicketKind.asked"]; caller?: string; matter?: number }) =>
    answerOf(client.GET("/api/v1/tickets", { params: { query } })),
  ticket: (ticket: string) => answerOf(client.GET("/api/v1/tickets/{ticket}", { params: { path: { ticket } } })),
  allowed: (ticket: string) => answerOf(client.GET("/api/v1/tickets/{ticket}/allowed", { params: { path: { ticket } } })),
  clocks: (ticket: string, language: "zh" | "en") => answerOf(client.GET("/api/v1/tickets/{ticket}/clocks", { params: { path: { ticket }, query: { language } } })),
  history: (ticket: string, after?: number) => answerOf(client.GET("/api/v1/tickets/{ticket}/events", { params: { path: { ticket }, query: { after, limit: 200 } } })),
  call: (call: string) => answerOf(client.GET("/api/v1/calls/{call}", { params: { path: { call } } })),
  calls: (query: { limit?: number }) => answerOf(client.GET("/api/v1/calls", { params: { query } })),
};

/** What a command is given to. */
export type Subject = { of: "ticket"; id: string } | { of: "assignment"; id: string } | { of: "dissatisfaction"; id: string };

export interface Command {
  type: string;
  payload?: unknown;
}

/**
 * Gives a command. It is carried out once, however often it is sent with the same key; with `seq` it is
 * refused when somebody else has acted since that record.
 */
export async function give(subject: Subject, command: Command, key: string, seq?: number): Promise<Schemas["CommandReceipt"]> {
  const body = { ...command, ...(seq === undefined ? {} : { expect_seq: seq }) };
  const header = { "Idempotency-Key": key };
  // The forms are made for the schema of each command, and the engine checks it again.
  const checked = body as never;
  switch (subject.of) {
    case "ticket":
      return answerOf(client.POST("/api/v1/tickets/{ticket}/events", { params: { path: { ticket: subject.id }, header }, body: checked }));
    case "assignment":
      return answerOf(client.POST("/api/v1/assignments/{assignment}/events", { params: { path: { assignment: subject.id }, header }, body: checked }));
    case "dissatisfaction":
      return answerOf(client.POST("/api/v1/dissatisfactions/{ticket}/events", { params: { path: { ticket: subject.id }, header }, body: checked }));
  }
}

/** Keeps a file; its SHA-256 names it in commands. */
export async function keepFile(file: Blob): Promise<string> {
  let response: Response;
  try {
    response = await fetch("/api/v1/attachments", { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } });
  } catch {
    throw new Refused({ status: 0, code: "unreachable", allowed: [], retryAfter: null });
  }
  if (!response.ok) throw new Refused(readProblem(response, await response.json().catch(() => null)));
  return ((await response.json()) as { sha256: string }).sha256;
}

/** The problem of whatever a query has thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { status: 0, code: "unreachable", allowed: [], retryAfter: null };
}

/** A little longer than the engine's own limit, so that its answer is seen. */
const ANSWER_MS = 20_000;
