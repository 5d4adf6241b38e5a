package allowed

import (
	"os"
	"testing"
	"time"
)

func TestMayUseTheMachine(t *testing.T) {
	t.Log(time.Now(), os.Args)
}
