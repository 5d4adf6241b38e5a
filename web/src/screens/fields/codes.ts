import { language } from "../../i18n";

// Codes are never typed: they are chosen by their names in the reader's language.

const currencies =
  "CNY EUR USD GBP HKD JPY CHF DKK SEK NOK PLN CZK SGD KRW TWD INR AUD NZD CAD MXN BRL ZAR AED THB VND IDR MYR TRY";

const countries =
  "AE AR AT AU BD BE BG BR CA CH CL CN CO CY CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE KH KR " +
  "KZ LK LT LU LV MA MM MO MT MX MY NG NL NO NZ OM PE PH PK PL PT QA RO RS RU SA SE SG SI SK TH TN TR TW UA US UY UZ VN ZA";

export type Choice = { value: string; label: string };

function named(codes: string, type: "currency" | "region"): Choice[] {
  const names = new Intl.DisplayNames([language()], { type });
  const list = codes.split(" ").map((value) => ({ value, label: names.of(value) ?? value }));
  return type === "region" ? list.sort((a, b) => a.label.localeCompare(b.label, language())) : list;
}

/** ISO 4217; the code stands beside the name, as it does on papers. */
export function currencyChoices(): Choice[] {
  return named(currencies, "currency").map((c) => ({ value: c.value, label: `${c.value} · ${c.label}` }));
}

/** ISO 3166-1. */
export function countryChoices(): Choice[] {
  return named(countries, "region");
}

/** UN/ECE Recommendations 20 and 21: those that trade papers use; their words are in unit.json. */
export const units = [
  "H87", "KGM", "TNE", "GRM", "MTR", "MTK", "MTQ", "LTR", "SET", "NPR", "DZN", "HUR", "DAY", "XBX", "XCT", "XPK", "XPX",
  "XCS", "XRO", "XBG", "C62",
] as const;
