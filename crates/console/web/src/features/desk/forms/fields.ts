// The fields of a form, and the payload that its values make. Pure: no page.

import type { Word } from "@/shared/i18n";

export type Field = {
  key: string;
  required?: boolean;
  /** Over the whole width. */
  whole?: boolean;
  /** The word of its label, where it is not `field_KEY`. */
  label?: Word;
} & (
  | { kind: "text" | "unit" | "topic" | "area" | "call" | "file" | "when" | "number" | "yes" | "asked" }
  | { kind: "long"; max?: number }
  | { kind: "files" | "words" | "units" }
  | { kind: "choice"; of: string; options: string[]; asButtons?: boolean }
  | { kind: "group" | "rows"; fields: Field[] }
  | { kind: "variant"; of: string; options: string[]; parts: Record<string, Field[]> }
);

export type Values = Record<string, unknown>;

/** The chosen word of a variant, and the values of its parts. */
export interface VariantValue {
  is: string;
  parts: Record<string, Values>;
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** The payload of the values: fields that are empty are left out. */
export function payloadOf(fields: Field[], values: Values): Values {
  const payload: Values = {};
  for (const field of fields) {
    const value = valueOf(field, values[field.key]);
    if (!isEmpty(value)) payload[field.key] = value;
  }
  return payload;
}

function valueOf(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case "text":
    case "long":
      return typeof value === "string" ? value.trim() : value;
    case "group": {
      const inside = payloadOf(field.fields, (value ?? {}) as Values);
      return Object.keys(inside).length === 0 && field.required !== true ? undefined : inside;
    }
    case "rows":
      return ((value ?? []) as Values[]).map((row) => payloadOf(field.fields, row));
    case "variant": {
      const { is, parts } = (value ?? { is: "", parts: {} }) as VariantValue;
      const inside = field.parts[is];
      return inside === undefined ? is : { [is]: payloadOf(inside, parts[is] ?? {}) };
    }
    default:
      return value;
  }
}

/** The keys of required fields without a value, with those inside groups as `form.title`. */
export function missing(fields: Field[], values: Values, inside = ""): string[] {
  return fields.flatMap((field) => {
    const at = `${inside}${field.key}`;
    const value = values[field.key];
    if (field.kind === "group") return field.required ? missing(field.fields, (value ?? {}) as Values, `${at}.`) : [];
    if (field.kind === "rows") return ((value ?? []) as Values[]).flatMap((row, i) => missing(field.fields, row, `${at}[${i}].`));
    if (field.kind === "variant") {
      const { is, parts } = (value ?? { is: "", parts: {} }) as VariantValue;
      if (isEmpty(is)) return field.required ? [at] : [];
      return missing(field.parts[is] ?? [], parts[is] ?? {}, `${at}.${is}.`);
    }
    return field.required && isEmpty(typeof value === "string" ? value.trim() : value) ? [at] : [];
  });
}

/** What was changed: a masked value that nobody touched must not be written back. */
export function changesOf(before: Values, after: Values): Values {
  const changed: Values = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key] ?? null) === JSON.stringify(after[key] ?? null)) continue;
    // As a change, an empty text clears a field and an absent one leaves it.
    changed[key] = key in after ? after[key] : "";
  }
  return changed;
}
