// Chromium, and the pages of people in it. What the browser complains about fails the run: errors of the
// page, and everything that the page's policy (CSP) has refused.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Engine } from "./engine";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export class Screen {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  /** A window of a person who has logged in, in a language. */
  static async open(browser: Browser, engine: Engine, name: string, language: "zh" | "en" = "zh"): Promise<Screen> {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: language === "zh" ? "zh-CN" : "en-GB", timezoneId: "Asia/Shanghai" });
    const page = await context.newPage();
    const screen = new Screen(page, name);
    page.on("pageerror", (error) => screen.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // A refusal of the engine (401 before log-in, 409, 422) is no fault of the page.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) screen.complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(engine.url) && !/^(data|blob):/.test(request.url())) screen.complaints.push(`asks another host: ${request.url()}`);
    });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
    });
    await serveFrom(page, process.env.HEARTLINE_PAGE);
    await page.goto(engine.url);
    const person = engine.people[name];
    if (person === undefined) throw new Error(`nobody is called ${name}`);
    await page.fill("input[name=name]", person.name);
    await page.fill("input[name=password]", person.password);
    await page.keyboard.press("Enter");
    await page.locator("nav.menu, input[name=old]").first().waitFor();
    if (await page.locator("input[name=old]").isVisible()) {
      const fresh = `${person.password}-own`;
      await page.fill("input[name=old]", person.password);
      await page.fill("input[name=new]", fresh);
      await page.keyboard.press("Enter");
      await page.locator("nav.menu").waitFor();
      person.password = fresh;
    }
    return screen;
  }

  /** Opens an address of the page, as a link in a mail would. */
  async go(path: string) {
    await this.page.goto(new URL(path, this.page.url()).href);
    await this.page.locator("#content").waitFor();
  }

  /** Gives a command by its button, fills its form, and waits until it is done. */
  async give(command: string, fill: (form: Screen) => Promise<void> = async () => {}) {
    await this.page.locator(`[data-command=${command}]`).first().click();
    await this.page.locator(".command-form").waitFor();
    await fill(this);
    await this.page.locator(".command-form button[type=submit]").click();
    await this.page.locator(".command-form").waitFor({ state: "detached" });
  }

  async type(field: string, text: string) {
    await this.page.locator(`.command-form [data-field=${field}] :is(input, textarea)`).first().fill(text);
  }

  /** Chooses from buttons by their words. */
  async press(field: string, words: string) {
    await this.page.locator(`[data-field=${field}] .el-radio-button`, { hasText: words }).first().click();
  }

  /** Finds a name by what is typed, and takes the first that is found. */
  async pick(field: string, typed: string, name: string) {
    await this.page.locator(`[data-field=${field}] .el-select`).first().click();
    await this.page.keyboard.type(typed);
    await this.page.locator(".el-select-dropdown__item:visible", { hasText: name }).first().click();
    // The list fades away; until then it is on the page.
    await this.page.waitForFunction(() => [...document.querySelectorAll(".el-select-dropdown")].every((list) => !list.checkVisibility()));
  }

  /** What axe finds on the page as it is now. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(`${AXE}; 0`).catch(async () => {
      // The policy allows no code from text; the tool is put in from outside the page.
      await this.page.addScriptTag({ content: AXE });
    });
    const found = await this.page.evaluate(async () => {
      const axe = (window as unknown as { axe: { run: (at: Document, how: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe;
      const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 160)}`));
    });
    return found;
  }

  async close() {
    await this.page.context().close();
  }
}

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** While the page is developed, its files come from a folder instead of the engine. */
async function serveFrom(page: Page, folder: string | undefined) {
  if (folder === undefined) return;
  const kinds: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
  await page.route(/^[^?]*$/, async (route) => {
    const url = new URL(route.request().url());
    if (/^\/(api|open311|hooks)\//.test(url.pathname)) return route.fallback();
    const isFile = extname(url.pathname) !== "";
    const body = readFileSync(join(folder, isFile ? url.pathname : "index.html"));
    const policy = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    return route.fulfill({ body, contentType: isFile ? kinds[extname(url.pathname)] : "text/html", headers: { "content-security-policy": policy } });
  });
}
