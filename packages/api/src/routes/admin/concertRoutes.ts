import { addedPerformanceSchema, createdConcertSchema } from "@onsale/core";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { none } from "../../http/fields.ts";
import { createByOperation } from "./runOperation.ts";
import * as schema from "./schema.ts";
import { changing, PLAN_ERRORS } from "./traits.ts";

const ERRORS = [...PLAN_ERRORS, "PERFORMANCE_IN_PAST", "JOB_RUNNING", "RUN_LOST"] as const;

/** The endpoints that create concerts. */
export const concertEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    ...changing,
    operationId: "createConcert",
    path: "/concerts",
    summary: "Create a concert with its queue, performances and seats",
    description:
      "All in one transaction, with a plan and an audit record of its own, once for each " +
      "`Idempotency-Key` of an operator.",
    status: 201,
    idempotent: true,
    errors: ERRORS,
    params: none,
    body: schema.createConcertBody,
    answer: schema.createdConcert,
    handle(call) {
      const change = { name: "concert.create", input: call.body, path: "/concerts" };
      return createByOperation(call, change, createdConcertSchema);
    },
  }),
  defineEndpoint({
    ...changing,
    operationId: "addPerformance",
    path: "/concerts/{concertId}/performances",
    summary: "Add a performance with its seats",
    description: "Once for each `Idempotency-Key` of an operator.",
    status: 201,
    idempotent: true,
    errors: ERRORS,
    params: schema.concertParams,
    body: schema.addPerformanceBody,
    answer: schema.addedPerformance,
    handle(call) {
      const { concertId } = call.params;
      const input = { concertId, performance: call.body };
      const path = `/concerts/${concertId}/performances`;
      return createByOperation(
        call,
        { name: "performance.add", input, path },
        addedPerformanceSchema,
      );
    },
  }),
];
