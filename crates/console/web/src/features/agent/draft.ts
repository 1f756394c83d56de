// The draft of a registration is the engine's: what was typed is written to the ticket a moment after, so
// that it survives the browser. Nothing of it is kept in the browser.

import { onScopeDispose, ref, watch, type Ref } from "vue";
import { give, problemOf } from "@/api/client";
import type { Problem } from "@/api/ask";
import type { Values } from "@/features/desk/forms/fields";

export type DraftState = { is: "clean" } | { is: "saving" } | { is: "kept"; at: number } | { is: "failed"; problem: Problem };

/** Keeps what `change` gives, at most `PACE_MS` after it was typed; `kept` when the engine has it. */
export function useDraft(ticket: string, touched: Ref<number>, change: () => Values, kept: () => void) {
  const state = ref<DraftState>({ is: "clean" });
  let timer: number | undefined;
  let isSaving = false;

  async function save() {
    timer = undefined;
    const draft = change();
    if (isSaving || Object.keys(draft).length === 0) return;
    isSaving = true;
    state.value = { is: "saving" };
    try {
      await give({ of: "ticket", id: ticket }, { type: "write", payload: draft }, key());
      state.value = { is: "kept", at: Date.now() };
      kept();
    } catch (error) {
      state.value = { is: "failed", problem: problemOf(error) };
    }
    isSaving = false;
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PACE_MS);
  }

  watch(touched, soon);
  // A page that is left keeps what was typed in the last moment.
  onScopeDispose(() => {
    if (timer === undefined) return;
    window.clearTimeout(timer);
    void save();
  });

  return { state, saveNow: async () => { window.clearTimeout(timer); await save(); } };
}

const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const PACE_MS = 900;
