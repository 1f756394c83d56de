// Fields made from the JSON schema of a command, for commands that have no form of their own. Pure: no page.

import type { Field } from "./fields";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  description?: string;
  default?: unknown;
}

export type Definitions = Record<string, Schema>;

/** The fields of a command's payload; `null` when there is no such command. */
export function fieldsOfCommand(definitions: Definitions, set: string, command: string): Field[] | null {
  const all = definitions[`${set}.asked`] ?? definitions[set];
  const found = branches(all ?? {}).find((branch) => wordOf(branch.properties?.type) === command);
  if (found === undefined) return null;
  const payload = found.properties?.payload;
  return payload === undefined ? [] : fieldsOf(definitions, payload);
}

function branches(schema: Schema): Schema[] {
  const inside = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return inside.length === 0 ? [schema] : inside.flatMap(branches);
}

function wordOf(schema: Schema | undefined): string | undefined {
  const word = schema?.const ?? schema?.enum?.[0];
  return typeof word === "string" ? word : undefined;
}

function fieldsOf(definitions: Definitions, schema: Schema): Field[] {
  const { schema: object } = resolve(definitions, schema);
  const required = new Set(object.required ?? []);
  return Object.entries(object.properties ?? {}).flatMap(([key, of]) => {
    const field = fieldOf(definitions, key, of, required.has(key));
    return field === null ? [] : [field];
  });
}

/** The schema behind references and `null`s, and the last name on the way. */
function resolve(definitions: Definitions, schema: Schema): { schema: Schema; name: string; isNullable: boolean } {
  let [at, name, isNullable] = [schema, "", false];
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    if (at.$ref !== undefined) {
      const full = at.$ref.split("/").pop() ?? "";
      name = full.replace(/\.asked$/, "");
      at = definitions[full] ?? {};
      continue;
    }
    const others = at.anyOf?.filter((branch) => branch.type !== "null");
    if (at.anyOf !== undefined && others?.length === 1 && others[0] !== undefined) {
      isNullable = isNullable || others.length < at.anyOf.length;
      at = others[0];
      continue;
    }
    break;
  }
  return { schema: at, name, isNullable };
}

function fieldOf(definitions: Definitions, key: string, of: Schema, isRequired: boolean): Field | null {
  // The engine computes the clocks itself.
  if (key === "clocks") return null;
  const { schema, name, isNullable } = resolve(definitions, of);
  const required = isRequired && !isNullable;
  const kind = KINDS[name];
  if (kind !== undefined) return { key, kind, required } as Field;
  const words = branches(schema).map((branch) => wordOf(branch) ?? Object.keys(branch.properties ?? {})[0]);
  const isTagged = branches(schema).length > 1 || wordOf(schema) !== undefined || (schema.enum?.length ?? 0) > 0;
  if (isTagged && words.every((word) => word !== undefined)) {
    const all = branches(schema).flatMap((branch) => (branch.enum ?? [wordOf(branch) ?? Object.keys(branch.properties ?? {})[0]]) as string[]);
    const tagged = branches(schema).filter((branch) => branch.properties !== undefined);
    if (tagged.length === 0) return { key, kind: "choice", of: name, options: all, required };
    const parts = tagged.map((branch): [string, Field[]] => {
      const word = Object.keys(branch.properties ?? {})[0] ?? "";
      const inside = resolve(definitions, branch.properties?.[word] ?? {}).schema;
      const isObject = inside.properties !== undefined;
      return [word, isObject ? fieldsOf(definitions, inside) : []];
    });
    return { key, kind: "variant", of: name, options: all, parts: Object.fromEntries(parts), required };
  }
  const types = [schema.type ?? []].flat();
  if (types.includes("object")) return { key, kind: "group", fields: fieldsOf(definitions, schema), required, whole: true };
  if (types.includes("array")) {
    if (key === "attachments" || key === "evidence") return { key, kind: "files", required, whole: true };
    const inside = resolve(definitions, schema.items ?? {}).schema;
    const isObject = inside.properties !== undefined;
    return isObject ? { key, kind: "rows", fields: fieldsOf(definitions, inside), required, whole: true } : { key, kind: "words", required };
  }
  if (types.includes("boolean")) return { key, kind: "yes", required: false };
  if (types.includes("integer") || types.includes("number")) return { key, kind: key === "due" || key === "until" || key === "call_at" ? "when" : "number", required };
  if (key === "scan") return { key, kind: "file", required };
  return LONG.has(key) ? { key, kind: "long", required, whole: true } : { key, kind: "text", required };
}

const KINDS: Record<string, Field["kind"]> = { UnitId: "unit", TopicId: "topic", AreaId: "area", CallId: "call", Timestamp: "when" };
const LONG = new Set(["text", "content", "answer", "reason", "basis", "finding", "action", "public_text", "plan", "facts", "missing", "sheet", "statement", "note", "feedback", "manifest", "no_item", "summary", "route_told", "report"]);
const DEPTH_MAX = 8;
