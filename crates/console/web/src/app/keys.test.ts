import { expect, it } from "vitest";
import { isTyping } from "./keys";

function pressed(on: Element, init: KeyboardEventInit): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { bubbles: true, ...init });
  document.body.append(on);
  on.dispatchEvent(event);
  return event;
}

it("a key in a field is not a shortcut", () => {
  expect(isTyping(pressed(document.createElement("textarea"), { key: "g" }))).toBe(true);
  expect(isTyping(pressed(document.createElement("p"), { key: "g" }))).toBe(false);
});

it("a key of an input method is not a shortcut", () => {
  expect(isTyping(pressed(document.createElement("p"), { key: "1", isComposing: true }))).toBe(true);
});

it("a key of the browser is left to it", () => {
  expect(isTyping(pressed(document.createElement("p"), { key: "w", ctrlKey: true }))).toBe(true);
});
