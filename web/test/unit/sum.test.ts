import { describe, expect, it } from "vitest";
import { daysAround, monday, plusMonths } from "../../src/screens/calendar/weeks";
import { isZero, larger, thousandths, totals } from "../../src/ui/sum";

const of = (amount: string, currency = "CNY") => ({ amount, currency });

describe("sums of amounts", () => {
  it("are exact beyond what a float holds", () => {
    expect(totals([of("90071992547409.91"), of("0.02"), of("-0.01")])).toEqual([of("90071992547409.92")]);
  });

  it("keep currencies apart, each with its own places", () => {
    expect(totals([of("1.00"), of("5", "JPY"), of("2.5")])).toEqual([of("3.50"), of("5", "JPY")]);
    expect(totals([of("1.00"), of("-1.01")])).toEqual([of("-0.01")]);
  });

  it("are compared by what they are worth", () => {
    expect(isZero(of("0.00"))).toBe(true);
    expect(larger(of("9.5"), of("10"))).toEqual(of("10"));
    expect(thousandths(of("1"), of("3.00"))).toBe(333);
    expect(thousandths(of("1"), of("0"))).toBe(0);
  });
});

describe("weeks", () => {
  it("begin on Monday, whatever the month", () => {
    expect(monday("2026-11-22")).toBe("2026-11-16");
    expect(monday("2026-03-01")).toBe("2026-02-23");
    expect(plusMonths("2026-12", 1)).toBe("2027-01");
  });

  it("of a month hold all of it and nothing else whole", () => {
    const days = daysAround("2026-02");
    expect(days.length).toBe(35);
    expect(days[0]).toBe("2026-01-26");
    expect(days).toContain("2026-02-28");
  });
});
