import type { LoadResult } from "../benchReport.ts";
import type { LoadPlan } from "./loadPlan.ts";

/** A message to the process of the load generator. The plan comes first. */
export type LoadCommand =
  | { readonly kind: "open"; readonly plan: LoadPlan }
  | { readonly kind: "run" }
  | { readonly kind: "stop" };

/** A message from the process of the load generator. */
export type LoadReport =
  | { readonly kind: "opened" }
  | { readonly kind: "done"; readonly result: LoadResult }
  | { readonly kind: "failed"; readonly message: string };
