package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// newAnalyzer returns the pass. Each rule looks at one syntax node at a time; none needs to
// know another package's findings.
func newAnalyzer() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "determinism",
		Doc:  "refuses chaincode whose answer could differ between two endorsers",
		Run:  run,
	}
}

// run walks every file of a package that decides something on the ledger.
func run(pass *analysis.Pass) (any, error) {
	path := pass.Pkg.Path()
	if slices.Contains(strings.Split(path, "/"), "cmd") || strings.HasSuffix(path, "test") {
		// A server's main, the main that go test writes, or a package like httptest that only
		// tests may import, as the package map holds.
		return nil, nil
	}
	for _, file := range pass.Files {
		if strings.HasSuffix(pass.Fset.Position(file.Pos()).Filename, "_test.go") {
			continue
		}
		f := &finder{pass: pass, seen: make(map[token.Pos]bool)}
		f.imports(file)
		for _, decl := range file.Decls {
			f.declaration(decl)
			f.readOnly = readOnly(decl)
			ast.PreorderStack(decl, nil, f.node)
		}
	}
	return nil, nil
}

// finder reports what it meets in one file.
type finder struct {
	pass     *analysis.Pass
	seen     map[token.Pos]bool // one report a place, however many rules meet there
	readOnly bool               // inside a function that only answers queries
}

// report says once what is wrong at a place and what to do instead.
func (f *finder) report(pos token.Pos, format string, args ...any) {
	if !f.seen[pos] {
		f.seen[pos] = true
		f.pass.Reportf(pos, format, args...)
	}
}

// queryMark stands in the doc comment of a chaincode function that is only evaluated, never
// submitted, and is followed by the reason. It allows that function the reads whose answer
// may differ between nodes, and nothing else.
const queryMark = "//determinism:query "

// readOnly tells whether the declaration is a function that carries queryMark and a reason.
func readOnly(decl ast.Decl) bool {
	fn, ok := decl.(*ast.FuncDecl)
	if !ok || fn.Doc == nil {
		return false
	}
	return slices.ContainsFunc(fn.Doc.List, func(c *ast.Comment) bool {
		reason, marked := strings.CutPrefix(c.Text, queryMark)
		return marked && strings.TrimSpace(reason) != ""
	})
}

// imports holds the file to the list of standard packages. Packages of other modules are the
// business of the package map.
func (f *finder) imports(file *ast.File) {
	allowed := append(sameEverywhere(), faceOnly(f.pass.Pkg.Path())...)
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler has refused the file already
		}
		first, _, _ := strings.Cut(path, "/")
		if !strings.Contains(first, ".") && !slices.Contains(allowed, path) {
			f.report(spec.Pos(), "import of %s: not on the list of standard packages "+
				"that give every endorser the same answer", path)
		}
	}
}

// declaration looks at what stands at package level: init functions and variables.
func (f *finder) declaration(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name == "init" {
			f.report(d.Pos(), "init function: state that a reader of the law does not see")
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
				f.variables(v)
			}
		}
	}
}

// variables refuses package-level variables that can hold state. What is left are sentinel
// errors, tables and compiled patterns, and writes to those are refused where they happen.
func (f *finder) variables(spec *ast.ValueSpec) {
	for _, name := range spec.Names {
		obj := f.pass.TypesInfo.Defs[name]
		if name.Name != "_" && obj != nil && !fixedType(obj.Type(), 0) {
			f.report(name.Pos(), "package-level variable %s can hold state between transactions; "+
				"make it a constant, a literal table or an argument", name.Name)
		}
	}
}

// node applies the rules to one syntax node; it never stops the walk.
func (f *finder) node(n ast.Node, stack []ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		f.report(n.Pos(), "goroutine: the scheduler differs between endorsers")
	case *ast.SelectStmt:
		f.report(n.Pos(), "select: the choice differs between endorsers")
	case *ast.ChanType:
		f.report(n.Pos(), "channel: chaincode runs in one goroutine")
	case *ast.SendStmt:
		f.report(n.Pos(), "channel: chaincode runs in one goroutine")
	case *ast.RangeStmt:
		f.rangeOver(n)
	case *ast.CallExpr:
		f.call(n)
	case *ast.AssignStmt:
		for _, target := range n.Lhs {
			f.write(target)
		}
	case *ast.IncDecStmt:
		f.write(n.X)
	case *ast.UnaryExpr:
		f.unary(n)
	}
	if id, ok := n.(*ast.Ident); ok {
		f.use(id, stack)
	}
	if e, ok := n.(ast.Expr); ok {
		f.float(e)
	}
	return true
}

// rangeOver refuses iteration in an order that Go leaves open.
func (f *finder) rangeOver(n *ast.RangeStmt) {
	t := f.pass.TypesInfo.TypeOf(n.X)
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Map:
		f.report(n.Pos(), "range over a map: the order differs; "+
			"range over slices.Sorted(maps.Keys(m))")
	case *types.Chan:
		f.report(n.Pos(), "channel: chaincode runs in one goroutine")
	}
	f.write(n.Key)
	f.write(n.Value)
}

// unary refuses receiving from a channel and handing out the address of a package variable.
func (f *finder) unary(n *ast.UnaryExpr) {
	if n.Op == token.ARROW {
		f.report(n.Pos(), "channel: chaincode runs in one goroutine")
	}
	if v := f.packageVariable(n.X); v != nil && n.Op == token.AND {
		f.report(n.Pos(), "address of package-level variable %s: it could be written "+
			"through it", v.Name())
	}
}

// write refuses an assignment whose target is, or lies inside, a package-level variable.
func (f *finder) write(target ast.Expr) {
	if v := f.packageVariable(target); v != nil {
		f.report(target.Pos(), "write to package-level variable %s: the next transaction "+
			"would see it", v.Name())
	}
}

// packageVariable returns the package-level variable that an expression names or reaches
// into, or nil.
func (f *finder) packageVariable(e ast.Expr) *types.Var {
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := f.pass.TypesInfo.Uses[e].(*types.Var)
		if ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			return v
		}
	case *ast.SelectorExpr:
		if v := f.packageVariable(e.Sel); v != nil {
			return v // a variable of another package
		}
		return f.packageVariable(e.X)
	case *ast.IndexExpr:
		return f.packageVariable(e.X)
	case *ast.SliceExpr:
		return f.packageVariable(e.X)
	case *ast.StarExpr:
		return f.packageVariable(e.X)
	case *ast.ParenExpr:
		return f.packageVariable(e.X)
	}
	return nil
}

// float refuses every value and type of floating point, also one that only passes through.
func (f *finder) float(e ast.Expr) {
	tv, ok := f.pass.TypesInfo.Types[e]
	if !ok {
		return
	}
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		for v := range tuple.Variables() {
			f.floatType(e.Pos(), v.Type())
		}
		return
	}
	f.floatType(e.Pos(), tv.Type)
}

func (f *finder) floatType(pos token.Pos, t types.Type) {
	b, ok := t.Underlying().(*types.Basic)
	if ok && b.Info()&types.IsUntyped == 0 && b.Info()&(types.IsFloat|types.IsComplex) != 0 {
		f.report(pos, "floating point: amounts, rates and quantities are exact integers")
	}
}
