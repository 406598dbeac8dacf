/** The figures of the specification's own load test, on another machine. */
export interface SpecificationFigures {
  readonly users: number;
  readonly averageMs?: number;
  readonly p95Ms?: number;
  readonly perSecond?: number;
  /** The outcome of a test that did not end. */
  readonly remark?: string;
}

/** A scenario of the load test and what it needs. */
export interface LoadScenarioPlan {
  /** The name in results, and on the command line. */
  readonly name: string;
  readonly title: string;
  /** The file of scripts/k6, without its ending. */
  readonly script: string;
  /** The length of the profile `full`, seconds. */
  readonly fullSeconds: number;
  /** The number of concerts in the list. The buyers use the first one. */
  readonly concerts: number;
  /** The seats of the first concert, by profile. */
  readonly seats: { readonly smoke: number; readonly full: number };
  /** Settings of the API processes, besides those of every scenario. */
  readonly env: Readonly<Record<string, string>>;
  readonly specification: SpecificationFigures | undefined;
}

const HALL = { smoke: 100, full: 100 };
const COMMON = { concerts: 1, seats: HALL, env: {} };

/** The scenarios in the order of a buyer's visit. */
export const LOAD_SCENARIOS: readonly LoadScenarioPlan[] = [
  {
    ...COMMON,
    ...{ name: "pointsCharge", title: "Charge points", script: "pointsCharge", fullSeconds: 330 },
    specification: { users: 1000, averageMs: 925.68, p95Ms: 1740, perSecond: 620 },
  },
  {
    ...COMMON,
    ...{ name: "pointsRead", title: "Read the balance", script: "pointsRead", fullSeconds: 330 },
    specification: undefined,
  },
  {
    ...COMMON,
    ...{ name: "tokenIssue", title: "Issue a queue token", script: "tokenIssue" },
    fullSeconds: 720,
    specification: { users: 6500, averageMs: 248.64, remark: "stopped between 6,000 and 7,000" },
  },
  {
    ...COMMON,
    ...{ name: "tokenStatus", title: "Ask for the place", script: "tokenStatus" },
    fullSeconds: 330,
    specification: undefined,
  },
  {
    ...COMMON,
    ...{ name: "concertList", title: "List 100 concerts", script: "concertList", concerts: 100 },
    fullSeconds: 210,
    specification: { users: 2000, averageMs: 3.47, p95Ms: 6.18, perSecond: 132.72 },
  },
  {
    ...COMMON,
    ...{ name: "concertDates", title: "List the dates", script: "concertDates", fullSeconds: 270 },
    specification: { users: 6000, averageMs: 14.75, p95Ms: 78.66 },
  },
  {
    ...COMMON,
    ...{ name: "seatsCold", title: "List the seats, no cache", script: "seatList" },
    ...{ fullSeconds: 390, env: { CATALOG_CACHE: "off" } },
    specification: { users: 4000, averageMs: 10.05, p95Ms: 29.3, perSecond: 491 },
  },
  {
    ...COMMON,
    ...{ name: "seatsCached", title: "List the seats, cached", script: "seatList" },
    fullSeconds: 390,
    specification: { users: 4000, averageMs: 4.7, p95Ms: 6.76, perSecond: 487.4 },
  },
  {
    ...COMMON,
    ...{ name: "reservation", title: "Hold one of 100 seats", script: "reservation" },
    fullSeconds: 390,
    specification: { users: 4000, averageMs: 4.49, p95Ms: 10.1, perSecond: 645.2 },
  },
  {
    ...COMMON,
    ...{ name: "payment", title: "Buy one of 100 seats", script: "payment", fullSeconds: 180 },
    seats: { smoke: 20, full: 100 },
    specification: undefined,
  },
  {
    ...COMMON,
    ...{ name: "rush", title: "All come at once", script: "rush", fullSeconds: 120 },
    seats: { smoke: 25, full: 500 },
    specification: undefined,
  },
];
