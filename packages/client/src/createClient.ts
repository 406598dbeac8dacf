import { API_PREFIX } from "./http/answer.ts";
import { type CallOptions, call, type KeyedOptions, type Link, type Sending } from "./http/call.ts";
import { ATTEMPTS_MAX } from "./http/repetition.ts";
import type { BodyOf, DataOf, InputOf, OperationId, QueryOf } from "./operations.ts";
import { isProblem } from "./problems/errors.ts";
import { type Environment, platform } from "./shared/environment.ts";
import { createVisit, type Visit } from "./visit.ts";
import { placeIn } from "./waiting/placeIn.ts";
import type { QueueStatus } from "./waiting/position.ts";

/** The API's own limit is 10 s; the rest is for the way. */
const ATTEMPT_TIMEOUT_MS = 15_000;
const DEFAULT_QUEUE_ID = "main";

export interface ClientOptions {
  /**
   * The address of the API, with or without `/api/v1`: "https://tickets.example". A page can also
   * give a path of its own origin, or "".
   */
  readonly baseUrl: string;
  /**
   * The access token of the user, or a function that returns it for each call, such as one that
   * renews it. Leave it out behind a gateway that authenticates the users.
   */
  readonly accessToken?: string | (() => string | Promise<string>) | undefined;
  /** Headers of every request, such as those that a gateway needs. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The time for one attempt of a call, ms. Default: 15,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How often a call is attempted. Default: 8. */
  readonly attemptsMax?: number | undefined;
  /** Default: the `fetch` of the platform. */
  readonly fetch?: Environment["fetch"] | undefined;
}

export interface JoinOptions extends CallOptions {
  /**
   * A queue token of an earlier answer. After Redis lost the queue, it restores the place. When its
   * place has ended, the call joins with the access token.
   */
  readonly earlierToken?: string | undefined;
}

/** A client of one API for one user. It has no state but its options. */
export interface Client {
  /**
   * Calls any operation of the OpenAPI document, with the access token unless `token` is given.
   * @returns `data` of the answer
   */
  call<K extends OperationId>(id: K, input: InputOf<K>, sending?: Sending): Promise<DataOf<K>>;
  /** Joins a waiting room. Joining again changes nothing: the visit has the same place. */
  joinQueue(body?: BodyOf<"joinQueue">, options?: JoinOptions): Promise<Visit>;
  /** Continues a visit with its newest token. Sends nothing. */
  continueVisit(token: string, queueId?: string): Visit;
  /** The status of a waiting room, which is the same for all buyers. */
  queueStatus(queueId?: string, options?: CallOptions): Promise<QueueStatus>;
  concerts(query?: QueryOf<"listConcerts">, options?: CallOptions): Promise<DataOf<"listConcerts">>;
  /** Adds points to the account of the user. */
  chargePoints(
    amount: number,
    options?: KeyedOptions & { readonly userId?: number | undefined },
  ): Promise<DataOf<"chargePoints">>;
  reservation(reservationId: number, options?: CallOptions): Promise<DataOf<"findReservation">>;
  reservations(
    query?: QueryOf<"myReservations">,
    options?: CallOptions,
  ): Promise<DataOf<"myReservations">>;
  /** Gives more time to pay, up to `latestExpiresAt`. A second call extends the hold again. */
  extend(reservationId: number, options?: CallOptions): Promise<DataOf<"extendHold">>;
  /** Cancels some seats of a hold, which goes on with the others. A second call changes nothing. */
  cancelSeats(
    reservationId: number,
    seatIds: readonly number[],
    options?: CallOptions,
  ): Promise<DataOf<"cancelSeats">>;
  /** Cancels a hold. A second call changes nothing. */
  cancel(reservationId: number, options?: CallOptions): Promise<DataOf<"cancelReservation">>;
  /** Returns a payment before the performance starts. Default of the key: `refund-` and the id. */
  refund(paymentId: number, options?: KeyedOptions): Promise<DataOf<"refund">>;
}

