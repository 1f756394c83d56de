// Keys for all pages: `g` and a letter goes to a page, `?` shows the sheet. None acts while a person
// types, or composes characters with an input method.

import { onScopeDispose } from "vue";
import type { Place } from "./menu";

interface Keys {
  places: () => Place[];
  go: (path: string) => void;
  sheet: () => void;
}

/** Whether a key belongs to a field, a dialog or an input method. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const isField = target?.closest("input, textarea, select, [contenteditable], [role=combobox]") != null;
  return event.isComposing || event.keyCode === COMPOSING || isField || event.ctrlKey || event.metaKey || event.altKey;
}

export function useKeys({ places, go, sheet }: Keys) {
  let goesUntil = 0;

  function press(event: KeyboardEvent) {
    if (isTyping(event) || document.querySelector("dialog[open], .el-overlay:not([style*='display: none'])") !== null) return;
    if (event.key === "?") return sheet();
    if (event.key === "g") {
      goesUntil = event.timeStamp + CHORD_MS;
      return;
    }
    const place = event.timeStamp < goesUntil ? places().find(({ key }) => key === event.key) : undefined;
    goesUntil = 0;
    if (place !== undefined) {
      event.preventDefault();
      go(place.path);
    }
  }

  document.addEventListener("keydown", press);
  onScopeDispose(() => document.removeEventListener("keydown", press));
}

const CHORD_MS = 1_500;
/** The code that old browsers give for keys of an input method. */
const COMPOSING = 229;
