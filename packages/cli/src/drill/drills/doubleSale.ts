import { holdSeats } from "@onsale/core";
import { runSql } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";

const FREE_SEAT = `UPDATE seats SET status = 'AVAILABLE', reservation_id = NULL,
   hold_expires_at = NULL WHERE id = ?`;
/** No simulated buyer has this id. */
const USER_ID = 1;

/** Another program frees a seat that a buyer holds. */
export const doubleSaleDrill: Drill = {
  runbook: "double-sale",
  incident: "another program frees a seat that a buyer holds",
  boundMs: 0,
  abandonShare: 0,
  invariants: "now",
  codes: ["SEAT_RIGHTS_BROKEN"],
  async breakIt({ core, load, foreignUrl }) {
    const seats = await core.seats.ofPerformance(null, load.performanceId);
    // Hardly a buyer wants the last seat of the hall.
    const seatId = Math.max(...seats.map(({ id }) => id));
    await holdSeats(core, { userId: USER_ID, seatIds: [seatId], queueId: load.queueId });
    await runSql(foreignUrl, FREE_SEAT, [seatId]);
  },
  manual: { "keep-evidence": async () => undefined },
};
