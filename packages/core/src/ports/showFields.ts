/** The show that a reservation, or an offered seat, is for. */
export interface ShowFields {
  readonly concertId: number;
  readonly performanceId: number;
  readonly queueId: string;
  readonly title: string;
  readonly singer: string;
  readonly venue: string;
  readonly performanceStartsAt: Date;
  /** The IANA name of the venue's time zone, and its offset from UTC at the start. */
  readonly timeZone: string;
  readonly utcOffsetMinutes: number;
}
