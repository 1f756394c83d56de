// The live picture of the frame, for the pages inside it.

import { inject, provide, type InjectionKey } from "vue";
import type { LivePicture } from "@/api/live";

const KEY: InjectionKey<LivePicture | null> = Symbol("live picture");

export function provideLive(live: LivePicture | null) {
  provide(KEY, live);
}

/** The live picture; `null` for people without the right to the wallboard. */
export const liveOfFrame = (): LivePicture | null => inject(KEY, null);
