package report

import "github.com/countersign/countersign/services/app"

// rgb is a colour of the visual language.
type rgb struct{ r, g, b uint8 }

// The colours of ink and lines. The one accent is the portal's.
func ink() rgb      { return rgb{0x1f, 0x23, 0x29} }
func grey() rgb     { return rgb{0x5c, 0x63, 0x6d} }
func hairline() rgb { return rgb{0xd5, 0xd9, 0xde} }
func accent() rgb   { return rgb{0x42, 0x63, 0xeb} }

// look is how a tone is shown: always a shape and a word beside the colours.
type look struct {
	text, ground rgb
	shape        []polygon
}

// polygon is a filled outline on a grid of shapeGrid × shapeGrid.
type polygon []struct{ x, y int }

const shapeGrid = 16

// lookOf gives the colours and the shape of a tone; what is not a tone looks neutral, and
// its word still says what it is.
func lookOf(t app.Tone) look {
	switch t {
	case app.ToneProgress: // half full
		return look{
			rgb{0x12, 0x53, 0x8f},
			rgb{0xe7, 0xf5, 0xff},
			[]polygon{frame(), {{1, 1}, {8, 1}, {8, 15}, {1, 15}}},
		}
	case app.ToneVerified: // tick
		return look{rgb{0x05, 0x65, 0x4a}, rgb{0xe0, 0xf8, 0xef}, []polygon{tick()}}
	case app.ToneAttention: // triangle
		return look{rgb{0x8a, 0x3f, 0x00}, rgb{0xff, 0xf1, 0xdf}, []polygon{{{8, 1}, {16, 15}, {0, 15}}}}
	case app.ToneOffered: // page
		return look{
			rgb{0x5b, 0x3c, 0xc4},
			rgb{0xf1, 0xed, 0xff},
			[]polygon{{{3, 0}, {10, 0}, {14, 4}, {14, 16}, {3, 16}}},
		}
	case app.ToneFinanced: // diamond
		return look{rgb{0x1f, 0x6b, 0x2a}, rgb{0xe6, 0xf7, 0xe6}, []polygon{{{8, 0}, {16, 8}, {8, 16}, {0, 8}}}}
	case app.ToneRefused: // cross
		return look{rgb{0xa6, 0x1e, 0x1e}, rgb{0xff, 0xec, 0xeb}, []polygon{{
			{1, 4},
			{4, 1},
			{8, 5},
			{12, 1},
			{15, 4},
			{11, 8},
			{15, 12},
			{12, 15},
			{8, 11},
			{4, 15},
			{1, 12},
			{5, 8},
		}}}
	case app.ToneNeutral:
	}
	return look{rgb{0x3d, 0x41, 0x48}, rgb{0xee, 0xf0, 0xf2}, []polygon{frame()}}
}

func tick() polygon {
	return polygon{{0, 8}, {3, 5}, {6, 8}, {13, 1}, {16, 4}, {6, 14}}
}

// frame is an empty square: one outline that goes round and comes back inside.
func frame() polygon {
	return polygon{
		{1, 1},
		{15, 1},
		{15, 15},
		{1, 15},
		{1, 3},
		{3, 3},
		{3, 13},
		{13, 13},
		{13, 3},
		{1, 3},
	}
}

// cellMark words the state of a matrix cell.
func cellMark(s app.CellState) app.StatusMark {
	switch s {
	case app.CellAgrees:
		return app.StatusMark{Word: "agrees", Tone: app.ToneVerified}
	case app.CellTolerated:
		return app.StatusMark{Word: "within tolerance", Tone: app.ToneProgress}
	case app.CellContradicts:
		return app.StatusMark{Word: "contradicts", Tone: app.ToneRefused}
	case app.CellStale:
		return app.StatusMark{Word: "stale", Tone: app.ToneAttention}
	case app.CellSilent:
		return app.StatusMark{Word: "silent", Tone: app.ToneNeutral}
	}
	return app.StatusMark{Word: "unknown: " + string(s), Tone: app.ToneAttention}
}
