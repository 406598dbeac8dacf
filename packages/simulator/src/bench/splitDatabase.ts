import { createConnection } from "mysql2/promise";

/** Lets a payment name a reservation of another database, for the study of services. */
export async function dropReservationKey(mysqlUrl: string): Promise<void> {
  const connection = await createConnection({ uri: mysqlUrl });
  try {
    await connection.query("ALTER TABLE payments DROP FOREIGN KEY payments_reservation_fk");
  } finally {
    await connection.end();
  }
}
