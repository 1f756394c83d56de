// The names of units, topics and areas: shown instead of codes, and found by name, code or pinyin initials.

import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { api, type Names } from "@/api/client";
import { matches } from "./pinyin";

export interface Named {
  code: string;
  name: string;
  /** What also finds it. */
  also: string[];
}

export function useNames() {
  const { data } = useQuery({ queryKey: ["names"], queryFn: api.names, staleTime: 10 * 60_000 });
  const units = computed(() => byCode(data.value?.units.map(({ code, name, short }) => ({ code, name, also: [short] }))));
  const topics = computed(() => byCode(data.value?.topics.map(({ code, name, english }) => ({ code, name, also: english ? [english] : [] }))));
  const areas = computed(() => byCode(data.value?.areas.map(({ code, name }) => ({ code, name, also: [] }))));
  const hub = computed(() => data.value?.units.find(({ kind }) => kind === "hub")?.code ?? null);
  const unitName = (code: string | null | undefined) => (code == null ? "" : (units.value.get(code)?.name ?? code));
  const topicName = (code: string | null | undefined) => (code == null ? "" : pathName(topics.value, code));
  const areaName = (code: string | null | undefined) => (code == null ? "" : (areas.value.get(code)?.name ?? code));
  return { units, topics, areas, hub, unitName, topicName, areaName };
}

/** The topic with those above it: `城市管理 / 市容环境 / 占道经营`. */
export function pathName(topics: Map<string, Named>, code: string): string {
  const above = [code.slice(0, 2), code.slice(0, 4), code].filter((part, i, all) => all.indexOf(part) === i);
  const names = above.map((part) => topics.get(part)?.name).filter((name) => name !== undefined);
  return names.length === 0 ? code : names.join(" / ");
}

/** Those that the typed text finds, at most as many as a list shows. */
export function find(all: Map<string, Named>, typed: string): Named[] {
  const found: Named[] = [];
  for (const named of all.values()) {
    if (typed === "" || named.code.startsWith(typed) || [named.name, ...named.also].some((text) => matches(text, typed))) found.push(named);
    if (found.length === FOUND_MAX) break;
  }
  return found;
}

const byCode = (list: Named[] | undefined) => new Map((list ?? []).map((named) => [named.code, named]));

export type { Names };

const FOUND_MAX = 60;
