import { countText } from "../../report/words.ts";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures, LoadResult } from "../benchReport.ts";
import { compare, type RoundSettings } from "../compare.ts";
import type { Contender } from "../contender.ts";
import { percentilesOf } from "../load/percentiles.ts";
import { startBenchChild } from "../relay/benchChild.ts";
import { countArrived } from "../relay/countArrived.ts";
import type { InsertOrder, WrittenGroup } from "../relay/messageWriter.ts";
import { insertCharges, insertPublished } from "../relay/publishedRows.ts";
import type { RelayOrder } from "../relay/relayProcess.ts";

/*
 * The benchmark of the relay
 *
 * Question: does the relay keep up with the messages that a sale writes, how long does a message
 * take from its COMMIT to Kafka, and does the number of published messages matter? One process
 * writes messages at a fixed rate in transactions of a group commit's size, another one relays
 * them with the default settings. The outbox with published messages is compared with an outbox
 * without them. Kafka stamps each message when it stores it. After each round the topic is read:
 * every message must be there, and the versions of each account in order.
 */

/** Latency and CPU of the relay beside many published messages, against none. */
export async function benchRelay(ground: BenchGround): Promise<BenchFigures> {
  const { measuring, settings, core } = ground;
  const { published, perSecond } = settings;
  const { buckets } = core.config.outbox;
  await insertPublished(ground.mysqlUrl, { count: published, buckets });
  const full = await openRelay(ground, ground.mysqlUrl, `${countText(published)} published`);
  const empty = await openRelay(ground, await ground.bareMysqlUrl(), "none published");
  try {
    const title = `${countText(perSecond)} messages/s`;
    const fixed = { ...settings, ...fixedRate(settings, perSecond) };
    const comparison = await compare(title, [full.contender, empty.contender], {
      ...measuring,
      ...{ settings: fixed, servers: ground.servers },
    });
    return { comparisons: [comparison] };
  } finally {
    await Promise.all([full.close(), empty.close()]);
    await insertCharges(ground.mysqlUrl);
  }
}

/** The rounds of a fixed rate have a fixed number of operations. */
function fixedRate({ roundMs, operationsMax }: RoundSettings, perSecond: number) {
  const operations = Math.min(Math.round((roundMs * perSecond) / 1000), operationsMax);
  return { operationsMin: operations, operationsMax: operations };
}

interface OpenRelay {
  readonly contender: Contender;
  close(): Promise<void>;
}

async function openRelay(
  { apis, openTopic, settings: { perSecond } }: BenchGround,
  mysqlUrl: string,
  name: string,
): Promise<OpenRelay> {
  const topicPrefix = `${new URL(mysqlUrl).pathname.slice(1)}.`;
  const env = {
    ...apis.env,
    ...{ MYSQL_URL: mysqlUrl, KAFKA_TOPIC_PREFIX: topicPrefix, LOG_LEVEL: "warn" },
  };
  const topic = await openTopic(`${topicPrefix}point-account`);
  const inserter = await startBenchChild<InsertOrder, readonly WrittenGroup[]>(
    new URL("../relay/insertProcess.ts", import.meta.url),
    env,
  );
  const relay = await startBenchChild<RelayOrder, number>(
    new URL("../relay/relayProcess.ts", import.meta.url),
    env,
  );

  async function run(messages: number): Promise<LoadResult> {
    const startedMs = performance.timeOrigin + performance.now();
    const relayed = relay.ask({ messages });
    const groups = await inserter.ask({ messages, perSecond });
    const endedMs = await relayed;
    const { latenciesMs, failedBy } = countArrived(groups, await topic.read(messages));
    return {
      accepted: latenciesMs.length,
      refused: 0,
      refusedBy: {},
      failed: Object.values(failedBy).reduce((sum, count) => sum + count, 0),
      failedBy,
      elapsedMs: endedMs - startedMs,
      latencyMs: percentilesOf(latenciesMs),
    };
  }

  return {
    contender: {
      name,
      processes: { worker: [relay.pid], load: [inserter.pid] },
      prepare: async (messages) => () => run(messages),
    },
    async close() {
      await Promise.all([inserter.close(), relay.close(), topic.close()]);
    },
  };
}
