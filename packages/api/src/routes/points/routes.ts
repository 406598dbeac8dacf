import { balanceOf, chargePoints, pointHistory } from "@onsale/core";
import { userAccess } from "../../auth/access.ts";
import { pageOf } from "../../http/cursor.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { presentEntry } from "./presenter.ts";
import { balance, balanceParams, chargeBody, historyQuery, pointHistoryAnswer } from "./schema.ts";

/** The endpoints for the caller's point account. */
export const pointEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "chargePoints",
    method: "put",
    path: "/points/charge",
    tag: "Points",
    summary: "Charge points",
    description:
      "Adds points to the caller's account, once for each `Idempotency-Key`. Two requests " +
      "without a key are two charges, because a buyer may charge the same amount twice.",
    status: 200,
    specification: true,
    idempotent: true,
    errors: ["BALANCE_LIMIT"],
    access: userAccess,
    params: none,
    query: none,
    body: chargeBody,
    answer: balance,
    async handle({ core, body, caller, idempotency }) {
      const { amount } = body;
      const charged = await chargePoints(core, { userId: caller.userId, amount, idempotency });
      const { currentPoints } = charged.value;
      return { data: { currentPoints }, replayed: charged.replayed };
    },
  }),
  defineEndpoint({
    operationId: "currentPoints",
    method: "get",
    path: "/points/current/{userId}",
    tag: "Points",
    summary: "Read the balance",
    status: 200,
    specification: true,
    idempotent: false,
    errors: [],
    access: userAccess,
    params: balanceParams,
    query: none,
    body: noBody,
    answer: balance,
    async handle({ core, caller }) {
      return { data: { currentPoints: await balanceOf(core, { userId: caller.userId }) } };
    },
  }),
  defineEndpoint({
    operationId: "pointHistory",
    method: "get",
    path: "/points/history",
    tag: "Points",
    summary: "List the ledger",
    description: "Newest first.",
    status: 200,
    specification: false,
    idempotent: false,
    errors: [],
    access: userAccess,
    params: none,
    query: historyQuery,
    body: noBody,
    answer: pointHistoryAnswer,
    async handle({ core, query, caller }) {
      const { limit, cursor } = query;
      const found = await pointHistory(core, {
        userId: caller.userId,
        beforeId: cursor,
        limit: limit + 1,
      });
      const { page, nextCursor } = pageOf(found, limit);
      return { data: { entries: page.map(presentEntry), nextCursor } };
    },
  }),
];
