package check

import "github.com/countersign/countersign/services/check/texts"

// advise gives the findings what to do about them. A check says what is wrong in this document;
// what to do depends on the rule alone, and stands where its words in every language stand.
func (c *checker) advise() {
	for i, f := range c.findings {
		if f.Advice != "" {
			continue
		}
		if text, known := texts.Of(f.Rule, texts.English); known {
			c.findings[i].Advice = text.Advice
		}
	}
}
