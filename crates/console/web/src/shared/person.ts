// The person who uses the page.

import { ref, shallowRef } from "vue";
import { ask, type Problem } from "@/api/ask";
import { inOrder } from "@/shared/queues";
import type { Me, QueueBoard } from "@/shared/words";

export const me = shallowRef<Me | null>(null);
export const hotline = ref("Heartline");
/** The hotline's wall clock, as an offset: its times are shown wherever the page is looked at. */
export const zone = ref<string>();
const queueTitles = shallowRef<Record<string, string>>({});
const queueOrder = shallowRef<string[]>([]);
/** The title of a queue. */
export const titleOf = (queue: string) => queueTitles.value[queue] ?? queue;
/** The names of the hotline's queues, in the order of `queues.toml`. */
export const queueNames = () => queueOrder.value;
/** The queues in the order of `queues.toml`. */
export const ordered = (queues: Record<string, QueueBoard>) => inOrder(queues, queueOrder.value);
/** Whether we know yet if somebody is logged in. */
export const known = ref(false);

interface Hotline {
  hotline: string;
  zone: string;
  queues: Record<string, string>;
  queue_order: string[];
}

export async function begin() {
  const [line] = await Promise.all([ask<Hotline>("GET", "/api/v1/hotline"), whoAmI()]);
  if (line.ok) {
    hotline.value = line.body.hotline;
    zone.value = line.body.zone;
    queueTitles.value = line.body.queues;
    queueOrder.value = line.body.queue_order;
  }
  document.title = hotline.value;
}

export async function whoAmI() {
  const answer = await ask<Me>("GET", "/api/v1/me");
  if (answer.ok) me.value = answer.body;
  // Only a clear no logs us out; an engine that is away does not.
  else if (answer.problem.status === 401) me.value = null;
  known.value = true;
}

export async function logIn(name: string, password: string): Promise<Problem | null> {
  const answer = await ask<Me>("POST", "/api/v1/login", { name, password });
  if (!answer.ok) return answer.problem;
  me.value = answer.body;
  return null;
}

/** A password of one's own; the engine says what is wrong with it. */
export async function changePassword(old: string, fresh: string): Promise<Problem | null> {
  const answer = await ask("POST", "/api/v1/me/password", { old, new: fresh });
  if (!answer.ok) return answer.problem;
  await whoAmI();
  return null;
}

export async function logOut() {
  await ask("POST", "/api/v1/logout");
  await whoAmI();
}

/** Whether the person has a right. The engine checks it again at every request. */
export const may = (right: string) => me.value?.rights.includes(right) ?? false;
