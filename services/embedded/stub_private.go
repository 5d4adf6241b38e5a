package embedded

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
)

// collection is a set of private keys with one member.
type collection struct {
	owner    string // MSP id of the member, the only organisation that reads it
	endorsed bool   // a write needs the owner's endorsement
}

// collections are the two of each organisation: org_<MSP> for what it has consented to, and
// copy_<MSP> for what it only reads, which has no endorsement policy of its own.
func collections(orgs []string) map[string]collection {
	all := make(map[string]collection, 2*len(orgs))
	for _, org := range orgs {
		all["org_"+org] = collection{owner: org, endorsed: true}
		all["copy_"+org] = collection{owner: org}
	}
	return all
}

func (s *stub) collection(name string) (collection, error) {
	c, known := s.collections[name]
	if !known {
		return collection{}, fmt.Errorf("%w: %q", errUnknown, name)
	}
	return c, s.live()
}

// member checks that the submitter's organisation may read a collection.
func (s *stub) member(name string) error {
	c, err := s.collection(name)
	if err != nil {
		return err
	}
	if c.owner != s.call.org {
		return fmt.Errorf("%w: %s reads %s", errNotMember, s.call.org, name)
	}
	return nil
}

func (s *stub) GetPrivateData(name, key string) ([]byte, error) {
	if err := s.member(name); err != nil {
		return nil, err
	}
	if err := s.read(key); err != nil {
		return nil, err
	}
	value, err := s.view.private(name, key)
	if value != nil {
		s.valueReads[name] = true
	}
	return value, err
}

func (s *stub) GetMultiplePrivateData(name string, keys ...string) ([][]byte, error) {
	return each(keys, func(key string) ([]byte, error) { return s.GetPrivateData(name, key) })
}

func (s *stub) GetPrivateDataHash(name, key string) ([]byte, error) {
	if _, err := s.collection(name); err != nil {
		return nil, err
	}
	if err := s.read(key); err != nil {
		return nil, err
	}
	hash, err := s.view.privateHash(name, keyHash(key))
	return bytes.Clone(hash), err
}

func (s *stub) PutPrivateData(name, key string, value []byte) error {
	if _, err := s.collection(name); err != nil {
		return err
	}
	if err := s.write(key); err != nil {
		return err
	}
	if s.private[name] == nil {
		s.private[name] = map[string][]byte{}
	}
	s.private[name][key] = kept(value)
	return nil
}

func (s *stub) DelPrivateData(name, key string) error { return s.PutPrivateData(name, key, nil) }

func (s *stub) SetPrivateDataValidationParameter(name, key string, policy []byte) error {
	if _, err := s.collection(name); err != nil {
		return err
	}
	if err := s.write(key); err != nil {
		return err
	}
	orgs, err := decodePolicy(policy)
	if err != nil {
		return err
	}
	if s.guards[name] == nil {
		s.guards[name] = map[string][]string{}
	}
	s.guards[name][key] = orgs
	return nil
}

func (s *stub) GetPrivateDataValidationParameter(name, key string) ([]byte, error) {
	if _, err := s.collection(name); err != nil {
		return nil, err
	}
	if err := s.read(key); err != nil {
		return nil, err
	}
	orgs, err := s.view.policy(name, fmt.Sprintf("%x", keyHash(key)))
	if err != nil {
		return nil, err
	}
	return encodePolicy(orgs)
}

func (s *stub) GetPrivateDataByRange(name, start, end string) (shim.StateQueryIteratorInterface, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	return s.queryPrivate(name, max(start, firstSimpleKey), end)
}

func (s *stub) GetPrivateDataByPartialCompositeKey(name, kind string, attributes []string,
) (shim.StateQueryIteratorInterface, error) {
	start, err := shim.CreateCompositeKey(kind, attributes)
	if err != nil {
		return nil, err
	}
	return s.queryPrivate(name, start, start+string(utf8.MaxRune))
}

func (s *stub) queryPrivate(name, start, end string) (shim.StateQueryIteratorInterface, error) {
	if err := s.member(name); err != nil {
		return nil, err
	}
	if s.wrote {
		return nil, errPrivateQuery
	}
	s.queried = true
	value := func(key string) ([]byte, error) {
		s.valueReads[name] = true
		return s.view.private(name, key)
	}
	return s.iterate(bucketIndex, collectionKey(name, ""), start, end, value), nil
}
