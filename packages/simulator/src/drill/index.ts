/** Public entry for drills: simulated buyers on a running API, and programs that disturb them. */

export { type DrainOutcome, drainSale } from "../rush/drainSale.ts";
export {
  type Arrivals,
  type BuyerLoad,
  type BuyerLoadOptions,
  openBuyerLoad,
} from "./buyerLoad.ts";
export { type ForeignStatements, readNumber, runAtOnce, runSql } from "./foreignSql.ts";
