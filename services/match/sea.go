package match

// Distances by sea, never too long: the shortest way along great circles from port to port
// through the straits and capes that part the oceans, the Northern Sea Route and both canals
// among them. Land between two points of one ocean is sailed across, so real ways are longer.

// ocean is a body of water within which ships sail without passing a gate.
type ocean uint8

const (
	pacific       ocean = 1 << iota // with the South China Sea
	indian                          // with the Red Sea and the Persian Gulf
	atlantic                        // with the North Sea, the Baltic and the Arctic
	mediterranean                   // with the Black Sea
)

// point is a position: degrees × 100 + minutes, north and east above zero. A gate is in two
// oceans.
type point struct {
	in       ocean
	lat, lon int64
}

// gates are all ways from one ocean to another.
func gates() []point {
	return []point{
		{pacific | atlantic, 6545, -16858},     // Bering Strait
		{pacific | atlantic, 905, -7940},       // Panama Canal
		{pacific | atlantic, -5430, -7000},     // Strait of Magellan and Cape Horn
		{pacific | indian, 116, 10350},         // Singapore
		{pacific | indian, -600, 10545},        // Sunda Strait
		{pacific | indian, -845, 11545},        // Lombok Strait
		{pacific | indian, -1035, 14210},       // Torres Strait
		{pacific | indian, -4000, 14600},       // Bass Strait, and south of Tasmania
		{indian | mediterranean, 3000, 3235},   // Suez Canal
		{indian | atlantic, -3450, 2000},       // Cape of Good Hope
		{mediterranean | atlantic, 3557, -536}, // Strait of Gibraltar
	}
}

// ports are those whose position is known here, by UN/LOCODE. Positions are those of the harbour
// to a minute or a few, which is a mile or a few.
func ports() map[string]point {
	return map[string]point{
		"CNNGB": {pacific, 2952, 12133}, "CNSHA": {pacific, 3114, 12129}, "CNTAO": {pacific, 3604, 12019},
		"CNYTN": {pacific, 2235, 11417}, "CNSZX": {pacific, 2232, 11403}, "CNXMN": {pacific, 2427, 11805},
		"CNTXG": {pacific, 3900, 11743}, "CNDLC": {pacific, 3855, 12139}, "CNNSA": {pacific, 2245, 11336},
		"HKHKG": {pacific, 2218, 11410}, "TWKHH": {pacific, 2237, 12017}, "JPTYO": {pacific, 3541, 13946},
		"JPYOK": {pacific, 3527, 13938}, "JPUKB": {pacific, 3441, 13512}, "KRPUS": {pacific, 3506, 12902},
		"KRINC": {pacific, 3727, 12637}, "SGSIN": {pacific, 117, 10351}, "MYTPP": {pacific, 121, 10333},
		"VNSGN": {pacific, 1046, 10640}, "VNHPH": {pacific, 2052, 10641}, "THLCH": {pacific, 1305, 10053},
		"PHMNL": {pacific, 1435, 12058}, "AUSYD": {pacific, -3351, 15112}, "NZAKL": {pacific, -3650, 17446},
		"USLAX": {pacific, 3344, -11816}, "USLGB": {pacific, 3346, -11811}, "USOAK": {pacific, 3748, -12216},
		"CAVAN": {pacific, 4917, -12307}, "MXZLO": {pacific, 1903, -10419}, "PECLL": {pacific, -1203, -7709},
		"MYPKG": {indian, 300, 10124}, "INNSA": {indian, 1857, 7257}, "INMUN": {indian, 2245, 6942},
		"INMAA": {indian, 1306, 8018}, "LKCMB": {indian, 657, 7951}, "PKKHI": {indian, 2449, 6659},
		"BDCGP": {indian, 2219, 9148}, "AEJEA": {indian, 2501, 5503}, "SAJED": {indian, 2129, 3910},
		"KEMBA": {indian, -403, 3940}, "ZADUR": {indian, -2952, 3101},
		"EGPSD": {mediterranean, 3116, 3218}, "TRIST": {mediterranean, 4101, 2858},
		"GRPIR": {mediterranean, 3757, 2338}, "ITGOA": {mediterranean, 4424, 855},
		"FRFOS": {mediterranean, 4326, 457}, "ESBCN": {mediterranean, 4121, 210},
		"ESVLC": {mediterranean, 3927, -20}, "ESALG": {mediterranean, 3608, -527},
		"FRLEH": {atlantic, 4929, 7}, "GBFXT": {atlantic, 5157, 119}, "GBSOU": {atlantic, 5054, -124},
		"GBLGP": {atlantic, 5130, 28}, "BEANR": {atlantic, 5114, 425}, "NLRTM": {atlantic, 5155, 430},
		"DEHAM": {atlantic, 5333, 959}, "DEBRV": {atlantic, 5333, 835}, "DKAAR": {atlantic, 5609, 1013},
		"DKCPH": {atlantic, 5541, 1235}, "SEGOT": {atlantic, 5742, 1158}, "NOOSL": {atlantic, 5954, 1044},
		"PLGDN": {atlantic, 5421, 1839}, "FIHEL": {atlantic, 6010, 2457}, "USNYC": {atlantic, 4042, -7400},
		"USSAV": {atlantic, 3205, -8106}, "USHOU": {atlantic, 2945, -9520}, "BRSSZ": {atlantic, -2357, -4620},
		"ARBUE": {atlantic, -3436, -5822}, "ZACPT": {atlantic, -3354, 1825},
	}
}

