package refused

type stub interface {
	GetState(key string) ([]byte, error)
	GetStateByRange(from, to string) ([]byte, error)
	GetHistoryForKey(key string) ([]byte, error)
	GetQueryResult(query string) ([]byte, error)
	GetPrivateData(collection, key string) ([]byte, error)
	InvokeChaincode(name string, args [][]byte, channel string) []byte
}

func decide(s stub) error {
	_, _ = s.GetState("a")
	_, _ = s.GetStateByRange("a", "b")       // want "GetStateByRange in a deciding function"
	_, _ = s.GetHistoryForKey("a")           // want "GetHistoryForKey in a deciding function"
	_, _ = s.GetQueryResult("{}")            // want "GetQueryResult in a deciding function"
	_, err := s.GetPrivateData("org_A", "a") // want "GetPrivateData in a deciding function"
	s.InvokeChaincode("other", nil, "")      // want "call of another chaincode"
	return err
}

// A mark without a reason opens nothing.
//
//determinism:query
func unexplained(s stub) ([]byte, error) {
	return s.GetPrivateData("org_A", "a") // want "GetPrivateData in a deciding function"
}

// A query may not call another chaincode either.
//
//determinism:query answered by one node and never submitted
func query(s stub) ([]byte, error) {
	s.InvokeChaincode("other", nil, "") // want "call of another chaincode"
	return s.GetPrivateData("org_A", "a")
}
