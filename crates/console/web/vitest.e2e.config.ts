import { defineConfig } from "vitest/config";

// `cargo xtask e2e`: the real engine, real telephones and Chromium. One engine for each spec.
export default defineConfig({
  test: {
    include: ["e2e/**/*.spec.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    bail: 1,
  },
});
