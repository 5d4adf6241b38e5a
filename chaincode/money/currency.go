package money

// Currency is an ISO 4217 alphabetic code.
type Currency string

// Decimals returns how many decimals the minor unit of the currency has (ISO 4217, list one);
// false for a code that is not in use here.
func (c Currency) Decimals() (int, bool) {
	switch c {
	case "CNY", "EUR", "USD", "GBP", "HKD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
		"RON", "BGN", "INR", "SGD", "AUD", "NZD", "CAD", "MXN", "BRL", "ZAR", "TRY", "THB",
		"MYR", "IDR", "PHP", "TWD", "AED", "SAR", "ILS", "EGP", "KES", "NGN", "PKR", "BDT",
		"LKR", "RUB", "UAH", "ARS", "COP", "PEN", "MOP":
		return 2, true
	case "JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF":
		return 0, true
	case "BHD", "KWD", "OMR", "JOD", "TND", "IQD", "LYD":
		return 3, true
	}
	return 0, false
}
