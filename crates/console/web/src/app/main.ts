import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { i18n, loadWords } from "@/shared/i18n";
import App from "./App.vue";
import { router } from "./router";
import { followTheme } from "./theme";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./style.css";

followTheme();
const queries = new QueryClient({
  // A refusal stays a refusal; only an engine that is away is asked again.
  defaultOptions: { queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true } },
});
const app = createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient: queries });
void loadWords().then(() => app.mount("#app"));
