import { expect } from "chai";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";
import type { Answer } from "./callApi.ts";

/** Fails unless a success has exactly the form that the OpenAPI document describes. */
export function expectDocumented(answer: Answer, operationId: string): void {
  const endpoint = ENDPOINTS.find((one) => one.operationId === operationId);
  expect(answer.status, answer.text).to.equal(endpoint?.status);
  const judged = endpoint?.schemas.answer.safeParse(answer.data);
  expect(judged?.success, `${answer.text} ${judged?.error}`).to.equal(true);
  expect(answer.headers.get("x-request-id")).to.match(/^.+$/);
  expect(answer.headers.get("content-type")).to.match(/^application\/json/);
}
