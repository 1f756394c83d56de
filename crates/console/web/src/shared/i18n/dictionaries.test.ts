import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Dictionary = Record<string, string>;

const PARTS = ["floor", "frame", "desk"];
const read = (language: string, part: string) => JSON.parse(readFileSync(`src/shared/i18n/${language}/${part}.json`, "utf8")) as Dictionary;

/** The name of the other language, what stands between the items of a list, and what is the same in both. */
const NOT_WORDS = ["language", "list_separator"];

it("both languages have the same words, each in one part", () => {
  expect(readdirSync("src/shared/i18n/zh").sort()).toEqual(PARTS.map((part) => `${part}.json`).sort());
  for (const part of PARTS) expect(Object.keys(read("en", part))).toEqual(Object.keys(read("zh", part)));
  const all = PARTS.flatMap((part) => Object.keys(read("zh", part)));
  expect(all.filter((word, i) => all.indexOf(word) !== i)).toEqual([]);
});

it.each(PARTS)("every word is Chinese in the Chinese page and English in the English one: %s", (part) => {
  const [zh, en] = [read("zh", part), read("en", part)];
  const words = Object.keys(zh).filter((word) => !NOT_WORDS.includes(word));
  expect(words.filter((word) => !/\p{Script=Han}/u.test(zh[word] ?? ""))).toEqual([]);
  expect(words.filter((word) => !en[word] || /\p{Script=Han}/u.test(en[word] ?? ""))).toEqual([]);
});

it.each(PARTS)("a word has the same places in both languages: %s", (part) => {
  const [zh, en] = [read("zh", part), read("en", part)];
  const placesOf = (text = "") => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const word of Object.keys(zh)) expect([word, placesOf(en[word])]).toEqual([word, placesOf(zh[word])]);
});

it.each(PARTS)("no word has a sign that means something to vue-i18n: %s", (part) => {
  for (const language of ["zh", "en"]) {
    const meant = Object.entries(read(language, part)).filter(([, text]) => /[@|]/.test(text));
    expect(meant).toEqual([]);
  }
});
