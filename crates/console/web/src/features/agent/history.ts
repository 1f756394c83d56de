// The tickets of a caller in the order in which an agent reads them. Pure: no page.

interface Known {
  ticket: number;
  state: string;
  opened: number;
}

const OVER = new Set(["closed", "archived", "cancelled"]);

/** Without the one that is open now: those that are not over first, each newest first. */
export function openFirst<T extends Known>(tickets: T[], now: number): T[] {
  const others = tickets.filter((ticket) => ticket.ticket !== now && ticket.state !== "cancelled");
  return others.sort((a, b) => Number(OVER.has(a.state)) - Number(OVER.has(b.state)) || b.opened - a.opened);
}
