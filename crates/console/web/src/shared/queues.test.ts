import { expect, it } from "vitest";
import { inOrder } from "@/shared/queues";
import type { QueueBoard } from "@/shared/words";

const queue: QueueBoard = {
  waiting: [],
  offered: 0,
  answered: 0,
  abandoned: 0,
  flowed_out: 0,
  answered_in_15s: 0,
  answered_wait_ms: 0,
  forecast: { compared: 0, mean_error_ms: null, mean_bias_ms: null },
};

it("queues stand in the order of the config, those it does not know last", () => {
  // JavaScript lists a key like "12" before all others, whatever the order it came in.
  const board = { abolished: queue, english: queue, 12: queue, mandarin: queue };
  const names = inOrder(board, ["mandarin", "dialect", "12", "english"]).map(([name]) => name);
  expect(names).toEqual(["mandarin", "12", "english", "abolished"]);
});
