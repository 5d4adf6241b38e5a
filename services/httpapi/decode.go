package httpapi

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// Limits of a JSON body.
const (
	maxJSON   = 1 << 20 // bytes
	maxDepth  = 32      // objects and arrays inside each other, the outermost counts one
	maxValues = 20_000
)

// decode reads the JSON body of a request into v: members that are unknown, repeated, missing
// or not in lower case are refused, and what the validate tags of v forbid.
func (s *server) decode(r *http.Request, v any) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return brokenOff(err)
	}
	if err := unmarshal(raw, v); err != nil {
		return err
	}
	return s.validated(v)
}

// unmarshal reads one JSON text strictly.
func unmarshal(raw []byte, v any) error {
	if err := guard(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return notExpected(err)
	}
	return missing(raw, reflect.TypeOf(v), "")
}

// guard refuses what encoding/json would let pass in silence: members twice or in other
// spelling, values after the first, broken characters, depth without end.
func guard(raw []byte) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return fault(CodeMalformed, "", "the body is empty: send JSON, at least {}")
	}
	if !utf8.Valid(raw) {
		return fault(CodeMalformed, "", "the body is not UTF-8")
	}
	if !json.Valid(raw) {
		return fault(CodeMalformed, "", "the body is not one JSON text")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	g := guardian{decoder: d}
	return g.value("", 1)
}

// guardian walks the tokens of a JSON text that is known to be valid.
type guardian struct {
	decoder *json.Decoder
	values  int
}

func (g *guardian) value(path string, depth int) error {
	if g.values++; g.values > maxValues {
		return fault(CodeMalformed, path, "more than %d values", maxValues)
	}
	if depth > maxDepth {
		return fault(CodeMalformed, path, "nested more than %d deep", maxDepth)
	}
	token, err := g.decoder.Token()
	if err != nil {
		return fault(CodeMalformed, path, "the JSON breaks off")
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return g.members(path, depth)
		}
		for g.decoder.More() {
			if err := g.value(path+"[]", depth+1); err != nil {
				return err
			}
		}
		_, err = g.decoder.Token() // the closing bracket
	case string:
		err = honest(t, path)
	}
	return err
}

func (g *guardian) members(path string, depth int) error {
	seen := map[string]bool{}
	for g.decoder.More() {
		token, err := g.decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return fault(CodeMalformed, path, "the JSON breaks off")
		}
		at := join(path, name)
		if seen[name] {
			return fault(CodeMalformed, at, "this member stands twice: send it once")
		}
		seen[name] = true
		if !lowerCase(name) {
			return fault(CodeMalformed, at, "there is no such member: names are lower case")
		}
		if err := g.value(at, depth+1); err != nil {
			return err
		}
	}
	_, err := g.decoder.Token()
	return err
}

// honest refuses a NUL, which PostgreSQL does not hold, and half a character, which
// encoding/json replaces.
func honest(text, path string) error {
	if strings.ContainsRune(text, 0) || strings.ContainsRune(text, utf8.RuneError) {
		return fault(CodeMalformed, path, "this text has a NUL or half a character in it")
	}
	return nil
}

const maxName = 64

func lowerCase(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return len(name) >= 1 && len(name) <= maxName
}

func join(path, name string) string {
	const maxPath = 200
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "") + "..."
	}
	if path == "" {
		return name
	}
	if len(path) > maxPath {
		return path
	}
	return path + "." + name
}

// notExpected says of a decoding error what a client can act on.
func notExpected(err error) error {
	if f, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fault(CodeMalformed, f.Field, "a %s does not fit here", f.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault(CodeMalformed, strings.Trim(name, `"`), "there is no such member")
	}
	return fault(CodeMalformed, "", "a value is not what it should be: %.120s", err.Error())
}

// missing refuses an object without a member that its type does not mark optional: absent is
// never zero.
func missing(raw []byte, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return fault(CodeMalformed, path, "a list is wanted")
		}
		for _, item := range items {
			if err := missing(item, t.Elem(), path+"[]"); err != nil {
				return err
			}
		}
		return nil
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil // it reads itself
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &members); err != nil {
		return fault(CodeMalformed, path, "an object is wanted")
	}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		value, given := members[name]
		if !given || string(value) == "null" {
			if strings.Contains(rest, "omit") {
				continue
			}
			return fault(app.CodeInput, join(path, name), "this is needed")
		}
		if err := missing(value, t.Field(i).Type, join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

// newValidator reads the validate tags, which stand in the description as x-oapi-codegen
// tags, and names values as the client does.
func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	return v
}

// validated lists every value that the tags forbid.
func (s *server) validated(v any) error {
	found, ok := errors.AsType[validator.ValidationErrors](s.validate.Struct(v))
	if !ok {
		return nil // valid, or not a struct
	}
	list := make(faults, 0, len(found))
	for _, f := range found {
		_, path, _ := strings.Cut(f.Namespace(), ".")
		list = append(list, trade.Fault{Code: app.CodeInput, Path: path, Message: rule(f)})
	}
	return list
}

// rule says in words what a tag asks for.
func rule(f validator.FieldError) string {
	switch f.Tag() {
	case "required":
		return "this is needed"
	case "max":
		return "at most " + f.Param()
	case "min":
		return "at least " + f.Param()
	case "oneof":
		return "one of " + f.Param()
	case "unique":
		return "each once"
	}
	return "not valid: " + f.Tag()
}

// brokenOff says why a body could not be read.
func brokenOff(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault(CodeTooLarge, "", "at most %d bytes are accepted here", tooLarge.Limit)
	}
	return fault(CodeMalformed, "", "the body broke off: send it again")
}
