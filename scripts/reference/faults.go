package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/check/texts"
)

// code is one fault code with the sentence that stands beside it in the source.
type code struct {
	Code    string `json:"code"`
	Meaning string `json:"meaning"`
	Action  string `json:"action"` // what to do about it
	By      string `json:"by"`     // who refuses
}

// sources are the packages that define fault codes, and what a reader calls them.
var sources = []struct{ folder, by string }{
	{"chaincode/trade", "law"},
	{"services/parse", "readers"},
	{"services/parse/source", "readers"},
	{"services/parse/pdf", "readers"},
	{"services/parse/pdf/internal/cos", "readers"},
	{"services/app", "steps"},
	{"services/blob", "store of bytes"},
	{"services/httpapi", "API"},
}

// readCodes finds the constants whose names begin with Code in the sources. A code without
// a comment, or one that two packages define with two meanings, is an error.
func readCodes(root string) ([]code, error) {
	var all []code
	for _, source := range sources {
		files, err := filepath.Glob(filepath.Join(root, source.folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				return nil, fmt.Errorf("reading codes: %w", err)
			}
			found, err := codesOf(file, source.by)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all = append(all, found...)
		}
	}
	if err := addActions(root, all); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b code) int { return strings.Compare(a.Code, b.Code) })
	for i := 1; i < len(all); i++ {
		if all[i].Code == all[i-1].Code {
			return nil, fmt.Errorf("code %s is defined by %s and by %s", all[i].Code, all[i-1].By, all[i].By)
		}
	}
	return all, nil
}

// actionsFile says what to do about each code, in the language that the others are held to.
const actionsFile = "services/httpapi/actions/en.tsv"

// addActions finds for each code what to do: in the file of actions, or for what a reader
// refuses among the words of findings. A code that nobody can do anything about is an error.
func addActions(root string, codes []code) error {
	raw, err := os.ReadFile(filepath.Join(root, actionsFile))
	if err != nil {
		return fmt.Errorf("reading actions: %w", err)
	}
	actions := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, action, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			actions[name] = action
		}
	}
	for i, c := range codes {
		codes[i].Action = actions[c.Code]
		if text, known := texts.Of(c.Code, texts.English); known && codes[i].Action == "" {
			codes[i].Action = text.Advice
		}
		if codes[i].Action == "" {
			return fmt.Errorf("%s: say in %s, and in its other languages, what to do", c.Code, actionsFile)
		}
	}
	return nil
}

// codesOf lists the codes that one file defines.
func codesOf(file *ast.File, by string) ([]code, error) {
	var codes []code
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(value.Names[0].Name, "Code") || len(value.Values) != 1 {
				continue
			}
			literal, ok := value.Values[0].(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				continue
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				return nil, err
			}
			meaning := strings.TrimSpace(value.Comment.Text())
			if meaning == "" {
				return nil, fmt.Errorf("%s: say beside it what %s means", value.Names[0].Name, text)
			}
			codes = append(codes, code{Code: text, Meaning: meaning, By: by})
		}
	}
	return codes, nil
}

// faults is the table of codes for people.
func faults(codes []code) []byte {
	var b bytes.Buffer
	b.WriteString("# Fault codes\n\n" + generatedBy)
	b.WriteString("Codes are stable: programs match them and never the sentence beside them. " +
		"What to do stands in\neach problem as `action`, in English or Chinese as the reader prefers. " +
		"The same list for programs is\n`schemas/faults.json`.\n\n" +
		"| Code | Meaning | What to do | Refused by |\n|---|---|---|---|\n")
	for _, c := range codes {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n",
			c.Code, strings.ReplaceAll(c.Meaning, "|", `\|`), c.Action, c.By)
	}
	return b.Bytes()
}

// mirrorOf is the list of codes for programs.
func mirrorOf(codes []code) ([]byte, error) {
	b, err := json.MarshalIndent(codes, "", "  ")
	return append(b, '\n'), err
}
