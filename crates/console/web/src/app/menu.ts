// The pages of a person, by the rights that the engine gives. Pure: no page.

import type { Word } from "@/shared/i18n";
import type { IconName } from "@/shared/ui/icons";

export interface Place {
  name: "agent" | "work" | "tickets" | "floor";
  path: string;
  word: Word;
  icon: IconName;
  /** The key that opens it after `g`. */
  key: string;
}

const PLACES: (Place & { rights: string[] | null })[] = [
  { name: "agent", path: "/seat", word: "nav_agent", icon: "talking", key: "s", rights: ["own_seat"] },
  { name: "work", path: "/tasks", word: "nav_work", icon: "check", key: "w", rights: null },
  { name: "tickets", path: "/tickets", word: "nav_tickets", icon: "note", key: "t", rights: ["tickets", "unit_tickets"] },
  { name: "floor", path: "/floor", word: "nav_floor", icon: "clock", key: "f", rights: ["wallboard"] },
];

/** The pages that a person with these rights has, in the order of the menu. */
export function placesOf(rights: string[]): Place[] {
  return PLACES.filter((place) => place.rights === null || place.rights.some((right) => rights.includes(right)));
}

/** Where a person begins: at their seat, on the floor that they lead, or at their work. */
export function startOf(rights: string[]): string {
  if (rights.includes("own_seat")) return "/seat";
  return rights.includes("all_seats") ? "/floor" : "/tasks";
}
