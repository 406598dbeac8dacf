import { expect } from "chai";
import { lagFindings } from "../../../src/diagnosis/lagFindings.ts";
import { notifyReservations } from "../../../src/notification/notifyReservations.ts";
import { topicOf } from "../../../src/outbox/topics.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("lagFindings", () => {
  const current = useMemoryCore();
  const publish = async (count: number): Promise<void> => {
    const { core } = current();
    const topic = topicOf(core.config, "payment");
    const messages = Array.from({ length: count }, () => {
      const messageId = core.ids.uuid();
      return { messageId, topic, key: messageId, value: "{}", headers: {} };
    });
    expect(await core.publisher.publish(messages)).to.deep.equal([]);
  };
  /** A consumer reads what it gets within this time, and stops. */
  const consume = async (ms: number): Promise<void> => {
    const { core, clock } = current();
    const consumer = await notifyReservations(core);
    await clock.sleep(ms);
    await consumer.stop();
  };
  /** @param meanwhile happens between the two looks */
  const found = async (meanwhile = async () => {}): Promise<readonly string[]> => {
    const { core, clock } = current();
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      await meanwhile();
    };
    const findings = await lagFindings({ ...core, clock: { ...clock, sleep } });
    return findings.map(({ code, message }) => `${code} ${message}`);
  };

  it("finds nothing, without a second look, while few messages are unread and young", async () => {
    const { clock } = current();
    await publish(1_000);
    const beforeMs = clock.monotonicMs();
    expect(await found()).to.deep.equal([]);
    expect(clock.monotonicMs()).to.equal(beforeMs);
  });

  it("finds a consumer that is far behind and does not catch up", async () => {
    await publish(1_001);
    const text = "reservation-notifier is 1001 messages behind, and has not caught up";
    expect(await found())
      .to.have.length(1)
      .and.match(new RegExp(`^CONSUMER_LAG ${text}`));
    expect(await found(() => consume(1_000))).to.deep.equal([]);
  });

  it("finds a consumer that hangs at few messages, once they are old", async () => {
    const { clock } = current();
    await publish(1);
    clock.pass(55_000);
    await publish(2);
    expect(await found()).to.deep.equal([]);
    clock.pass(5_001);
    const [hang, ...others] = await found();
    expect(others).to.deep.equal([]);
    expect(hang).to.match(
      /^CONSUMER_LAG reservation-notifier has not read 1 messages .* such as .*payment\/\d$/,
    );
    expect(await found(() => consume(1_000)), "it reads during the pause").to.deep.equal([]);
    expect(await found()).to.deep.equal([]);
  });
});
