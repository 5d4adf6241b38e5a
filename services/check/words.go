package check

import "github.com/countersign/countersign/services/check/texts"

// advise gives their advice to findings that came without one: a reader says what is wrong
// and not what to do about it.
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