// seaMiles is how far it is at least between two ports, in nautical miles; false when one of them
// is not known here.
func seaMiles(from, to string) (int64, bool) {
	known := ports()
	a, okA := known[from]
	b, okB := known[to]
	if !okA || !okB {
		return 0, false
	}
	nodes := append(gates(), a, b)
	legs := legsOf(nodes)
	start, end := len(nodes)-2, len(nodes)-1
	const far = 1 << 20
	way := make([]int64, len(nodes))
	for i := range way {
		way[i] = far
	}
	way[start] = 0
	for shorter := true; shorter; { // a shortest way passes each node at most once, so this ends
		shorter = false
		for _, l := range legs {
			if miles := way[l.from] + l.miles; miles < way[l.to] {
				way[l.to], shorter = miles, true
			}
		}
	}
	return way[end], true
}

// leg is the way between two points of one ocean.
type leg struct {
	from, to int
	miles    int64
}

func legsOf(nodes []point) []leg {
	legs := []leg{}
	for i, p := range nodes {
		for j, q := range nodes[:i] {
			if p.in&q.in != 0 {
				miles := greatCircle(p, q)
				legs = append(legs, leg{i, j, miles}, leg{j, i, miles})
			}
		}
	}
	return legs
}

const (
	one       = 1_000_000_000 // fixed point
	pi        = 3_141_592_654
	halfTurn  = 180 * 60 // in minutes of arc, each a nautical mile
	rightTurn = halfTurn / 2
)

// minutes is a coordinate in minutes of arc.
func minutes(n int64) int64 {
	const degree, hundred = 60, 100
	if n < 0 {
		return -minutes(-n)
	}
	return n/hundred*degree + n%hundred
}

// greatCircle is the distance of two points in minutes of arc, rounded down.
func greatCircle(p, q point) int64 {
	turn := minutes(p.lon) - minutes(q.lon)
	a, b := minutes(p.lat), minutes(q.lat)
	want := sine(a)*sine(b)/one + cosine(a)*cosine(b)/one*cosine(turn)/one
	low, high := int64(0), int64(halfTurn)
	for low < high {
		middle := (low + high + 1) / 2
		if cosine(middle) >= want {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

func cosine(n int64) int64 { return sine(n + rightTurn) }

// sine is the sine of an angle in minutes of arc, in fixed point: Taylor's series within a
// quarter of a turn.
func sine(n int64) int64 {
	n %= 2 * halfTurn
	switch {
	case n < 0:
		return -sine(-n)
	case n > halfTurn:
		return -sine(n - halfTurn)
	case n > rightTurn:
		n = halfTurn - n
	}
	x := n * pi / halfTurn
	term, sum := x, x
	for k := int64(2); k <= 14; k += 2 {
		term = -term * x / one * x / one / (k * (k + 1))
		sum += term
	}
	return sum
}
