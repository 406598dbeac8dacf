import { findOperation, planAndExecute } from "@onsale/core";
import type { RandomStreams } from "../../chance/seededRandom.ts";
import type { Actor } from "../actor.ts";
import { insistAtApis, type OperatorAccess } from "../operatorTask.ts";
import type { Network } from "../virtualLink.ts";

/** An operation with its input, as an operator orders it. */
export interface Order {
  /** The idempotency key of the order, unique in a run. */
  readonly name: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly confirmation?: string;
}

/**
 * Gives an order until its job has ended or is refused.
 * @returns the number of things that the job changed; undefined when the order was refused
 */
export type GiveOrder = (order: Order) => Promise<number | undefined>;

const OPERATOR = { name: "box-office", host: "virtual", command: "onsale" };

/** Makes the function with which the operators of a sale give orders. */
export function giveOrders(
  network: Network,
  streams: RandomStreams,
  access: OperatorAccess,
): GiveOrder {
  return async ({ name, operation, input, confirmation }) => {
    const actor: Actor = { name: `box-office-${name}`, random: streams(name), calls: 0 };
    const order = {
      ...{ operation: findOperation(operation), input, operator: OPERATOR, confirmation },
      ...{ reason: "virtual", idempotency: { key: name } },
    };
    const answer = await insistAtApis(
      network,
      access,
      actor,
      (core) => planAndExecute(core, order),
      (error) => !error.retryable,
    );
    return answer.isDone ? answer.value.changed : undefined;
  };
}
