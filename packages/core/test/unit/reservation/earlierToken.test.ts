import { expect } from "chai";
import { admitPayment } from "../../../src/payment/admitPayment.ts";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { verifyQueueToken } from "../../../src/queue/verifyQueueToken.ts";
import { leaveSale } from "../../../src/reservation/leaveSale.ts";
import { admitToken } from "../../support/admitToken.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;

describe("the token of an earlier place", () => {
  const current = useMemoryQueue({ activationMs: 1_000 });
  let userId: number;
  let seatId: number;
  beforeEach("makes a buyer with points and a seat", async () => {
    userId = await chargedUser(current().core);
    seatId = (await makeSale(current().core, 1, { queueId })).seatIds[0] ?? 0;
  });

  const leave = (token?: string) => leaveSale(current().core, { queueId, userId, token });
  const statusOf = async (id: number) => (await current().core.reservations.find(null, id))?.status;
  const hold = () => held(current().core, userId, [seatId], { queueId });
  const present = () => current().core.queue.place(queueId, userId, 0);

  /** The token of a place that its buyer left. */
  async function earlierToken(): Promise<string> {
    const { token } = await current().admitted(userId);
    await leave(token);
    await current().promote();
    return token;
  }

  /** Pays as the API does. */
  async function pay(token: string, reservationId: number): Promise<void> {
    const { core } = current();
    const place = await admitPayment(core, verifyQueueToken(core, token), reservationId);
    await payReservation(core, { userId, reservationId, place });
  }

  it("does not end a later place in which the buyer waits", async () => {
    const token = await earlierToken();
    await current().join(userId);
    expect(await leave(token)).to.deep.equal([]);
    expect(await present()).to.include({ status: "WAITING" });
  });

  it("does not end a later active place, and cancels none of its holds", async () => {
    const token = await earlierToken();
    await current().admitted(userId);
    const reservationId = await hold();
    expect(await leave(token)).to.deep.equal([]);
    expect(await present()).to.include({ status: "ACTIVE" });
    expect(await statusOf(reservationId)).to.equal("PENDING");
  });

  it("cancels no hold of a later place that has ended meanwhile", async () => {
    const token = await earlierToken();
    const { core, admitted, promote } = current();
    await admitted(userId);
    const reservationId = await hold();
    await core.queue.leave(queueId, userId, "LEFT");
    await promote();
    expect(await leave(token)).to.deep.equal([]);
    expect(await statusOf(reservationId)).to.equal("PENDING");
  });

  it("cancels the remaining holds when the place ended and there is no later one", async () => {
    const { core, admitted, promote } = current();
    const { token } = await admitted(userId);
    const reservationId = await hold();
    await core.queue.leave(queueId, userId, "LEFT");
    await promote();
    expect(await leave(token)).to.deep.equal([reservationId]);
    expect(await leave(token), "again").to.deep.equal([]);
  });

  it("gets no status and no admission, and does not activate the later admission", async () => {
    const token = await earlierToken();
    const { core, admitted, clock, promote } = current();
    await admitted(userId);
    const status = await failureOf(queueStatus(core, { queueId, userId, token }));
    expect(codeOf(status)).to.equal("QUEUE_TOKEN_EXPIRED");
    expect(codeOf(await failureOf(admitToken(core, token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    clock.pass(1_001);
    await promote();
    expect(await present(), "not activated in time").to.include({ status: "MISSED" });
  });

  it("pays an earlier hold, and ends no later place", async () => {
    const { admitted, core, promote } = current();
    const { token } = await admitted(userId);
    const reservationId = await hold();
    await core.queue.leave(queueId, userId, "LEFT");
    await promote();
    await admitted(userId);
    await pay(token, reservationId);
    expect(await statusOf(reservationId)).to.equal("CONFIRMED");
    expect(await present()).to.include({ status: "ACTIVE" });
  });

  it("admits and leaves when Redis lost its place and a later place replaced it", async () => {
    const { admitted, clock, core, join, loseRedis, passQuietTime } = current();
    const lost = await join(userId);
    loseRedis();
    await join(userId);
    passQuietTime();
    clock.pass(1);
    await admitted(userId);
    expect(await admitToken(core, lost.token)).to.include({ userId });
    await leave(lost.token);
    expect(await present()).to.deep.equal({ status: "NONE" });
  });
});

describe("a payment", () => {
  const current = useMemoryQueue();

  it("ends no place in which the buyer waits", async () => {
    const { admitted, core, join, promote } = current();
    const userId = await chargedUser(core);
    const [seatId = 0] = (await makeSale(core, 1, { queueId })).seatIds;
    await admitted(userId);
    const reservationId = await held(core, userId, [seatId], { queueId });
    await core.queue.leave(queueId, userId, "LEFT");
    await promote();
    const { token } = await join(userId);
    const place = await admitPayment(core, verifyQueueToken(core, token), reservationId);
    await payReservation(core, { userId, reservationId, place });
    expect(await core.queue.place(queueId, userId)).to.include({ status: "WAITING" });
  });
});