/** The refusals of a queue token whose place cannot be restored. */
const ENDED_PLACE = [
  "QUEUE_TOKEN_EXPIRED",
  "QUEUE_TOKEN_INVALID",
  "ACCESS_TOKEN_INVALID",
  "TOKEN_KIND_WRONG",
] as const;

/**
 * Creates a client. Sends nothing.
 * @throws TypeError when the base URL is no URL of HTTP, or contains a password or a query
 * @throws RangeError when `attemptsMax` is no whole number above 0
 */
export function createClient(options: ClientOptions): Client {
  const link = linkOf(options);
  const { accessToken } = options;

  async function send<K extends OperationId>(
    id: K,
    input: InputOf<K>,
    sending: Sending = {},
  ): Promise<DataOf<K>> {
    return (await call(link, id, input, { ...sending, token: sending.token ?? accessToken })).data;
  }

  return {
    call: send,
    async joinQueue(body = {}, { earlierToken, ...bounds } = {}) {
      const joinAs = async (token: Sending["token"]) =>
        placeIn(await call(link, "joinQueue", { body }, { ...bounds, token }), "joinQueue");
      const place = await joinAs(earlierToken ?? accessToken).catch((error: unknown) => {
        // The place of the token has ended, so the user gets a new place.
        const isOver = earlierToken !== undefined && isProblem(error, ...ENDED_PLACE);
        if (!isOver || accessToken === undefined) throw error;
        return joinAs(accessToken);
      });
      const queueId = body.queueId ?? DEFAULT_QUEUE_ID;
      return createVisit(link, { queueId, token: place.token, place });
    },
    continueVisit: (token, queueId = DEFAULT_QUEUE_ID) => createVisit(link, { queueId, token }),
    async queueStatus(queueId = DEFAULT_QUEUE_ID, bounds = {}) {
      return (await call(link, "queueOverview", { path: { queueId } }, bounds)).data;
    },
    async concerts(query = {}, bounds = {}) {
      return (await call(link, "listConcerts", { query }, bounds)).data;
    },
    chargePoints: (amount, { userId, ...keyed } = {}) =>
      send("chargePoints", { body: userId === undefined ? { amount } : { amount, userId } }, keyed),
    reservation: (reservationId, bounds) =>
      send("findReservation", { path: { reservationId } }, bounds),
    reservations: (query = {}, bounds) => send("myReservations", { query }, bounds),
    extend: (reservationId, bounds) => send("extendHold", { path: { reservationId } }, bounds),
    cancelSeats: (reservationId, seatIds, bounds) =>
      send("cancelSeats", { path: { reservationId }, body: { seatIds } }, bounds),
    cancel: (reservationId, bounds) =>
      send("cancelReservation", { path: { reservationId } }, bounds),
    refund: (paymentId, { idempotencyKey = `refund-${paymentId}`, ...bounds } = {}) =>
      send("refund", { path: { paymentId } }, { ...bounds, idempotencyKey }),
  };
}

function linkOf(options: ClientOptions): Link {
  const address = options.baseUrl.replace(/\/+$/, "");
  if (address !== "" && !address.startsWith("/")) checkBaseUrl(address);
  const { attemptsMax = ATTEMPTS_MAX } = options;
  if (!(Number.isInteger(attemptsMax) && attemptsMax > 0)) {
    throw new RangeError("attemptsMax must be a whole number above 0");
  }
  return {
    environment: platform(options.fetch),
    baseUrl: address.endsWith(API_PREFIX) ? address : address + API_PREFIX,
    attemptTimeoutMs: options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
    attemptsMax,
    headers: options.headers ?? {},
  };
}

/** Without this check, every request would fail as if the network had failed. */
function checkBaseUrl(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("The base URL must begin with http://, https:// or /");
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("The base URL contains a user name or a password; use `headers` instead");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TypeError("The base URL contains a query or a fragment");
  }
}
