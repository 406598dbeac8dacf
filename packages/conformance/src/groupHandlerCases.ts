import type {
  ConsumerSubscription,
  CoreContext,
  ReceivedMessage,
  RunningConsumer,
} from "@onsale/core";
import { expect } from "chai";
import type { OpenedAdapters } from "./adapterSet.ts";
import { type Mailbox, mailbox } from "./mailbox.ts";

const VALUES = Array.from({ length: 150 }, (_unused, index) => `m${index}`);

/** A handler of groups that applies a group when the answer is true. */
interface GroupHandler {
  /** The applied messages. */
  readonly box: Mailbox;
  /** The values of each group that was passed, applied or not. */
  readonly groups: (readonly string[])[];
  readonly handleGroup: NonNullable<ConsumerSubscription["handleGroup"]>;
}

function groupHandler(answer: (values: readonly string[]) => boolean): GroupHandler {
  const box = mailbox();
  const groups: (readonly string[])[] = [];
  return {
    ...{ box, groups },
    async handleGroup(messages) {
      const values = messages.map(({ value }) => value);
      groups.push(values);
      const isApplied = answer(values);
      if (isApplied) for (const one of messages) await box.take(one);
      return isApplied;
    },
  };
}

/** The cases about a consumer that applies several messages at once. */
export function groupHandlerCases(opened: () => OpenedAdapters): void {
  describe("for a consumer that takes groups", () => {
    let core: CoreContext;
    let topic: string;
    let caseCount = 0;
    const running: RunningConsumer[] = [];
    beforeEach("publishes messages of one key to a topic of its own", async () => {
      core = opened().core;
      caseCount += 1;
      topic = `${core.config.outbox.topicPrefix}group-case-${caseCount}`;
      const messages = VALUES.map((value) => ({
        ...{ messageId: core.ids.uuid(), topic, key: "k", value, headers: {} },
      }));
      expect(await core.publisher.publish(messages)).to.deep.equal([]);
    });
    afterEach("stops the consumers", async () => {
      await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    });
    async function run(
      handlers: Pick<ConsumerSubscription, "handle" | "handleGroup">,
    ): Promise<RunningConsumer> {
      const consumer = `group-case-${caseCount}`;
      const started = await core.consumers.run({ consumer, topics: [topic], ...handlers });
      running.push(started);
      return started;
    }

    it("passes many messages at once, in their order and each once", async () => {
      const { box, groups, handleGroup } = groupHandler(() => true);
      await run({ handleGroup, handle: box.take });
      await box.count(VALUES.length);
      expect(box.values).to.deep.equal(VALUES);
      expect(groups.length).to.be.within(1, 20);
      expect(Math.max(...groups.map((group) => group.length))).to.be.within(2, 64);
    });

    it("passes the messages of a failed or refused group one by one", async () => {
      const { box, groups, handleGroup } = groupHandler((values) => {
        if (values.includes("m3")) throw new Error("not together");
        return !values.includes("m100");
      });
      const alone: string[] = [];
      const handle = async (message: ReceivedMessage): Promise<void> => {
        alone.push(message.value);
        await box.take(message);
      };
      await run({ handleGroup, handle });
      await box.count(VALUES.length);
      expect(box.values).to.deep.equal(VALUES);
      expect(alone).to.include("m3").and.to.include("m100");
      const refused = groups.flat().filter((value) => value === "m100");
      expect(refused, "a group is not tried again").to.have.length.at.most(1);
    });

    it("repeats none of the applied messages after a stop within a failed group", async () => {
      const { box, handleGroup } = groupHandler(() => false);
      const tried = Promise.withResolvers<void>();
      const first = await run({
        handleGroup,
        async handle(message) {
          if (message.value !== "m5") return box.take(message);
          tried.resolve();
          throw new Error("never");
        },
      });
      await tried.promise;
      await first.stop();
      expect(box.values).to.deep.equal(VALUES.slice(0, 5));
      await run({ handle: box.take });
      await box.count(VALUES.length);
      expect(box.values).to.deep.equal(VALUES);
    });
  });
}
