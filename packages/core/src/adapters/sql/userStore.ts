import type { UserStore } from "../../ports/userStore.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

const INSERT = sql("users.insert", `INSERT INTO users (name) VALUES (:name)`);

const FIND_SUBJECT = query(
  sql(
    "users.findSubject",
    `SELECT user_id AS userId FROM user_subjects WHERE issuer = :issuer AND subject = :subject`,
  ),
  (row) => row.integer("userId"),
);

/** The unique index decides the first login: of two rows for a subject, the second changes none. */
const INSERT_SUBJECT = sql(
  "users.insertSubject",
  `INSERT INTO user_subjects (user_id, issuer, subject) VALUES (:userId, :issuer, :subject)
   ON DUPLICATE KEY UPDATE issuer = issuer`,
);

/** All statements of the user store. */
export const USER_STATEMENTS: readonly Sql[] = [INSERT, FIND_SUBJECT, INSERT_SUBJECT];

/** Stores users. */
export function sqlUserStore(db: Database): UserStore {
  return {
    insert: (tx, name) => db.insert(tx, INSERT, { name }),

    async findSubject(tx, subject) {
      const [userId] = await db.select(tx, FIND_SUBJECT, { ...subject });
      return userId;
    },

    async insertSubject(tx, subject, userId) {
      await db.change(tx, INSERT_SUBJECT, { ...subject, userId });
    },
  };
}
