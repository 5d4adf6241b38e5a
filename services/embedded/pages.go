package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
)

// The layout of a bbolt file, version 2, as written on little-endian machines: two meta
// pages, then branch and leaf pages. A page begins with its number (8 bytes), its kind (2),
// the count of its elements (2) and of the pages it runs over (4).
const (
	pageHeader   = 16
	elementSize  = 16
	metaSize     = 64
	kindBranch   = 0x01
	kindLeaf     = 0x02
	kindMeta     = 0x04
	bucketFlag   = 0x01
	bucketHeader = 16
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	maxDepth     = 64 // of the tree, with the trees of its buckets
	maxPageSize  = 64 << 10
)

// checkPages walks over the pages of the store before bbolt does: bbolt trusts them, and a
// damaged one can make it read anywhere or go round in circles. It holds one path of pages
// and one bit per page. What the elements say is left to verify.
func checkPages(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("check pages: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	w := &walk{file: file}
	root, err := w.meta()
	if err != nil {
		return err
	}
	return w.page(root, 0)
}

type walk struct {
	file *os.File
	size int64  // of a page
	high int64  // the first page number that is not in use
	seen []byte // one bit per page
}

// number reads a page or transaction number. A damaged one may turn out negative, which is
// the number of no page.
func number(data []byte) int64 {
	return int64(binary.LittleEndian.Uint64(data)) //nolint:gosec // see above
}

// meta reads the newer of the two meta pages that are whole, as bbolt does.
func (w *walk) meta() (root int64, err error) {
	info, err := w.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("check pages: %w", err)
	}
	var newest int64
	for n := range int64(2) {
		page := make([]byte, pageHeader+metaSize)
		if _, err := w.file.ReadAt(page, n*int64(os.Getpagesize())); err != nil {
			return 0, fmt.Errorf("meta page %d: %w", n, err)
		}
		meta := page[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:metaSize-8]) // never fails
		txID := number(meta[48:])
		if binary.LittleEndian.Uint32(meta) != boltMagic || binary.LittleEndian.Uint32(meta[4:]) != boltVersion ||
			binary.LittleEndian.Uint64(meta[56:]) != sum.Sum64() || (root != 0 && txID < newest) {
			continue
		}
		w.size, newest = int64(binary.LittleEndian.Uint32(meta[8:])), txID
		root, w.high = number(meta[16:]), number(meta[40:])
	}
	switch {
	case root == 0:
		return 0, errors.New("neither meta page is whole")
	case w.size < pageHeader+metaSize || w.size > maxPageSize:
		return 0, fmt.Errorf("page size %d", w.size)
	case w.high < 0 || w.high > info.Size()/w.size:
		return 0, fmt.Errorf("file has %d bytes, %d pages are in use", info.Size(), w.high)
	}
	w.seen = make([]byte, w.high/8+1)
	return root, nil
}

// page checks a page and all below it.
func (w *walk) page(n int64, depth int) error {
	data, err := w.read(n)
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return fmt.Errorf("page %d: deeper than %d", n, maxDepth)
	}
	return w.elements(n, binary.LittleEndian.Uint16(data[8:]), data, depth)
}

// read reads a page with those it runs over, none of which may be met twice.
func (w *walk) read(n int64) ([]byte, error) {
	head := make([]byte, pageHeader)
	if n < 2 || n >= w.high {
		return nil, fmt.Errorf("page %d is not in use", n)
	}
	if _, err := w.file.ReadAt(head, n*w.size); err != nil {
		return nil, fmt.Errorf("page %d: %w", n, err)
	}
	over := int64(binary.LittleEndian.Uint32(head[12:]))
	if number(head) != n || over >= w.high-n {
		return nil, fmt.Errorf("page %d says it is another or longer than the file", n)
	}
	for i := n; i <= n+over; i++ {
		if w.seen[i/8]&(1<<(i%8)) != 0 {
			return nil, fmt.Errorf("page %d stands in two places", i)
		}
		w.seen[i/8] |= 1 << (i % 8)
	}
	data := make([]byte, (over+1)*w.size)
	if _, err := w.file.ReadAt(data, n*w.size); err != nil {
		return nil, fmt.Errorf("page %d: %w", n, err)
	}
	return data, nil
}

// elements checks that what a page holds lies within it, and goes down.
func (w *walk) elements(n int64, kind uint16, data []byte, depth int) error {
	count := int(binary.LittleEndian.Uint16(data[10:]))
	if (kind != kindBranch && kind != kindLeaf) || pageHeader+count*elementSize > len(data) ||
		(kind == kindBranch && count == 0) {
		return fmt.Errorf("page %d: neither branch nor leaf, or too full", n)
	}
	for i := range count {
		at := pageHeader + i*elementSize
		element := data[at : at+elementSize]
		if kind == kindBranch {
			pos, size := binary.LittleEndian.Uint32(element), binary.LittleEndian.Uint32(element[4:])
			if _, err := span(data, at, pos, size, 0); err != nil {
				return fmt.Errorf("page %d: %w", n, err)
			}
			if err := w.page(number(element[8:]), depth+1); err != nil {
				return err
			}
			continue
		}
		pos, keySize := binary.LittleEndian.Uint32(element[4:]), binary.LittleEndian.Uint32(element[8:])
		value, err := span(data, at, pos, keySize, binary.LittleEndian.Uint32(element[12:]))
		if err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
		if flags := binary.LittleEndian.Uint32(element); flags == bucketFlag {
			err = w.bucket(n, value, depth)
		} else if flags != 0 {
			err = fmt.Errorf("page %d: element %d has flags %x", n, i, flags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// span returns the value of an element whose key begins pos bytes after the element.
func span(data []byte, at int, pos, keySize, valueSize uint32) ([]byte, error) {
	start := int64(at) + int64(pos) + int64(keySize)
	end := start + int64(valueSize)
	if end > int64(len(data)) {
		return nil, errors.New("an element lies outside the page")
	}
	return data[start:end], nil
}

// bucket checks the tree of a bucket, which a small one has inline.
func (w *walk) bucket(n int64, value []byte, depth int) error {
	if len(value) < bucketHeader {
		return fmt.Errorf("page %d: a bucket has no root", n)
	}
	if root := number(value); root != 0 {
		return w.page(root, depth+1)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.LittleEndian.Uint16(inline[8:]) != kindLeaf {
		return fmt.Errorf("page %d: a bucket within is no leaf", n)
	}
	return w.elements(n, kindLeaf, inline, depth+1)
}
