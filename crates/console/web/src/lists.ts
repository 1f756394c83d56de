// Lists that follow the live picture without asking more often than a person reads.

import { onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { ask } from "./api";
import type { PageOf } from "./words";

/**
 * The first page at `path()`, asked again when `changes` does, at most once in `paceMs`: each row of
 * a person that is new in it goes on the engine's record.
 */
export function useList<T>(path: () => string, changes: Ref<unknown>, paceMs = PACE_MS) {
  const items = shallowRef<T[]>([]);
  const state = ref<"loading" | "there" | "failed">("loading");
  let pending: number | undefined;
  let askedAt = -Infinity;

  async function fetchNow() {
    pending = undefined;
    askedAt = performance.now();
    const answer = await ask<PageOf<T>>("GET", path());
    if (answer.ok) items.value = answer.body.items;
    state.value = answer.ok ? "there" : "failed";
  }

  function soon() {
    if (pending !== undefined) return;
    const wait = Math.max(0, askedAt + paceMs - performance.now());
    pending = window.setTimeout(fetchNow, wait);
  }

  watch(changes, soon, { immediate: true });
  onScopeDispose(() => window.clearTimeout(pending));
  return { items, state };
}

const PACE_MS = 3_000;
