package notify

import (
	"fmt"
	"strings"

	"github.com/countersign/countersign/services/app"
)

// words are what mails say in one language.
type words struct {
	language        string
	title, titleOne string // of how many things
	greeting        string // of a name
	line            string // what, how many
	link, settings  string // of an address
	next            map[string]string
	outcome         map[string]string
	kind            map[string]string
	join            string // of a kind to what is to be done with it
}

func wordsOf(language string) words {
	if language == "zh-CN" {
		return chinese()
	}
	return english()
}

func english() words {
	return words{
		language: "en", title: "Countersign: %d things for you", titleOne: "Countersign: one thing for you",
		greeting: "Hello %s,", line: "- %s: %d", join: "%s, %s",
		link:     "Look at it in your inbox: %s",
		settings: "How you are told is yours to choose: %s",
		next: map[string]string{
			"sign": "to sign", "confirm": "to confirm", "resolve": "in dispute", "pay": "overdue", "quote": "to quote",
			"accept": "quoted, to accept or decline", "approve": "to approve", "disburse": "to pay out",
			"repay": "paid, to apply", "type_fields": "fields to type in", "deliver": "asked for",
			"confirm_payee": "another account to confirm", "reconsider": "declined", "message": "a message to read",
			"change_payee": "account change to put into effect",
		},
		outcome: map[string]string{
			"committed": "carried out", "refused": "refused", "expired": "not signed in time",
			"withdrawn": "withdrawn", "delivered": "delivered",
		},
		kind: map[string]string{
			"document": "Paper", "receivable": "Receivable", "financing": "Financing", "programme": "Programme",
			"organisation": "Your organisation", "keyring": "Keyring", "paper_request": "Request for a paper",
		},
	}
}

func chinese() words {
	return words{
		language: "zh-CN", title: "Countersign：您有 %d 项事务", titleOne: "Countersign：您有 1 项事务",
		greeting: "%s，您好：", line: "- %s：%d", join: "%s（%s）",
		link:     "请在待办事项中查看：%s",
		settings: "通知方式可自行选择：%s",
		next: map[string]string{
			"sign": "待签署", "confirm": "待确认", "resolve": "有争议", "pay": "已逾期", "quote": "待报价",
			"accept": "已报价，待接受或谢绝", "approve": "待批准", "disburse": "待放款", "repay": "待登记还款", "type_fields": "待录入字段",
			"deliver": "待提供", "message": "有新留言",
			"confirm_payee": "收款账户变更待确认", "change_payee": "收款账户变更待生效",
			"reconsider": "对方未予提供",
		},
		outcome: map[string]string{
			"committed": "已执行", "refused": "未获通过", "expired": "未按时签署", "withdrawn": "已撤回",
			"delivered": "已提供",
		},
		kind: map[string]string{
			"document": "单据", "receivable": "应收账款", "financing": "融资", "programme": "融资方案",
			"organisation": "您的机构", "keyring": "密钥环", "paper_request": "单据请求",
		},
	}
}

func (w words) subject(m app.Mail) string {
	total := 0
	for _, l := range m.Lines {
		total += l.Count
	}
	if total == 1 {
		return w.titleOne
	}
	return fmt.Sprintf(w.title, total)
}

func (w words) body(m app.Mail, portal string) string {
	lines := []string{fmt.Sprintf(w.greeting, m.Name), ""}
	for _, l := range m.Lines {
		what := w.next[l.Next]
		if l.Kind == app.NoticeOutcome {
			what = w.outcome[l.Next]
		}
		lines = append(lines, fmt.Sprintf(w.line, fmt.Sprintf(w.join, w.kind[l.SubjectKind], what), l.Count))
	}
	lines = append(
		lines, "", fmt.Sprintf(w.link, portal+"/"), fmt.Sprintf(w.settings, portal+"/settings/notifications"), "",
	)
	return strings.Join(lines, "\r\n")
}
