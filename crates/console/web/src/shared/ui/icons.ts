// Small drawings that stand beside words, never instead of them.

import type { SeatState } from "@/shared/figures";

export type IconName = SeatState | "alarm" | "play" | "close" | "clock" | "callback" | "note" | "check" | "cross" | "missed";

const PHONE = "M6.6 3.5 9.4 3l1.7 4-2 1.6a12 12 0 0 0 6.3 6.3l1.6-2 4 1.7-.5 2.8c-.2 1.4-1.5 2.4-3 2.2A16.6 16.6 0 0 1 4.4 6.5c-.2-1.5.8-2.8 2.2-3Z";
export const PATHS: Record<IconName, string> = {
  talking: PHONE,
  alerting: "M12 3a6 6 0 0 0-6 6v4l-2 3.5h16L18 13V9a6 6 0 0 0-6-6Zm-2 16.5a2 2 0 0 0 4 0M2.5 8A8 8 0 0 1 5 3.5M21.5 8A8 8 0 0 0 19 3.5",
  ready: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9.3 2.8 2.8 5.2-5.6",
  wrap_up: "M4 20h4L19 9l-4-4L4 16v4Zm9-13 4 4",
  not_ready: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-2.5 6v6m5-6v6",
  unreachable: "M3 4l17 17M8.5 6.7 9.4 7l-.3 1.6M6 4.5C4.7 5 4.2 6 4.4 7a16.6 16.6 0 0 0 12.6 13M11 14a12 12 0 0 0 4.4 2.9l1.6-2 4 1.7-.5 2.8",
  logged_out: "M12 3v8M7 6.5a7.5 7.5 0 1 0 10 0",
  alarm: "M12 3.5 2.5 20h19L12 3.5Zm0 6v5m0 2.7v.3",
  play: "M7 4.5v15l12-7.5-12-7.5Z",
  close: "M6 6l12 12M18 6 6 18",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.5V12l3 2",
  callback: PHONE + "M20 3v5h-5m5 0-5.5-5",
  missed: "M5 7l6 6 8-8M5 12V7h5M12 20.5h.1M6 19.5c3.5-2.5 8.5-2.5 12 0",
  note: "M6 3h8l4 4v14H6V3Zm3 8h6m-6 4h6",
  check: "M5 12.5 10 17.5 19.5 7",
  cross: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-3.5 5.5 7 7m0-7-7 7",
};
