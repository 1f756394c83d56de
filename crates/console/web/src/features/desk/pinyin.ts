// Chinese found by its characters or by the initials of their pinyin (zyq finds 中原区), with the order
// that every browser has for Chinese. A character with two readings has the more common one. Pure: no page.

/** The first character of each initial, in the order of pinyin. */
const FIRST = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const INITIALS = "abcdefghjklmnopqrstwxyz";
const order = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

export function initialOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let at = "";
  for (let i = 0; i < FIRST.length; i += 1) {
    if (order.compare(character, FIRST[i] ?? "") < 0) break;
    at = INITIALS[i] ?? "";
  }
  return at;
}

export const initialsOf = (text: string) => [...text].map(initialOf).join("");

const known = new Map<string, string>();

/** Whether the typed text finds it: by its characters, or by initials. */
export function matches(text: string, typed: string): boolean {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "" || text.toLowerCase().includes(wanted)) return true;
  if (!/^[a-z]+$/.test(wanted)) return false;
  let initials = known.get(text);
  if (initials === undefined) {
    initials = initialsOf(text);
    known.set(text, initials);
  }
  return initials.includes(wanted);
}
