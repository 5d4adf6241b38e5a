package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/web"
)

// Every act and every object that the audit log knows has a word in each language, and so has
// every column of every list.
func TestFilesHaveWordsForAllThatTheyName(t *testing.T) {
	wanted := []string{}
	deed := regexp.MustCompile(`deed\{"([a-z_.]+)", (?:"([a-z_]+)")?`)
	column := regexp.MustCompile(`\{Word: "(\w+)"`)
	for pattern, find := range map[string]func(source string){
		"../app/*.go": func(source string) {
			for _, m := range deed.FindAllStringSubmatch(source, -1) {
				wanted = append(wanted, "audit.act."+strings.ReplaceAll(m[1], ".", "_"))
				if m[2] != "" {
					wanted = append(wanted, "audit.kind."+m[2])
				}
			}
			for _, m := range column.FindAllStringSubmatch(source, -1) {
				wanted = append(wanted, "export.column."+m[1])
			}
		},
		"../../chaincode/trade/acts.go": func(source string) {
			for _, m := range regexp.MustCompile(`Act = "([a-z_.]+)"`).FindAllStringSubmatch(source, -1) {
				wanted = append(wanted, "audit.act."+strings.ReplaceAll(m[1], ".", "_"))
			}
		},
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			find(string(source))
		}
	}
	for _, l := range app.Lists() {
		wanted = append(wanted, "export.list."+string(l))
	}
	for _, language := range web.Languages() {
		words, err := web.Words(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range wanted {
			if words[name] == "" {
				t.Errorf("%s: no word for %s", language, name)
			}
		}
	}
}
