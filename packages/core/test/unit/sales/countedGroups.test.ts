import { expect } from "chai";
import { applyInOrder, type Redelivery } from "../../../src/adapters/shared/redelivery.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../../../src/ports/consumer.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { checkSales } from "../../../src/sales/checkSales.ts";
import type { Sale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import {
  figuresOf,
  RIGHT,
  reservationEvents,
  smallSale,
  subscriptionOf,
} from "../../support/smallSale.ts";

describe("a group of messages that the sales projection counts", () => {
  const current = useMemoryCore();
  const running = new AbortController().signal;
  let sale: Sale;
  let events: readonly ReceivedMessage[];

  beforeEach("makes a sale, whose messages are on their way", async () => {
    sale = await smallSale(current().core);
    events = await reservationEvents(current());
  });

  const redelivery = (): Redelivery => ({
    clock: current().core.clock,
    log: current().core.log,
    reasonOf: String,
    keepsPlace: async () => true,
  });
  /** Passes the messages as a consumer does. @returns how many were applied */
  const apply = async (
    messages: readonly ReceivedMessage[],
    { core = current().core, signal = running } = {},
  ) => applyInOrder(await subscriptionOf(core), messages, signal, redelivery());
  async function expectRight(): Promise<void> {
    expect(await figuresOf(current().core, sale)).to.include(RIGHT);
    expect(await checkSales(current().core)).to.include({ behind: 0, wrongCount: 0 });
  }
  const deadLetters = () =>
    current().log.lines.filter(({ fields }) => fields.event === "consumer.dead_letter_sent");

  it("is counted once when the consumer died before its acknowledgement", async () => {
    for (let times = 0; times < 3; times += 1) {
      expect(await apply(events)).to.equal(events.length);
    }
    await expectRight();
  });

  it("is counted once when parts of it arrive again with later messages", async () => {
    await apply(events.slice(0, 5));
    await apply(events.slice(2, 7));
    await apply(events.slice(4));
    await apply(events.filter(({ value }) => value.includes("reservation.held")));
    await expectRight();
  });

  it("is counted once by two consumers while its partition moves", async () => {
    const other = current().another();
    const parts = [apply(events), apply(events, { core: other }), apply(events.slice(3))];
    expect(await Promise.all(parts)).to.deep.equal([
      ...[events.length, events.length, events.length - 3],
    ]);
    await expectRight();
  });

  it("loses only the message in its middle that can never be counted", async () => {
    const { core } = current();
    const poison = events[3];
    const wrong = Number(poison?.key.split(":")[1]);
    const refuse = (reservationIds: readonly number[]): void => {
      if (reservationIds.includes(wrong)) throw new Error("this row is damaged");
    };
    const sales: CoreContext["sales"] = {
      ...core.sales,
      async lock(tx, reservationIds) {
        refuse(reservationIds);
        return core.sales.lock(tx, reservationIds);
      },
    };
    expect(await apply(events, { core: { ...core, sales } })).to.equal(events.length);
    const lost = events.filter(({ key }) => key === poison?.key);
    expect(deadLetters()).to.have.length(lost.length);
    const { compared, behind, wrongCount } = await checkSales(core);
    expect({ compared, missing: behind + wrongCount }).to.deep.equal({ compared: 4, missing: 1 });
  });

  it("goes on at the first message that was not applied when the consumer stops", async () => {
    const stopping = new AbortController();
    const subscription = await subscriptionOf(current().core);
    let count = 0;
    const stopsAfterTwo: ConsumerSubscription = {
      ...subscription,
      handleGroup: async () => false,
      async handle(message) {
        await subscription.handle(message);
        count += 1;
        if (count === 2) stopping.abort();
      },
    };
    const applied = await applyInOrder(stopsAfterTwo, events, stopping.signal, redelivery());
    expect(applied).to.equal(2);
    expect(await apply(events.slice(applied))).to.equal(events.length - 2);
    await expectRight();
  });
});
