// Package schemas holds the JSON Schemas of this folder inside the binary.
//
// There is one file for each kind of document, named <kind>.schema.json, and one for what
// they share. They are draft 2020-12, closed (unknown members are refused), and the names of
// their members are the names of the canonical Document, so that a field has one name
// everywhere.
package schemas

import "embed"

// Documents holds every *.schema.json file of the folder.
//
//go:embed *.schema.json
var Documents embed.FS
