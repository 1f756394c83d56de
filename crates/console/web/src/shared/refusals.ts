// Refusals of the engine in the page's language; its own sentences are English. Pure: no page.

import type { Problem } from "@/api/ask";
import { isWord, type Word } from "@/shared/i18n";

export interface Saying {
  word: Word;
  places: Record<string, string | number>;
}

/** The page's words for a refusal, by its code. */
export function refusalOf(problem: Problem): Saying {
  if (problem.status === 0) return { word: "unreachable", places: {} };
  const key = `problem_${problem.code}`;
  const word = isWord(key) ? key : "problem_unclear";
  return { word, places: { n: problem.retryAfter ?? RETRY_S, status: problem.status } };
}

/** The same for a password one chose: the engine names the field, and each field has one rule. */
export function passwordRefusalOf(problem: Problem): Saying {
  const fields = problem.faults?.map((fault) => fault.field) ?? [];
  if (fields.includes("old")) return { word: "password_old_wrong", places: {} };
  return fields.includes("new") ? { word: "password_new_unfit", places: {} } : refusalOf(problem);
}

/** The buttons' words for the commands that would be accepted now; those without a button are left out. */
export function possibleNow(problem: Problem): Word[] {
  return problem.allowed.map((command) => `do_${command}`).filter(isWord);
}

/** When the engine does not say how long to wait. */
const RETRY_S = 60;
