/** A seat of the hall. The best seat is the first. */
export interface HallSeat {
  /** The seat number, unique in the hall: "A-12". */
  readonly seatNo: string;
  readonly section: string;
  /** Points. */
  readonly price: number;
  /** Whether the seat is for guests who need an accessible one. Default: false. */
  readonly accessible?: boolean;
}

/** The sections, from the stage backwards, with their shares of the seats. */
const SECTIONS = [
  { section: "A", share: 0.2, price: 150_000 },
  { section: "B", share: 0.3, price: 110_000 },
  { section: "C", share: 0.5, price: 70_000 },
] as const;

/**
 * Distributes the seats over three sections. The last section gets the remainder after rounding.
 */
export function layOutHall(seats: number): readonly HallSeat[] {
  const hall: HallSeat[] = [];
  let shareSoFar = 0;
  for (const { section, share, price } of SECTIONS) {
    shareSoFar += share;
    const upTo = Math.round(seats * Math.min(1, shareSoFar));
    for (let number = 1; hall.length < upTo; number++) {
      hall.push({ seatNo: `${section}-${number}`, section, price });
    }
  }
  return hall;
}
