// Moments as the fields of a form write them. Pure: no clock, no page.

import type { Micros } from "./words";

/** A moment of the hotline's wall clock (`2026-11-22T18:00`), whose offset is `zone` (`+08:00`). */
export function momentOf(local: string, zone: string | undefined): Micros | null {
  const ms = Date.parse(`${local}${zone ?? ""}`);
  return local === "" || Number.isNaN(ms) ? null : ms * 1000;
}

/** The hotline's wall clock at a moment, to the minute. */
export function wallClockOf(at: Micros, zone: string | undefined): string {
  const [, sign, hours, minutes] = zone?.match(/^([+-])(\d\d):(\d\d)$/) ?? [];
  const east = sign === undefined ? -new Date(at / 1000).getTimezoneOffset() : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  return new Date(at / 1000 + east * 60_000).toISOString().slice(0, 16);
}
