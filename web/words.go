package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed src/i18n/en/*.json src/i18n/zh-CN/*.json
var words embed.FS

// Languages lists the languages that the portal speaks.
func Languages() []string { return []string{"en", "zh-CN"} }

// Words are the portal's words in a language by area and name, such as "kind.invoice": a file
// that the program writes says the same as the screen it was asked for on.
func Words(language string) (map[string]string, error) {
	folder := path.Join("src/i18n", language)
	files, err := fs.ReadDir(words, folder)
	if err != nil {
		return nil, fmt.Errorf("web: words of %s: %w", language, err)
	}
	found := map[string]string{}
	for _, f := range files {
		raw, err := fs.ReadFile(words, path.Join(folder, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("web: words of %s: %w", language, err)
		}
		var tree map[string]json.RawMessage
		if err := json.Unmarshal(raw, &tree); err != nil {
			return nil, fmt.Errorf("web: %s/%s: %w", language, f.Name(), err)
		}
		gather(strings.TrimSuffix(f.Name(), ".json"), tree, found)
	}
	return found, nil
}

// gather flattens a tree of words. A part that is neither a text nor a tree has no word.
func gather(name string, tree map[string]json.RawMessage, into map[string]string) {
	for key, raw := range tree {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			into[name+"."+key] = text
			continue
		}
		var below map[string]json.RawMessage
		if json.Unmarshal(raw, &below) == nil {
			gather(name+"."+key, below, into)
		}
	}
}
