package acceptance

import "testing"

// Two admins and a maker of the seller, as the fixtures name them.
const (
	sellerAdmin       = "xu.meilan@lanqiao.example"
	sellerSecondAdmin = "fang.qi@lanqiao.example"
)

func TestAPersonSignsWithAPasskeyThatTwoAdminsVouchedFor(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	drive(t, h, "keys.mjs", sellerMaker, sellerAdmin, sellerSecondAdmin)
}
