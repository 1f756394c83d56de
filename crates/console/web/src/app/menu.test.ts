import { expect, it } from "vitest";
import { placesOf, startOf } from "./menu";

const names = (rights: string[]) => placesOf(rights).map((place) => place.name);

it("the menu has the pages that the rights allow", () => {
  expect(names(["own_seat", "wallboard", "tickets"])).toEqual(["agent", "work", "tickets", "floor"]);
  expect(names(["unit_tickets", "handle"])).toEqual(["work", "tickets"]);
  expect(names(["audit"])).toEqual(["work"]);
});

it("a person begins where their work is", () => {
  expect(startOf(["own_seat", "wallboard"])).toBe("/seat");
  expect(startOf(["all_seats", "wallboard"])).toBe("/floor");
  expect(startOf(["dispatch", "wallboard"])).toBe("/tasks");
});
