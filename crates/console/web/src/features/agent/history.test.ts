import { expect, it } from "vitest";
import { openFirst } from "./history";

it("open tickets come before closed ones, the newest first, without the present one", () => {
  const of = (ticket: number, state: string) => ({ ticket, state, opened: ticket });
  const all = [of(1, "handling"), of(2, "closed"), of(3, "closed"), of(4, "registered"), of(5, "draft"), of(6, "cancelled")];
  expect(openFirst(all, 5).map(({ ticket }) => ticket)).toEqual([4, 1, 3, 2]);
});
