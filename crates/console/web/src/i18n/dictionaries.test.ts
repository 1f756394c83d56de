import { expect, it } from "vitest";
import { en } from "./en";
import { zh, type Word } from "./zh";

/** The name of the other language, and what stands between the items of a list. */
const NOT_WORDS: Word[] = ["language", "list_separator"];

it("every word is Chinese in the Chinese page and English in the English one", () => {
  const words = (Object.keys(zh) as Word[]).filter((word) => !NOT_WORDS.includes(word));
  expect(words.filter((word) => !/\p{Script=Han}/u.test(zh[word]))).toEqual([]);
  expect(words.filter((word) => en[word] === "" || /\p{Script=Han}/u.test(en[word]))).toEqual([]);
});

it("a word has the same places in both languages", () => {
  const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const word of Object.keys(zh) as Word[]) expect([word, placesOf(en[word])]).toEqual([word, placesOf(zh[word])]);
});
