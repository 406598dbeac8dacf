import { Flags } from "@oclif/core";

/** The flags that select seats of a performance. */
export const seatSelectionFlags = {
  seat: Flags.string({ multiple: true, description: "Number of a seat; repeat it for several" }),
  section: Flags.string({ multiple: true, description: "All seats of a section" }),
  row: Flags.string({
    multiple: true,
    description: "All seats of a row; with --section, of this row of the section",
  }),
};

/** The flag of each field of the selection. */
export const seatFieldFlags = { seats: "--seat", sections: "--section", rows: "--row" };
