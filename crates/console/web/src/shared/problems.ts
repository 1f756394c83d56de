// Problem documents as sentences in the page's language.

import type { Problem } from "@/api/ask";
import { t } from "@/shared/i18n";
import { possibleNow, refusalOf } from "@/shared/refusals";

/** The reason of a refusal, and the commands that are possible instead. */
export function sayProblem(problem: Problem): string {
  const { word, places } = refusalOf(problem);
  const commands = possibleNow(problem).map((command) => t(command));
  const possible = commands.length > 0 ? ` ${t("possible_now", { what: commands.join(t("list_separator")) })}` : "";
  return t(word, places) + possible;
}
