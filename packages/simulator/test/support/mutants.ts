import { groupMutants, harmlessGroupMutants } from "./mutants/groupMutants.ts";
import { ledgerMutants } from "./mutants/ledgerMutants.ts";
import { messageMutants } from "./mutants/messageMutants.ts";
import { harmlessPaymentMutants, paymentMutants } from "./mutants/paymentMutants.ts";
import type { CaughtFault, HarmlessFault } from "./mutants/plantedFault.ts";
import { queueMutants } from "./mutants/queueMutants.ts";
import { harmlessRuleMutants, ruleMutants } from "./mutants/ruleMutants.ts";
import { harmlessSeatMutants, seatMutants } from "./mutants/seatMutants.ts";

/** Faults that the checks of the virtual engine must see, each by itself. */
export const MUTANTS: readonly CaughtFault[] = [
  ...seatMutants,
  ...ledgerMutants,
  ...paymentMutants,
  ...messageMutants,
  ...queueMutants,
  ...groupMutants,
  ...ruleMutants,
];

/** Benign mutants: another mechanism replaces the part that the mutant removes. */
export const HARMLESS_MUTANTS: readonly HarmlessFault[] = [
  ...harmlessSeatMutants,
  ...harmlessPaymentMutants,
  ...harmlessGroupMutants,
  ...harmlessRuleMutants,
];
