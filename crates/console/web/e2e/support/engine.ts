// The engine under test: the real program, with a folder, ports and people of its own.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The root of the sources, and the program that was built from them: `cargo xtask e2e` names both. */
const ROOT = process.env.HEARTLINE_ROOT ?? new URL("../../../../..", import.meta.url).pathname;
const PROGRAM = process.env.HEARTLINE_PROGRAM ?? join(ROOT, "target/debug/heartline");

export const UNIT = "410100-104";
/** Where callers are, as in the tests' `trunks.toml`. */
export const TRUNK = "127.0.0.2";

export interface Person {
  name: string;
  password: string;
  token: string;
}

export class Engine {
  private constructor(
    readonly folder: string,
    readonly sip: string,
    readonly http: string,
    private readonly process: ChildProcess,
    readonly people: Record<string, Person>,
  ) {}

  static async start(): Promise<Engine> {
    const folder = mkdtempSync(join(tmpdir(), "heartline-e2e-"));
    cpSync(join(ROOT, "tests/data/config"), join(folder, "config"), { recursive: true });
    for (const part of ["prompts", "desk", "calendar"]) cpSync(join(ROOT, "config", part), join(folder, "config", part), { recursive: true });
    mkdirSync(join(folder, "recordings"));
    const run = (...arguments_: string[]) => execFileSync(PROGRAM, arguments_, { cwd: folder, encoding: "utf8" }).trim();
    const people: Record<string, Person> = {};
    for (const [name = "", role = "", ...more] of PEOPLE) {
      const said = run("user", "add", name, "--role", role, ...more);
      people[name] = { name, password: lastWord(said), token: lastWord(run("token", name)) };
    }
    for (const seat of ["1001", "1002", "1003"]) run("seat", "password", seat, "--password", passwordOf(seat));
    const [sip, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const engine = spawn(PROGRAM, ["serve", "--config", "config", "--data", "data", "--recordings", "recordings", "--sip", sip, "--http", http, "--rtp-ports", "auto:100", "--drain-timeout", "2s"], { cwd: folder });
    let log = "";
    engine.stdout.on("data", (data: Buffer) => (log += data));
    engine.stderr.on("data", (data: Buffer) => (log += data));
    await until("the engine is ready", async () => {
      if (engine.exitCode !== null) throw new Error(`the engine has ended:\n${log}`);
      return (await fetch(`http://${http}/readyz`).catch(() => null))?.ok ?? false;
    });
    return new Engine(folder, sip, http, engine, people);
  }

  get url(): string {
    return `http://${this.http}`;
  }

  /** The API as a person, by their token. */
  as(name: string): (method: string, path: string, body?: unknown) => Promise<unknown> {
    return async (method, path, body) => {
      const headers = { authorization: `Bearer ${this.people[name]?.token}`, "content-type": "application/json" };
      const answer = await fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === "" ? null : JSON.parse(text);
    };
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for something that happens, with a bound. */
export async function until<T>(what: string, look: () => Promise<T | false | null | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: did not happen`);
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
}

export const passwordOf = (seat: string) => `e2e-password-of-${seat}`;

/** A port of loopback that is free for TCP and for UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((found, failed) => {
      const server = createServer().once("error", failed);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    const isFree = await new Promise<boolean>((known) => {
      const socket = createSocket("udp4").once("error", () => known(false));
      socket.bind(port, "127.0.0.1", () => socket.close(() => known(true)));
    });
    if (isFree) return port;
  }
}

const lastWord = (said: string) => said.split(/\s+/).pop() ?? "";

/** The people who work here, at least one of a role; the unit is the one that street stalls go to. */
const PEOPLE: string[][] = [
  ["banzhang", "supervisor"],
  ["huawu", "agent"],
  ["tongshi", "agent"],
  ["paidan", "dispatcher"],
  ["duban", "sup_group", "--group", "g1"],
  ["zhuren", "director"],
  ["huifang", "callback"],
  ["lianluo", "liaison", "--unit", UNIT],
  ["fuzeren", "unit_head", "--unit", UNIT],
];
const PATIENCE_MS = 90_000;
const LOOK_MS = 100;
