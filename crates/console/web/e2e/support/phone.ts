// A telephone: baresip without a display, controlled through its JSON port, speaking a tone.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, passwordOf, TRUNK, until, type Engine } from "./engine";

export class Phone {
  private constructor(
    private readonly engine: Engine,
    private readonly folder: string,
    private readonly process: ChildProcess,
    private readonly control: Socket,
    private readonly said: () => string,
  ) {}

  /** The telephone of a seat: it rings until `answer`. */
  static async seat(engine: Engine, seat: string): Promise<Phone> {
    const account = `<sip:${seat}@${engine.sip};transport=udp>;auth_user=${seat};auth_pass=${passwordOf(seat)};regint=60;answermode=manual;audio_codecs=PCMA/8000/1`;
    const phone = await Phone.start(engine, "127.0.0.1", account);
    await until(`seat ${seat} is registered`, async () => phone.said().includes("[1 binding]"));
    return phone;
  }

  /** A citizen's telephone behind the trunk. */
  static citizen(engine: Engine, number: string): Promise<Phone> {
    return Phone.start(engine, TRUNK, `<sip:${number}@${TRUNK}>;regint=0;audio_codecs=PCMA/8000/1`);
  }

  private static async start(engine: Engine, address: string, account: string): Promise<Phone> {
    const folder = mkdtempSync(join(tmpdir(), "heartline-phone-"));
    const port = await freePort();
    const modules = execFileSync("sh", ["-c", "dirname $(find /usr/lib -name g711.so -path '*baresip*' | head -1)"], { encoding: "utf8" }).trim();
    const config = [
      "poll_method epoll", `sip_listen ${address}:0`, `net_interface ${address}`, "rtp_ports 40000-59998",
      "audio_source ausine,700", `audio_player aubridge,ear${port}`, "ausrc_srate 48000", "ausrc_channels 2", "auplay_srate 8000", "auplay_channels 1",
      `module_path ${modules}`, "module g711.so", "module ausine.so", "module aubridge.so", "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so", `ctrl_tcp_listen 127.0.0.1:${port}`,
    ];
    writeFileSync(join(folder, "config"), `${config.join("\n")}\n`);
    writeFileSync(join(folder, "accounts"), `${account}\n`);
    writeFileSync(join(folder, "contacts"), "");
    const baresip = spawn("stdbuf", ["-oL", "baresip", "-f", folder]);
    let said = "";
    baresip.stdout.on("data", (data: Buffer) => (said += data));
    baresip.stderr.on("data", (data: Buffer) => (said += data));
    await until("the telephone is ready", async () => said.includes("baresip is ready"));
    const control = connect(port, "127.0.0.1");
    control.on("data", (data: Buffer) => (said += data));
    return new Phone(engine, folder, baresip, control, () => said);
  }

  dial(number: string) {
    this.say("dial", `sip:${number}@${this.engine.sip}`);
  }

  async answer() {
    await until("the telephone rings", async () => this.said().includes("CALL_INCOMING"));
    this.say("accept", "");
  }

  hangUp() {
    this.say("hangup", "");
  }

  private say(command: string, params: string) {
    const text = JSON.stringify({ command, params, token: command });
    // A netstring: length, colon, text, comma.
    this.control.write(`${Buffer.byteLength(text)}:${text},`);
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.control.destroy();
    // It unregisters first, so that the next telephone of the seat is its only one.
    this.process.kill("SIGTERM");
    const kill = setTimeout(() => this.process.kill("SIGKILL"), UNREGISTER_MS);
    await ended;
    clearTimeout(kill);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const UNREGISTER_MS = 5_000;
