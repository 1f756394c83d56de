// Levels and tiers as text.

import { t, type Word } from "@/shared/i18n";
import { titleOf } from "@/shared/person";
import type { Requirement, RoutingProfile } from "@/shared/words";

function list(of: Record<string, number> | undefined, word: Word, name: (key: string) => string = String): string {
  const items = Object.entries(of ?? {}).map(([key, n]) => t(word, { name: name(key), n }));
  return items.join(t("list_separator"));
}

/** `english level 7, dialect level 3`; empty without skills. */
export const sayLevels = (skills: Record<string, number> | undefined) => list(skills, "level_of");

export function sayProfile({ skills, queues }: RoutingProfile): string {
  const all = [sayLevels(skills) || t("no_skills"), list(queues, "tier_of", titleOf) || t("serves_no_queue")];
  return all.join(" · ");
}

export function sayRequirement(requirement: Requirement | undefined): string {
  const what = list(requirement?.skills, "at_least");
  return what === "" ? t("requires_nothing") : t("requires", { what });
}
