package policy

import "fmt"

// The languages, as BCP 47 writes them.
const (
	English = "en"
	chinese = "zh-CN"
)

// Told is a finding in the words of a reader's language.
type Told struct {
	Sentence string // what is wrong, with the citation
	Claimed  string
	Allowed  string
	Advice   string // what to do, and what would turn the answer
}

// In tells the finding in a language. Findings are kept in English; what a rule's sentences are
// made of is read from them, and a rule without Chinese words is told in English.
func (f Finding) In(language string) Told {
	if language == chinese {
		if told, known := f.inChinese(); known {
			return told
		}
	}
	return Told{
		Sentence: f.Sentence + " " + f.Citation + ".", Claimed: f.Claimed, Allowed: f.Allowed,
		Advice: f.Advice + " It would pass with a due date of " + f.Flips.String() + " or before.",
	}
}

func (f Finding) inChinese() (Told, bool) {
	var days, late int
	var due string
	if _, err := fmt.Sscanf(f.Claimed, claimedForm, &days, &due); err != nil {
		return Told{}, false
	}
	last := "到期日不晚于" + f.Flips.String()
	told := Told{Claimed: fmt.Sprintf("%d天，%s到期", days, due)}
	switch f.Rule {
	case ruleTermMax:
		told.Sentence = fmt.Sprintf("付款期限%d天，超过一年。银发〔2025〕77号：原则上不超过六个月，最长一年。", days)
		told.Allowed = "最长一年：" + last
		told.Advice = "不要为其融资；自开票之日起一年内到期的应收账款方可融资。"
	case ruleTermUsual:
		told.Sentence = fmt.Sprintf("付款期限%d天，超过六个月。银发〔2025〕77号：原则上不超过六个月，最长一年。", days)
		told.Allowed = "原则上不超过六个月：" + last
		told.Advice = "报价前，请写明该笔贸易为何需要这样长的期限，并存档。"
	case rulePaymentDays:
		if _, err := fmt.Sscanf(f.Sentence, paidForm, &late); err != nil {
			return Told{}, false
		}
		told.Sentence = fmt.Sprintf("约定在交付后第%d天付款。保障中小企业款项支付条例第九条。", late)
		told.Allowed = "自交付之日起60天，按行业惯例另有约定的除外：" + last
		told.Advice = "请索取约定较长期限的合同，并了解行业惯例。"
	default:
		return Told{}, false
	}
	told.Advice += last + "即可通过。"
	return told, true
}
