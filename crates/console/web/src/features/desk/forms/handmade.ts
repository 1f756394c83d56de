// The forms of the main commands: their fields in the order of the work, with defaults from the ticket
// and what the citizen will read. Pure: no page.

import type { Assignment, Schemas, Ticket } from "@/api/client";
import type { Word } from "@/shared/i18n";
import { changesOf, payloadOf, type Field, type Values } from "./fields";

/** What a form knows of its surroundings. */
export interface Surroundings {
  ticket: Ticket;
  assignment?: Assignment;
  /** The name of the person, as it is printed. */
  person: string;
  hub: string | null;
}

export interface CommandForm {
  fields: Field[];
  defaults: (around: Surroundings) => Values;
  /** The payload; that of the fields where it is absent. */
  payload?: (values: Values, around: Surroundings) => unknown;
  /** The text that reaches the citizen. */
  citizenReads?: (values: Values) => string;
  /** What to say, as a word with the ticket's title. */
  script?: Word;
  /** Shows the units that the directory proposes. */
  showsRoute?: boolean;
  /** The clock that the command starts. */
  clock?: (values: Values) => string | null;
  /** Is sent without `payload`. */
  bare?: boolean;
}

const choice = (key: string, of: string, options: string[], more: Partial<Field> = {}): Field => ({ key, kind: "choice", of, options, asButtons: options.length <= 6, ...more }) as Field;
const long = (key: string, more: Partial<Field> = {}): Field => ({ key, kind: "long", whole: true, ...more }) as Field;

const GRADES = ["a", "b", "c"];
const REACHED = ["yes", "no_answer", "refused", "wrong_number"];
const REPLY_BY = ["phone", "sms", "letter", "none"];
const REDO = ["vague", "perfunctory", "wrong_facts", "caller_not_contacted", "wording", "no_signature", "promise_unkept", "false", "unsatisfied"];

export const REGISTRATION: Field[] = [
  choice("purpose", "Purpose", ["consult", "help", "complaint", "report", "suggestion", "praise", "vent", "other"], { asButtons: true, whole: true } as Partial<Field>),
  { key: "title", kind: "text", required: true, whole: true },
  long("content", { required: true, max: 4000 } as Partial<Field>),
  { key: "topic", kind: "topic", required: true },
  { key: "area", kind: "area" },
  { key: "address", kind: "text" },
  { key: "name", kind: "text" },
  { key: "contact", kind: "text" },
  choice("caller_kind", "CallerKind", ["person", "enterprise", "institution"]),
  { key: "confidential", kind: "yes" },
  choice("reply_by", "ReplyBy", REPLY_BY),
  { key: "danger", kind: "yes" },
  { key: "sensitive", kind: "yes" },
  choice("difficulty", "Difficulty", ["simple", "ordinary", "complex"]),
  choice("scope", "Scope", ["person", "building", "estate", "village", "area"]),
  choice("emotion_in", "Emotion", ["calm", "upset", "furious"]),
  choice("emotion_out", "Emotion", ["calm", "upset", "furious"]),
  { key: "occurred_from", kind: "when" },
  { key: "recurrence", kind: "text" },
  long("change_since_last"),
  long("suggestion"),
  long("summary"),
  { key: "tags", kind: "words" },
  { key: "attachments", kind: "files", whole: true },
];

/** The values of the registration form as the ticket has them. */
export function registrationOf(ticket: Ticket): Values {
  const form = ticket.form as Values;
  const kept = Object.fromEntries(REGISTRATION.map(({ key }) => [key, form[key] ?? undefined]).filter(([, value]) => value !== undefined));
  return { confidential: false, danger: false, sensitive: false, ...kept };
}

/** The change of the form that the person has made. */
export function registrationChange(values: Values, ticket: Ticket): Values {
  const asked = new Set(Object.keys(ticket.form));
  const change = changesOf(payloadOf(REGISTRATION, registrationOf(ticket)), payloadOf(REGISTRATION, values));
  // Every caller is asked whether the units may know them, so that "no" is an answer too.
  if (!asked.has("confidential")) change.confidential = values.confidential === true;
  return change;
}

const parts = (values: Values): Values[] => [
  { unit: values.lead, role: "lead", method: "network" },
  ...((values.assists ?? []) as string[]).map((unit) => ({ unit, role: "assist", method: "network" })),
];

