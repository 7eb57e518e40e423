package main

import (
	"context"
	"strconv"

	"camp/node/camp"
)

// ctlBlockExport writes the camp's own decisions about servers to a file.
func ctlBlockExport(ctx context.Context, e *env, c call) error {
	to, err := file(c.words[0])
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockShare, File: to})
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(ans.Args["N"])
	back, _ := strconv.Atoi(ans.Args["Back"])
	e.answer(map[string]any{"file": to, "rows": n, "kept_back": back}, "ctl.block.shared", "File", to, "N", n, "Back", back)
	return nil
}
