// What every run in the browser needs: an engine, a browser, and the screens of people in it. A failed test
// leaves pictures, and a complaint of a page fails its test.

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, Screen } from "./browser";
import { Engine } from "./engine";

export class Stage {
  private started: Engine | null = null;
  private browser: Browser | null = null;
  private readonly screens: Screen[] = [];

  /** Starts and stops all with the tests of a file. */
  constructor() {
    beforeAll(async () => {
      this.started = await Engine.start();
      this.browser = await launch();
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.started?.stop();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === "fail") for (const screen of this.screens) await this.picture(screen, `failed-${screen.name}`);
      for (const screen of this.screens.splice(0)) {
        expect(screen.complaints, screen.name).toEqual([]);
        await screen.close();
      }
    });
  }

  get engine(): Engine {
    if (this.started === null) throw new Error("the engine is started before the first test");
    return this.started;
  }

  /** The screen of a person who has logged in, until the end of the test. */
  async screenOf(name: string): Promise<Screen> {
    if (this.browser === null) throw new Error("the browser is started before the first test");
    const screen = await Screen.open(this.browser, this.engine, name);
    this.screens.push(screen);
    return screen;
  }

  async picture(screen: Screen, name: string) {
    if (process.env.HEARTLINE_PICTURES) await screen.page.screenshot({ path: `${process.env.HEARTLINE_PICTURES}/${name}.png` });
  }
}
