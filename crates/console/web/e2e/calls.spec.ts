// A call with more than two parties: the agent holds, asks a colleague, makes it a conference and gives the
// call away; a supervisor listens, speaks and takes over.

import { expect, it } from "vitest";
import { until } from "./support/engine";
import { Phone } from "./support/phone";
import { Stage } from "./support/stage";
import type { Screen } from "./support/browser";

const stage = new Stage();

/** Signs an agent in at a seat and makes them ready. */
async function signIn(name: string, seat: string, isReady: boolean) {
  const agent = stage.engine.as(name);
  await agent("POST", `/api/v1/seats/${seat}/login`, {});
  await agent("POST", `/api/v1/seats/${seat}/${isReady ? "ready" : "not-ready"}`, isReady ? {} : { reason: "admin" });
}

/** Chooses a party by what is typed. */
async function chooseParty(agent: Screen, typed: string, name: string) {
  await agent.page.locator("#call-party").click();
  await agent.page.keyboard.type(typed);
  await agent.page.locator(".el-select-dropdown__item:visible", { hasText: name }).first().waitFor();
  await agent.page.keyboard.press("Enter");
}

/** The tile of a seat on the floor. */
const tile = (screen: Screen, seat: string) => screen.page.locator(".seat").filter({ has: screen.page.locator(".number", { hasText: seat }) });

const act = (screen: Screen, command: string) => screen.page.locator(`[data-call=${command}]`).click();
const party = (screen: Screen, of: string) => screen.page.locator(`[data-party=${of}]`);

it("agent holds, asks a colleague, makes it a conference and leaves the call to them; a supervisor is heard only when they speak", async () => {
  const { engine } = stage;
  const [seat, other, own, citizen] = [await Phone.seat(engine, "1001"), await Phone.seat(engine, "1002"), await Phone.seat(engine, "1003"), await Phone.citizen(engine, "13800008888")];
  await signIn("huawu", "1001", true);
  await signIn("tongshi", "1002", false);
  const [agent, colleague] = [await stage.screenOf("huawu"), await stage.screenOf("tongshi")];
  citizen.dial("12345");
  await seat.answer();
  await party(agent, "caller").waitFor();

  await act(agent, "hold");
  await party(agent, "held").waitFor();
  await act(agent, "resume");
  await party(agent, "caller").waitFor();

  await chooseParty(agent, "1002", "tongshi");
  await act(agent, "invite");
  await colleague.page.locator(".offer-card", { hasText: "1001" }).waitFor();
  await party(agent, "held").waitFor();
  await other.answer();
  await agent.page.locator("[data-party=colleague][data-joined=true]").waitFor();
  await stage.picture(agent, "consultation");
  expect(await agent.axe()).toEqual([]);
  await act(agent, "conference");
  await party(agent, "caller").waitFor();

  const supervisor = await stage.screenOf("banzhang");
  await tile(supervisor, "1001").getByText("共 3 方").waitFor();
  await tile(supervisor, "1001").click();
  await supervisor.page.locator(".supervision select").selectOption("1003");
  await supervisor.page.locator("[data-mode=listen]").click();
  await own.answer();
  await supervisor.page.locator("[data-party=supervisor][data-joined=true]").waitFor();
  expect(await supervisor.axe()).toEqual([]);
  await stage.picture(supervisor, "supervision");
  // Nobody in the call sees who listens.
  expect(await party(agent, "supervisor").count()).toBe(0);
  await supervisor.page.locator("[data-mode=barge]").click();
  await party(agent, "supervisor").waitFor();
  await supervisor.page.locator("[data-mode=listen]").click();
  await party(agent, "supervisor").waitFor({ state: "detached" });

  await act(agent, "complete-transfer");
  await party(colleague, "caller").waitFor();
  await agent.page.locator(".call-control").waitFor({ state: "detached" });
  await colleague.page.locator(".registration").waitFor();

  // The supervisor is still in the call, which has another agent now, and takes it over.
  await supervisor.page.keyboard.press("Escape");
  await tile(supervisor, "1002").click();
  await supervisor.page.locator("[data-mode=take-over]").click();
  await colleague.page.locator(".call-control").waitFor({ state: "detached" });
  citizen.hangUp();
  await until("the call is over", async () => Object.keys(((await engine.as("zhuren")("GET", "/api/v1/wallboard")) as { calls: object }).calls).length === 0);
  for (const phone of [seat, other, own, citizen]) await phone.stop();
});

it("agent is told why a number cannot be called, and gives the call back to its queue", async () => {
  const { engine } = stage;
  const [seat, citizen] = [await Phone.seat(engine, "1001"), await Phone.citizen(engine, "13800009999")];
  await signIn("huawu", "1001", true);
  const agent = await stage.screenOf("huawu");
  citizen.dial("12345");
  await seat.answer();
  await party(agent, "caller").waitFor();
  await chooseParty(agent, "0371999", "0371999");
  await act(agent, "invite");
  await agent.page.locator(".call-control .problem", { hasText: "号码计划" }).waitFor();
  await party(agent, "caller").waitFor();
  await engine.as("huawu")("POST", "/api/v1/seats/1001/not-ready", { reason: "meal" });
  await agent.page.locator(".party-choice").hover();
  await agent.page.locator(".party-choice .el-select__clear").click();
  expect(await agent.page.locator("[data-call=transfer]").isDisabled()).toBe(true);
  await agent.page.locator("#call-party").click();
  await agent.page.locator(".el-select-dropdown__item:visible").last().click();
  expect(await agent.page.locator("[data-call=invite]").isDisabled()).toBe(true);
  await act(agent, "transfer");
  await agent.page.locator(".call-control").waitFor({ state: "detached" });
  const waiting = async () => ((await engine.as("zhuren")("GET", "/api/v1/wallboard")) as { queues: Record<string, { waiting: unknown[] }> }).queues;
  await until("it waits again", async () => Object.values(await waiting()).some((queue) => queue.waiting.length === 1));
  citizen.hangUp();
  await until("it is over", async () => Object.values(await waiting()).every((queue) => queue.waiting.length === 0));
  for (const phone of [seat, citizen]) await phone.stop();
});
