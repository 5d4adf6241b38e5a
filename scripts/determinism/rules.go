package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// sameEverywhere lists the standard packages that chaincode may import. The list is closed:
// a package that is missing is refused until somebody has thought about it. Missing on
// purpose are the clock's relatives, randomness, the machine (os, net, runtime, syscall),
// threads (sync, context) and what shows addresses or hidden order (reflect, unsafe, maphash).
func sameEverywhere() []string {
	return []string{
		"bytes", "cmp", "embed", "errors", "fmt", "hash", "io", "iter", "maps", "math",
		"math/big", "math/bits", "path", "regexp", "slices", "sort", "strconv", "strings",
		"time", "unicode", "unicode/utf8", "unicode/utf16",
		"crypto", "crypto/ecdsa", "crypto/ed25519", "crypto/elliptic", "crypto/hmac",
		"crypto/sha256", "crypto/sha512", "crypto/subtle", "crypto/x509", "crypto/x509/pkix",
		"encoding", "encoding/asn1", "encoding/base64", "encoding/binary", "encoding/hex",
		"encoding/json", "encoding/pem",
	}
}

// faceOnly lists what the chaincode's face may import besides: it logs what went wrong on this
// endorser, and a log enters nothing that is written or answered.
func faceOnly(pkg string) []string {
	if strings.HasSuffix(pkg, "/chaincode") || strings.HasSuffix(pkg, "/internal/contract") {
		return []string{"context", "log/slog", "runtime/debug"}
	}
	return nil
}

// refusedFunctions maps a package to those of its functions and methods that read the clock,
// the machine's settings or a map's order, and says what to do instead.
func refusedFunctions(pkg string) (names []string, instead string) {
	switch pkg {
	case "time":
		return []string{
			"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
			"Sleep", "Local", "LoadLocation",
		}, "take the ledger's time, in UTC"
	case "context":
		return []string{"WithDeadline", "WithTimeout"}, "chaincode takes no clock"
	case "maps":
		return []string{"Keys", "Values", "All", "DeleteFunc", "EqualFunc"},
			"use slices.Sorted(maps.Keys(m))"
	case "crypto/x509":
		return []string{"Verify", "SystemCertPool"},
			"check the signature against the keys that stand on the ledger"
	case "time.Time":
		return []string{"Local", "Zone"}, "instants are UTC"
	}
	return nil, ""
}

// unstableReads are the stub's methods whose answer may differ between endorsers or is not
// checked again at commit. A decision never rests on them; a query may use them.
func unstableReads() []string {
	return []string{
		"GetHistoryForKey", "GetPrivateData", "GetPrivateDataByPartialCompositeKey",
		"GetPrivateDataByRange", "GetPrivateDataQueryResult", "GetQueryResult",
		"GetQueryResultWithPagination", "GetStateByPartialCompositeKey",
		"GetStateByPartialCompositeKeyWithPagination", "GetStateByRange",
		"GetStateByRangeWithPagination", "GetAllStatesCompositeKeyWithPagination",
		"GetPrivateDataMultipleKeys",
	}
}

// writers maps a package of the standard library to its functions that change their first
// argument in place. The builtins stand under "".
func writers(pkg string) []string {
	switch pkg {
	case "":
		return []string{"append", "clear", "copy", "delete"}
	case "slices":
		return []string{
			"Compact", "CompactFunc", "Delete", "DeleteFunc", "Grow", "Insert", "Replace",
			"Reverse", "Sort", "SortFunc", "SortStableFunc",
		}
	case "sort":
		return []string{"Ints", "Slice", "SliceStable", "Sort", "Stable", "Strings"}
	case "maps":
		return []string{"Copy", "DeleteFunc", "Insert"}
	}
	return nil
}

// call looks at the function called and at what it could change.
func (f *finder) call(n *ast.CallExpr) {
	sel, isSelector := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if isSelector {
		f.method(sel)
	}
	pkg, name := f.callee(n)
	if slices.Contains(writers(pkg), name) && len(n.Args) > 0 {
		f.write(n.Args[0])
	}
	if pkg == "fmt" {
		for _, arg := range n.Args {
			f.verbs(arg)
		}
	}
}

