import type { AdapterSet } from "../adapterSet.ts";
import { admissionStoreCases } from "./admissionStoreCases.ts";
import { buyerSeatCases } from "./buyerSeatCases.ts";
import { catalogStoreCases } from "./catalogStoreCases.ts";
import { catalogTextCases } from "./catalogTextCases.ts";
import { databaseLoadCases } from "./databaseLoadCases.ts";
import { useDatabase } from "./databaseUnderTest.ts";
import { groupCases } from "./groupCases.ts";
import { groupMoneyCases } from "./groupMoneyCases.ts";
import { groupSeatCases } from "./groupSeatCases.ts";
import { idempotencyStoreCases } from "./idempotencyStoreCases.ts";
import { identityCases } from "./identityCases.ts";
import { inboxStoreCases } from "./inboxStoreCases.ts";
import { invariantCheckCases } from "./invariantCheckCases.ts";
import { leaseStoreCases } from "./leaseStoreCases.ts";
import { ledgerStoreCases } from "./ledgerStoreCases.ts";
import { lockCases } from "./lockCases.ts";
import { missedAdmissionCases } from "./missedAdmissionCases.ts";
import { notificationStoreCases } from "./notificationStoreCases.ts";
import { operationStoreCases } from "./operationStoreCases.ts";
import { outboxAdminCases } from "./outboxAdminCases.ts";
import { outboxRelayCases } from "./outboxRelayCases.ts";
import { outboxStoreCases } from "./outboxStoreCases.ts";
import { outboxTotalCases } from "./outboxTotalCases.ts";
import { partialReleaseCases } from "./partialReleaseCases.ts";
import { paymentStoreCases } from "./paymentStoreCases.ts";
import { queueRecordCases } from "./queueRecordCases.ts";
import { refusedRowCases } from "./refusedRowCases.ts";
import { refusedStatementCases } from "./refusedStatementCases.ts";
import { reservationListCases } from "./reservationListCases.ts";
import { reservationRaceCases } from "./reservationRaceCases.ts";
import { reservationStoreCases } from "./reservationStoreCases.ts";
import { salesStoreCases } from "./salesStoreCases.ts";
import { saleWindowCases } from "./saleWindowCases.ts";
import { seatRaceCases } from "./seatRaceCases.ts";
import { seatStoreCases } from "./seatStoreCases.ts";
import { transactionCases } from "./transactionCases.ts";
import { venueTimeCases } from "./venueTimeCases.ts";
import { wholeSaleCases } from "./wholeSaleCases.ts";
import { workerStoreCases } from "./workerStoreCases.ts";

/**
 * The cases that every database must pass: all its stores, alone and in races. The reader for the
 * invariants has separate cases.
 */
export function databaseCases(set: AdapterSet): void {
  describe(`database, ${set.name}`, () => {
    const db = useDatabase(set);
    transactionCases(db);
    groupCases(db);
    groupSeatCases(db);
    groupMoneyCases(db);
    refusedStatementCases(db);
    refusedRowCases(db);
    lockCases(db);
    catalogStoreCases(db);
    saleWindowCases(db);
    catalogTextCases(db);
    venueTimeCases(db);
    partialReleaseCases(db);
    seatStoreCases(db);
    seatRaceCases(db);
    reservationStoreCases(db);
    reservationRaceCases(db);
    reservationListCases(db);
    buyerSeatCases(db);
    ledgerStoreCases(db);
    paymentStoreCases(db);
    idempotencyStoreCases(db);
    outboxStoreCases(db);
    outboxAdminCases(db);
    outboxRelayCases(db);
    outboxTotalCases(set);
    inboxStoreCases(db);
    notificationStoreCases(db);
    salesStoreCases(db);
    leaseStoreCases(db);
    queueRecordCases(db);
    admissionStoreCases(db);
    missedAdmissionCases(db);
    operationStoreCases(db);
    workerStoreCases(db);
    databaseLoadCases(db);
    invariantCheckCases(db);
    identityCases(db);
    wholeSaleCases(set);
  });
}
