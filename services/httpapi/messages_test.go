package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// messageBodies are what the routes of the threads are sent.
func messageBodies() map[string]sent {
	said := sent{body: api.Say{Body: "as the test says"}}
	return map[string]sent{
		"POST /v1/receivables/{receivable}/messages": said, "POST /v1/financings/{financing}/messages": said,
	}
}

func TestTheTwoSidesOfAFinancingWriteToEachOther(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	at := "/v1/financings/" + string(w.financing) + "/messages"
	var m api.Message
	w.post(sellerMaker, at, api.Say{Body: "  Could you quote\r\nfor the whole?  "}, http.StatusCreated, &m)
	if m.Body != "Could you quote\nfor the whole?" || m.Organisation != "LanqiaoMSP" || m.By == "" {
		t.Errorf("sent as %+v", m)
	}
	w.post(bankMaker, at, api.Say{Body: "可以。"}, http.StatusCreated, nil)
	var list api.MessageList
	w.get(sellerChecker, at, &list)
	if len(list.Items) != 2 || list.Items[0].Body != "可以。" || list.Items[0].By != "" || list.Items[1].By == "" {
		t.Errorf("the seller reads %+v", list.Items)
	}
	for name, body := range map[string]string{
		"nothing": "  \n ", "too much": strings.Repeat("的", app.MaxMessage/3+1),
	} {
		got := w.send(w.token(sellerMaker), "POST", at, api.Say{Body: body}, nil)
		if got.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
	for range app.MessagesPerMinute - 1 {
		w.post(sellerMaker, at, api.Say{Body: "again"}, http.StatusCreated, nil)
	}
	w.refused(sellerMaker, at, api.Say{Body: "once more"}, http.StatusTooManyRequests, app.CodeTooMany)
	w.post(sellerChecker, at, api.Say{Body: "another person may"}, http.StatusCreated, nil)
}
