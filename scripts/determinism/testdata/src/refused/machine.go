package refused

import (
	"context"     // want "import of context"
	"crypto/rand" // want "import of crypto/rand"
	"crypto/x509"
	"fmt"
	"hash/maphash"          // want "import of hash/maphash"
	mathrand "math/rand/v2" // want "import of math/rand/v2"
	"net"                   // want "import of net"
	"os"                    // want "import of os"
	"reflect"               // want "import of reflect"
	"sync"                  // want "import of sync"
	"time"
	"unsafe" // want "import of unsafe"
)

var (
	_ context.Context
	_ = rand.Reader
	_ maphash.Hash
	_ net.Addr
	_ = os.Args
	_ reflect.Type
	_ sync.Mutex
	_ unsafe.Pointer
)

func clock(last time.Time) bool {
	now := time.Now                                  // want "time.Now differs"
	time.Sleep(1)                                    // want "time.Sleep differs"
	_ = last.Local()                                 // want "time.Time.Local differs"
	_ = time.Local                                   // want "time.Local differs"
	return now().After(last) && time.Since(last) > 0 // want "time.Since differs"
}

func roots(c *x509.Certificate) error {
	_, err := c.Verify(x509.VerifyOptions{}) // want "crypto/x509.Verify differs"
	return err
}

func address(p *int) (string, error) {
	_ = fmt.Sprintf("100%%p")
	_ = fmt.Sprintf("%-12p", p)              // want "prints an address"
	return "", fmt.Errorf("%v at %p", *p, p) // want "prints an address"
}

func lottery() int { return mathrand.IntN(6) }
