package parse

// nsCamt053 begins the namespace of every version of the ISO 20022 bank-to-customer statement.
const nsCamt053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