const DISPATCH: CommandForm = {
  fields: [
    { key: "lead", kind: "unit", required: true, label: "v_DispatchRole_lead" },
    { key: "assists", kind: "units", label: "v_DispatchRole_assist" },
    { key: "supervise", kind: "unit", required: true },
    { key: "supervisor", kind: "text", required: true },
    choice("grade", "Grade", GRADES, { required: true, whole: true }),
    long("note"),
    long("reason"),
    long("emergency"),
  ],
  defaults: ({ ticket, person, hub }) => ({
    lead: ticket.route?.lead ?? undefined,
    assists: ticket.route?.assists ?? [],
    supervise: ticket.route?.supervise ?? hub ?? undefined,
    supervisor: person,
    grade: ticket.form.grade ?? ticket.route?.grade ?? "b",
  }),
  payload: (values) => ({
    parts: parts(values),
    supervise: values.supervise,
    supervisor: values.supervisor,
    grade: values.grade,
    ...payloadOf([long("note"), long("reason"), long("emergency")], values),
  }),
  showsRoute: true,
  clock: ({ grade }) => (typeof grade === "string" ? `handle_${grade}` : null),
};

const text = (key: string): CommandForm => ({ fields: [long(key, { required: true })], defaults: () => ({}) });

const TICKET: Record<string, CommandForm> = {
  write: {
    fields: REGISTRATION,
    defaults: ({ ticket }) => registrationOf(ticket),
    payload: (values, { ticket }) => registrationChange(values, ticket),
  },
  register: {
    fields: REGISTRATION,
    defaults: ({ ticket }) => registrationOf(ticket),
    payload: (values, { ticket }) => ({ form: registrationChange(values, ticket) }),
    clock: () => "review",
  },
  answer: {
    fields: [long("answer", { required: true }), { key: "knowledge", kind: "text" }, long("no_item")],
    defaults: () => ({}),
    citizenReads: (values) => String(values.answer ?? ""),
  },
  dispatch: DISPATCH,
  add_unit: DISPATCH,
  accept_result: { fields: [long("feedback")], defaults: () => ({}), clock: () => "hub_reply" },
  send_back: { fields: [choice("reason", "RedoReason", REDO, { required: true, whole: true }), long("text", { required: true })], defaults: () => ({}) },
  redo: { fields: [choice("reason", "RedoReason", REDO, { required: true, whole: true }), long("text", { required: true })], defaults: () => ({ reason: "unsatisfied" }) },
  reply: {
    fields: [choice("how", "ReplyBy", ["phone", "sms", "letter"], { required: true }), choice("reached", "Reached", REACHED, { required: true }), { key: "call", kind: "call" }, { key: "interim", kind: "yes" }, long("text", { required: true })],
    defaults: ({ ticket }) => ({ how: ticket.form.reply_by === "sms" ? "sms" : "phone", reached: "yes", interim: false, text: resultText(ticket) }),
    citizenReads: (values) => String(values.text ?? ""),
  },
  ask: {
    fields: [
      choice("how", "CallbackChannel", ["manual", "sms", "robot", "web"], { required: true }),
      choice("reached", "Reached", REACHED, { required: true }),
      { key: "call", kind: "call" },
      choice("grade", "Satisfaction", ["very_satisfied", "satisfied", "fairly", "dissatisfied", "very_dissatisfied"], { asButtons: true, whole: true } as Partial<Field>),
      choice("solved", "Solved", ["yes", "partly", "no"]),
      // A question that was not asked has no answer.
      { key: "contacted_by_unit", kind: "asked" },
      { key: "result_true", kind: "asked" },
      long("text"),
    ],
    defaults: () => ({ how: "manual", reached: "yes" }),
    script: "script_callback",
    payload: (values) => {
      const reached = values.reached === "yes";
      const kept = { ...values };
      if (!reached) for (const key of ["grade", "solved", "contacted_by_unit", "result_true"]) delete kept[key];
      return { text: "", ...payloadOf(TICKET.ask?.fields ?? [], kept) };
    },
  },
  await_info: { fields: [long("missing", { required: true }), { key: "call_at", kind: "when", required: true }], defaults: () => ({}) },
  merge: { fields: [{ key: "matter", kind: "number", required: true }], defaults: () => ({}) },
  leader_sign: { fields: [long("text", { required: true }), { key: "for_leader", kind: "text" }, { key: "scan", kind: "file" }], defaults: () => ({}) },
  note: text("text"),
  citizen_update: text("text"),
};

