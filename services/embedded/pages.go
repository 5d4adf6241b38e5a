package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
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
	size uint64 // of a page
	high uint64 // the first page number that is not in use
	seen []byte // one bit per page
}

// meta reads the newer of the two meta pages that are whole, as bbolt does.
func (w *walk) meta() (root uint64, err error) {
	info, err := w.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("check pages: %w", err)
	}
	var newest uint64
	size := uint64(os.Getpagesize())
	for number := range uint64(2) {
		page := make([]byte, pageHeader+metaSize)
		if _, err := w.file.ReadAt(page, int64(number*size)); err != nil {
			return 0, fmt.Errorf("meta page %d: %w", number, err)
		}
		meta := page[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:metaSize-8]) // never fails
		txID := binary.LittleEndian.Uint64(meta[48:])
		if binary.LittleEndian.Uint32(meta) != boltMagic || binary.LittleEndian.Uint32(meta[4:]) != boltVersion ||
			binary.LittleEndian.Uint64(meta[56:]) != sum.Sum64() || (root != 0 && txID < newest) {
			continue
		}
		w.size, newest = uint64(binary.LittleEndian.Uint32(meta[8:])), txID
		root, w.high = binary.LittleEndian.Uint64(meta[16:]), binary.LittleEndian.Uint64(meta[40:])
	}
	switch {
	case root == 0:
		return 0, errors.New("neither meta page is whole")
	case w.size < pageHeader+metaSize || w.size > maxPageSize:
		return 0, fmt.Errorf("page size %d", w.size)
	case w.high > uint64(info.Size())/w.size:
		return 0, fmt.Errorf("file has %d bytes, %d pages are in use", info.Size(), w.high)
	}
	w.seen = make([]byte, w.high/8+1)
	return root, nil
}

// page checks a page and all below it.
func (w *walk) page(number uint64, depth int) error {
	data, err := w.read(number)
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return fmt.Errorf("page %d: deeper than %d", number, maxDepth)
	}
	kind := binary.LittleEndian.Uint16(data[8:])
	return w.elements(number, kind, data, depth)
}

// read reads a page with those it runs over, none of which may be met twice.
func (w *walk) read(number uint64) ([]byte, error) {
	head := make([]byte, pageHeader)
	if number < 2 || number >= w.high {
		return nil, fmt.Errorf("page %d is not in use", number)
	}
	if _, err := w.file.ReadAt(head, int64(number*w.size)); err != nil {
		return nil, fmt.Errorf("page %d: %w", number, err)
	}
	over := uint64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint64(head) != number || over >= w.high-number {
		return nil, fmt.Errorf("page %d says it is another or longer than the file", number)
	}
	for n := number; n <= number+over; n++ {
		if w.seen[n/8]&(1<<(n%8)) != 0 {
			return nil, fmt.Errorf("page %d stands in two places", n)
		}
		w.seen[n/8] |= 1 << (n % 8)
	}
	data := make([]byte, (over+1)*w.size)
	if _, err := w.file.ReadAt(data, int64(number*w.size)); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("page %d: %w", number, err)
	}
	return data, nil
}

// elements checks that what a page holds lies within it, and goes down.
func (w *walk) elements(number uint64, kind uint16, data []byte, depth int) error {
	count := int(binary.LittleEndian.Uint16(data[10:]))
	if (kind != kindBranch && kind != kindLeaf) || pageHeader+count*elementSize > len(data) ||
		(kind == kindBranch && count == 0) {
		return fmt.Errorf("page %d: neither branch nor leaf, or too full", number)
	}
	for i := range count {
		at := pageHeader + i*elementSize
		element := data[at : at+elementSize]
		if kind == kindBranch {
			pos, size := binary.LittleEndian.Uint32(element), binary.LittleEndian.Uint32(element[4:])
			if _, err := span(data, at, pos, size, 0); err != nil {
				return fmt.Errorf("page %d: %w", number, err)
			}
			if err := w.page(binary.LittleEndian.Uint64(element[8:]), depth+1); err != nil {
				return err
			}
			continue
		}
		pos, keySize := binary.LittleEndian.Uint32(element[4:]), binary.LittleEndian.Uint32(element[8:])
		value, err := span(data, at, pos, keySize, binary.LittleEndian.Uint32(element[12:]))
		if err != nil {
			return fmt.Errorf("page %d: %w", number, err)
		}
		if flags := binary.LittleEndian.Uint32(element); flags == bucketFlag {
			err = w.bucket(number, value, depth)
		} else if flags != 0 {
			err = fmt.Errorf("page %d: element %d has flags %x", number, i, flags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// span returns the value of an element whose key begins pos bytes after the element.
func span(data []byte, at int, pos, keySize, valueSize uint32) ([]byte, error) {
	start := uint64(at) + uint64(pos) + uint64(keySize)
	end := start + uint64(valueSize)
	if end > uint64(len(data)) {
		return nil, errors.New("an element lies outside the page")
	}
	return data[start:end], nil
}

// bucket checks the tree of a bucket, which a small one has inline.
func (w *walk) bucket(number uint64, value []byte, depth int) error {
	if len(value) < bucketHeader {
		return fmt.Errorf("page %d: a bucket has no root", number)
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		return w.page(root, depth+1)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.LittleEndian.Uint16(inline[8:]) != kindLeaf {
		return fmt.Errorf("page %d: a bucket within is no leaf", number)
	}
	return w.elements(number, kindLeaf, inline, depth+1)
}
