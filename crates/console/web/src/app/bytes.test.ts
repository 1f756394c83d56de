// @vitest-environment node
// What a browser loads, in bytes as brotli sends them: built as the engine builds it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { parse } from "acorn";
import { build, type Manifest } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder = "";
let manifest: Manifest = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "heartline-page-"));
  await build({ logLevel: "error", build: { outDir: folder, emptyOutDir: true, manifest: true } });
  manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8")) as Manifest;
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of these entries with everything that they load at once. */
function filesOf(entries: string[]): Set<string> {
  const [files, seen] = [new Set<string>(), new Set<string>()];
  const visit = (key: string) => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`${key} is not built`);
    if (seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  entries.forEach(visit);
  return files;
}
const kibOf = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + brotliCompressSync(readFileSync(join(folder, file))).length, 0) / 1024;

const START = ["index.html", ...["frame", "floor", "desk"].map((part) => `src/shared/i18n/zh/${part}.json`)];
const FEATURES = ["src/features/agent/AgentPage.vue", "src/features/desk/WorklistPage.vue", "src/features/desk/TicketPage.vue", "src/features/desk/TicketsPage.vue", "src/features/floor/FloorPage.vue"];

it("an agent's entry with its words is at most 300 KiB", () => {
  const kib = kibOf(filesOf([...START, "src/features/agent/AgentPage.vue"]));
  console.info(`agent's entry: ${kib.toFixed(0)} KiB`);
  expect(kib).toBeLessThan(300);
});

it.each(FEATURES)("a further feature is at most 150 KiB: %s", (feature) => {
  const start = filesOf(START);
  const kib = kibOf([...filesOf([feature])].filter((file) => !start.has(file)));
  console.info(`${feature}: ${kib.toFixed(0)} KiB`);
  expect(kib).toBeLessThan(150);
});

it("the other language is not in the entry", () => {
  const files = filesOf(START);
  const english = filesOf(["src/shared/i18n/en/desk.json"]);
  expect([...english].filter((file) => files.has(file) && file.includes("desk"))).toEqual([]);
});

it("no file has syntax or methods that Chromium 109 does not know", () => {
  const files = Object.values(manifest).map(({ file }) => file).filter((file) => file.endsWith(".js"));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    expect(() => parse(text, { ecmaVersion: 2022, sourceType: "module" }), file).not.toThrow();
    // Methods that came later are not made into older ones by the build. Vue's reactive arrays hand
    // theirs on to the browser's, under the same name.
    const calls = text.replace(/\b(to\w+)\([^()]*\)\{return \w+\(this\)\.\1\(/g, "");
    expect(calls.match(/.{40}(\.(toSpliced|toSorted|toReversed)\(|Promise\.withResolvers|Object\.groupBy)/)?.[0], file).toBeUndefined();
  }
});
