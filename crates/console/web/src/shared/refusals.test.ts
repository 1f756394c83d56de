import { describe, expect, it } from "vitest";
import type { Problem } from "@/api/ask";
import { passwordRefusalOf, possibleNow, refusalOf } from "@/shared/refusals";

const problem = (over: Partial<Problem>): Problem => ({ status: 409, code: "not_now", detail: "an English sentence", allowed: [], retryAfter: null, ...over });

describe("a refusal is said", () => {
  it("by its code", () => {
    expect(refusalOf(problem({ code: "signed_in_elsewhere" })).word).toBe("problem_signed_in_elsewhere");
    expect(refusalOf(problem({})).word).toBe("problem_not_now");
  });
  it("with its status where the page does not know the code", () => {
    expect(refusalOf(problem({ status: 418, code: "of_a_later_engine" }))).toEqual({ word: "problem_unclear", places: { n: 60, status: 418 } });
  });
  it("with the time to wait", () => {
    expect(refusalOf(problem({ status: 429, code: "too_many", retryAfter: 7 })).places.n).toBe(7);
  });
  it("as a network fault when nobody answered", () => {
    expect(refusalOf(problem({ status: 0, code: "unreachable" })).word).toBe("unreachable");
  });
});

it("a password is refused for the field the engine names", () => {
  const faulty = (field: string) => problem({ status: 422, code: "unclear", faults: [{ field, what: "English" }] });
  expect(passwordRefusalOf(faulty("old")).word).toBe("password_old_wrong");
  expect(passwordRefusalOf(faulty("new")).word).toBe("password_new_unfit");
  expect(passwordRefusalOf(problem({ status: 503, code: "unavailable" })).word).toBe("problem_unavailable");
});

it("what is possible now is said as the buttons say it", () => {
  const words = possibleNow(problem({ allowed: ["ready", "extend_wrap_up", "of_a_later_engine"] }));
  expect(words).toEqual(["do_ready", "do_extend_wrap_up"]);
});
