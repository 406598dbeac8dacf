import type { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { liveness, readiness } from "../routes/health/schema.ts";
import { envelopeOf } from "./envelope.ts";

/** The tag of the routes for operators and their tools. */
export const OPERATIONS_TAG = "Operations";

const EVERYWHERE =
  "without the prefix. No limit applies, and the probe answers while servers are down.";

const READY = envelopeOf(readiness);
const LIVE = envelopeOf(liveness);

function answerOf(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema } } };
}

function readyOperation(operationId: string, path: string): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: [OPERATIONS_TAG],
    summary: "Check whether this process can serve requests",
    description: `Also at \`${path}\`, ${EVERYWHERE}`,
    security: [],
    responses: {
      "200": answerOf("Ready", READY),
      "503": answerOf(
        "Draining, stuck, or without a server that it needs; the same body, with Retry-After",
        READY,
      ),
    },
  };
}

/**
 * The probes. They are not defined like the endpoints, because they run no workflow and identify no
 * user.
 */
export const healthPaths: ZodOpenApiPathsObject = {
  "/health": { get: readyOperation("health", "/health") },
  "/health/ready": { get: readyOperation("healthReady", "/health/ready") },
  "/health/live": {
    get: {
      operationId: "healthLive",
      tags: [OPERATIONS_TAG],
      summary: "Check that this process runs",
      description: `Also at \`/health/live\`, ${EVERYWHERE}`,
      security: [],
      responses: { "200": answerOf("Live", LIVE) },
    },
  },
};
