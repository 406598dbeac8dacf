import { expect } from "chai";
import {
  isStorableAtVenue,
  timeZoneMistake,
  utcOffsetMinutesAt,
  venueTime,
} from "../../../src/shared/venueTime.ts";

const at = (text: string, timeZone: string) => {
  const startsAt = new Date(text);
  return venueTime({ startsAt, utcOffsetMinutes: utcOffsetMinutesAt(timeZone, startsAt) });
};

describe("a time at a venue", () => {
  const cases = [
    ["2026-12-26T03:30:00Z", "America/Los_Angeles", "2026-12-25", "19:30:00-08:00"],
    ["2026-07-01T02:30:00Z", "America/Los_Angeles", "2026-06-30", "19:30:00-07:00"],
    ["2026-11-01T08:30:00Z", "America/Los_Angeles", "2026-11-01", "01:30:00-07:00"],
    ["2026-11-01T09:30:00Z", "America/Los_Angeles", "2026-11-01", "01:30:00-08:00"],
    ["2026-03-08T09:59:59Z", "America/Los_Angeles", "2026-03-08", "01:59:59-08:00"],
    ["2026-03-08T10:00:00Z", "America/Los_Angeles", "2026-03-08", "03:00:00-07:00"],
    ["2026-12-31T15:30:00Z", "Asia/Seoul", "2027-01-01", "00:30:00+09:00"],
    ["2026-12-31T15:30:00Z", "Asia/Kathmandu", "2026-12-31", "21:15:00+05:45"],
    ["2026-12-31T15:30:00Z", "Pacific/Kiritimati", "2027-01-01", "05:30:00+14:00"],
    ["2026-07-01T12:00:00Z", "America/St_Johns", "2026-07-01", "09:30:00-02:30"],
    ["2026-12-31T15:30:00Z", "UTC", "2026-12-31", "15:30:00Z"],
    ["2026-01-31T15:30:00Z", "Europe/London", "2026-01-31", "15:30:00Z"],
  ] as const;
  for (const [instant, zone, date, time] of cases) {
    it(`is ${date} ${time} for ${instant} in ${zone}`, () => {
      expect(at(instant, zone)).to.deep.equal({ date, time });
      expect(Date.parse(`${date}T${time}`)).to.equal(Date.parse(instant));
    });
  }

  it("is not storable when its year on the wall has five digits", () => {
    const last = new Date("9999-12-31T23:59:59Z");
    expect(isStorableAtVenue(last, "UTC")).to.equal(true);
    expect(isStorableAtVenue(last, "Asia/Seoul")).to.equal(false);
  });
});

describe("the name of a time zone", () => {
  for (const name of ["UTC", "Asia/Seoul", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]) {
    it(`may be ${name}`, () => expect(timeZoneMistake(name)).to.equal(undefined));
  }

  for (const name of ["", "Mars/Olympus", "+09:00", "PST8PDT; DROP", "x".repeat(65), "서울"]) {
    it(`may not be ${JSON.stringify(name)}`, () => {
      expect(timeZoneMistake(name)).to.include("is not a time zone");
    });
  }

  it("has the letters of the IANA name exactly", () => {
    expect(timeZoneMistake("asia/seoul")).to.equal("must be written as Asia/Seoul");
  });
});
