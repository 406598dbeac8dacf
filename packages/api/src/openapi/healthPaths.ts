import { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { liveness, readiness } from "../routes/health/schema.ts";

/** The tag of what operators and their tools ask. */
export const OPERATIONS_TAG = "Operations";

const EVERYWHERE = "without the prefix. Never limited, and answered while servers are away.";

function answerOf(description: string, data: z.ZodType) {
  return { description, content: { "application/json": { schema: z.object({ data }) } } };
}

function readyOperation(operationId: string, path: string): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: [OPERATIONS_TAG],
    summary: "Tell whether this process can do its work",
    description: `Also at \`${path}\`, ${EVERYWHERE}`,
    security: [],
    responses: {
      "200": answerOf("Ready", readiness),
      "503": answerOf(
        "Draining, or a needed server is away; the same body, with Retry-After",
        readiness,
      ),
    },
  };
}

/** The probes, which are no endpoints: they need no core and know no caller. */
export const healthPaths: ZodOpenApiPathsObject = {
  "/health": { get: readyOperation("health", "/health") },
  "/health/ready": { get: readyOperation("healthReady", "/health/ready") },
  "/health/live": {
    get: {
      operationId: "healthLive",
      tags: [OPERATIONS_TAG],
      summary: "Tell that this process turns",
      description: `Also at \`/health/live\`, ${EVERYWHERE}`,
      security: [],
      responses: { "200": answerOf("Live", liveness) },
    },
  },
};
