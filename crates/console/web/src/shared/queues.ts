// Queues as lists show them. Pure: no clock, no page.

import type { QueueBoard } from "@/shared/words";

/** Name and board of each queue, in the order of `queues.toml`; queues of which the config says nothing come last. */
export function inOrder(queues: Record<string, QueueBoard>, order: string[]): [string, QueueBoard][] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(queues).sort(([a], [b]) => place(a) - place(b));
}
