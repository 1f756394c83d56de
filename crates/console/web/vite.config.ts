import { fileURLToPath, URL } from "node:url";
import vueI18n from "@intlify/unplugin-vue-i18n/vite";
import vue from "@vitejs/plugin-vue";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    vue(),
    // Words become functions when the page is built: the page's policy forbids to make code from text.
    vueI18n({
      include: fileURLToPath(new URL("./src/shared/i18n/*/*.json", import.meta.url)),
      runtimeOnly: true,
      fullInstall: false,
      compositionOnly: true,
      strictMessage: false,
    }),
    components({ dts: "src/components.d.ts", dirs: [], resolvers: [ElementPlusResolver({ importStyle: "css" })] }),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // 360 and 奇安信 browsers follow Chromium; older ones are on Chromium 109, the last for Windows 7.
    target: "chrome109",
    // The page's policy allows files of our own only, so nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` beside a running engine.
    proxy: { "/api": "http://127.0.0.1:8080" },
  },
});
