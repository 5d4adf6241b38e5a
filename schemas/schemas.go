// Package schemas holds the JSON Schemas of this folder inside the binary.
//
// There is one file for each kind of document, named <kind>.schema.json, and one for what
// they share. They are draft 2020-12, closed (unknown members are refused), and the names of
// their members are the names of the canonical Document, so that a field has one name
// everywhere.
package schemas

import "embed"

// DCSA holds the schemas of the messages of DCSA eBL 3.0, dcsa/*.schema.json. They are ours in
// form and the standard's in content: names, types, required members, enumerations, lengths
// and patterns of the OpenAPI documents EBL, EBL_ISS, EBL_SUR and EBL_END 3.0.4 and EBL_PINT
// 3.0.0, read on 2026-11-21. They are open, as the standard's are: a member that is not named
// is not refused.
//
//go:embed dcsa/*.schema.json
var DCSA embed.FS

// Documents holds every *.schema.json file of the folder.
//
//go:embed *.schema.json
var Documents embed.FS