const ASSIGNMENT: Record<string, CommandForm> = {
  sign: { fields: [{ key: "handler", kind: "text" }], defaults: ({ person }) => ({ handler: person }), clock: () => "first_contact" },
  contact: {
    fields: [
      { key: "with", kind: "text", required: true },
      choice("purpose", "ContactPurpose", ["first_contact", "info", "competence", "coordination", "other"], { required: true }),
      choice("how", "ReplyBy", ["phone", "sms", "letter"], { required: true }),
      choice("reached", "Reached", REACHED, { required: true }),
      { key: "number", kind: "text" },
      { key: "call", kind: "call" },
      long("text", { required: true }),
    ],
    defaults: ({ ticket, assignment }) => ({
      with: String((ticket.form as Values).name ?? "") || ticket.caller,
      purpose: assignment?.first_contact == null ? "first_contact" : "info",
      how: "phone",
      reached: "yes",
    }),
  },
  draft_result: {
    fields: [
      choice("verdict", "Verdict", ["true", "partly", "untrue", "unverifiable"], { required: true, whole: true }),
      long("finding", { required: true }),
      long("action", { required: true }),
      {
        key: "outcome",
        kind: "variant",
        of: "HandlingOutcome",
        options: ["solved", "partly", "planned", "explained", "policy_limit", "not_ours", "legal_case", "withdrawn"],
        parts: { planned: [{ key: "until", kind: "when", required: true }], legal_case: [{ key: "number", kind: "text", required: true }] },
        required: true,
        whole: true,
      },
      { key: "basis", kind: "words", whole: true },
      long("public_text"),
      { key: "attachments", kind: "files", whole: true },
      { key: "evidence", kind: "files", whole: true },
    ],
    defaults: ({ assignment }) => {
      const result = assignment?.result;
      if (result == null) return { verdict: "true" };
      return { ...(result as Values), outcome: variantOf(result.outcome) };
    },
    citizenReads: (values) => String(values.public_text ?? ""),
    clock: () => "supervise_review",
  },
  head_sign: {
    fields: [choice("post", "Post", ["chief", "deputy_head", "handler"], { required: true }), { key: "name", kind: "text", required: true }, { key: "how", kind: "text", required: true }],
    defaults: ({ person, assignment, ticket }) => ({ post: ticket.form.grade === "c" ? "chief" : "deputy_head", name: person, how: assignment === undefined ? "" : "online" }),
  },
  sup_pass: {
    fields: [choice("substance", "", ["5", "4", "3", "2", "1"], { required: true, asButtons: true } as Partial<Field>), choice("wording", "", ["5", "4", "3", "2", "1"], { required: true, asButtons: true } as Partial<Field>), long("text")],
    defaults: () => ({ substance: "5", wording: "5" }),
    payload: ({ substance, wording, text: words }) => ({ substance: Number(substance), wording: Number(wording), text: String(words ?? "") }),
  },
  sup_reject: { fields: [choice("reason", "RedoReason", REDO, { required: true, whole: true }), long("text", { required: true })], defaults: () => ({}) },
  ask_return: {
    fields: [choice("ground", "ReturnGround", ["not_ours", "wrong_area", "duplicate", "incomplete", "legal_route", "other"], { required: true, whole: true }), long("basis", { required: true }), { key: "proposed", kind: "unit" }],
    defaults: () => ({}),
  },
  approve_return: text("reason"),
  reject_return: text("reason"),
  ask_extension: {
    fields: [{ key: "days", kind: "number", required: true }, { key: "citizen_told", kind: "yes" }, long("reason", { required: true }), long("plan", { required: true })],
    defaults: () => ({ days: 5, citizen_told: false }),
  },
  decide_extension: {
    fields: [{ key: "days", kind: "number", required: true }, long("reason", { required: true })],
    defaults: ({ assignment }) => ({ days: assignment?.extension?.days ?? 0 }),
  },
};

export const HANDMADE: Record<"ticket" | "assignment" | "dissatisfaction", Record<string, CommandForm>> = { ticket: TICKET, assignment: ASSIGNMENT, dissatisfaction: {} };

/** The sets of commands in the API's description. */
export const SETS = { ticket: "TicketCommand", assignment: "AssignmentCommand", dissatisfaction: "DissatisfactionCommand" } as const;

function variantOf(outcome: Schemas["HandlingOutcome"]): unknown {
  if (typeof outcome === "string") return { is: outcome, parts: {} };
  const [is, inside] = Object.entries(outcome)[0] ?? ["", {}];
  return { is, parts: { [is]: inside } };
}

/** What the lead has found and done: the draft of the reply. */
function resultText(ticket: Ticket): string {
  const lead = [...ticket.assignments].reverse().find(({ role, result }) => role === "lead" && result != null);
  if (lead?.result == null) return ticket.answer ?? "";
  const { finding, action, public_text } = lead.result;
  return public_text || [finding, action].filter(Boolean).join("\n");
}
