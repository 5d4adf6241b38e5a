package main

import (
	"os"
	"time"
)

func main() { os.Stdout.WriteString(time.Now().String()) }
