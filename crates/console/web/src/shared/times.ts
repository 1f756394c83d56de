// Moments by the hotline's wall clock, in the page's language.

import { language } from "@/shared/i18n";
import { zone } from "@/shared/person";
import type { Micros } from "@/shared/words";

function write(at: Micros, parts: Intl.DateTimeFormatOptions): string {
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Date(at / 1000).toLocaleString(locale, { timeZone: zone.value, hour12: false, ...parts });
}

/** `16:03:27` */
export const timeOf = (at: Micros) => write(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Day, month, hour and minute. */
export const dayTimeOf = (at: Micros) => write(at, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
