// The seat at which the person is signed in, in the live picture.

import { computed } from "vue";
import { agentOf } from "@/shared/figures";
import { liveOfFrame } from "@/shared/livePicture";
import { me } from "@/shared/person";
import type { SeatBoard } from "@/shared/words";

/** The number and the board of the seat of this account. */
export function seatOf(seats: Record<string, SeatBoard>, account: string): [string, SeatBoard] | null {
  return Object.entries(seats).find(([, seat]) => agentOf(seat) === account) ?? null;
}

/** The call that the seat is offered, talks in or wraps up. */
export function callOf(seat: SeatBoard): string | null {
  const work = seat.work;
  if (work === null || typeof work !== "object") return null;
  if ("alerting" in work) return work.alerting.call;
  if ("talking" in work) return work.talking.call;
  return "wrap_up" in work ? work.wrap_up.call : null;
}

export function useOwnSeat() {
  const live = liveOfFrame();
  const found = computed(() => seatOf(live?.board.value?.seats ?? {}, me.value?.name ?? ""));
  return { live, number: computed(() => found.value?.[0] ?? null), seat: computed(() => found.value?.[1] ?? null) };
}
