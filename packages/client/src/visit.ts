import { type CallOptions, call, type KeyedOptions, type Link, type Sending } from "./http/call.ts";
import type { DataOf, InputOf, OperationId } from "./operations.ts";
import { type FollowedVisit, type FollowOptions, followPlace } from "./waiting/followPlace.ts";
import { placeIn } from "./waiting/placeIn.ts";
import type { Place } from "./waiting/position.ts";

/** Options of the wait for the admission. */
export interface AdmissionOptions extends FollowOptions {
  /** Receives each change of the place, also the last one. */
  readonly onPlace?: ((place: Place) => void) | undefined;
}

/**
 * A buyer's visit of one waiting room: the place in line, the admission, and the purchase. It sends
 * the newest queue token of its answers.
 */
export interface Visit {
  readonly queueId: string;
  /** The newest queue token. Keep it, to continue the visit in another page or process. */
  readonly token: string;
  /** The place of the latest answer; undefined before the first one of a continued visit. */
  readonly place: Place | undefined;
  /** Yields the place whenever it changes. Ends with the active place. */
  follow(options?: FollowOptions): AsyncGenerator<Place, void, undefined>;
  /** Waits until the buyer is admitted. */
  admission(options?: AdmissionOptions): Promise<Place>;
  /** Reads the place now. `follow` reads it at the times that the API advises. */
  poll(options?: CallOptions): Promise<Place>;
  /** The future performances of a concert. `concertOptionId` is the id of a performance. */
  dates(concertId: number, options?: CallOptions): Promise<DataOf<"availableDates">>;
  /** The free seats of a performance, or the changes since the version of an earlier answer. */
  seats(concertOptionId: number, options?: SeatsOptions): Promise<DataOf<"availableSeats">>;
  /** Holds seats of one performance: all of them, or none. */
  hold(seatIds: readonly number[], options?: HoldOptions): Promise<DataOf<"reserveSeat">>;
  /**
   * Pays a hold with points; ends the admission. Default of the key: `pay-` and the id, so that a
   * payment of the same hold after a restart of the page returns the first payment.
   */
  pay(reservationId: number, options?: KeyedOptions): Promise<DataOf<"pay">>;
  /** Gives up the place, and cancels the unpaid holds of this waiting room. */
  leave(options?: CallOptions): Promise<void>;
}

export interface SeatsOptions extends CallOptions {
  /** The `version` of an earlier answer. */
  readonly since?: string | undefined;
  /** True: also the seats for guests who need an accessible one, in each call for one list. */
  readonly accessible?: boolean | undefined;
}

export interface HoldOptions extends KeyedOptions {
  /** True for guests who need accessible seats: such seats can be held only then. */
  readonly accessible?: boolean | undefined;
}

/** The beginning of a visit: a place that was just read, or a token from an earlier time. */
export interface VisitStart {
  readonly queueId: string;
  readonly token: string;
  readonly place?: Place;
}

/** Creates a visit. */
export function createVisit(link: Link, start: VisitStart): Visit {
  let { token, place } = start;
  let readMs = link.environment.monotonicMs();
  let polled: { readonly etag: string; readonly place: Place } | undefined;

  function keep(given: Place): void {
    ({ token } = given);
    place = given;
  }

  async function send<K extends OperationId>(
    id: K,
    input: InputOf<K>,
    options: Sending = {},
  ): Promise<DataOf<K>> {
    return (await call(link, id, input, { ...options, token })).data;
  }

  async function poll(options: CallOptions = {}): Promise<Place> {
    const headers = polled === undefined ? {} : { "if-none-match": polled.etag };
    const answer = await call(link, "myQueueStatus", {}, { ...options, token, headers });
    // Answers without a body say that the place is as it was at the poll with this ETag.
    const unchanged = answer.status === 304 ? polled?.place : undefined;
    const now = unchanged ?? placeIn(answer, "myQueueStatus");
    const etag = answer.headers.get("etag");
    polled = etag === null ? undefined : { etag, place: now };
    readMs = link.environment.monotonicMs();
    keep(now);
    return now;
  }

  const followed: FollowedVisit = {
    queueId: start.queueId,
    token: () => token,
    latest: () => (place === undefined ? undefined : { place, readMs }),
    keep,
    poll,
  };
  return {
    queueId: start.queueId,
    get token() {
      return token;
    },
    get place() {
      return place;
    },
    poll,
    follow: (options = {}) => followPlace(link, followed, options),
    async admission({ onPlace, ...options } = {}) {
      for await (const now of followPlace(link, followed, options)) {
        onPlace?.(now);
        if (now.status === "ACTIVE") return now;
      }
      throw new Error("The wait ended without an admission, which is a bug of this client");
    },
    dates: (concertId, options) => send("availableDates", { path: { concertId } }, options),
    seats: (concertOptionId, options = {}) =>
      send("availableSeats", { path: { concertOptionId }, query: seatsQuery(options) }, options),
    hold: (seatIds, { accessible = false, ...options } = {}) =>
      send("reserveSeat", { body: accessible ? { seatIds, accessible } : { seatIds } }, options),
    pay: (reservationId, { idempotencyKey = `pay-${reservationId}`, ...options } = {}) =>
      send("pay", { body: { reservationId } }, { ...options, idempotencyKey }),
    async leave(options) {
      await send("leaveQueue", {}, options);
    },
  };
}

function seatsQuery({ since, accessible = false }: SeatsOptions) {
  return {
    ...(since === undefined ? {} : { since }),
    ...(accessible ? { accessible: "true" as const } : {}),
  };
}
