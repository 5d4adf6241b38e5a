package pdf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
)

// encoded is the character of a code in one of the named encodings (annex D).
func encoded(base cos.Name, c byte) string {
	switch {
	case c < ' ':
		return ""
	case c < 0x7F:
		if base == "StandardEncoding" {
			if c == '\'' {
				return "’"
			}
			if c == '`' {
				return "‘"
			}
		}
		return string(rune(c))
	case base == "MacRomanEncoding":
		return nth(macRoman, int(c)-0x80)
	case base == "StandardEncoding":
		return strings.TrimSpace(nth(standard, int(c)-0xA0))
	case c >= 0xA0:
		return string(rune(c))
	default:
		return nth(windows, int(c)-0x80)
	}
}

func nth(s string, n int) string {
	for _, c := range s {
		if n == 0 {
			return string(c)
		}
		n--
	}
	return ""
}

// The upper halves of the encodings (annex D.2).
const (
	windows  = "€•‚ƒ„…†‡ˆ‰Š‹Œ•Ž••‘’“”•–—˜™š›œ•žŸ"
	macRoman = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0" +
		"ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ"
	standard = " ¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß"
)

// Names of glyphs in the order of their characters: U+0021 to U+007E without letters, and
// U+00A1 to U+00FF (Adobe Glyph List).
const (
	plainNames = "exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright " +
		"asterisk plus comma hyphen period slash zero one two three four five six seven eight " +
		"nine colon semicolon less equal greater question at"
	signNames  = "bracketleft backslash bracketright asciicircum underscore grave"
	braceNames = "braceleft bar braceright asciitilde"
	latinNames = "exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine " +
		"guillemotleft logicalnot sfthyphen registered macron degree plusminus twosuperior " +
		"threesuperior acute mu paragraph periodcentered cedilla onesuperior ordmasculine " +
		"guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex " +
		"Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute " +
		"Icircumflex Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply " +
		"Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave aacute " +
		"acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis " +
		"igrave iacute icircumflex idieresis eth ntilde ograve oacute ocircumflex otilde " +
		"odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis"
	otherNames = "Euro endash emdash quoteleft quoteright quotedblleft quotedblright quotesinglbase " +
		"quotedblbase bullet ellipsis space nbspace minus fi fl OE oe Scaron scaron Zcaron zcaron " +
		"Ydieresis florin dagger daggerdbl perthousand guilsinglleft guilsinglright trademark " +
		"dotlessi"
	others = "€–—‘’“”‚„•…  -ﬁﬂŒœŠšŽžŸƒ†‡‰‹›™ı"
)

// glyphs is the table of the names above.
func glyphs() map[string]string {
	out := map[string]string{}
	for first, names := range map[rune]string{
		'!': plainNames, '[': signNames, '{': braceNames, '¡': latinNames,
	} {
		at := first
		for name := range strings.FieldsSeq(names) {
			out[name] = string(at)
			at++
		}
	}
	rest := []rune(others)
	for name := range strings.FieldsSeq(otherNames) {
		out[name], rest = string(rest[0]), rest[1:]
	}
	return out
}

// glyph is the text of a glyph's name, "" for a name that says nothing.
func (f *fonts) glyph(name string) string {
	name, _, _ = strings.Cut(name, ".") // "one.oldstyle"
	if len(name) == 1 {
		return name
	}
	if text, ok := f.glyphs[name]; ok {
		return text
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(name, prefix); ok && len(hex) >= 4 && len(hex) <= 6 {
			if n, err := strconv.ParseUint(hex, 16, 21); err == nil && utf8.ValidRune(rune(n)) {
				return string(rune(n))
			}
		}
	}
	return ""
}
