import {
  configureQueue,
  createConcert,
  joinQueue,
  leaveSale,
  promoteWaiting,
  readConfig,
} from "@onsale/core";
import {
  createMemoryServers,
  directLink,
  type MemoryServers,
  openMemoryCore,
  type ServerLink,
} from "@onsale/core/memory";
import { expect } from "chai";
import { createApp } from "../../src/createApp.ts";
import { type Listener, listen } from "../../src/http/listen.ts";
import { type PlaceEvents, placeEvents } from "../../src/placeEvents/placeEvents.ts";
import { callApi } from "../support/callApi.ts";
import { type EventReader, readEvents } from "../support/eventReader.ts";
import { eventually } from "../support/eventually.ts";
import { type FakeClock, fakeClock } from "../support/fakeClock.ts";
import { openRaw } from "../support/rawConnection.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { streamRequest } from "../support/streamRequest.ts";

const QUEUE_ID = "main";

describe("the events of a place", () => {
  const config = readConfig({
    ...{ STACK: "embedded", AUTH_MODE: "trusted", PORT: "0", QUEUE_STREAMS_MAX: "3" },
    ...{ QUEUE_ACTIVE_COUNT_MAX: "2" },
  });
  let clock: FakeClock;
  let servers: MemoryServers;
  let core: ReturnType<typeof openMemoryCore>["core"];
  let streams: PlaceEvents;
  let listener: Listener;
  let log: ReturnType<typeof recordingLog>;
  let calls: string[];
  let held: { readonly point: string; wait(): Promise<void> } | undefined;
  const readers: EventReader[] = [];

  beforeEach("opens an API on a clock of the test", async () => {
    clock = fakeClock();
    servers = createMemoryServers({ clock });
    calls = [];
    held = undefined;
    log = recordingLog();
    const link: ServerLink = {
      ...directLink,
      call(server, point, work) {
        calls.push(point);
        const call = () => directLink.call(server, point, work);
        return held?.point === point ? held.wait().then(call) : call();
      },
    };
    ({ core } = openMemoryCore(config, servers, { clock, log, link }));
    await createConcert(core, { title: "Rush", singer: "Ada", queueId: QUEUE_ID });
    streams = placeEvents(core, config.http.queueStreamsMax);
    const app = createApp({ core, config, log, streams });
    const { ids } = core;
    listener = await listen(app.callback(), { ...config.http, clock, ids });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close();
    await streams.close();
    await listener.close(0);
  });

  const tokenOf = async (userId: number) =>
    (await joinQueue(core, { queueId: QUEUE_ID, userId })).token;
  async function follow(token: string, lastEventId?: string): Promise<EventReader> {
    const reader = await readEvents(`${listener.url}/api/v1/queue/tokens/me/events`, {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    });
    readers.push(reader);
    return reader;
  }
  async function promote(max: number): Promise<void> {
    await promoteWaiting(core, { queueId: QUEUE_ID, max });
  }

  it("begin with the place, follow the line and end when the buyer is admitted", async () => {
    for (const userId of [1, 2]) await tokenOf(userId);
    const reader = await follow(await tokenOf(3));
    expect(reader.status).to.equal(200);
    expect(reader.headers.get("content-type")).to.equal("text/event-stream; charset=utf-8");
    expect(reader.headers.get("cache-control")).to.equal("no-store, no-transform");
    expect(reader.headers.get("x-request-id")).to.match(/.+/);
    const first = await reader.next();
    expect(first).to.deep.include({ name: "place" });
    expect(first?.data).to.include({ status: "WAITING", position: 3 });
    expect(first?.data.token).to.be.a("string");
    await promote(1);
    await clock.advance(2_000);
    const moved = await reader.next();
    expect(moved).to.deep.include({ name: "position" });
    expect(moved?.data).to.include({ position: 2, ahead: 1, admittedCount: 1 });
    await leaveSale(core, { queueId: QUEUE_ID, userId: 1, token: await tokenOf(1) });
    await promote(2);
    await clock.advance(2_000);
    expect((await reader.next())?.name).to.equal("changed");
    expect(await reader.next()).to.equal(undefined);
  });

  it("do not activate the admission", async () => {
    const token = await tokenOf(1);
    const reader = await follow(token);
    await promote(1);
    await clock.advance(1_000);
    expect((await reader.next())?.name).to.equal("place");
    expect((await reader.next())?.name).to.equal("changed");
    const listed = await core.queue.list(QUEUE_ID, "ACTIVE", { offset: 0, max: 1 });
    expect(listed).to.have.nested.property("places[0].isActivated", false);
  });

  it("notice that buyers ahead have left", async () => {
    const ahead = await tokenOf(1);
    const reader = await follow(await tokenOf(2));
    await reader.next();
    await leaveSale(core, { queueId: QUEUE_ID, userId: 1, token: ahead });
    await clock.advance(1_000);
    expect((await reader.next())?.data).to.include({ position: 1, admittedCount: 0 });
  });

  it("say that the queue is paused, and that it continues", async () => {
    const reader = await follow(await tokenOf(1));
    await reader.next();
    await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "paused" } });
    await clock.advance(2_000);
    const paused = await reader.next();
    expect(paused?.data).to.include({ position: 1, etaSeconds: null });
    const again = await follow(await tokenOf(1), paused?.id);
    await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "open" } });
    await clock.advance(2_000);
    for (const one of [reader, again]) {
      expect((await one.next())?.data).to.include({ position: 1, etaSeconds: 1 });
    }
  });

  it("end at once for an active buyer", async () => {
    const token = await tokenOf(1);
    await promote(1);
    const reader = await follow(token);
    expect((await reader.next())?.data).to.include({ status: "ACTIVE", position: 0 });
    expect((await reader.next())?.name).to.equal("changed");
    expect(await reader.next()).to.equal(undefined);
    expect(streams.count()).to.equal(0);
  });

  it("leave out the place that a client already has", async () => {
    const token = await tokenOf(1);
    const id = (await (await follow(token)).next())?.id ?? "";
    const again = await follow(token, id);
    await promote(1);
    await clock.advance(1_000);
    expect((await again.next())?.name).to.equal("changed");
    expect(again.text()).to.match(/^retry:\d+\n\n/);
  });

  it("cost two calls of Redis a second for all followers, and none without any", async () => {
    const tokens = [];
    for (const userId of [1, 2, 3]) tokens.push(await tokenOf(userId));
    for (const token of tokens) await (await follow(token)).next();
    await clock.advance(1_001);
    calls.length = 0;
    await clock.advance(1_001);
    const asked = calls.filter((point) => point.startsWith("queue."));
    expect(asked).to.deep.equal(["queue.stats", "queue.positions"]);
    for (const reader of readers.splice(0)) await reader.close();
    await eventually("no follower", async () => (streams.count() === 0 ? true : undefined));
    await clock.advance(1_001);
    calls.length = 0;
    await clock.advance(5_000);
    expect(calls).to.deep.equal([]);
  });

  it("keep the place after Redis lost the queue", async () => {
    for (const userId of [1, 2]) await tokenOf(userId);
    const reader = await follow(await tokenOf(3));
    await reader.next();
    servers.redisState.lose();
    await eventually("the place is restored", async () => {
      await clock.advance(1_000);
      const place = await core.queue.place(QUEUE_ID, 3);
      return place.status === "WAITING" ? true : undefined;
    });
    await clock.advance(2_000);
    const after = await reader.next();
    expect(after?.data).to.include({ position: 1 });
    expect(await core.queue.place(QUEUE_ID, 3)).to.include({ status: "WAITING", position: 1 });
  });

  it("end when an operator revokes the tokens", async () => {
    const reader = await follow(await tokenOf(1));
    await reader.next();
    await clock.advance(1_000);
    await core.withTransaction((tx) => core.admissions.raiseEpoch(tx, QUEUE_ID, 1));
    await clock.advance(5_000);
    expect((await reader.next())?.name).to.equal("changed");
  });

  it("are refused without a queue token, and with a foreign or an ended one", async () => {
    const codeOf = async (headers: Record<string, string>) =>
      (await callApi(listener.url, "GET", "/api/v1/queue/tokens/me/events", { headers })).code;
    expect(await codeOf({})).to.equal("QUEUE_TOKEN_REQUIRED");
    expect(await codeOf({ "x-user-id": "1" })).to.equal("QUEUE_TOKEN_REQUIRED");
    expect(await codeOf({ authorization: "Bearer a.b.c" })).to.be.oneOf([
      "QUEUE_TOKEN_INVALID",
      "ACCESS_TOKEN_INVALID",
    ]);
    const token = await tokenOf(1);
    await leaveSale(core, { queueId: QUEUE_ID, userId: 1, token });
    expect(await codeOf({ authorization: `Bearer ${token}` })).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("are refused beyond the maximum, and their client can poll", async () => {
    for (const userId of [1, 2, 3]) await (await follow(await tokenOf(userId))).next();
    const token = await tokenOf(4);
    const refused = await follow(token);
    expect(refused.status).to.equal(503);
    expect(refused.headers.get("retry-after")).to.equal("1");
    const headers = { authorization: `Bearer ${token}` };
    const polled = await callApi(listener.url, "GET", "/api/v1/queue/tokens/me", { headers });
    expect(polled.data).to.include({ position: 4 });
  });

  it("end the oldest stream of a user with two others", async () => {
    const token = await tokenOf(1);
    const [oldest, second, third] = [await follow(token), await follow(token), await follow(token)];
    for (const reader of [oldest, second, third]) await reader.next();
    expect(await oldest.next()).to.equal(undefined);
    await eventually("two streams", async () => (streams.count() === 2 ? true : undefined));
  });

  it("keep the connection alive with comments", async () => {
    const reader = await follow(await tokenOf(1));
    await reader.next();
    await clock.advance(16_000);
    await promote(1);
    await clock.advance(1_000);
    expect((await reader.next())?.name).to.equal("changed");
    expect(reader.text()).to.match(/^:/m);
  });

  it("answer HEAD with the headers only", async () => {
    const headers = { authorization: `Bearer ${await tokenOf(1)}` };
    const path = "/api/v1/queue/tokens/me/events";
    const answer = await callApi(listener.url, "HEAD", path, { headers });
    expect([answer.status, answer.text, streams.count()]).to.deep.equal([200, "", 0]);
  });

  it("end when the process shuts down", async () => {
    const reader = await follow(await tokenOf(1));
    await reader.next();
    await streams.close();
    expect(await reader.next()).to.equal(undefined);
    await listener.close(60_000);
    expect(() => streams.requireFree()).to.throw("too many requests");
  });

  describe("of a client that is gone", () => {
    it("are not kept when the client leaves before the answer begins", async () => {
      const token = await tokenOf(1);
      const begun = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const wait = (): Promise<void> => {
        begun.resolve();
        return gone.promise;
      };
      held = { point: "queue.place", wait };
      const raw = await openRaw(listener.port, streamRequest(token));
      await begun.promise;
      raw.socket.resetAndDestroy();
      await eventually("no connection", async () =>
        listener.connectionCount() === 0 ? true : undefined,
      );
      gone.resolve();
      await eventually("an answer", async () =>
        log.lines.find(({ fields }) => fields.event === "http.answered"),
      );
      expect(streams.count()).to.equal(0);
    });
  });
});
