// The addresses of the page. They name views and tickets, never a person. The engine answers each of
// them with the page itself.

import { createRouter, createWebHistory } from "vue-router";
import { me } from "@/shared/person";
import { placesOf } from "./menu";
import PageMissing from "./PageMissing.vue";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // The frame leads on from here, once it knows the person.
    { path: "/", name: "home", component: { render: () => null } },
    { path: "/seat", name: "agent", component: () => import("@/features/agent/AgentPage.vue") },
    { path: "/tasks/:work?", name: "work", component: () => import("@/features/desk/WorklistPage.vue"), props: true },
    { path: "/tickets", name: "tickets", component: () => import("@/features/desk/TicketsPage.vue") },
    { path: "/tickets/:ticket(\\d+)", name: "ticket", component: () => import("@/features/desk/TicketPage.vue"), props: true },
    { path: "/floor", name: "floor", component: () => import("@/features/floor/FloorPage.vue") },
    { path: "/:rest(.*)*", name: "missing", component: PageMissing },
  ],
});

/** Whether the person has the page of this name. A ticket has its own rights, which the engine checks. */
export function hasPage(name: unknown): boolean {
  if (name === "home" || name === "ticket" || name === "missing") return true;
  return placesOf(me.value?.rights ?? []).some((place) => place.name === name);
}
