// The records of a ticket as a story: what happened, and the words that people wrote. Pure: no page.

import type { Schemas } from "@/api/client";

export type Step = Schemas["Step"];

export interface Told {
  /** The name of the event, as `ev_NAME` names it. */
  event: string;
  /** The number of the assignment it is about. */
  assignment: number | null;
  /** The texts that people wrote, with the field of each. */
  texts: { field: string; text: string }[];
}

const TEXTS = ["text", "reason", "answer", "feedback", "missing", "facts", "note", "basis", "plan", "finding", "action", "sheet", "statement", "title", "content", "public_text", "summary", "grade", "unit", "handler", "days", "reached", "solved", "ground"];
/** Events that say nothing to people: a clock is shown where the clocks are. */
const SILENT = new Set(["ClockStarted", "ClockMet"]);

/** What a record tells; `null` when it is not for people. */
export function tell(step: Step): Told | null {
  const found = eventIn(step.what);
  if (found === null || SILENT.has(found.event)) return null;
  return { event: found.event, assignment: found.assignment, texts: textsIn(found.details) };
}

interface Found {
  event: string;
  assignment: number | null;
  details: unknown;
}

/**
 * The event in a record. Those of the desk are `{"Ticket": [id, {"Dispatched": {…}}]}`, where an event
 * without details is its name alone; those of calls are `{"event": "TicketOpened", "of": {…}}`.
 */
function eventIn(what: unknown): Found | null {
  if (typeof what !== "object" || what === null) return null;
  const record = what as Record<string, unknown>;
  if (typeof record.event === "string") return { event: record.event, assignment: null, details: record.of ?? {} };
  const [subject, inside] = Object.entries(record)[0] ?? ["", null];
  const [id, happened] = Array.isArray(inside) ? (inside as unknown[]) : [null, inside];
  const assignment = subject === "Assignment" && typeof id === "string" ? Number(id.split("-")[1]) : null;
  if (typeof happened === "string") return { event: happened, assignment, details: {} };
  if (typeof happened !== "object" || happened === null) return null;
  const [event, details] = Object.entries(happened)[0] ?? ["", {}];
  return event === "" ? null : { event, assignment, details };
}

function textsIn(details: unknown): { field: string; text: string }[] {
  if (typeof details === "string") return [{ field: "text", text: details }];
  if (typeof details !== "object" || details === null) return [];
  const fields = details as Record<string, unknown>;
  return TEXTS.flatMap((field) => {
    const value = fields[field];
    const isShown = (typeof value === "string" && value.trim() !== "") || typeof value === "number";
    return isShown ? [{ field, text: String(value) }] : [];
  });
}
