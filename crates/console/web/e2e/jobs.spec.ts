// Each role's first job in Chinese, on one ticket from the citizen's call to their opinion, with the real
// engine and real telephones.

import { expect, it } from "vitest";
import { until } from "./support/engine";
import { Phone } from "./support/phone";
import { Stage } from "./support/stage";

const stage = new Stage();
/** The number of the ticket that all work on. */
let ticket = "";

const TITLE = "桐柏路夜市扰民";

const stateOf = async () => ((await stage.engine.as("zhuren")("GET", `/api/v1/tickets/${ticket}`)) as { state: string }).state;

it("agent takes a call, registers it by keyboard and sends it to review", async () => {
  const [seat, citizen] = [await Phone.seat(stage.engine, "1001"), await Phone.citizen(stage.engine, "13800008888")];
  const agent = await stage.screenOf("huawu");
  const { page } = agent;
  await page.waitForURL("**/seat");
  await page.locator("#sign-in-seat").click();
  await page.keyboard.type("1001");
  await page.locator(".el-select-dropdown__item:visible", { hasText: "1001" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("main [data-seat=ready]").waitFor();
  expect(await agent.axe()).toEqual([]);

  citizen.dial("12345");
  await page.locator(".offer-card").waitFor();
  expect(await page.title()).toContain("来电振铃");
  expect(await page.title()).not.toContain("138");
  await stage.picture(agent, "offer");
  await seat.answer();
  await page.locator(".registration").waitFor();
  expect(await page.title()).not.toContain("来电振铃");

  // From the first field on by keyboard alone.
  await page.locator("[data-field=purpose] input").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type(TITLE);
  await page.keyboard.press("Tab");
  await page.keyboard.type("每晚十二点后仍有烧烤摊，噪声很大，无法休息。");
  await page.keyboard.press("Tab");
  await page.keyboard.type("ysrm");
  await page.locator(".el-select-dropdown__item:visible", { hasText: "夜市扰民" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("zyq");
  await page.locator(".el-select-dropdown__item:visible", { hasText: "中原区" }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  ticket = (await page.locator(".registration").locator("xpath=..").locator("code").first().textContent()) ?? "";
  expect(ticket).toMatch(/^\d+$/);
  // The draft is the engine's before anything is sent.
  await until("the draft is kept", async () => ((await stage.engine.as("zhuren")("GET", `/api/v1/tickets/${ticket}`)) as { form: { title?: string; area?: string } }).form.area === "410102");
  await stage.picture(agent, "agent");
  expect(await agent.axe()).toEqual([]);

  citizen.hangUp();
  await page.locator("main [data-seat=wrap_up]").or(page.locator("main [data-seat=ready]")).first().waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator(".registration").waitFor({ state: "detached" });
  expect(await stateOf()).toBe("in_review");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toMatch(/138|夜市/);
  await seat.stop();
  await citizen.stop();
});

it("dispatcher checks and dispatches it, from the list by keyboard", async () => {
  const dispatcher = await stage.screenOf("paidan");
  const { page } = dispatcher;
  await page.locator("tr[data-work=dispatch] a", { hasText: TITLE }).waitFor();
  expect(await dispatcher.axe()).toEqual([]);
  await stage.picture(dispatcher, "work");
  await page.locator("tr[data-work=dispatch] a", { hasText: TITLE }).focus();
  await page.keyboard.press("Enter");
  await page.locator("[data-command=dispatch]").waitFor();
  expect(page.url()).toMatch(new RegExp(`/tickets/${ticket}$`));
  expect(await dispatcher.axe()).toEqual([]);
  await page.locator("h1").click();
  await page.keyboard.press("c");
  await page.locator(".command-form").waitFor();
  await page.locator(".command-form .reads", { hasText: "市城管局" }).waitFor();
  await dispatcher.pick("supervise", "rxb", "市长电话室");
  await stage.picture(dispatcher, "dispatch");
  expect(await dispatcher.axe()).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await page.locator(".command-form").waitFor({ state: "detached" });
  await page.locator("[data-assignment-state=issued]").first().waitFor();
  expect(await stateOf()).toBe("handling");
});

it("liaison signs, contacts the citizen and hands in the result; the head signs it", async () => {
  const liaison = await stage.screenOf("lianluo");
  await liaison.page.locator("tr[data-work=sign] a", { hasText: TITLE }).click();
  await liaison.give("sign");
  await liaison.page.locator("[data-assignment-state=accepted]").first().waitFor();
  await liaison.give("contact", async (form) => {
    await form.press("how", "短信");
    await form.type("text", "已告知市民现场核查安排。");
  });
  await liaison.give("draft_result", async (form) => {
    await form.type("finding", "经查，三家烧烤摊超时经营。");
    await form.type("action", "责令三家摊点停止夜间经营，并每晚巡查。");
    await form.pick("outcome", "已解决", "已解决");
    await form.type("public_text", "三家摊点已停止夜间经营。");
    await stage.picture(form, "result");
    expect(await form.axe()).toEqual([]);
  });
  await liaison.page.locator("[data-assignment-state=unit_sign]").first().waitFor();
  await stage.picture(liaison, "ticket");

  const head = await stage.screenOf("fuzeren");
  await head.page.locator("tr[data-work=head_sign] a", { hasText: TITLE }).click();
  await head.give("head_sign", (form) => form.type("name", "张明"));
  await head.page.locator("[data-assignment-state=submitted]").first().waitFor();
});

it("supervision group passes and accepts the result, and replies to the citizen", async () => {
  const group = await stage.screenOf("duban");
  await group.page.locator("tr[data-work=review] a", { hasText: TITLE }).click();
  await group.give("sup_pass");
  await group.page.locator("[data-state=result_check]").waitFor();
  await group.give("accept_result");
  await group.page.locator("[data-state=reply]").waitFor();
  await group.give("reply", async (form) => {
    await form.press("how", "短信");
    expect(await form.page.locator(".command-form section .reads").textContent()).toContain("三家摊点已停止夜间经营");
  });
  await group.page.locator("[data-state=callback]").waitFor();
});

it("callback records the citizen's answers, and that nobody was reached first", async () => {
  const callback = await stage.screenOf("huifang");
  await callback.page.locator("tr[data-work=call_back] a", { hasText: TITLE }).click();
  await callback.give("ask", async (form) => {
    await form.press("reached", "无人接听");
    await stage.picture(form, "callback");
    expect(await form.axe()).toEqual([]);
  });
  await callback.page.locator("#replies-title").waitFor();
  await callback.give("ask", async (form) => {
    await form.press("how", "短信");
    await form.press("grade", "非常满意");
    await form.press("solved", "已解决");
    await form.press("contacted_by_unit", "是");
  });
  await until("it is closed", async () => (await stateOf()) === "closed");
  await callback.page.locator("[data-state=closed]").waitFor();
});

it("supervisor begins on the floor", async () => {
  const supervisor = await stage.screenOf("banzhang");
  await supervisor.page.waitForURL("**/floor");
  await supervisor.page.locator(".seat").first().waitFor();
  expect(await supervisor.axe()).toEqual([]);
  await supervisor.go("/nowhere");
  await supervisor.page.locator("h1", { hasText: "没有这个页面" }).waitFor();
});

it("two people at one ticket are settled by both texts", async () => {
  const paidan = stage.engine.as("paidan");
  const form = { purpose: "consult", title: "落户政策咨询", content: "想了解落户条件。", topic: "010102", area: "410102", confidential: false };
  const opened = (await paidan("POST", "/api/v1/tickets", { channel: "visit", caller: "13900001111", line: "12345", form })) as { ticket: number };
  ticket = String(opened.ticket);
  await paidan("POST", `/api/v1/tickets/${ticket}/events`, { type: "register", payload: {} });
  await paidan("POST", `/api/v1/tickets/${ticket}/events`, { type: "review" });
  const dispatcher = await stage.screenOf("paidan");
  await dispatcher.go(`/tickets/${ticket}`);
  const { page } = dispatcher;
  await page.locator("[data-command=await_info]").click();
  await page.locator(".command-form").waitFor();
  await stage.engine.as("zhuren")("POST", `/api/v1/tickets/${ticket}/events`, { type: "note", payload: { text: "主任已看过" } });
  await dispatcher.type("missing", "户籍所在地");
  await page.locator(".command-form [data-field=call_at] input").fill("2030-01-01T10:00");
  await page.locator(".command-form button[type=submit]").click();
  await page.getByText("主任已看过").first().waitFor();
  await page.locator(".both pre", { hasText: "户籍所在地" }).waitFor();
  expect(await dispatcher.axe()).toEqual([]);
  await page.locator(".both .el-button--primary").click();
  await page.locator("[data-state=await_info]").waitFor();
});
