import { expect } from "chai";
import { lineWatch } from "../../../src/actors/lineWatch.ts";
import type { TransportAnswer } from "../../../src/actors/transport.ts";
import { accepted, failed, instantClock, scriptedTransport } from "../../support/fakeRush.ts";

const status = (admittedCount: number, generation = 1): TransportAnswer =>
  accepted({ generation, admittedCount });

/** A watch that reads these states of the line, one each second; the last state repeats. */
function watchOf(states: readonly TransportAnswer[], stopAfterReads = states.length) {
  const clock = instantClock();
  const stopping = new AbortController();
  const transport = scriptedTransport({ "GET /queues/rush/status": states });
  const { send } = transport;
  const stoppable = {
    ...transport,
    send: (target: number, request: Parameters<typeof send>[1]) => {
      if (transport.sent.length + 1 === stopAfterReads) stopping.abort();
      return send(target, request);
    },
  };
  const { signal } = stopping;
  const watch = lineWatch({ clock, transport: stoppable, queueId: "rush", signal });
  return { watch, clock, sent: transport.sent };
}

/** Lets the watch read until it stops. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the watch of a line", () => {
  it("wakes each buyer when the line has moved past the place", async () => {
    const { watch, clock } = watchOf([status(10), status(12), status(13)]);
    const woken: string[] = [];
    const place = { generation: 1, admittedCount: 10 };
    for (const position of [2, 3, 4]) {
      const wake = () => void woken.push(`${position} at ${clock.nowMs() - 1_000_000}`);
      watch.follow({ ...place, position }, wake);
    }
    await settled();
    expect(woken).to.deep.equal(["2 at 1000", "3 at 2000"]);
  });

  it("sends one request a second for all buyers, and none without a buyer", async () => {
    const { watch, clock, sent } = watchOf([status(0), status(1), status(500)], 10);
    for (let position = 1; position <= 500; position += 1) {
      watch.follow({ position, generation: 1, admittedCount: 0 }, () => {});
    }
    await settled();
    expect(sent.map(({ path }) => path)).to.deep.equal(Array(3).fill("/queues/rush/status"));
    expect(clock.slept).to.deep.equal([1000, 1000, 1000]);
  });

  it("knows nothing about places of another generation", async () => {
    const { watch } = watchOf([status(900, 2)]);
    let isWoken = false;
    watch.follow({ position: 1, generation: 1, admittedCount: 10 }, () => {
      isWoken = true;
    });
    await settled();
    expect(isWoken).to.equal(false);
  });

  it("goes on after a failure, and does not wake a buyer who has gone", async () => {
    const { watch, sent } = watchOf([failed("timeout"), status(10)], 3);
    const woken: number[] = [];
    const leave = watch.follow({ position: 1, generation: 1, admittedCount: 0 }, () => {
      woken.push(1);
    });
    watch.follow({ position: 5, generation: 1, admittedCount: 0 }, () => void woken.push(5));
    leave();
    await settled();
    expect(woken).to.deep.equal([5]);
    expect(sent).to.have.length(2);
  });
});
