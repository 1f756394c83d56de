// The live picture and the engine's clock: connected, or honest about not being so.

import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { backOff } from "@/shared/figures";
import type { Micros, Wallboard } from "@/shared/words";

export type Connection = "connecting" | "live" | "lost";

export type LivePicture = ReturnType<typeof useLive>;

/** Follow the wallboard while the scope lives; `onRefused` when a stream cannot be had at all. */
export function useLive(onRefused: () => void) {
  const board = shallowRef<Wallboard | null>(null);
  const connection = ref<Connection>("connecting");
  /** The engine's time, ticking; it stands still while the connection is lost. */
  const now = ref<Micros>(0);

  let source: EventSource | null = null;
  let tries = 0;
  let heardAt = performance.now();
  let engineAtHeard: Micros = 0;
  let retry: number | undefined;

  function heard(time: Micros) {
    heardAt = performance.now();
    engineAtHeard = time;
    tries = 0;
    connection.value = "live";
    tick();
  }

  function open() {
    source?.close();
    retry = undefined;
    heardAt = performance.now();
    source = new EventSource("/api/v1/wallboard/live");
    source.addEventListener("wallboard", (event) => {
      const next = JSON.parse(event.data) as Wallboard;
      board.value = next;
      heard(next.now);
    });
    source.addEventListener("beat", (event) => heard((JSON.parse(event.data) as { now: Micros }).now));
    source.addEventListener("error", fail);
  }

  function fail() {
    source?.close();
    source = null;
    if (retry !== undefined) return;
    connection.value = "lost";
    // A stream does not say why it failed: the caller finds out whether we are still logged in, and
    // what the config of an engine that has started again says.
    onRefused();
    retry = window.setTimeout(open, backOff(tries, Math.random()));
    tries += 1;
  }

  function tick() {
    if (connection.value === "live") now.value = engineAtHeard + (performance.now() - heardAt) * 1000;
    const silent = performance.now() - heardAt;
    if (source !== null && silent > SILENCE_MS) fail();
  }

  // After sleep or a change of network there is no need to wait for the next try.
  function wake() {
    if (document.visibilityState === "visible" && connection.value !== "live") {
      window.clearTimeout(retry);
      open();
    }
  }

  const ticking = window.setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  open();

  onScopeDispose(() => {
    source?.close();
    window.clearInterval(ticking);
    window.clearTimeout(retry);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
  });

  return { board, connection, now, isLive: computed(() => connection.value === "live") };
}

const TICK_MS = 250;
/** The engine speaks at least every 2 s; three missed beats are a broken line. */
const SILENCE_MS = 7_000;