// callee names the package and the function of a call; the package of a builtin is "", and
// both are "" for a value that is called.
func (f *finder) callee(n *ast.CallExpr) (pkg, name string) {
	fun := ast.Unparen(n.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X // a generic function with its type written out
	}
	id, ok := fun.(*ast.Ident)
	if sel, isSelector := fun.(*ast.SelectorExpr); isSelector {
		id, ok = sel.Sel, true
	}
	if !ok {
		return "", ""
	}
	switch obj := f.pass.TypesInfo.Uses[id].(type) {
	case *types.Builtin:
		return "", obj.Name()
	case *types.Func:
		if obj.Pkg() != nil {
			return obj.Pkg().Path(), obj.Name()
		}
	}
	return "", ""
}

// method refuses methods by name on the ledger's stub and those that write to a
// package-level variable through a pointer receiver.
func (f *finder) method(sel *ast.SelectorExpr) {
	selection := f.pass.TypesInfo.Selections[sel]
	if selection == nil || selection.Kind() != types.MethodVal {
		return
	}
	name := sel.Sel.Name
	if name == "InvokeChaincode" {
		f.report(sel.Sel.Pos(), "call of another chaincode: its reads are not part of this decision")
	}
	if slices.Contains(unstableReads(), name) && !f.readOnly {
		f.report(sel.Sel.Pos(), "%s in a deciding function: endorsers may see different "+
			"answers; decide by key, or mark an evaluate-only function with %s<reason>",
			name, queryMark)
	}
	sig, ok := selection.Obj().Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return
	}
	_, byPointer := sig.Recv().Type().(*types.Pointer)
	if _, isPointer := selection.Recv().(*types.Pointer); byPointer && !isPointer {
		f.write(sel.X)
	}
}

// use refuses names of functions wherever they stand, called or passed on.
func (f *finder) use(id *ast.Ident, stack []ast.Node) {
	obj := f.pass.TypesInfo.Uses[id]
	if obj == nil || obj.Pkg() == nil {
		return
	}
	pkg := obj.Pkg().Path()
	if fn, ok := obj.(*types.Func); ok && pkg == "time" && fn.Signature().Recv() != nil {
		pkg = "time.Time"
	}
	names, instead := refusedFunctions(pkg)
	if !slices.Contains(names, obj.Name()) {
		return
	}
	if pkg == "maps" && obj.Name() == "Keys" && f.insideSorted(stack) {
		return
	}
	f.report(id.Pos(), "%s.%s differs between endorsers; %s", pkg, obj.Name(), instead)
}

// insideSorted tells whether the name on top of the stack is the function of a call that is
// itself the argument of slices.Sorted, as in slices.Sorted(maps.Keys(m)).
func (f *finder) insideSorted(stack []ast.Node) bool {
	for i := len(stack) - 1; i > 0; i-- {
		keys, ok := stack[i].(*ast.CallExpr)
		if !ok {
			continue // the selector, and an instantiation if it is written out
		}
		outer, ok := stack[i-1].(*ast.CallExpr)
		if !ok || !slices.Contains(outer.Args, ast.Expr(keys)) {
			return false
		}
		pkg, name := f.callee(outer)
		return pkg == "slices" && name == "Sorted"
	}
	return false
}

// verbs refuses a format that prints an address.
func (f *finder) verbs(arg ast.Expr) {
	v := f.pass.TypesInfo.Types[arg].Value
	if v == nil || v.Kind() != constant.String {
		return
	}
	text := strings.ReplaceAll(constant.StringVal(v), "%%", "")
	if regexp.MustCompile(`%[-+# 0-9.*\[\]]*p`).MatchString(text) {
		f.report(arg.Pos(), "%%p prints an address, which differs between endorsers")
	}
}

// maxDepth bounds how deep a type is looked into.
const maxDepth = 16

// fixedType tells whether a package-level variable of this type can hold no state unless it
// is written to: plain values, tables of them, sentinel errors and compiled patterns.
func fixedType(t types.Type, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if types.Identical(t, types.Universe.Lookup("error").Type()) ||
		types.TypeString(t, nil) == "*regexp.Regexp" {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Signature:
		return true
	case *types.Array:
		return fixedType(u.Elem(), depth+1)
	case *types.Slice:
		return fixedType(u.Elem(), depth+1)
	case *types.Map:
		return fixedType(u.Key(), depth+1) && fixedType(u.Elem(), depth+1)
	case *types.Struct:
		for field := range u.Fields() {
			if !fixedType(field.Type(), depth+1) {
				return false
			}
		}
		return true
	}
	return false
}
