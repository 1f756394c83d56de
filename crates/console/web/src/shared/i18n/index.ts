// Which language the page speaks: the person's choice, else the browser's, else Chinese. The words of
// one language are loaded at the start, and those of the other when it is chosen.

import { ref, watchEffect } from "vue";
import { createI18n } from "vue-i18n";
import type desk from "./zh/desk.json";
import type floor from "./zh/floor.json";
import type frame from "./zh/frame.json";

export type Word = keyof typeof floor | keyof typeof frame | keyof typeof desk;
export type Language = "zh" | "en";

const KEY = "heartline.language";
const DICTIONARIES = {
  zh: () => Promise.all([import("./zh/frame.json"), import("./zh/floor.json"), import("./zh/desk.json")]),
  en: () => Promise.all([import("./en/frame.json"), import("./en/floor.json"), import("./en/desk.json")]),
};

export const language = ref<Language>(first());

export const i18n = createI18n({ legacy: false, locale: language.value, messages: {}, missingWarn: false, fallbackWarn: false });

watchEffect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** Loads the words of the language; the page is shown after that. */
export async function loadWords(of: Language = language.value) {
  const parts = await DICTIONARIES[of]();
  for (const part of parts) i18n.global.mergeLocaleMessage(of, part.default);
  i18n.global.locale.value = of;
  language.value = of;
}

export async function toggleLanguage() {
  await loadWords(language.value === "zh" ? "en" : "zh");
  try {
    localStorage.setItem(KEY, language.value);
  } catch {
    // Private windows may keep nothing; the page still speaks.
  }
}

/** The word, with `{name}` places filled. */
export function t(word: Word, places: Record<string, string | number> = {}): string {
  return i18n.global.t(word, places);
}

/** Whether the page has this word. */
export function isWord(key: string): key is Word {
  return i18n.global.te(key, language.value);
}

/** A word of the engine's own, like a reason; shown as it is when we do not know it. */
export function tOf(prefix: string, word: string, places: Record<string, string | number> = {}): string {
  const key = `${prefix}${word}`;
  return isWord(key) ? t(key, places) : word;
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
