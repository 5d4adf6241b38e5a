// Package embedded is the ledger for one machine: the same chaincode as on Fabric, run in
// process behind the shim's interface, ordered first and executed serially, in blocks that
// are hash-chained, Merkle-proved (RFC 6962) and signed (C2SP checkpoints), kept in one
// bbolt file. It is one operator's ledger: all organisations hosted here endorse on one
// machine, and a signature on a block is that operator's word. Chain and signature show
// every later change; they do not show that the operator executed honestly.
//
// # What chaincode sees
//
// What a Fabric peer would show it. Reads see what was committed before the transaction:
// its own writes, policies and private writes are invisible, and of several writes to one
// key the last stands. An empty value deletes; an empty key is an error, as is one that is
// not UTF-8, at which the real shim panics. Ranges are in byte order and leave composite
// keys out. A query on private data and a write exclude each other in one transaction. A
// private value is read by its organisation alone, and only when no other endorses; its
// hash is read by everybody. A write of the value keeps a key's endorsement policy, a
// deletion drops it, a policy on a key that does not exist comes to nothing. There is one
// event, the last. A status of 400 or more writes nothing. The transaction id is SHA-256 of
// nonce and creator. Transient data is never stored. History, rich and paginated queries,
// other chaincodes and purges are refused. A panic is a refusal with status 500; on Fabric
// it would end the chaincode's server.
//
// # Who must endorse
//
// A key's own policy; else, in a collection org_<MSP>, the organisation; else the chaincode
// policy, any two organisations: for new keys, for collections copy_<MSP>, and for a
// transaction that writes nothing. Every organisation hosted here can endorse; Proposal
// names those that do. When it names none the ledger takes those needed, but never sends
// transient data to one that is no member of the collections concerned. A transaction that
// does not satisfy the policies is not recorded.
//
// Since each transaction is executed on the state that the one before left, also within a
// block, there are no read conflicts; Config.Conflict makes them for tests.
//
// # Effects, in order, and what a crash after each leaves
//
// At the first start: 1. the ledger's key, 2. the empty store, under its name only when it
// is whole, 3. each organisation's CA, then its node's certificate. A crash after any of
// them leaves less to do at the next start.
//
// With each block:
//
//  1. The pages that change are written beside the old ones and synced. A crash leaves the
//     ledger as before the block; none of its submitters had an answer.
//  2. The store's root is written and synced. From here on the block stands. A crash leaves
//     a block whose submitters had no answer: they ask again with the same command.
//  3. Followers are told. A crash leaves them to read the block from their checkpoint.
//  4. The checkpoint is written to the file "checkpoint", not synced. A crash leaves an
//     older one, or a torn one that is replaced.
//  5. The submitters are answered.
//
// A full disk is met in step 1: the block is taken back, submissions get
// app.ErrUnavailable, reads go on, and the next submission after there is room is written.
// When a sync fails nothing is written any more until the ledger is opened again: the
// submitters of that block get app.ErrOutcomeUnknown, later ones app.ErrUnavailable.
//
// # Opening
//
// Open reads every page, checks every header, signature, transaction and tree hash, and
// holds every entry of the state against the transaction that wrote it. A store with any
// damage does not open; *DamageError names the block. Two things no check of one file can
// show: that a whole older copy was put in place of it, checkpoint file included, and that
// somebody with the ledger's key wrote another history. Whoever keeps a checkpoint elsewhere
// can show both.
package embedded
