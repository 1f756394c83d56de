// Which language the page speaks: the person's choice, else the browser's, else Chinese.

import { ref, watchEffect } from "vue";
import { en } from "./en";
import { zh, type Word } from "./zh";

export type { Word };
export type Language = "zh" | "en";

const KEY = "heartline.language";
const dictionaries = { zh, en } as const;

export const language = ref<Language>(first());

watchEffect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

export function toggleLanguage() {
  language.value = language.value === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(KEY, language.value);
  } catch {
    // Private windows may keep nothing; the page still speaks.
  }
}

/** The word, with `{name}` places filled. */
export function t(word: Word, places: Record<string, string | number> = {}): string {
  return dictionaries[language.value][word].replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place));
}

/** A word of the engine's own, like a reason; shown as it is when we do not know it. */
export function tOf(prefix: string, word: string, places: Record<string, string | number> = {}): string {
  const key = `${prefix}${word}`;
  return key in zh ? t(key as Word, places) : word;
}

function first(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === "zh" || kept === "en") return kept;
  } catch {
    // As above.
  }
  const wanted = navigator.languages.find((tag) => /^(zh|en)/i.test(tag));
  return wanted?.toLowerCase().startsWith("en") ? "en" : "zh";
}
