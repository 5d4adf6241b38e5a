package fabric

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign/countersign/services/app"
)

// A gateway reports a chaincode's answer, a lagging endorser and an unreachable one with the
// same status codes; what happened stands only in the text of the details (Fabric 2.4 to
// 3.1). These are the texts.
const (
	chaincodeResponse = "chaincode response "
	payloadsDiffer    = "ProposalResponsePayloads do not match"
	grpcUnavailable   = "rpc error: code = Unavailable"
)

// refusal turns an error of Endorse or Evaluate into one of app's. None of these calls has
// an effect on the ledger.
func refusal(err error) error {
	details := errorDetails(err)
	for _, d := range details {
		if refused := chaincodeError(d.GetMessage()); refused != nil {
			return refused
		}
	}
	for _, d := range details {
		// Endorsers computed different results: one of them is a block behind.
		if strings.Contains(d.GetMessage(), payloadsDiffer) {
			return fmt.Errorf("%w: %w", app.ErrConflict, err)
		}
	}
	switch code := status.Code(err); {
	case code == codes.Unavailable, code == codes.ResourceExhausted, code == codes.DeadlineExceeded,
		errors.Is(err, context.DeadlineExceeded),
		slices.ContainsFunc(details, func(d *gateway.ErrorDetail) bool {
			return strings.Contains(d.GetMessage(), grpcUnavailable)
		}):
		return fmt.Errorf("%w: %w", app.ErrUnavailable, err)
	}
	return err
}

// chaincodeError reads "chaincode response 500, message"; nil is anything else.
func chaincodeError(detail string) *app.ChaincodeError {
	rest, is := strings.CutPrefix(detail, chaincodeResponse)
	number, message, whole := strings.Cut(rest, ", ")
	if code, err := strconv.ParseInt(number, 10, 32); is && whole && err == nil {
		return &app.ChaincodeError{Status: int32(code), Message: message}
	}
	return nil
}

func errorDetails(err error) []*gateway.ErrorDetail {
	var details []*gateway.ErrorDetail
	for _, d := range status.Convert(err).Details() {
		if detail, ok := d.(*gateway.ErrorDetail); ok {
			details = append(details, detail)
		}
	}
	return details
}

// refusedByAll tells whether the chaincode of each named organisation answered with a refusal.
func refusedByAll(err error, msps []string) bool {
	answered := map[string]bool{}
	for _, d := range errorDetails(err) {
		if chaincodeError(d.GetMessage()) != nil {
			answered[d.GetMspId()] = true
		}
	}
	for _, msp := range msps {
		if !answered[msp] {
			return false
		}
	}
	return true
}
