package main

import (
	"encoding/json"

	"github.com/countersign/countersign/chaincode/money"
)

// currencies tells programs how many decimals an amount of each currency has: a browser's own table
// is of how people write prices, and gives forints and dinars fewer than ISO 4217 does.
func currencies() ([]byte, error) {
	decimals := map[money.Currency]int{}
	code := []byte("AAA")
	for code[0] = 'A'; code[0] <= 'Z'; code[0]++ {
		for code[1] = 'A'; code[1] <= 'Z'; code[1]++ {
			for code[2] = 'A'; code[2] <= 'Z'; code[2]++ {
				c := money.Currency(code)
				if places, known := c.Decimals(); known {
					decimals[c] = places
				}
			}
		}
	}
	b, err := json.MarshalIndent(map[string]any{"decimals": decimals}, "", "  ")
	return append(b, '\n'), err
}
