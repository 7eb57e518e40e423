package clientapi

import (
	"crypto/sha256"
	"encoding/hex"

	"camp/store"
)

// putSafe makes a token one as an app of a member's has it.
func (g *rig) putSafe(secret string) {
	g.t.Helper()
	sum := sha256.Sum256([]byte(secret))
	err := g.db.Update(g.t.Context(), func(tx *store.Tx) error {
		row, ok, err := tx.Token(hex.EncodeToString(sum[:]))
		if err != nil || !ok {
			return err
		}
		row.Tool = false
		return tx.PutToken(row)
	})
	if err != nil {
		g.t.Fatal(err)
	}
}
