import { readNumber, runSql } from "@onsale/simulator/drill";
import type { Drill, DrillSite } from "../drill.ts";

const FIRST_PAID = "SELECT MIN(reservation_id) AS value FROM payments WHERE status = 'CAPTURED'";
const SET_STATUS = "UPDATE reservations SET status = ?, updated_at = updated_at WHERE id = ?";

/** Another program ends a paid reservation, and the owner of the database restores its row. */
export const paidNotConfirmedDrill: Drill = {
  runbook: "paid-not-confirmed",
  incident: "another program sets a paid reservation to EXPIRED",
  boundMs: 0,
  abandonShare: 0,
  invariants: "now",
  codes: ["SALE_INCONSISTENT"],
  breakIt: (site) => setStatus(site, "EXPIRED"),
  manual: { "settle-buyers": (site) => setStatus(site, "CONFIRMED") },
};

async function setStatus({ foreignUrl }: DrillSite, status: string): Promise<void> {
  const reservationId = await readNumber(foreignUrl, FIRST_PAID);
  await runSql(foreignUrl, SET_STATUS, [status, reservationId]);
}
