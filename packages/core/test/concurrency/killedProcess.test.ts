import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { chargedUser, makeSale, newUserId, paid } from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

const SEATS = 400;
/** The process is killed after this many payments, so each time at another point of its work. */
const PAYMENTS_BEFORE_KILL = [3, 20, 45];
const PROGRAM = join(import.meta.dirname, "..", "support", "rushProcess.ts");

describe("a process that is killed during a rush", () => {
  const current = useTestCore();
  const children = new Set<ChildProcess>();
  afterEach("ends what a failed test left running", () => {
    for (const child of children) child.kill("SIGKILL");
    children.clear();
  });

  /** Runs a rush in a process, kills it after the payments, and returns its buyers' answers. */
  async function rushUntilKilled(seatIds: readonly number[], payments: number) {
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        ...process.env,
        ...current().stack.env,
        RUSH_SEATS: seatIds.join(","),
        RUSH_FIRST_USER: String(newUserId() * 1_000),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    const exited = once(child, "exit");
    const reported = {
      reservationIds: [] as number[],
      paymentIds: [] as number[],
      chargedByUser: new Map<number, number>(),
    };
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, id = "", amount = ""] = line.split(" ");
      if (what === "charged") reported.chargedByUser.set(Number(id), Number(amount));
      if (what === "reserved") reported.reservationIds.push(Number(id));
      if (what === "paid") reported.paymentIds.push(Number(id));
      if (reported.paymentIds.length === payments) child.kill("SIGKILL");
    }
    expect(await exited).to.deep.equal([null, "SIGKILL"]);
    children.delete(child);
    return reported;
  }

  for (const payments of PAYMENTS_BEFORE_KILL) {
    it(`breaks no invariant after ${payments} payments`, async () => {
      const { core, sql } = current();
      const { seatIds } = await makeSale(core, SEATS);
      const acknowledged = await rushUntilKilled(seatIds, payments);
      expect(acknowledged.reservationIds.length).to.be.at.least(payments);
      await expectInvariants(core, { acknowledged });

      const open = await sql("SELECT id FROM reservations WHERE status = 'PENDING'");
      for (const { id } of open) await current().endHold(Number(id), -1);
      for (let ended = -1; ended !== 0; ) ended = await releaseExpiredHolds(core);
      await expectInvariants(core, { acknowledged, holdBoundMs: 0 });

      const seats = await core.seats.find(null, seatIds);
      expect(seats.filter((seat) => seat.status === "HELD")).to.deep.equal([]);
      const free = seats.filter((seat) => seat.status === "AVAILABLE").map((seat) => seat.id);
      // The killed process may have had seat locks, which last until their time is up.
      const { core: lockless } = await current().another({ SEAT_LOCK: "conditional" });
      await paid(lockless, await chargedUser(core), free.slice(0, 2));
    });
  }
});
