import { describe, expect, it } from "vitest";
import { shows, touched } from "../../src/live/live";
import { age, daysUntil, today } from "../../src/screens/inbox/when";

describe("how long something has waited", () => {
  const now = new Date("2026-11-21T12:00:00Z");

  it("is told in the largest unit that has passed", () => {
    expect(age("2026-11-21T11:59:30Z", now)).toEqual({ unit: "now", count: 0 });
    expect(age("2026-11-21T11:01:00Z", now)).toEqual({ unit: "minutes", count: 59 });
    expect(age("2026-11-21T11:00:00Z", now)).toEqual({ unit: "hours", count: 1 });
    expect(age("2026-11-20T12:00:00Z", now)).toEqual({ unit: "days", count: 1 });
    expect(age("2026-10-01T12:00:00Z", now)).toEqual({ unit: "days", count: 51 });
  });

  it("is not below zero when clocks differ", () => {
    expect(age("2026-11-21T12:05:00Z", now)).toEqual({ unit: "now", count: 0 });
  });
});

describe("a due date", () => {
  it("is counted in days, over a change of the clocks too", () => {
    expect(daysUntil("2026-11-21", "2026-11-21")).toBe(0);
    expect(daysUntil("2026-11-20", "2026-11-21")).toBe(-1);
    expect(daysUntil("2027-03-29", "2027-03-27")).toBe(2);
  });

  it("is compared with the day where the reader is", () => {
    expect(today(new Date(2026, 0, 5))).toBe("2026-01-05");
  });
});

describe("a query", () => {
  const changes = [{ kind: "receivable" as const, id: "rcv-1" }];

  it("is asked again when a kind that it shows changes", () => {
    expect(touched(["list"], shows("receivable", "intent"), changes)).toBe(true);
    expect(touched(["list"], shows("document"), changes)).toBe(false);
  });

  it("is asked again when what it is about changes", () => {
    expect(touched(["receivable", "rcv-1", "en"], undefined, changes)).toBe(true);
    expect(touched(["receivable", "rcv-2", "en"], undefined, changes)).toBe(false);
  });
});
