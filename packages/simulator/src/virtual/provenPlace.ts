/** A place in line, as a queue token contains it. */
export interface ProvenPlace {
  readonly userId: number;
  readonly sequence: number;
}

/** A place whose buyer was admitted. */
export interface AdmittedPlace extends ProvenPlace {
  readonly admittedAtUs: number;
  readonly endReason: string | null;
}
