import { adminAccess, adminReadAccess } from "../../auth/access.ts";
import { noBody, none } from "../../http/fields.ts";

/** Refusals of a plan of any operation. */
export const PLAN_ERRORS = ["INVALID_INPUT", "QUEUE_NOT_FOUND", "CONCERT_NOT_FOUND"] as const;

/** The traits of every endpoint that shows something to operators. */
export const reading = {
  method: "get",
  tag: "Admin",
  status: 200,
  specification: false,
  idempotent: false,
  access: adminReadAccess,
  params: none,
  query: none,
  body: noBody,
} as const;
/** The traits of every endpoint that changes something for operators. */
export const changing = {
  method: "post",
  tag: "Admin",
  specification: false,
  idempotent: false,
  access: adminAccess,
  query: none,
} as const;
