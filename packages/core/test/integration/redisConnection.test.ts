import { expect } from "chai";
import { Redis } from "ioredis";
import sinon from "sinon";
import { silentMetrics } from "../../src/adapters/log/pinoLogger.ts";
import { redisCache } from "../../src/adapters/redis/cache.ts";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redlockSeatLock } from "../../src/adapters/redis/locks/redlockSeatLock.ts";
import { redisQueueStore } from "../../src/adapters/redis/queueStore.ts";
import { redisRateLimiter } from "../../src/adapters/redis/rateLimiter.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { failureOf } from "../support/fixtures.ts";
import { eventually, type PrivateRedis, startPrivateRedis } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";

const COMMAND_TIMEOUT_MS = 300;
/** Longest time until a request is refused while Redis does not answer, on a busy machine. */
const ANSWER_MS = 900;

function open(url: string): Promise<RedisConnection> {
  const config = { url, keyPrefix: "test:", commandTimeoutMs: COMMAND_TIMEOUT_MS };
  return openRedis(config, systemClock, recordingLog());
}

/** The client of a connection to one server, which has one stream. */
function ofOneServer({ client }: RedisConnection): Redis {
  if (client instanceof Redis) return client;
  throw new Error("the connection is to a cluster");
}

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const startMs = performance.now();
  return { value: await work, ms: performance.now() - startMs };
}

