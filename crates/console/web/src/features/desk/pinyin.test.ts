import { expect, it } from "vitest";
import { initialsOf, matches } from "./pinyin";

it("characters have the initials of their pinyin", () => {
  expect(initialsOf("中原区")).toBe("zyq");
  expect(initialsOf("市城管局")).toBe("scgj");
  expect(initialsOf("二七区")).toBe("eqq");
});

it("a name is found by its characters, by initials and by letters", () => {
  expect(matches("市公安局", "公安")).toBe(true);
  expect(matches("市公安局", "gaj")).toBe(true);
  expect(matches("Urban management", "urban")).toBe(true);
  expect(matches("市公安局", "cgj")).toBe(false);
});
