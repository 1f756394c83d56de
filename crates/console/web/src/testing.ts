// The words that tests of the page read. Tests of the built files have no browser.

if (typeof navigator !== "undefined") {
  const { loadWords } = await import("@/shared/i18n");
  await loadWords("zh");
}

export {};
