// Dark and light: the person's choice, else the system's.

import { ref, watchEffect } from "vue";

const KEY = "heartline.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const chosen = ref<"dark" | "light" | null>(kept());
const systemIsDark = ref(dark.matches);

/** Whether the page is dark now. */
const isDark = () => (chosen.value === null ? systemIsDark.value : chosen.value === "dark");

export function followTheme() {
  dark.addEventListener("change", () => (systemIsDark.value = dark.matches));
  watchEffect(() => document.documentElement.classList.toggle("dark", isDark()));
}

export function toggleTheme() {
  chosen.value = isDark() ? "light" : "dark";
  try {
    localStorage.setItem(KEY, chosen.value);
  } catch {
    // Private windows may keep nothing.
  }
}

function kept(): "dark" | "light" | null {
  try {
    const word = localStorage.getItem(KEY);
    return word === "dark" || word === "light" ? word : null;
  } catch {
    return null;
  }
}
