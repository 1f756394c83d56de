import { defineConfig, mergeConfig } from "vitest/config";
import page from "./vite.config.ts";

export default mergeConfig(page, defineConfig({ test: { environment: "happy-dom", setupFiles: ["src/testing.ts"], include: ["src/**/*.test.ts"] } }));
