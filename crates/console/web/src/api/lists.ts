// Lists that follow the live picture without asking more often than a person reads.

import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { ask } from "@/api/ask";
import type { PageOf } from "@/shared/words";

export type ListState = "loading" | "there" | "failed";

/**
 * The answer at `path()`, asked again when `changes` does, at most once in `paceMs`; at once by
 * `refresh`. An answer that fails leaves the one before.
 */
export function usePolled<T>(path: () => string, changes: Ref<unknown>, paceMs = PACE_MS) {
  const body = shallowRef<T | null>(null);
  const state = ref<ListState>("loading");
  let pending: number | undefined;
  let askedAt = -Infinity;

  async function refresh() {
    window.clearTimeout(pending);
    pending = undefined;
    askedAt = performance.now();
    const answer = await ask<T>("GET", path());
    if (answer.ok) body.value = answer.body;
    state.value = answer.ok ? "there" : "failed";
  }

  function soon() {
    if (pending !== undefined) return;
    const wait = Math.max(0, askedAt + paceMs - performance.now());
    pending = window.setTimeout(refresh, wait);
  }

  watch(changes, soon, { immediate: true });
  onScopeDispose(() => window.clearTimeout(pending));
  return { body, state, refresh };
}

/** The first page at `path()`, as above: each row of a person that is new in it goes on the engine's record. */
export function useList<T>(path: () => string, changes: Ref<unknown>, paceMs = PACE_MS) {
  const { body, state } = usePolled<PageOf<T>>(path, changes, paceMs);
  const items = computed(() => body.value?.items ?? []);
  return { items, state };
}

const PACE_MS = 3_000;
