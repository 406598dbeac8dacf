/**
 * The lowest user id that a subject is mapped to. Ids below it come from systems that sign user
 * ids as subjects, so a mapped user and such a user never share an id. Ids that other systems make
 * from a time in microseconds are below it too, until the year 2112.
 */
export const MAPPED_USER_ID_MIN = 2 ** 52;
