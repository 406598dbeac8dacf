import { expect } from "chai";
import { type Diagnosis, diagnose } from "../../../src/diagnosis/diagnose.ts";
import type { InvariantMode } from "../../../src/diagnosis/invariantFindings.ts";
import { checkInvariants } from "../../../src/invariants/checkInvariants.ts";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planOperation } from "../../../src/operations/planOperation.ts";
import { topicOf } from "../../../src/outbox/topics.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import type { SchemaStatus, ServerInspection } from "../../../src/ports/serverInspection.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { heartbeat } from "../../../src/worker/heartbeat.ts";
import { reconcile } from "../../../src/worker/reconcile.ts";
import { chargedUser, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const UP: readonly ServerInspection[] = (["mysql", "redis", "kafka"] as const).map((server) => ({
  ...{ server, reachable: true, settings: [], roundTripMs: 1, clockSkewMs: 0 },
}));
const MIGRATED: SchemaStatus = { executed: ["0001"], pending: [], unknown: [] };

describe("diagnose", () => {
  const current = useMemoryQueue();
  const diagnoseNow = (more: object = {}) =>
    diagnose(current().core, {
      ...{ inspections: UP, schema: MIGRATED, invariants: "auto" as const },
      ...more,
    });
  const codes = async (more: object = {}) => {
    const { healthy, findings } = await diagnoseNow(more);
    expect(healthy).to.equal(findings.length === 0);
    return findings.map(({ code, subject }) => `${code} ${subject}`);
  };
  const lives = async (id = "00000000-0000-7000-8000-000000000001") => {
    const life = heartbeat(current().core, id);
    const promotion = life.watch("promotion", async () => false);
    await promotion();
    await life.beat();
    return { life, promotion };
  };

  it("finds nothing while a worker lives and no buyer waits", async () => {
    await lives();
    await current().promote();
    expect(await codes()).to.deep.equal([]);
  });

  it("finds servers that are down, read-only or off, without asking the stores", async () => {
    const settings = [
      { name: "read_only", value: "ON", verdict: "wrong", why: "no sale can be stored" },
      { name: "sync_binlog", value: "0", verdict: "note", why: "replicas" },
    ] as const;
    const inspections = [
      { ...UP[0], server: "mysql", reachable: true, settings },
      { server: "redis", reachable: false, reason: "ECONNREFUSED", settings: [] },
      { ...UP[2], server: "kafka", reachable: true, clockSkewMs: 900, settings: [] },
    ] as const;
    await lives();
    expect(await codes({ inspections })).to.deep.equal([
      "SERVER_READ_ONLY mysql",
      "SERVER_DOWN redis",
      "CLOCK_SKEW kafka",
    ]);
  });

  it("reads no table while migrations are pending or unknown, and names them", async () => {
    const schema = { executed: [], pending: ["0007-workers"], unknown: ["0009-later"] };
    expect(await codes({ schema })).to.deep.equal([
      "MIGRATIONS_PENDING mysql",
      "MIGRATIONS_UNKNOWN mysql",
    ]);
  });

  it("finds that no worker runs, and names the worker that fell silent", async () => {
    await current().promote();
    expect(await codes()).to.deep.equal(["WORKER_MISSING workers"]);
    const { life } = await lives();
    expect(await codes()).to.deep.equal([]);
    current().clock.pass(11_000);
    expect(await codes()).to.deep.equal([
      "WORKER_MISSING workers",
      "WORKER_SILENT worker embedded",
    ]);
    await lives("00000000-0000-7000-8000-000000000002");
    expect(await codes(), "another worker has replaced it").to.deep.equal([]);
    await life.end();
    expect(await codes()).to.deep.equal([]);
  });

  it("finds each silent worker that no later worker has replaced", async () => {
    const id = (number: number) => `00000000-0000-7000-8000-00000000000${number}`;
    await current().promote();
    for (const number of [1, 2, 3]) await lives(id(number));
    current().clock.pass(11_000);
    await lives(id(3));
    expect(await codes()).to.deep.equal([
      ...["WORKER_SILENT worker embedded", "WORKER_SILENT worker embedded"],
    ]);
    await lives(id(4));
    expect(await codes()).to.deep.equal(["WORKER_SILENT worker embedded"]);
    await lives(id(5));
    expect(await codes()).to.deep.equal([]);
  });

  it("finds no silent worker when each was replaced, also by one that died later", async () => {
    const id = (number: number) => `00000000-0000-7000-8000-00000000000${number}`;
    await current().promote();
    for (const number of [1, 2, 3]) {
      await lives(id(number));
      expect(await codes()).to.deep.equal([]);
      current().clock.pass(11_000);
    }
    expect(await codes()).to.deep.equal([
      ...["WORKER_MISSING workers", "WORKER_SILENT worker embedded"],
    ]);
  });

  it("finds a loop that makes no progress in any live worker", async () => {
    await current().promote();
    const { life } = await lives();
    current().clock.pass(31_000);
    await life.beat();
    expect(await codes()).to.deep.equal(["LOOP_STALLED loop promotion"]);
    const redisDown = UP.map((one) =>
      one.server === "redis" ? { ...one, reachable: false, reason: "ECONNREFUSED" } : one,
    );
    const { findings } = await diagnoseNow({ inspections: redisDown });
    const stalled = findings.find(({ code }) => code === "LOOP_STALLED");
    expect(stalled?.message).to.include("redis, which it needs, does not answer");
    expect(stalled?.next).to.match(/^Repair redis/);
    await lives("00000000-0000-7000-8000-000000000002");
    expect(await codes()).to.deep.equal([]);
  });

  it("finds buyers who wait while slots are free, and a queue that Redis lost", async () => {
    await lives();
    await current().promote();
    await current().join(1);
    expect(await codes()).to.deep.equal([`QUEUE_STUCK queue ${QUEUE_ID}`]);
    await configureQueue(current().core, { queueId: QUEUE_ID, settings: { mode: "paused" } });
    expect(await codes()).to.deep.equal([`QUEUE_NOT_OPEN queue ${QUEUE_ID}`]);
    current().loseRedis();
    expect(await codes()).to.deep.equal([`QUEUE_LOST queue ${QUEUE_ID}`]);
  });

  it("shows a draining queue, and stays healthy", async () => {
    await lives();
    await current().promote();
    await configureQueue(current().core, { queueId: QUEUE_ID, settings: { mode: "draining" } });
    const { healthy, findings } = await diagnoseNow();
    expect(healthy).to.equal(true);
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal([
      "info QUEUE_DRAINING",
    ]);
    expect(findings[0]?.message).to.include("no buyer can join; waiting: 0 buyers, active: 0");
  });

  it("finds old and dead outbox messages", async () => {
    const { core, clock } = current();
    await current().promote();
    await chargedUser(core);
    clock.pass(31_000);
    await lives();
    expect(await codes({ invariants: "skip" as const })).to.deep.equal(["OUTBOX_OLD outbox"]);
    const pending = await current().messages();
    for (const message of pending) {
      await core.outbox.markFailed(null, message, { error: "poison", retryInMs: 0, dead: true });
    }
    expect(await codes({ invariants: "skip" as const })).to.deep.equal(["DEAD_MESSAGES outbox"]);
  });

  it("finds messages that wait behind a failed one, with the error of its topic", async () => {
    const { core } = current();
    await current().promote();
    const userId = await chargedUser(core);
    await chargePoints(core, { userId, amount: 100 });
    const [first] = await current().messages();
    const failure = { error: "topic accepts no messages: it is missing", retryInMs: 5_000 };
    await core.outbox.postpone(null, first ? [first] : [], failure);
    await lives();
    const { findings } = await diagnose(core, {
      ...{ inspections: UP, schema: MIGRATED, invariants: "skip" as const },
    });
    expect(findings.map(({ code }) => code)).to.deep.equal(["MESSAGES_BLOCKED"]);
    expect(findings[0]?.message).to.include("1 messages wait").and.include("it is missing");
  });

  it("finds a consumer that is far behind and does not catch up", async () => {
    const { core } = current();
    await current().promote();
    await lives();
    const topic = topicOf(core.config, "payment");
    const message = (key: number) => ({
      ...{ messageId: `m-${key}`, topic, key: String(key), value: "{}", headers: {} },
    });
    const publish = (count: number) =>
      core.publisher.publish(Array.from({ length: count }, (_unused, key) => message(key)));
    await publish(1_000);
    expect(await codes({ invariants: "skip" as const })).to.deep.equal([]);
    await publish(1);
    expect(await codes({ invariants: "skip" as const })).to.deep.equal([
      "CONSUMER_LAG consumer reservation-notifier",
    ]);
    const kafkaDown = UP.map((one) => ({ ...one, reachable: one.server !== "kafka" }));
    expect(await codes({ inspections: kafkaDown })).to.deep.equal(["SERVER_DOWN kafka"]);
  });

  describe("on large data", () => {
    const HOUR_MS = 3_600_000;
    const largeCore = () => {
      const { core } = current();
      const invariantReader = { ...core.invariantReader, size: async (max: number) => max + 1 };
      return { ...core, invariantReader };
    };
    const diagnoseLarge = (invariants: InvariantMode = "auto") =>
      diagnose(largeCore(), { inspections: UP, schema: MIGRATED, invariants });
    const codesOf = ({ findings }: Diagnosis) => findings.map(({ code }) => code);

    beforeEach(async () => {
      await current().promote();
      await lives();
    });

    it("finds that no check of the invariants has ended, and makes one on request", async () => {
      const unchecked = await diagnoseLarge();
      expect(codesOf(unchecked)).to.deep.equal(["INVARIANTS_UNCHECKED"]);
      expect(unchecked.invariants).to.equal(undefined);
      const checked = await diagnoseLarge("now");
      expect(codesOf(checked)).to.deep.equal([]);
      expect(checked.invariants?.results).to.have.length(10);
    });

    it("shows the result and the age of the workers' last check", async () => {
      await reconcile.run(largeCore(), () => true);
      current().clock.pass(HOUR_MS);
      await lives();
      const { findings, invariants, invariantsAgeMs } = await diagnoseLarge();
      expect(findings).to.deep.equal([]);
      expect(invariants).to.deep.equal(await checkInvariants(current().core));
      expect(invariantsAgeMs).to.be.within(HOUR_MS, HOUR_MS + 1_000);
    });

    it("finds a violation of the last check, and a check that is too old", async () => {
      const { core, clock } = current();
      const report = await checkInvariants(core);
      const results = report.results.map((result) =>
        result.id === "I3" ? { ...result, holds: false, violationCount: 2 } : result,
      );
      await core.invariantChecks.save({ holds: false, results }, 0);
      expect(codesOf(await diagnoseLarge())).to.deep.equal(["LEDGER_MISMATCH"]);
      clock.pass(3 * HOUR_MS);
      await lives("00000000-0000-7000-8000-000000000002");
      expect(codesOf(await diagnoseLarge())).to.include.members([
        "LEDGER_MISMATCH",
        "INVARIANTS_UNCHECKED",
      ]);
    });
  });

  it("finds settings that Redis and MySQL do not share, until a change replaces both", async () => {
    const { core } = current();
    await lives();
    const { settings, settingsVersion } = await current().stats();
    await core.queue.configure(QUEUE_ID, { ...settings, mode: "paused" }, settingsVersion + 9);
    const { findings } = await diagnoseNow();
    expect(findings.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      `QUEUE_SETTINGS_DIFFER queue ${QUEUE_ID} differs: mode: MySQL open, Redis paused`,
    ]);
    await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "open" } });
    expect(await codes()).to.deep.equal([]);
  });

  it("finds a job that a dead run left half way", async () => {
    const { core, clock, loseCalls, restoreCalls } = current();
    await current().promote();
    const operation = findOperation("queue.configure");
    const input = { queueId: QUEUE_ID, settings: { mode: "paused" } };
    const { job } = await planOperation(core, { operation, input });
    const command = "onsale queue pause main --execute";
    const operator = { name: "mina", host: "ops-1", command };
    loseCalls(/^redis .*configure|leases.release/);
    await failureOf(executeOperation(core, { operation, input, operator }));
    restoreCalls();
    clock.pass(11_000);
    // A worker sends the settings that the dead run has not sent.
    await current().promote();
    await lives();
    const { findings } = await diagnoseNow();
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).to.deep.equal([
      `JOB_ABANDONED job ${job.id}`,
    ]);
    expect(findings[0]?.next)
      .to.include(`\`${command} --job ${job.id}\``)
      .and.include(`\`onsale job stop ${job.id}\``);
  });
});
