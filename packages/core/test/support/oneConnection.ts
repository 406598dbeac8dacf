import { AsyncLocalStorage } from "node:async_hooks";
import type { CoreContext } from "../../src/ports/coreContext.ts";

/** A core that notes which calls need a second connection to the database. */
export interface OneConnection {
  readonly core: CoreContext;
  /** The calls without a transaction within a transaction: "catalog.findPerformance". */
  readonly second: readonly string[];
}

/**
 * Watches the calls within transactions. A call that names no transaction takes another connection
 * from the pool, while its transaction keeps the first one: parallel calls then wait for each other
 * until the pool gives up.
 */
export function oneConnection(core: CoreContext): OneConnection {
  const within = new AsyncLocalStorage<true>();
  const second: string[] = [];
  const watched = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...given: readonly unknown[]): unknown => {
          if (given[0] === null && within.getStore()) second.push(`${name}.${String(key)}`);
          return Reflect.apply(value, target, given);
        };
      },
    });
  const { catalog, seats, reservations, ledger, payments, outbox, outboxAdmin } = core;
  const { notifications, deliveryLog, sales, admissions, users, operations } = core;
  return {
    second,
    core: {
      ...core,
      withTransaction: (work, grouped) =>
        core.withTransaction((tx) => within.run(true, () => work(tx)), grouped),
      catalog: watched("catalog", catalog),
      seats: watched("seats", seats),
      reservations: watched("reservations", reservations),
      ledger: watched("ledger", ledger),
      payments: watched("payments", payments),
      outbox: watched("outbox", outbox),
      outboxAdmin: watched("outboxAdmin", outboxAdmin),
      notifications: watched("notifications", notifications),
      deliveryLog: watched("deliveryLog", deliveryLog),
      sales: watched("sales", sales),
      admissions: watched("admissions", admissions),
      users: watched("users", users),
      operations: watched("operations", operations),
    },
  };
}
