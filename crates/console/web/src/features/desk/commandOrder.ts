// The commands that a state is about come first; the others follow behind "more". Pure: no page.

import type { Ticket } from "@/api/client";

const FIRST: Record<string, string[]> = {
  draft: ["register", "write", "attach", "divert"],
  registered: ["review", "answer", "write", "confirm_nuisance", "not_accept"],
  await_info: ["inform", "give_up"],
  in_review: ["dispatch", "match_filing", "merge", "await_info", "not_accept", "write"],
  await_leader: ["leader_sign"],
  handling: ["add_unit", "recall", "urge", "reply"],
  following: ["unmerge", "reply"],
  result_check: ["accept_result", "send_back"],
  reply: ["reply"],
  callback: ["ask", "ask_second", "redo", "close_unsatisfied"],
  closed: ["reopen", "ask_second", "archive"],
};
const FIRST_OF_ASSIGNMENT: Record<string, string[]> = {
  issued: ["sign", "ask_return"],
  accepted: ["contact", "draft_result", "on_site", "ask_extension", "ask_return", "delegate", "decide_extension"],
  delegated: ["ask_extension", "decide_extension"],
  return_asked: ["approve_return", "reject_return", "dispute"],
  arbitrating: ["decide_dispute"],
  unit_sign: ["head_sign", "head_reject"],
  submitted: ["sup_pass", "sup_reject", "further_sign"],
};

export interface Sorted {
  first: string[];
  more: string[];
}

function sort(commands: readonly string[], wanted: string[]): Sorted {
  const first = wanted.filter((command) => commands.includes(command));
  return { first, more: commands.filter((command) => !first.includes(command)) };
}

export const sortTicket = (commands: readonly string[], state: Ticket["state"]) => sort(commands, FIRST[state] ?? []);
export const sortAssignment = (commands: readonly string[], state: string) => sort(commands, FIRST_OF_ASSIGNMENT[state] ?? []);