describe("the connection to Redis", () => {
  it("opens without a server, reports it as down, and refuses calls immediately", async () => {
    const redis = await open("redis://127.0.0.1:1");
    try {
      expect(redis.health()).to.include({ dependency: "redis", up: false });
      expect(redis.health().reason).to.contain("ECONNREFUSED");
      const { value, ms } = await timed(failureOf(redis.run((client) => client.ping())));
      expect(value).to.be.instanceOf(DependencyUnavailableError);
      expect(ms).to.be.below(50);
    } finally {
      await redis.close();
    }
  });

  it("can be closed twice, even without a server", async () => {
    const redis = await open("redis://127.0.0.1:1");
    await redis.close();
    await redis.close();
  });

  describe("with a server that fails", () => {
    let server: PrivateRedis;
    let redis: RedisConnection;

    before(async () => {
      server = await startPrivateRedis();
    });
    beforeEach(async () => {
      redis = await open(server.url);
      expect(redis.health()).to.deep.equal({ dependency: "redis", up: true });
    });
    afterEach(() => redis.close());
    after(() => server.stop());

    it("is down when the server does not have the database of the URL", async () => {
      const url = new URL(server.url);
      url.pathname = "/999";
      const elsewhere = await open(url.href);
      try {
        await eventually(() => elsewhere.client.status === "ready");
        expect(elsewhere.health()).to.include({ up: false });
        expect(elsewhere.health().reason).to.include("database 999");
        const write = elsewhere.run((client) => client.set("test:elsewhere", "1"));
        expect(await failureOf(write)).to.be.instanceOf(DependencyUnavailableError);
      } finally {
        await elsewhere.close();
      }
      url.pathname = "/15";
      const other = await open(url.href);
      expect(other.health()).to.include({ up: true });
      await other.close();
    });

    function ports() {
      return {
        queue: redisQueueStore(redis, "test:"),
        seatLock: redlockSeatLock(redis, "test:", systemClock, { ttlMs: 3000 }),
        cache: redisCache(redis, "test:", { clock: systemClock, metrics: silentMetrics }),
        rateLimiter: redisRateLimiter(redis, "test:"),
      };
    }

    async function expectAway(): Promise<void> {
      const { queue, seatLock, cache, rateLimiter } = ports();
      // The calls of one request, one after the other, as a handler makes them.
      const { ms } = await timed(
        (async () => {
          expect(await rateLimiter.take("u:1", { points: 1, perMs: 1000 })).to.include({
            allowed: true,
          });
          expect(await failureOf(queue.place("main", 1))).to.be.instanceOf(
            DependencyUnavailableError,
          );
          const read = { key: "k", ttlMs: 1000, load: async () => "loaded", parse: String };
          expect(await cache.through(read)).to.equal("loaded");
          const lease = await seatLock.tryAcquire([1, 2]);
          expect(lease).not.to.equal(undefined);
          await lease?.release();
        })(),
      );
      expect(ms).to.be.below(ANSWER_MS);
      expect(redis.health().up).to.equal(false);
    }

    async function expectBack(): Promise<void> {
      await eventually(() => redis.health().up);
      expect(await redis.run((client) => client.ping())).to.equal("PONG");
    }

    it("refuses calls in time while the server is frozen, and recovers by itself", async () => {
      await server.fault("pause");
      try {
        await expectAway();
      } finally {
        await server.fault("resume");
      }
      await expectBack();
    });

    it("refuses calls in time after the server was killed, and recovers by itself", async () => {
      await server.fault("kill");
      try {
        await expectAway();
      } finally {
        await server.fault("start");
      }
      await expectBack();
    });

    it("refuses calls in time while the server is frozen and the event loop is slow", async () => {
      let isOver = false;
      const stall = (): void => {
        const untilMs = performance.now() + 60;
        while (performance.now() < untilMs);
        if (!isOver) setImmediate(stall);
      };
      await server.fault("pause");
      try {
        stall();
        await expectAway();
      } finally {
        isOver = true;
        await server.fault("resume");
      }
      await expectBack();
    });

    it("does not report the server as down after a pause of its own process", async () => {
      const pings = Array.from({ length: 20 }, () => redis.run((client) => client.ping()));
      const untilMs = performance.now() + 3 * COMMAND_TIMEOUT_MS;
      while (performance.now() < untilMs);
      expect(new Set(await Promise.all(pings))).to.deep.equal(new Set(["PONG"]));
      expect(redis.health().up).to.equal(true);
    });

    it("sends the commands of one turn of the event loop in one write", async () => {
      const { stream } = ofOneServer(redis);
      const writes = sinon.spy(stream, "_writev");
      const single = sinon.spy(stream, "_write");
      const answers = await Promise.all(
        ["a", "b", "c"].map((text) => redis.run((client) => client.echo(text))),
      );
      expect(answers).to.deep.equal(["a", "b", "c"]);
      expect([writes.callCount, single.callCount]).to.deep.equal([1, 0]);
      expect(stream.writableCorked).to.equal(0);
    });

    it("gives each command of a turn its own answer when some of them fail", async () => {
      await redis.run((client) => client.set("test:text", "text"));
      const calls = Array.from({ length: 60 }, (_unused, index) => async () => {
        const text = `answer ${index}`;
        if (index % 3 === 0) return await redis.run((client) => client.echo(text));
        if (index % 3 === 1)
          return await failureOf(redis.run((client) => client.incr("test:text")));
        // The script is defined while other commands wait for the write.
        redis.client.defineCommand(`onsaleLate${index}`, {
          lua: "return ARGV[1]",
          numberOfKeys: 0,
        });
        return await redis.run((client) => client.call("eval", "return ARGV[1]", 0, text));
      });
      const answers = await Promise.all(calls.map((call) => call()));
      for (const [index, answer] of answers.entries()) {
        if (index % 3 === 1) expect(answer).to.have.property("name", "ReplyError");
        else expect(answer).to.equal(`answer ${index}`);
      }
    });

    it("refuses all commands of a turn when the server is killed before they leave", async () => {
      const commands = Array.from({ length: 5 }, () =>
        failureOf(redis.run((client) => client.ping())),
      );
      ofOneServer(redis).stream.destroy();
      for (const failure of await Promise.all(commands)) {
        expect(failure).to.be.instanceOf(DependencyUnavailableError);
      }
      await expectBack();
    });

    it("reports the server as down even when no request is made", async () => {
      await server.fault("pause");
      try {
        await eventually(() => !redis.health().up);
        expect(redis.health().reason).to.be.a("string");
      } finally {
        await server.fault("resume");
      }
      await expectBack();
    });

    it("sends its scripts again to a server that has lost them", async () => {
      const { queue } = ports();
      expect(await queue.place("main", 1)).to.deep.equal({ status: "MISSING" });
      await redis.client.script("FLUSH");
      expect(await queue.place("main", 1)).to.deep.equal({ status: "MISSING" });
    });

    it("acquires seat locks after the server has lost the scripts", async () => {
      const { seatLock } = ports();
      await (await seatLock.tryAcquire([1]))?.release();
      await redis.client.script("FLUSH");
      const lease = await seatLock.tryAcquire([1]);
      expect(await redis.client.exists("test:{seat-lock}:1")).to.equal(1);
      await lease?.release();
    });
  });
});
